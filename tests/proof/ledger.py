"""Who may open what with keys alone: a second telling of consents, one entry at a time.

It knows the ceiling from `tests/policy/oracle.py` and nothing of vepshare. It follows what is
said and written, in words (`O1/SVA`, `PS`), and keeps for each version of each entry the set of
recipients whose keys must open it. A recipient is a service, `O1/SVA`, or one person, `u07`.

Source: V1, V4, V7, ADR 0003, ADR 0006; docs/crypto.md, "Which conditions keys enforce".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from tests.policy import oracle

PLACE = "AD"
PARTS = ("body", "flag")


@dataclass(kw_only=True)
class Line:
    """One line of a consent as it stands: for whom, what, until when."""

    consent: int
    service: str
    person: str | None
    codes: frozenset[str]
    ticks: frozenset[str]
    warned: bool
    starts: datetime
    ends: datetime
    ended: datetime | None = None

    @property
    def organisation(self) -> str:
        return self.service.split("/")[0]

    def live(self, now: datetime) -> bool:
        return self.starts <= now <= self.ends and not self.closed(now)

    def closed(self, now: datetime) -> bool:
        return self.ended is not None and self.ended <= now


@dataclass(kw_only=True)
class Version:
    """One version of an entry, and whose keys open it: recipients by part, and who waits."""

    code: str
    entry: str
    version: int
    round: int
    own: frozenset[str] = frozenset()
    holding: dict[str, set[str]] = field(default_factory=lambda: {part: set() for part in PARTS})
    waiting: dict[str, set[str]] = field(default_factory=lambda: {part: set() for part in PARTS})


class Ledger:
    """One dossier; *members* are the logins of each service."""

    def __init__(self, members: Mapping[str, frozenset[str]]) -> None:
        self.members = members
        self.lines: list[Line] = []
        self.place: str | None = None
        self.versions: list[Version] = []
        self._barred: set[str] = set()
        self._left: set[str] = set()
        self._slots: set[tuple[str, str, str]] = set()
        self._round: dict[str, int] = {}
        self._consents = 0
        self._addressed: dict[str, tuple[str, ...]] = {}

    # What she says.

    def give(
        self,
        by: str,
        lines: Iterable[Line],
        *,
        replaces: bool = False,
        refused: Iterable[str] = (),
        now: datetime,
    ) -> None:
        """Record a consent; *refused* are functions she says no to, whoever they are."""
        no = tuple(refused)
        for old in self.lines:
            if replaces or old.service.split("/")[1] in no:
                self._close(old, now)
        self._consents += 1
        for one in lines:
            one.consent = self._consents
            self.lines.append(one)
            if one.service.endswith("/SVH") and PLACE in one.ticks:
                self.place = one.organisation
        self.align(by, now=now)

    def withdraw(
        self,
        by: str,
        *,
        targets: Iterable[str] = (),
        codes: Iterable[str] = (),
        consent: int | None = None,
        now: datetime,
    ) -> None:
        """Take back services (`O7`, `O7/MED`), one consent, or everything; *codes* only, if any."""
        wanted, taken = tuple(targets), frozenset(codes)
        for line in tuple(self.lines):
            if line.closed(now) or not _named(line, wanted, consent):
                continue
            if not taken:
                self._close(line, now)
                continue
            # What she took back of a line is as if it had never been in it.
            line.codes -= taken
            line.ticks -= taken
        self.align(by, now=now)

    def bar(self, by: str, whom: str, *, now: datetime) -> None:
        """Exclude an organisation, `O7`, or one person, `u07`; or declare a tie."""
        self._barred.add(whom)
        self.align(by, now=now)

    # What is written and read.

    def leave(self, whom: str, *, now: datetime) -> None:
        """Somebody leaves their service: the others keep its key, they keep nothing."""
        self.members = {one: logins - {whom} for one, logins in self.members.items()}
        self._left.add(whom)
        self.align(None, now=now)

    def write(
        self,
        by: str,
        code: str,
        entry: str,
        version: int,
        *,
        addressed: Iterable[str] = (),
        intake: bool = False,
        now: datetime,
    ) -> None:
        """Record a version: it opens to all who hold the compartment, and to some who only write.

        Those are the services of the author's own organisation, and the services it is
        addressed to.
        """
        self.align(by, now=now)
        service = self.service_of(by)
        mine = service.split("/")[0]
        # A rectification goes to those the first version was addressed to.
        to = self._addressed.setdefault(entry, tuple(addressed))
        level = self._level(service, by, code, now)
        own: frozenset[str] = frozenset()
        if intake or level == "w" or to:
            own = frozenset(
                recipient
                for recipient, line in self._writers(code, now)
                if line.organisation == mine or line.service in to
            )
        made = Version(code=code, entry=entry, version=version, round=self._round[code], own=own)
        for part in PARTS:
            made.holding[part] = {r for c, r, p in self._slots if (c, p) == (code, part)}
        self.versions.append(made)

    def read(self, by: str, *, now: datetime) -> None:
        """A holder opens the dossier: what waits for a key they hold is handed over."""
        entitled = self._entitled(now)
        for one in self.versions:
            if one.holding["body"] & self._recipients_of(by):
                for part in PARTS:
                    still = {r for r in one.waiting[part] if (one.code, r, part) in entitled}
                    one.holding[part] |= still
                    one.waiting[part] -= still

    def openable(self, login: str) -> Iterator[tuple[str, int, str]]:
        """Yield the entry, version and part of everything the keys of *login* must open."""
        mine = self._recipients_of(login)
        for one in self.versions:
            whole = bool(mine & (one.holding["body"] | one.own))
            if whole:
                yield one.entry, one.version, "body"
            if whole or mine & one.holding["flag"]:
                yield one.entry, one.version, "flag"

    # What follows from it.

    def align(self, by: str | None, *, now: datetime) -> None:
        """Let the keys follow what stands at *now*; *by* is who acts, None for the calendar."""
        entitled = self._entitled(now)
        writers = {
            (code, recipient)
            for code in oracle.COMPARTMENTS
            for recipient, _line in self._writers(code, now)
        }
        actor = set() if by is None else self._recipients_of(by)
        held = {id(one): bool(one.holding["body"] & actor) for one in self.versions}
        lost, new = self._slots - entitled, entitled - self._slots
        for code in oracle.COMPARTMENTS:
            # Each time somebody loses the place, what was written before stays with them.
            if any(one == code for one, *_ in lost) or code not in self._round:
                self._round[code] = self._round.get(code, 0) + 1
        self._slots = entitled
        for one in self.versions:
            self._drop(one, entitled, writers)
            for code, recipient, part in new:
                if code == one.code:
                    self._add(one, recipient, part, held=held[id(one)])

    def _drop(
        self, one: Version, entitled: set[tuple[str, str, str]], writers: set[tuple[str, str]]
    ) -> None:
        for kept in (one.holding, one.waiting):
            for part in PARTS:
                kept[part] = {r for r in kept[part] if (one.code, r, part) in entitled}
        # A wrap of an entry's own key that has been destroyed does not come back.
        one.own = frozenset(
            r for r in one.own if (one.code, r) in writers or (one.code, r, "body") in entitled
        )

    def _add(self, one: Version, recipient: str, part: str, *, held: bool) -> None:
        """Hand an older version to somebody added later: at once, later, or never (ADR 0006)."""
        if one.code == PLACE and one.round != self._round[PLACE]:
            return
        if held:
            one.holding[part].add(recipient)
        elif one.holding["body"]:
            one.waiting[part].add(recipient)

    def _entitled(self, now: datetime) -> set[tuple[str, str, str]]:
        return {
            (code, recipient, "flag" if level == "F" else "body")
            for code, recipient, level, _line in self._cells(now)
            if level != "w"
        }

    def _writers(self, code: str, now: datetime) -> Iterator[tuple[str, Line]]:
        for one, recipient, level, line in self._cells(now):
            if (one, level) == (code, "w"):
                yield recipient, line

    def _cells(self, now: datetime) -> Iterator[tuple[str, str, str, Line]]:
        for line in self.lines:
            if not line.live(now) or line.organisation in self._barred:
                continue
            for code in line.codes:
                level = self._cell(line, code)
                if oracle.is_level(level):
                    for recipient in self._recipients(line):
                        yield code, recipient, level, line

    def _cell(self, line: Line, code: str) -> str:
        function = line.service.split("/")[1]
        lacking = ["given"]
        if code not in line.ticks:
            lacking.append("own tick missing")
        if not line.warned:
            lacking.append("warning missing")
        if line.organisation != self.place:
            lacking.append("told another shelter since")
        answers = [_reading(function, code, one) for one in lacking]
        return next((one for one in answers if not oracle.is_level(one)), answers[0])

    def _level(self, service: str, login: str, code: str, now: datetime) -> str:
        for one, _recipient, level, line in self._cells(now):
            if one == code and line.service == service and line.person in {None, login}:
                return level
        return ""

    def _recipients(self, line: Line) -> set[str]:
        """A service has one key; when one of its members is kept out, each other has their own."""
        if line.person is not None:
            return {line.person} - self._barred - self._left
        members = self.members.get(line.service, frozenset())
        if members & self._barred:
            return set(members - self._barred)
        return {line.service} if members else set()

    def _recipients_of(self, login: str) -> set[str]:
        return set() if login in self._left else {login, self.service_of(login)}

    def service_of(self, login: str) -> str:
        """Return the one service somebody of the cast belongs to."""
        return next(one for one, logins in self.members.items() if login in logins)

    @staticmethod
    def _close(line: Line, now: datetime) -> None:
        line.ended = now if line.ended is None else min(line.ended, now)


def _named(line: Line, targets: tuple[str, ...], consent: int | None) -> bool:
    if targets:
        return line.organisation in targets or line.service in targets
    return consent in {None, line.consent}


@cache
def _reading(function: str, code: str, consent: str) -> str:
    return oracle.reading(oracle.Situation(function=function, compartment=code, consent=consent))
