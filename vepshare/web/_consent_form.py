"""The consent talk as one form of several pages: every answer so far travels with each of them.

Nothing is kept on the server before the last step. What travels is checked again on every
page and once more at the end.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from vepshare.consent import CURRENT, LANGUAGES, Form, Purpose
from vepshare.services import Caller
from vepshare.services.choices import JUSTICE, POLICE, Giving, Offer, offers
from vepshare.services.directory import Directory

POINTS = 6
FIRST, TOLD, RECIPIENTS, REFUSALS, PROOF, CHECK = (
    "point-1",
    "told",
    "recipients",
    "refusals",
    "proof",
    "check",
)
NO_POLICE, NO_JUSTICE = "police", "justice"

_PROOF = (
    "end",
    "form",
    "oral_reason",
    "witness",
    "interpreter_service",
    "interpreter_code",
    "interpreter_mode",
    "interpreter_language",
    "seen_alone",
    "explained_by",
    "replaces",
)
_OWN: Mapping[str, tuple[str, ...]] = {
    TOLD: ("understood",),
    RECIPIENTS: ("services", "warned"),
    REFUSALS: ("refused",),
    PROOF: _PROOF,
    CHECK: ("pseudonym",),
}
_NAMES = frozenset({"language", "reached"}.union(*_OWN.values()))
_LINE = ("cells", "ticks", "person", "until")
_LINE_NAME = re.compile(rf"({'|'.join(_LINE)})\.[\w-]{{1,20}}/[A-Z]{{2,5}}\Z", re.ASCII)
_LONGEST, _MOST_VALUES, _MOST_NAMES = 200, 60, 200
_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What has been answered so far, as it was typed and ticked."""

    values: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """Return the only answer of a field, or nothing."""
        return next(iter(self.many(name)), "")

    def many(self, name: str) -> tuple[str, ...]:
        """Return every answer of a field."""
        return self.values.get(name, ())

    def saying(self, name: str, value: str) -> "Answers":
        """Return the same answers, but for one field."""
        return replace(self, values={**self.values, name: (value,)})

    @property
    def language(self) -> str:
        """Return the language in which she is spoken to, French unless another was chosen."""
        said = self.one("language")
        return said if said in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What the pages of one talk stand on.

    `giving` is the dossier that the consent is for; None while one is being opened, and where
    it could not be read.
    """

    people: Directory
    caller: Caller
    opening: bool
    giving: Giving | None = None
    now: datetime

    @property
    def offers(self) -> dict[str, Offer]:
        """Return the services one can name, by the key they have in the form: `O1/SVA`."""
        return {self.key(one): one for one in offers(self.people)}

    def key(self, offer: Offer) -> str:
        """Return how a service is called in the form."""
        return f"{self.people.code(offer.organisation_id)}/{offer.profession.value}"

    def chosen(self, answers: Answers) -> dict[str, Offer]:
        """Return the services chosen so far, in the order in which they are asked about."""
        named = answers.many("services")
        return {key: one for key, one in self.offers.items() if key in named}

    def steps(self, answers: Answers) -> tuple[str, ...]:
        """Return the pages of this talk in their order: one for each service chosen."""
        return (
            *(f"point-{number}" for number in range(1, POINTS + 1)),
            TOLD,
            RECIPIENTS,
            *(f"line-{number}" for number in range(1, len(self.chosen(answers)) + 1)),
            REFUSALS,
            PROOF,
            CHECK,
        )

    def own_names(self, step: str, answers: Answers) -> frozenset[str]:
        """Return the fields a page asks for itself, which it must not also carry hidden."""
        if key := self.line_key(step, answers):
            return frozenset(f"{name}.{key}" for name in _LINE)
        return frozenset(_OWN.get(step, ()))

    def line_key(self, step: str, answers: Answers) -> str:
        """Return the service that a page `line-1` is about, or nothing for another page."""
        keys = [*self.chosen(answers)]
        name, _, number = step.partition("-")
        known = name == "line" and number.isdecimal() and 1 <= int(number) <= len(keys)
        return keys[int(number) - 1] if known else ""

    def carried(self, step: str, answers: Answers) -> Iterator[tuple[str, str]]:
        """Yield the answers of the other pages, which this page carries along."""
        own, kept = self.own_names(step, answers), {*self.chosen(answers)}
        for name, values in answers.values.items():
            _, is_line, key = name.partition(".")
            if name not in own and (not is_line or key in kept):
                yield from ((name, value) for value in values)


def read_answers(form: "MultiDict[str, str]") -> Answers:
    """Return what a page of the talk sent: the fields that are known, cut to a sane size."""
    known = [name for name in form if name in _NAMES or _LINE_NAME.match(name)]
    return Answers(
        values={
            name: tuple(value[:_LONGEST] for value in form.getlist(name)[:_MOST_VALUES])
            for name in known[:_MOST_NAMES]
        }
    )


def day(text: str) -> date | None:
    """Return the day somebody typed, `02/03/2027` or `2027-03-02`, or None for anything else."""
    text = text.strip()
    try:
        if found := _DAY.match(text):
            number, month, year = map(int, found.groups())
            return date(year, month, number)
        return date.fromisoformat(text)
    except ValueError:
        return None


def data_of(answers: Answers, talk: Talk) -> dict[str, Any]:
    """Return the answers as `ConsentIn` loads them; what is empty is left out."""
    data: dict[str, Any] = {
        "recipients": [_recipient(key, answers) for key in talk.chosen(answers)],
        "refused": [*_refused(answers)],
        "purposes": [Purpose.COORDINATION.value],
        "end": _iso(answers.one("end")),
        "form": answers.one("form"),
        "statement": {"edition": CURRENT, "language": answers.language},
        "explained_by": answers.one("explained_by") or talk.caller.login,
        "seen_alone": _yes(answers.one("seen_alone")),
        "reporting_warning_read": answers.one("warned") == "yes",
        "understood": _yes(answers.one("understood")),
        "interpreter": _interpreter(answers),
        "replaces": [*answers.many("replaces")],
    }
    if answers.one("form") == Form.ORAL:
        data["oral_reason"] = answers.one("oral_reason")
    if answers.one("witness"):
        data["witness"] = answers.one("witness")
    return {name: value for name, value in data.items() if value not in (None, "")}


def _yes(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _iso(text: str) -> str | None:
    found = day(text)
    return text or None if found is None else found.isoformat()


def _recipient(key: str, answers: Answers) -> dict[str, Any]:
    where, _, function = key.partition("/")
    ticks = [*answers.many(f"ticks.{key}")]
    line = {
        "organisation": where,
        "function": function,
        "person": answers.one(f"person.{key}"),
        "compartments": [*answers.many(f"cells.{key}"), *ticks],
        "own_ticks": ticks,
        "end": _iso(answers.one(f"until.{key}")),
    }
    return {name: value for name, value in line.items() if value not in (None, "")}


def _refused(answers: Answers) -> Iterator[dict[str, str]]:
    said = answers.many("refused")
    groups = {NO_POLICE: POLICE, NO_JUSTICE: JUSTICE}
    for name, functions in groups.items():
        if name in said:
            yield from ({"function": one.value} for one in sorted(functions))
    for key in said:
        where, slash, function = key.partition("/")
        if slash:
            yield {"organisation": where, "function": function}


def _interpreter(answers: Answers) -> dict[str, str] | None:
    names = ("service", "code", "mode", "language")
    said = {name: answers.one(f"interpreter_{name}").strip() for name in names}
    if not any(said.values()):
        return None
    # A code read out is typed in lower case as often as not.
    return {name: value for name, value in said.items() if value} | (
        {"code": said["code"].upper()} if said["code"] else {}
    )
