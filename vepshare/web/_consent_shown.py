"""What each page of the consent talk shows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from vepshare.consent import Form, default_end
from vepshare.people import Hat
from vepshare.services.choices import Offer, witnesses
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
