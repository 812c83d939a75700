"""A story played twice: by the services, and in the ledger; what keys open is then compared."""

from datetime import datetime

from tests.demo.stages import cast_of
from tests.worlds import World
from vepshare.consent import end_of
from vepshare.demo import Performance, Story
from vepshare.demo._stories import (
    Act,
    Agreed,
    Giving,
    HandingOver,
    Inviting,
    Opening,
    Reading,
    Rectifying,
    Withdrawing,
    Writing,
)
from vepshare.dossier import CODES, KINDS

from .copies import copied
from .decryptor import Opened, Thief
from .ledger import Ledger, Line

CODE_OF = {compartment.value: code for code, compartment in CODES.items()}
Cell = tuple[str, int, str]


def members_of(world: World) -> dict[str, frozenset[str]]:
    """Return the logins of each service of the cast."""
    codes = {one.id: code for code, one in world.organisations.items()}
    found: dict[str, set[str]] = {}
    for login, caller in world.cast.items():
        service = f"{codes[caller.hat.organisation_id]}/{caller.hat.profession.value}"
        found.setdefault(service, set()).add(login)
    return {service: frozenset(logins) for service, logins in found.items()}


def thief(world: World, login: str, rows: object) -> Thief:
    """Return who has stolen *rows* and the private seed of *login*, 32 bytes."""
    caller = world.cast[login]
    mine = [one.seed.raw for one in caller.keyring.seeds if one.profession is None]
    return Thief(rows, caller.id.hex, mine)


def cells(opened: dict[Opened, bytes]) -> set[Cell]:
    return {(one.entry, one.version, one.part) for one in opened}


def compare(world: World, ledger: Ledger) -> dict[str, tuple[set[Cell], set[Cell]]]:
    """Return for each of the cast, where they differ, what is missing and what is too much."""
    rows = copied(world.url)
    found = {}
    for login in world.cast:
        opened, due = cells(thief(world, login, rows).opened()), set(ledger.openable(login))
        if opened != due:
            found[login] = (due - opened, opened - due)
    return found


class Staged(Performance):
    """A performance that also tells the ledger, act by act."""

    def __init__(self, world: World, story: Story) -> None:
        super().__init__(world.store, cast_of(world), story)
        self.world = world
        self.ledger = Ledger(members_of(world))
        self._known: dict[str, tuple[str, int]] = {}

    def acts(self) -> list[Act]:
        return list(self._left)

    def step(self) -> None:
        act = self._left[0]
        before = self._stored()
        super().step()
        if act.refused is None:
            self._tell(act, self._stored() - before)

    def _stored(self) -> frozenset[tuple[str, int, str]]:
        rows = copied(self.world.url, ("entries",))["entries"]
        return frozenset((row["id"], row["version"], CODE_OF[row["compartment"]]) for row in rows)

    def _tell(self, act: Act, written: frozenset[tuple[str, int, str]]) -> None:
        now = self._who(act)[1]
        match act:
            case Opening() | Giving():
                self._give(act, act.agreed, now)
                for entry, version, code in written:
                    self.ledger.write(act.by, code, entry, version, intake=True, now=now)
            case Withdrawing():
                self.ledger.withdraw(act.by, targets=act.organisations, now=now)
            case Writing():
                [(entry, version, code)] = written
                assert code == CODE_OF[KINDS[act.entry.kind].compartment.value]
                self.ledger.write(act.by, code, entry, version, addressed=act.addressed_to, now=now)
            case Rectifying():
                [(entry, version, code)] = written
                self.ledger.write(act.by, code, entry, version, now=now)
            case Reading():
                self.ledger.read(act.by, now=now)
            case Inviting() | HandingOver():
                self.ledger.align(None, now=now)

    def _give(self, act: Act, agreed: Agreed, now: datetime) -> None:
        lines = [
            Line(
                consent=0,
                service=f"{one.organisation}/{one.profession.value}",
                person=one.person,
                codes=frozenset(CODE_OF[c.value] for c in one.compartments),
                ticks=frozenset(CODE_OF[c.value] for c in one.ticks),
                warned=agreed.warned,
                starts=now,
                ends=end_of(one.ends or agreed.ends),
            )
            for one in agreed.lines
        ]
        refused = [one.value for one in agreed.refused]
        self.ledger.give(act.by, lines, replaces=agreed.replaces, refused=refused, now=now)
