"""A state machine of one dossier: anything that may be said, written or left to the calendar.

A rule acts through `Play`, which tells the ledger, and the invariant compares keys and ledger
after every step. Readings drain; recoveries are to be further rules.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.conftest import Template
from tests.policy import oracle
from tests.worlds import at

from .playing import KIND_IN, Play, Said

SERVICES = {
    "O1/SVA": ("u01",),
    "O1/PSY": ("u02",),
    "O1/JUR": ("u03",),
    "O2/SVH": ("u04",),
    "O3/SVH": ("u05",),
    "O5/INF": ("u07", "u23"),
    "O5/ASH": ("u09",),
    "O7/MED": ("u11",),
    "O8/SAPV": ("u12",),
    "O11/CPAS": ("u16",),
    "O14/ANI": ("u20",),
}
PEOPLE = sorted(login for logins in SERVICES.values() for login in logins)
ORGANISATIONS = sorted({one.split("/")[0] for one in SERVICES})
ALL_CODES = sorted(KIND_IN)

services = st.sampled_from(sorted(SERVICES))
people = st.sampled_from(PEOPLE)
codes = st.lists(st.sampled_from(ALL_CODES), min_size=1, max_size=6, unique=True)
kinds = st.sampled_from(ALL_CODES)
days = st.integers(min_value=1, max_value=60)


@st.composite
def said(draw: Callable[..., object]) -> Said:
    """Draw one line: a service or one person of it; some compartments, most of them ticked."""
    service = draw(services)
    function = service.split("/")[1]
    # A consent that names what a function may never see is refused whole.
    open_to = [one for one in ALL_CODES if oracle.CEILING[function, one] not in {"–", "§"}]
    named = draw(st.lists(st.sampled_from(open_to), min_size=1, max_size=6, unique=True))
    ticks = named if draw(st.booleans()) else draw(st.lists(st.sampled_from(named), unique=True))
    person = draw(st.sampled_from((None, None, None, *SERVICES[service])))
    return Said(service=service, codes=" ".join(named), ticks=" ".join(ticks), person=person)


lines = st.lists(said(), min_size=1, max_size=4)


class Histories(RuleBasedStateMachine):
    """One random history; `template` is given by the test that runs it."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self._kept = ExitStack()
        self.play: Play | None = None
        self._invited = {"u01"}
        self._gone: set[str] = set()
        self.acts = 0

    @initialize(first=lines, intake=st.lists(kinds, max_size=5))
    def open(self, first: list[Said], intake: list[str]) -> None:
        """She agrees; the dossier is opened by the victims' service."""
        world = self._kept.enter_context(self.template.copy(Path(mkdtemp())))
        play = Play(world, at("2027-03-02 09:00"))
        own = Said(service="O1/SVA", codes="ID CT HO CH IN RI RA MD")
        agreed = [own, *(one for one in _once(first) if one.service != "O1/SVA")]
        open_codes = {
            code
            for one in agreed
            for code in one.codes.split()
            if code in one.ticks.split() or not _needs_tick(one, code)
        }
        written = [KIND_IN[one] for one in intake if one in open_codes]
        play.open("u01", agreed, written, ends=play.now + timedelta(days=90))
        self.play = play
        self._invite_everybody()

    def _invite_everybody(self) -> None:
        # Keys do not know who takes part; acts need it, so everybody who may is brought in.
        for login in PEOPLE:
            if login not in self._invited and self.play.invite("u01", login):
                self._invited.add(login)

    def _later(self) -> Play:
        """Let an hour pass."""
        return self.play.at(self.play.now + timedelta(hours=1))

    @rule(by=people, told=lines, lasting=days, replaces=st.booleans())
    def give(self, by: str, told: list[Said], lasting: int, replaces: bool) -> None:
        """She agrees to more, to something else, or for longer."""
        play = self._later()
        ends = play.now + timedelta(days=lasting)
        self.acts += play.give(by, _once(told), ends=ends, replaces=replaces)
        self._invite_everybody()

    @rule(by=people, by_name=said(), early=days)
    def give_for_a_while(self, by: str, by_name: Said, early: int) -> None:
        """One line that ends before the rest."""
        play = self._later()
        ends = play.now + timedelta(days=60)
        own = Said(service="O1/SVA", codes="ID CT RI")
        short = Said(
            service=by_name.service,
            codes=by_name.codes,
            ticks=by_name.ticks,
            person=by_name.person,
            ends=min(ends, play.now + timedelta(days=early)),
        )
        self.acts += play.give(by, _once([short, own]), ends=ends)

    @rule(by=people, services=st.lists(services, min_size=1, max_size=3, unique=True))
    def withdraw(self, by: str, services: list[str]) -> None:
        """She takes back some services."""
        self.acts += self._later().withdraw(by, targets=services)

    @rule(by=people, taken=codes)
    def narrow(self, by: str, taken: list[str]) -> None:
        """She takes back some subjects, for everybody."""
        self.acts += self._later().withdraw(by, codes=" ".join(taken))

    @rule(by=people, sure=st.integers(min_value=0, max_value=4))
    def withdraw_everything(self, by: str, sure: int) -> None:
        """Seldom, or no history would get anywhere."""
        if sure == 0:
            self.acts += self._later().withdraw(by)

    @rule(by=people, whom=st.sampled_from([*ORGANISATIONS[1:], *PEOPLE]))
    def exclude(self, by: str, whom: str) -> None:
        """An organisation, or one person, is kept out."""
        self.acts += self._later().exclude(by, whom)

    @rule(by=people)
    def tie(self, by: str) -> None:
        """Somebody declares a tie."""
        if by != "u01":
            self.acts += self._later().tie(by)

    @rule(whom=st.sampled_from(("u23", "u07", "u12", "u04")))
    def leave(self, whom: str) -> None:
        """Somebody leaves their service, for good."""
        if whom not in self._gone:
            self._gone.add(whom)
            self._later().leave(whom)

    @rule(by=people)
    def move_on(self, by: str) -> None:
        """A session of somebody who remains moves what their service holds."""
        if by not in self._gone:
            self._later().move_on(by)

    @rule(by=people, to=st.sampled_from(("O2", "O3")))
    def move(self, by: str, to: str) -> None:
        """She sleeps elsewhere now."""
        play = self._later()
        line = Said(service=f"{to}/SVH", codes="ID CT AD RI", ticks="AD")
        self.acts += play.give(by, [line], ends=play.now + timedelta(days=60))
        self._invite_everybody()

    @rule(by=people, code=kinds, to=st.lists(services, max_size=2, unique=True))
    def write(self, by: str, code: str, to: list[str]) -> None:
        """Somebody writes, perhaps to somebody."""
        play = self._later()
        self.acts += play.write(by, code, to) or play.write(by, code)

    @precondition(lambda self: self.play is not None and self.play.entries)
    @rule(by=people, pick=st.integers(min_value=0, max_value=99))
    def rectify(self, by: str, pick: int) -> None:
        """Somebody adds a version."""
        play = self._later()
        entries = sorted(play.entries)
        self.acts += play.rectify(by, entries[pick % len(entries)])

    @rule(by=people)
    def read(self, by: str) -> None:
        """Somebody opens the dossier: what is owed is handed over."""
        self.acts += self._later().read(by)

    @rule(passing=days)
    def wait(self, passing: int) -> None:
        """Time passes, and the calendar runs."""
        self.play.at(self.play.now + timedelta(days=passing))

    @invariant()
    def keys_open_what_the_ledger_says(self) -> None:
        if self.play is not None:
            assert self.play.differences() == {}

    def teardown(self) -> None:
        self._kept.close()


def _needs_tick(one: Said, code: str) -> bool:
    mark = oracle.CEILING[one.service.split("/")[1], code]
    return mark.endswith("+") or code in oracle.SENSITIVE


def _once(told: list[Said]) -> list[Said]:
    """Keep one line for each recipient, and one shelter for the place."""
    found: dict[tuple[str, str | None], Said] = {}
    for one in told:
        found.setdefault((one.service, one.person), one)
    return list(found.values())
