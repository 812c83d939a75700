"""The pages of the consent talk: what each is shown with, and where each leads."""

import re
from collections.abc import Callable

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import CURRENT, LANGUAGES, Statement, Terms, statement
from vepshare.dossier import new_pseudonym
from vepshare.errors import LogUnavailableError
from vepshare.services import InvalidError
from vepshare.storage import LostRaceError
from vepshare.web import _consent_words as words
from vepshare.web._consent_checks import Faults, faults_of, first_step, step_of, terms_from
from vepshare.web._consent_form import (
    CHECK,
    FIRST,
    RECIPIENTS,
    REFUSALS,
    Answers,
    Talk,
    read_answers,
)
from vepshare.web._consent_shown import shown
from vepshare.web._language import LANGUAGES as NAMES
from vepshare.web._language import languages

Save = Callable[[Terms, str], AnyResponse]
"""Record the terms, under a pseudonym where a dossier is opened; return where that leads."""

Page = AnyResponse | str | tuple[str, int]

_PSEUDONYM = re.compile(r"[^\W\d_][\w -]{1,38}\Z")


def serve(talk: Talk, save: Save) -> Page:
    """Answer one request of the talk: show a page, lead to the next one, or record it all."""
    if request.method == "GET":
        return _page(FIRST, Answers(values={}), talk)
    answers = read_answers(request.form)
    spoken = request.form.get("say", "")
    if spoken in LANGUAGES:
        answers = answers.saying("language", spoken)
    steps = talk.steps(answers)
    step = request.form.get("step", FIRST)
    step = step if step in steps else FIRST
    wanted = request.form.get("go", "stay" if spoken else "next")
    if wanted in steps:
        return _page(wanted, answers, talk)
    if wanted == "stay":
        return _page(step, answers, talk)
    return _save(answers, talk, save) if wanted == "save" else _next(step, answers, talk)


def _next(step: str, answers: Answers, talk: Talk) -> Page:
    if faults := faults_of(step, answers, talk):
        return _page(step, answers, talk, faults), 422
    steps = talk.steps(answers)
    after = steps[min(steps.index(step) + 1, len(steps) - 1)]
    if answers.one("reached"):
        # Somebody who came back to change one answer goes on to what is still missing.
        after = next((one for one in steps if faults_of(one, answers, talk)), CHECK)
    return _page(after, answers, talk)


def _save(answers: Answers, talk: Talk, save: Save) -> Page:
    """Record it, or show the first page that keeps it from being recorded, with everything."""
    steps = talk.steps(answers)
    for step in steps:
        if faults := faults_of(step, answers, talk):
            return _page(step, answers, talk, faults), 422
    pseudonym = answers.one("pseudonym").strip()
    if pseudonym and not _PSEUDONYM.match(pseudonym):
        return _page(CHECK, answers, talk, {"pseudonym": "invalid"}), 422
    try:
        return save(terms_from(answers, talk), pseudonym)
    except InvalidError as error:
        step = first_step(error.faults, steps)
        here = {path: code for path, code in error.faults.items() if step_of(path, code) == step}
        return _page(step, answers, talk, here or error.faults), 422
    except (LostRaceError, LogUnavailableError) as error:
        return _not_saved(answers, talk), 409 if isinstance(error, LostRaceError) else 503


def _not_saved(answers: Answers, talk: Talk) -> str:
    return _page(CHECK, answers, talk, notice=_(words.NOT_SAVED))


def unavailable(talk: Talk) -> Page:
    """Give back what was answered, when the log could not be written before the page."""
    answers = read_answers(request.form)
    step = request.form.get("step", FIRST)
    step = step if step in talk.steps(answers) else FIRST
    return _page(step, answers, talk, notice=_(words.NOT_SAVED)), 503


def _page(
    step: str, answers: Answers, talk: Talk, faults: Faults | None = None, notice: str = ""
) -> str:
    if step == CHECK:
        answers = answers.saying("reached", "1")
        if talk.opening and not answers.many("pseudonym"):
            answers = answers.saying("pseudonym", new_pseudonym())
    kind = step.partition("-")[0]
    steps = talk.steps(answers)
    found = _errors(faults or {}, step, answers, talk)
    return render_template(
        f"consents/talk/{kind}.html",
        talk=talk,
        step=step,
        previous=steps[steps.index(step) - 1] if step != FIRST else None,
        carried=[*talk.carried(step, answers)],
        answers=answers,
        said=_statement(answers),
        spoken_languages=[(code, NAMES[code], code == answers.language) for code in LANGUAGES],
        # The switch of the frame is a link: it would lose the answers. The form has its own.
        languages=[],
        page_languages=languages(),
        errors=[one for one in found if one["text"]] + ([{"text": notice}] if notice else []),
        wrong={one["field"]: one["text"] for one in found},
        number=steps.index(step) + 1,
        **shown(step, answers, talk),
    )


def _statement(answers: Answers) -> Statement:
    found = statement(CURRENT, answers.language)
    if found is None:
        raise LookupError(answers.language)
    return found


def _errors(faults: Faults, step: str, answers: Answers, talk: Talk) -> list[dict[str, str]]:
    """Return each fault with its sentence and the field of this page that it is about."""
    keys = [*talk.chosen(answers)]
    return [
        {
            "field": (field := _field(path, step, keys, talk)),
            "href": f"#{field}",
            "text": words.sentence(path, code),
        }
        for path, code in faults.items()
    ]


def _field(path: str, step: str, keys: list[str], talk: Talk) -> str:
    """Return the id of the field of *step* that mends the fault at *path*."""
    first, *rest = path.split(".")
    if first == "recipients" and rest and step == RECIPIENTS:
        return f"service-{[*talk.offers].index(keys[int(rest[0])])}"
    if first == "recipients" and step == REFUSALS:
        return "refused"
    if first == "recipients":
        ids = {"compartments": "cells", "own_ticks": "cells", "end": "until"}
        return "services" if not rest[1:] else ids.get(rest[1], rest[1])
    if first == "interpreter":
        return f"interpreter_{rest[0]}" if rest else "interpreter_service"
    return {"reporting_warning_read": "warned"}.get(first, first)
