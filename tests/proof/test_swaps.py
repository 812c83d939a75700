"""Swap any two ciphertexts, wraps, versions, epochs, places: never is another value shown.

What comes out is the very same values, or nothing and an alarm, or less than before; never
a value in another place. Who writes to the database can always take something away.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations, islice

import pytest
from structlog.testing import capture_logs

from tests.api.client import Api, standing_still
from tests.worlds import World, at, last_entry, read
from vepshare import audit
from vepshare.errors import Tampered, TamperedError

from .playing import Play, Said
from .soak import share
from .swapping import SWAPPED, Swap, drop_triggers, rows_of, swaps

NOW = at("2027-03-06 10:00")
END = at("2027-06-01 12:00")
LINES = (
    Said(service="O1/SVA", codes="ID CT HO SF IN RI JU RA MD"),
    Said(service="O1/PSY", codes="ID CT PS IN RI RA MD", ticks="PS IN"),
    Said(service="O7/MED", codes="ID HE IN RI RA MD", ticks="HE IN"),
)
KINDS = (
    "identity",
    "safe_contact",
    "health",
    "incidents",
    "risk_assessment",
    "referrals_appointments_note",
)
READERS = ("u01", "u02", "u11")
Shown = dict[tuple[str, str, int], str]
Row = Mapping[str, object]
Look = Callable[[str, str], Shown]


class Stage:
    """Two dossiers with versions and epochs, and everything their readers ever saw of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.truth: dict[str, Shown] = {login: {} for login in READERS}
        self.references = tuple(self._dossier(world) for _ in range(2))
        drop_triggers(world.store.engine, "consent_events")

    def _dossier(self, world: World) -> str:
        play = Play(world, at("2027-03-02 14:35"))
        play.open("u01", LINES, KINDS, ends=END)
        for whom in READERS[1:]:
            assert play.invite("u01", whom)
        for by, code in (("u02", "PS"), ("u11", "RA"), ("u01", "RA"), ("u01", "ID")):
            assert play.write(by, code)
        self._learn(play.reference)
        play.at(at("2027-03-03 10:00"))
        line = Said(service="O11/CPAS", codes="ID CT RI RA MD")
        assert play.give("u01", [line], ends=END)
        for entry, (code, _) in tuple(play.entries.items()):
            if code in {"ID", "RI", "IN"}:
                assert play.rectify("u01", entry), code
        play.at(at("2027-03-04 10:00"))
        assert play.withdraw("u01", targets=("O11",))
        assert play.write("u01", "ID")
        self._learn(play.reference)
        return play.reference

    def concerned(self, swap: Swap) -> str:
        """Return the dossier that the first of the two rows is in, the first dossier if in none."""
        of = str(swap.first.get("dossier_id", "")).replace("-", "")
        with self.world.store.peek() as work:
            ids = {work.dossiers.id_of(one).hex: one for one in self.references}
        return ids.get(of, self.references[0])

    def _learn(self, reference: str) -> None:
        for login in READERS:
            self.truth[login] |= self.through_services(login, reference)

    def through_services(self, login: str, reference: str) -> Shown:
        view = read(self.world, login, reference, now=NOW)
        return {
            (compartment.value, entry.id.hex, entry.version): _text(
                (entry.values or entry.flags).reveal(),
                (entry.kind, entry.origin, entry.occurred_on, entry.author),
                (entry.profession, entry.organisation, entry.recorded_at),
            )
            for compartment, one in view.compartments.items()
            for entry in one.entries
        }


def through_api(api: Api) -> Look:
    def look(login: str, reference: str) -> Shown:
        answer = api.get(
            f"/dossiers/{reference}", by=login, query_string={"purpose": "coordination"}
        )
        if answer.status_code == 500:
            assert answer.json.keys() == {"code", "id"}
            raise TamperedError(Tampered.VALUE)
        assert answer.status_code == 200, answer.text
        return {
            (slug, entry["id"].replace("-", ""), entry["version"]): _text(
                entry.get("values") or entry.get("flags"),
                [entry.get(one) for one in ("kind", "origin", "occurred_on", "author")],
                (
                    entry.get("function"),
                    entry.get("organisation"),
                    datetime.fromisoformat(entry["recorded_at"]).astimezone(UTC),
                ),
            )
            for slug, one in answer.json["compartments"].items()
            for entry in one["entries"]
        }

    return look


