"""The pages of the consent talk: what each is shown with, and where each leads."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import CURRENT, LANGUAGES, Form, Statement, Terms, default_end, statement
from vepshare.dossier import new_pseudonym
from vepshare.errors import LogUnavailableError
from vepshare.people import Hat
from vepshare.services import InvalidError
from vepshare.services.choices import Offer, witnesses
from vepshare.storage import LostRaceError
from vepshare.web import _consent_words as words
from vepshare.web import _labels
from vepshare.web._consent_checks import Faults, faults_of, first_step, step_of, terms_from
from vepshare.web._consent_form import (
    CHECK,
    FIRST,
    POINTS,
    PROOF,
    RECIPIENTS,
    REFUSALS,
    TOLD,
    Answers,
    Talk,
    read_answers,
)
from vepshare.web._language import LANGUAGES as NAMES
from vepshare.web._language import languages

Save = Callable[[Terms, str], AnyResponse]
"""Record the terms, under a pseudonym where a dossier is opened; return where that leads."""

Page = AnyResponse | str | tuple[str, int]

_PSEUDONYM = re.compile(r"[^\W\d_][\w -]{1,38}\Z")
_NIGHT_AND_ORAL = ("night", "oral")


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
        if talk.giving is None and not answers.many("pseudonym"):
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
        **_SHOWN.get(kind, _nothing)(step, answers, talk),
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


# What each page shows.

Shown = dict[str, Any]


def _nothing(_step: str, _answers: Answers, _talk: Talk) -> Shown:
    return {}


def service_name(organisation: str, profession: object) -> str:
    """Return what a service is called: « Doctor – Maison médicale »."""
    function = _labels.profession(str(profession))
    return _("%(function)s – %(organisation)s", function=function, organisation=organisation)


def _name(offer: Offer, talk: Talk) -> str:
    organisation = talk.people.organisations[offer.organisation_id].name
    return service_name(organisation, offer.profession.value)


def _point(step: str, answers: Answers, talk: Talk) -> Shown:
    number = int(step.removeprefix("point-"))
    return {"point": number, "points": POINTS, "lines": _lines(answers, talk)}


def _told(_step: str, answers: Answers, talk: Talk) -> Shown:
    return {"lines": _lines(answers, talk)}


def _services(_step: str, answers: Answers, talk: Talk) -> Shown:
    own = (talk.caller.hat.organisation_id, talk.caller.hat.profession)
    ordinary: dict[str, list[Shown]] = {}
    reporting: dict[str, list[Shown]] = {}
    for number, (key, offer) in enumerate(talk.offers.items()):
        organisation = talk.people.organisations[offer.organisation_id].name
        group = (reporting if offer.reporting else ordinary).setdefault(organisation, [])
        item = {"id": f"service-{number}", "value": key, "function": offer.profession}
        item["own"] = (offer.organisation_id, offer.profession) == own
        item["chosen"] = key in answers.many("services")
        group.append(item)
    return {"ordinary": ordinary, "reporting": reporting}


def _line(step: str, answers: Answers, talk: Talk) -> Shown:
    key = talk.line_key(step, answers)
    offer = talk.offers[key]
    return {
        "key": key,
        "name": _name(offer, talk),
        "judicial": offer.judicial,
        "ordinary": [
            {
                "value": one.compartment.value,
                "text": _labels.compartment(one.compartment),
                "hint": _(words.SEES[one.level]),
            }
            for one in offer.choices
            if not one.own_tick
        ],
        "apart": [
            {
                "value": one.compartment.value,
                "text": _labels.compartment(one.compartment),
                "sees": _(words.SEES[one.level]),
            }
            for one in offer.choices
            if one.own_tick
        ],
        "members": _people(offer.members, talk),
    }


def _refused(_step: str, answers: Answers, talk: Talk) -> Shown:
    chosen = {*talk.chosen(answers)}
    others = {key: one for key, one in talk.offers.items() if key not in chosen}
    return {"others": [{"value": key, "text": _name(one, talk)} for key, one in others.items()]}


def _proof(_step: str, _answers: Answers, talk: Talk) -> Shown:
    colleagues = [
        hat
        for hat in talk.people.hats
        if hat.organisation_id == talk.caller.hat.organisation_id
        and hat.professional_id != talk.caller.id
    ]
    return {
        "default_end": default_end(talk.now),
        "words": words,
        "oral": [Form.ORAL, Form.NIGHT],
        "explainers": [
            {"value": talk.caller.login, "text": talk.caller.name},
            *_people(colleagues, talk),
        ],
        "witnesses": _people(witnesses(talk.people, talk.caller), talk),
    }


def _people(hats: Iterable[Hat], talk: Talk) -> list[dict[str, str]]:
    found = {
        talk.people.login(hat.professional_id): _("%(name)s, %(service)s", **_who(hat, talk))
        for hat in hats
    }
    return sorted(
        ({"value": login, "text": text} for login, text in found.items()),
        key=lambda one: one["text"].casefold(),
    )


def _who(hat: Hat, talk: Talk) -> dict[str, str]:
    organisation = talk.people.organisations[hat.organisation_id].name
    return {
        "name": talk.people.professionals[hat.professional_id].name,
        "service": service_name(organisation, hat.profession.value),
    }


def _lines(answers: Answers, talk: Talk) -> list[Shown]:
    """Return who would read what, as answered so far."""
    return [
        {
            "step": f"line-{number}",
            "name": _name(offer, talk),
            "person": _person(answers.one(f"person.{key}"), talk),
            "until": answers.one(f"until.{key}"),
            "subjects": [
                {"compartment": one.compartment, "sees": _(words.SEES[one.level])}
                for one in offer.choices
                if one.compartment.value
                in answers.many(f"{'ticks' if one.own_tick else 'cells'}.{key}")
            ],
        }
        for number, (key, offer) in enumerate(talk.chosen(answers).items(), start=1)
    ]


def _person(login: str, talk: Talk) -> str:
    found = talk.people.by_login(login)
    return "" if found is None else found.name


def _check(_step: str, answers: Answers, talk: Talk) -> Shown:
    return {
        "lines": _lines(answers, talk),
        "refused": _said_no(answers, talk),
        "default_end": default_end(talk.now),
        "spoken_in": NAMES[answers.language],
        "words": words,
        "people": {
            name: _person(answers.one(name) or default, talk)
            for name, default in (("explained_by", talk.caller.login), ("witness", ""))
        },
        "replaced": [
            one
            for one in (talk.giving.earlier if talk.giving else ())
            if str(one.id) in answers.many("replaces")
        ],
    }


def _said_no(answers: Answers, talk: Talk) -> list[str]:
    groups = {"police": _("Police"), "justice": _("Justice")}
    offered = talk.offers
    return [
        groups.get(one) or _name(offered[one], talk)
        for one in answers.many("refused")
        if one in groups or one in offered
    ]


_SHOWN: Mapping[str, Callable[[str, Answers, Talk], Shown]] = {
    "point": _point,
    TOLD: _told,
    RECIPIENTS: _services,
    "line": _line,
    REFUSALS: _refused,
    PROOF: _proof,
    CHECK: _check,
}
