"""Random histories: after every step, each one's keys open exactly what she has agreed to.

A few of them here, always the same; `make soak` runs five hundred others.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Template
from tests.worlds import World, end_of, make_draft, make_line, make_terms, open_dossier, read
from vepshare.dossier import KINDS, Reason
from vepshare.errors import VepshareError
from vepshare.services import accounts, consents, due, exclusions, leaving, moving, participants
from vepshare.services import entries as writing

from .checking import check
from .mandate import Line, Mandate, spoken

EXAMPLES = int(os.environ.get("VEPSHARE_SOAK_HISTORIES", "0"))
A_FEW = 12
BEGIN = datetime.fromisoformat("2027-03-02T13:35:00+00:00")
LINES: tuple[Line, ...] = (
    ("O1/SVA", "ID CT HE IN RI AP RA PS", "HE PS", None),
    ("O1/PSY", "ID PS IN RI RA", "PS IN", None),
    ("O7/MED", "ID HE IN RI RA", "HE IN", None),
    ("O7/MED", "ID HE IN", "", None),
    ("O5/INF", "ID HE RI RA", "HE", None),
    ("O5/INF", "ID HE RA", "HE", "u07"),
    ("O2/SVH", "ID AD IN RI", "AD", None),
    ("O3/SVH", "ID AD IN RA", "AD", None),
    ("O8/SAPV", "ID RI RA", "ID RI RA", None),
    ("O11/CPAS", "ID RI RA", "", None),
)
CAST = "u01 u02 u04 u05 u07 u11 u12 u16 u23".split()
KINDS_OF = {
    "ID": "identity",
    "CT": "safe_contact",
    "AD": "protected_place",
    "HE": "health",
    "PS": "psychological_note",
    "IN": "incidents",
    "RI": "risk_assessment",
    "RA": "referrals_appointments_note",
}


class Step(NamedTuple):
    """One thing that happens: what, to or by whom, with which of the lines."""

    what: str
    who: str = ""
    lines: tuple[int, ...] = ()
    more: str = ""


def steps() -> st.SearchStrategy[Step]:
    """Return what may happen, in any order."""
    who = st.sampled_from(CAST)
    some = st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=4, unique=True).map(tuple)
    services = st.sampled_from(sorted({one[0] for one in LINES} | {"O5", "O7", ""}))
    return st.one_of(
        st.builds(Step, st.just("give"), st.just("u01"), some, st.sampled_from(["", "replaces"])),
        st.builds(Step, st.just("withdraw"), who, st.just(()), services),
        st.builds(Step, st.just("write"), who, st.just(()), st.sampled_from(sorted(KINDS_OF))),
        st.builds(Step, st.just("write"), who, st.just(()), st.sampled_from(sorted(KINDS_OF))),
        st.builds(Step, st.just("read"), who),
        st.builds(Step, st.just("read"), who),
        st.builds(Step, st.just("exclude"), st.sampled_from(["O7", "O11", "u23", "u02"])),
        st.builds(Step, st.just("leave"), st.sampled_from(["u23", "u07", "u12"])),
        st.builds(Step, st.just("move"), st.sampled_from(["u07", "u23"])),
        st.builds(Step, st.just("days"), st.just(""), st.just(()), st.sampled_from(["1", "40"])),
    )


class History:
    """One dossier in one world, and what she has said in it so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = BEGIN
        self.mandate = Mandate()
        self.reference = open_dossier(
            world, make_line(world, *LINES[0][:3]), participants="", now=BEGIN, ends=self._ends
        )
        self._say((LINES[0],), replaces=False)

    def step(self, step: Step) -> None:
        """Let it happen; what the platform refuses has not happened."""
        self.now += timedelta(minutes=1)
        act: Callable[[Step], None] = getattr(self, f"_{step.what}")
        try:
            act(step)
        except VepshareError:
            return

    @property
    def _ends(self) -> datetime:
        return end_of((self.now + timedelta(days=30)).date().isoformat())

    def _say(self, lines: tuple[Line, ...], *, replaces: bool) -> None:
        said = spoken(lines, self.now, self._ends)
        self.mandate.give(said, replaces=replaces, now=self.now)

    def _give(self, step: Step) -> None:
        lines = tuple(
            {LINES[one][0] + str(LINES[one][3]): LINES[one] for one in step.lines}.values()
        )
        caller = self.world.cast[step.who]
        known = consents.list_consents(self.world.store, caller, self.reference, now=self.now)
        replaced = {one.id for one in known.consents} if step.more else set()
        terms = make_terms(
            self.world,
            *(
                make_line(self.world, *one[:3], **({"person": one[3]} if one[3] else {}))
                for one in lines
            ),
            starts=self.now,
            ends=self._ends,
            replaces=frozenset(replaced),
        )
        consents.give(self.world.store, caller, self.reference, terms, now=self.now)
        self._say(lines, replaces=bool(step.more))
        for login in CAST:
            self._invite(login)

    def _invite(self, login: str) -> None:
        try:
            participants.invite(
                self.world.store,
                self.world.cast["u01"],
                self.reference,
                self.world.hat(login),
                Reason.FOLLOW_UP,
                now=self.now,
            )
        except VepshareError:
            return

    def _withdraw(self, step: Step) -> None:
        targets = [self.world.target(step.more)] if step.more else []
        caller = self.world.cast[step.who]
        consents.withdraw(
            self.world.store, caller, self.reference, None, targets=targets, now=self.now
        )
        self.mandate.withdraw([step.more] if step.more else [], self.now)

    def _write(self, step: Step) -> None:
        draft = make_draft(KINDS_OF[step.more])
        assert draft.kind is KINDS[KINDS_OF[step.more]]
        writing.write_entry(
            self.world.store,
            self.world.cast[step.who],
            self.reference,
            draft,
            place_checked=True,
            now=self.now,
        )

    def _read(self, step: Step) -> None:
        read(self.world, step.who, self.reference, now=self.now)

    def _exclude(self, step: Step) -> None:
        organisation = step.who.startswith("O")
        named = (
            {"organisation_id": self.world.organisation_id(step.who)}
            if organisation
            else {"professional_id": self.world.cast[step.who].id}
        )
        exclusions.exclude(
            self.world.store, self.world.cast["u01"], self.reference, **named, now=self.now
        )
        self.mandate.excluded.add(step.who)

    def _leave(self, step: Step) -> None:
        hat = self.world.hat(step.who)
        leaving.end_function(self.world.store, self.world.cast["u22"], hat, now=self.now)
        self.mandate.excluded.add(step.who)
        for login in ("u07", "u23"):
            if login not in self.mandate.excluded:
                moving.renew(self.world.store, self.world.cast[login], now=self.now)
        due.run_due(self.world.store, now=self.now + timedelta(seconds=1))
        self._renew()

    def _renew(self) -> None:
        """Hand everybody what the database hands them now, as their next session would."""
        with self.world.store.peek() as work:
            for login, caller in tuple(self.world.cast.items()):
                keyring = accounts.renewed(work, caller.id, caller.keyring)
                object.__setattr__(caller, "keyring", keyring)
                caller.__dict__.pop("_seeds", None)
                self.world.cast[login] = caller

    def _move(self, step: Step) -> None:
        moving.move_on(self.world.store, self.world.cast[step.who], now=self.now)

    def _days(self, step: Step) -> None:
        self.now += timedelta(days=int(step.more))
        due.run_due(self.world.store, now=self.now)


def test_whatever_happens_keys_open_what_she_agreed_to(template: Template, tmp_path: Path) -> None:
    """Source: DESIGN 5, V1, V4, V7, R7."""

    @settings(
        max_examples=EXAMPLES or A_FEW,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(steps(), min_size=3, max_size=14))
    def told(history: list[Step]) -> None:
        with template.copy(tmp_path) as world:
            one = History(world)
            for step in history:
                one.step(step)
                check(world, one.mandate, one.now, CAST)

    told()
