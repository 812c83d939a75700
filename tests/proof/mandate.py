"""What the keys of a service may open, worked out from what she said: slow, and in words.

It shares nothing with the code it judges but the table of SCENARIOS 1.3 in tests/policy/oracle.
Keys enforce of V1: consent, compartment, own tick, warning, service or person, exclusion, the
place, the level. Decisions enforce besides: the personal link, the account, the undertaking, the
state of the dossier. A key serves all members of a service, so links are no part of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.policy.oracle import CEILING, MAY_HAVE_TO_REPORT, SENSITIVE

_RANK = "FwRWP"


@dataclass(slots=True, kw_only=True)
class Said:
    """One line of one consent; `closed` when it was taken back or replaced."""

    organisation: str
    function: str
    codes: frozenset[str]
    ticks: frozenset[str] = frozenset()
    person: str | None = None
    starts: datetime
    ends: datetime
    warned: bool = True
    closed: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.starts <= now <= self.ends and (self.closed is None or now < self.closed)


Line = tuple[str, str, str, str | None]


def spoken(lines: Iterable[Line], starts: datetime, ends: datetime) -> list[Said]:
    """Return the lines of a consent: (service, codes, own ticks, login of one person or None)."""
    made = []
    for service, codes, ticks, person in lines:
        organisation, _, function = service.partition("/")
        made.append(
            Said(
                organisation=organisation,
                function=function,
                codes=frozenset(codes.split()),
                ticks=frozenset(ticks.split()),
                person=person,
                starts=starts,
                ends=ends,
            )
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One professional, as keys see them."""

    login: str
    organisation: str
    function: str


@dataclass(slots=True, kw_only=True)
class Mandate:
    """Everything she has said in one dossier so far."""

    lines: list[Said] = field(default_factory=list)
    place: str | None = None
    excluded: set[str] = field(default_factory=set)
    """Organisations and logins."""

    def give(self, lines: Iterable[Said], *, replaces: bool, now: datetime) -> None:
        if replaces:
            self._close(self.lines, now)
        for one in lines:
            self.lines.append(one)
            if one.function == "SVH" and "AD" in one.codes:
                self.place = one.organisation

    def withdraw(self, services: Iterable[str], now: datetime) -> None:
        """Close some organisations, `O7`, or services, `O7/MED`; everything when there is none."""
        named = set(services)
        self._close(
            [
                one
                for one in self.lines
                if not named
                or one.organisation in named
                or f"{one.organisation}/{one.function}" in named
            ],
            now,
        )

    @staticmethod
    def _close(lines: Iterable[Said], now: datetime) -> None:
        for one in lines:
            if one.closed is None:
                one.closed = now

    def level(self, member: Member, code: str, now: datetime) -> str | None:
        """Return the highest level that any live line opens to a member, or None."""
        if {member.organisation, member.login} & self.excluded:
            return None
        found = [
            level
            for one in self.lines
            if one.live(now) and self._names(one, member)
            for level in self._cell(one, code)
        ]
        return max(found, key=_RANK.index, default=None)

    @staticmethod
    def _names(one: Said, member: Member) -> bool:
        service = (one.organisation, one.function) == (member.organisation, member.function)
        return service and one.person in {None, member.login}

    def _cell(self, one: Said, code: str) -> Iterator[str]:
        mark = CEILING[one.function, code]
        if code not in one.codes or mark in {"–", "§"}:
            return
        if (mark.endswith("+") or code in SENSITIVE) and code not in one.ticks:
            return
        if one.function in MAY_HAVE_TO_REPORT and not one.warned:
            return
        if mark[0] == "P" and self.place != one.organisation:
            return
        yield mark[0]