TOLD = ("author_id", "organisation_id", "profession", "recorded_at", "kind", "body")
"""Where what stands beside a value on a page lies; origin and date of the fact are in the body."""


@pytest.mark.parametrize("column", TOLD)
def test_what_is_told_beside_a_value_cannot_be_traded(world: World, column: str) -> None:
    """Every pair of versions that differ in it: what was told before, or an alarm. Source: V8."""
    stage = Stage(world)
    reference = stage.references[0]
    before = {login: stage.through_services(login, reference) for login in READERS}
    alarms = 0
    for first, second in pairs(world, reference, column):
        swap = Swap(table="entries", columns=(column,), first=first, second=second)
        for login in READERS:
            with swap.made(world.store.engine) as taken:
                assert taken
                came = outcome(stage, stage.through_services, login, reference, before[login], swap)
            assert came != "less"
            alarms += came == "alarm"

    assert alarms >= 4
    assert {one: stage.through_services(one, reference) for one in READERS} == before


def pairs(world: World, reference: str, column: str) -> Iterator[tuple[Row, Row]]:
    """Yield up to a dozen pairs of versions of a dossier that differ in a column."""
    with world.store.peek() as work:
        of = work.dossiers.id_of(reference).hex
    rows = rows_of(world.store.engine, "entries")
    mine = [one for one in rows if str(one["dossier_id"]).replace("-", "") == of]
    differing = (two for two in combinations(mine, 2) if two[0][column] != two[1][column])
    return islice(differing, 12)


def _text(values: Mapping[str, object], *told: Iterable[object]) -> str:
    """Return what is shown of a value, with all that stands beside it."""
    beside = [str(one) for part in told for one in part]
    return json.dumps([values, beside], sort_keys=True)


def outcome(stage: Stage, look: Look, login: str, reference: str, before: Shown, swap: Swap) -> str:
    """Tell what a reading during a swap comes to; fail when it shows anything that was not so."""
    with capture_logs() as notices:
        try:
            shown = look(login, reference)
        except TamperedError:
            last = last_entry(stage.world.store)
            assert (last.event, last.outcome) == (
                audit.Event.VALUE_TAMPERED,
                audit.Outcome.FAILED,
            ), swap
            assert "tampered" in {one["event"] for one in notices}, swap
            return "alarm"
    for place, value in shown.items():
        assert stage.truth[login].get(place) == value, (swap.table, swap.columns, place)
    return "same" if shown == before else "less"


def run(stage: Stage, look: Look, dice: random.Random, cases: int) -> Counter[tuple[str, str]]:
    """Make *cases* swaps; return how each came out, by table."""
    found: Counter[tuple[str, str]] = Counter()
    before = {
        (login, reference): look(login, reference)
        for login in READERS
        for reference in stage.references
    }
    for swap in swaps(stage.world.store.engine, dice, SWAPPED):
        login, reference = dice.choice(READERS), stage.concerned(swap)
        with swap.made(stage.world.store.engine) as taken:
            if taken:
                came = outcome(stage, look, login, reference, before[login, reference], swap)
                found[swap.table, came] += 1
        if found.total() == cases:
            break
    return found


def test_a_swap_shows_the_same_values_or_nothing_and_an_alarm(world: World) -> None:
    """Source: DESIGN 5, V8."""
    stage = Stage(world)

    found = run(stage, stage.through_services, random.Random(20270302), share(150, 1500))

    assert {came for _, came in found} >= {"alarm", "same"}
    assert {table for table, came in found if came == "alarm"} >= {"entries", "wraps"}


def test_through_the_api_a_swap_shows_the_same_values_or_an_answer_without_any(
    world: World,
) -> None:
    """Source: DESIGN 7, V8."""
    stage = Stage(world)
    with standing_still(NOW) as clock:
        found = run(stage, through_api(Api(world, clock)), random.Random(7), share(150, 1500))

    assert {came for _, came in found} >= {"alarm", "same"}
