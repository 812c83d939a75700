"""What each page of the consent talk shows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from vepshare.consent import Form, default_end
from vepshare.people import Hat
from vepshare.services.choices import Earlier, Offer, witnesses
from vepshare.web import _consent_words as words
from vepshare.web import _labels
from vepshare.web._consent_form import (
    CHECK,
    NO_JUSTICE,
    NO_POLICE,
    POINTS,
    PROOF,
    RECIPIENTS,
    REFUSALS,
    TOLD,
    Answers,
    Talk,
)
from vepshare.web._language import LANGUAGES as NAMES

Shown = dict[str, Any]


def _name(offer: Offer, talk: Talk) -> str:
    organisation = talk.people.organisations[offer.organisation_id].name
    return _labels.service(organisation, offer.profession)


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
        item: Shown = {"id": f"service-{number}", "value": key, "function": offer.profession}
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
    myself = {"value": talk.caller.login, "text": talk.caller.name}
    return {
        "default_end": default_end(talk.now),
        "form_items": _items(words.FORMS),
        "reason_items": _items(words.ORAL_REASONS),
        "interpreter_items": _items(words.INTERPRETERS),
        "mode_items": _items(words.MODES),
        "explainers": [myself, *_people(colleagues, talk)],
        "witnesses": _people(witnesses(talk.people, talk.caller), talk),
        "earlier_items": [
            {"value": str(one.id), "text": _earlier(one)}
            for one in (talk.giving.earlier if talk.giving else ())
        ],
    }


def _items(table: Mapping[Any, str]) -> list[dict[str, str]]:
    return [{"value": code.value, "text": _(text)} for code, text in table.items()]


def _earlier(one: Earlier) -> str:
    return _("Version %(number)s, %(date)s", number=one.version, date=_labels.day(one.recorded_at))


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
        "service": _labels.service(organisation, hat.profession),
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
                {"compartment": one.compartment, "level": one.level}
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
    lines = _lines(answers, talk)
    return {
        "line_rows": [
            {"key": _("Services"), "values": [one["name"] for one in lines], "step": RECIPIENTS},
            *(_line_row(one) for one in lines),
        ],
        "other_rows": [
            {"key": key, "values": values, "step": step}
            for key, values, step in _other_rows(answers, talk)
            if values
        ],
    }


def _line_row(line: Shown) -> Shown:
    values = [
        _(
            "%(subject)s: %(level)s",
            subject=_labels.compartment(one["compartment"]),
            level=_labels.level(one["level"]),
        )
        for one in line["subjects"]
    ]
    if line["person"]:
        values.append(_("Only for %(name)s.", name=line["person"]))
    if line["until"]:
        values.append(_("Ends earlier: %(date)s.", date=line["until"]))
    return {"key": line["name"], "values": values, "step": line["step"]}


def _other_rows(answers: Answers, talk: Talk) -> Iterator[tuple[str, list[str], str]]:
    said_no = _said_no(answers, talk) or [_("Nothing was refused aloud")]
    yield _("Refused"), said_no, REFUSALS
    yield _("Ends"), [_ends(answers, talk)], PROOF
    yield _("Given"), _given(answers), PROOF
    yield _("Witness"), [_person(answers.one("witness"), talk) or _("No witness")], PROOF
    yield _("Interpreter"), _interpreter(answers), PROOF
    yield _("Seen alone"), [_yes_no(answers.one("seen_alone"))], PROOF
    explained_by = answers.one("explained_by") or talk.caller.login
    yield _("Explained by"), [_person(explained_by, talk)], PROOF
    yield _("Explained in"), [NAMES[answers.language]], TOLD
    yield _("Understood"), [_yes_no(answers.one("understood"))], TOLD
    if any(one.reporting for one in talk.chosen(answers).values()):
        read_out = _("Read aloud") if answers.one("warned") else _("Not read aloud")
        yield _("Warning about reporting"), [read_out], RECIPIENTS
    earlier = talk.giving.earlier if talk.giving else ()
    replaced = [_earlier(one) for one in earlier if str(one.id) in answers.many("replaces")]
    yield _("Replaces"), replaced, PROOF


def _ends(answers: Answers, talk: Talk) -> str:
    if answers.one("form") == Form.NIGHT:
        return _("72 hours after it is recorded")
    return answers.one("end") or _labels.day(default_end(talk.now))


def _given(answers: Answers) -> list[str]:
    found = [_word(words.FORMS, answers.one("form"))]
    if answers.one("form") == Form.ORAL:
        found.append(_word(words.ORAL_REASONS, answers.one("oral_reason")))
    return [one for one in found if one]


def _interpreter(answers: Answers) -> list[str]:
    found = [
        _word(words.INTERPRETERS, answers.one("interpreter_service")),
        answers.one("interpreter_code"),
        _word(words.MODES, answers.one("interpreter_mode")),
        answers.one("interpreter_language"),
    ]
    return [one for one in found if one]


def _word(table: Mapping[Any, str], code: str) -> str:
    return next((_(text) for known, text in table.items() if known.value == code), "")


def _yes_no(text: str) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(text, "")


def _said_no(answers: Answers, talk: Talk) -> list[str]:
    groups = {NO_POLICE: _("Police"), NO_JUSTICE: _("Justice")}
    offered = talk.offers
    return [
        groups.get(one) or _name(offered[one], talk)
        for one in answers.many("refused")
        if one in groups or one in offered
    ]


_PAGES: Mapping[str, Callable[[str, Answers, Talk], Shown]] = {
    "point": _point,
    TOLD: _told,
    RECIPIENTS: _services,
    "line": _line,
    REFUSALS: _refused,
    PROOF: _proof,
    CHECK: _check,
}


def shown(step: str, answers: Answers, talk: Talk) -> Shown:
    """Return what the page *step* shows besides its frame."""
    return _PAGES[step.partition("-")[0]](step, answers, talk)
