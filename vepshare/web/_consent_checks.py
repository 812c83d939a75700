"""What keeps a page of the consent talk from being left, and where a refusal can be mended."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from vepshare.consent import Fault, Form, Terms, local_day
from vepshare.services import InvalidError
from vepshare.services.choices import Offer
from vepshare.web._consent_form import (
    CHECK,
    NO_JUSTICE,
    NO_POLICE,
    PROOF,
    RECIPIENTS,
    REFUSALS,
    TOLD,
    Answers,
    Talk,
    data_of,
    day,
)
from vepshare.web._consent_input import ConsentIn, InterpreterIn, terms_of

Faults = dict[str, str]
"""From the path of a field, as the API names it, to a code."""

_OF_PROOF = ("form", "seen_alone", "explained_by")


def faults_of(step: str, answers: Answers, talk: Talk) -> Faults:
    """Return what is missing or wrong on one page; empty when it can be left."""
    if step == TOLD:
        return dict(_told(answers))
    if step == RECIPIENTS:
        return dict(_recipients(answers, talk))
    if step == REFUSALS:
        return dict(_refusals(answers, talk))
    if step == PROOF:
        return dict(_proof(answers, talk))
    key = talk.line_key(step, answers)
    return dict(_line(step, key, answers, talk)) if key else {}


def step_of(path: str, code: str) -> str:
    """Return the page on which the fault of a field can be mended."""
    first, *rest = path.split(".")
    if code == Fault.ALSO_REFUSED or first == "refused":
        return REFUSALS
    if first == "recipients" and rest[1:] and rest[1] in {"compartments", "own_ticks", "end"}:
        return f"line-{int(rest[0]) + 1}"
    if first == "recipients" and rest[1:2] == ["person"]:
        return f"line-{int(rest[0]) + 1}"
    places = {"recipients": RECIPIENTS, "reporting_warning_read": RECIPIENTS, "understood": TOLD}
    if first in places:
        return places[first]
    return CHECK if first in {"start", "statement", "pseudonym", "purposes"} else PROOF


def first_step(faults: Mapping[str, str], steps: tuple[str, ...]) -> str:
    """Return the earliest page with something to mend."""
    found = {step_of(path, code) for path, code in faults.items()}
    return next((step for step in steps if step in found), CHECK)


def terms_from(answers: Answers, talk: Talk) -> Terms:
    """Return the terms that the whole talk adds up to.

    Raises:
        InvalidError: something is missing or malformed.

    """
    try:
        data = ConsentIn().load(data_of(answers, talk))
    except ValidationError as error:
        raise InvalidError(dict(_flat(error.messages))) from error
    return terms_of(data, talk.people, now=talk.now)


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(messages, dict):
        yield path, "invalid"
        return
    for name, inner in messages.items():
        yield from _flat(inner, f"{path}.{name}" if path else str(name))


def _told(answers: Answers) -> Iterator[tuple[str, str]]:
    said = answers.one("understood")
    if said != "yes":
        yield "understood", Fault.NOT_UNDERSTOOD if said == "no" else Fault.REQUIRED


def _recipients(answers: Answers, talk: Talk) -> Iterator[tuple[str, str]]:
    chosen = talk.chosen(answers)
    if {*answers.many("services")} - {*chosen}:
        yield "recipients", Fault.NEVER_A_RECIPIENT
    elif not chosen:
        yield "recipients", Fault.REQUIRED
    if answers.one("warned") != "yes" and any(one.reporting for one in chosen.values()):
        yield "reporting_warning_read", Fault.REPORTING_WARNING


def _line(step: str, key: str, answers: Answers, talk: Talk) -> Iterator[tuple[str, str]]:
    path = f"recipients.{int(step.removeprefix('line-')) - 1}"
    offer = talk.offers[key]
    cells, ticks = {*answers.many(f"cells.{key}")}, {*answers.many(f"ticks.{key}")}
    if not cells | ticks:
        yield f"{path}.compartments", Fault.REQUIRED
    if cells - _codes(offer, own_tick=False) or ticks - _codes(offer, own_tick=True):
        yield f"{path}.compartments", Fault.OUTSIDE_FUNCTION
    person = answers.one(f"person.{key}")
    members = {talk.people.login(one.professional_id) for one in offer.members}
    if person and person not in members:
        yield f"{path}.person", "unknown"
    yield from _date(f"{path}.end", answers.one(f"until.{key}"), talk)


def _codes(offer: Offer, *, own_tick: bool) -> set[str]:
    return {one.compartment.value for one in offer.choices if one.own_tick is own_tick}


def _date(path: str, text: str, talk: Talk) -> Iterator[tuple[str, str]]:
    if not text.strip():
        return
    found = day(text)
    if found is None:
        yield path, "not_a_date"
    elif found < local_day(talk.now):
        yield path, Fault.ENDS_TOO_SOON


def _refusals(answers: Answers, talk: Talk) -> Iterator[tuple[str, str]]:
    said, chosen = {*answers.many("refused")}, talk.chosen(answers)
    if said - {NO_POLICE, NO_JUSTICE, *talk.offers}:
        yield "refused", "unknown"
    for number, key in enumerate(chosen):
        groups = data_of(answers, talk)["refused"]
        where, _, function = key.partition("/")
        if any(
            one.get("organisation", where) == where and one["function"] == function
            for one in groups
        ):
            yield f"recipients.{number}", Fault.ALSO_REFUSED


def _proof(answers: Answers, talk: Talk) -> Iterator[tuple[str, str]]:
    data, form = data_of(answers, talk), answers.one("form")
    wrong = ConsentIn().validate(data)
    yield from ((name, Fault.REQUIRED) for name in _OF_PROOF if name in wrong)
    yield from _date("end", answers.one("end"), talk)
    if form == Form.NIGHT and answers.one("end").strip():
        yield "end", "night_has_no_end"
    if form == Form.ORAL and ("oral_reason" not in data or "oral_reason" in wrong):
        yield "oral_reason", Fault.REQUIRED
    if form not in {Form.ORAL, Form.NIGHT} and answers.one("witness"):
        yield "witness", "not_oral"
    if "interpreter" in data:
        for name in InterpreterIn().validate(data["interpreter"]):
            yield f"interpreter.{name}", "invalid"
