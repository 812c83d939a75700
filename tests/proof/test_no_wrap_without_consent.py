"""No wrap without its consent, no consent without its wraps: in the source, and under faults."""

import ast
from collections.abc import Iterator

import pytest

from tests.sources import calls, sources
from tests.worlds import MICROSECOND, World, at, log_entries
from vepshare import audit
from vepshare.services import health, platform

from .copies import copied
from .faults import at_every_statement
from .playing import Play, Said

# Every function that hands a key to somebody, and why it may.
WRAPPING = {
    "services/_keys.py:make_wrap": "a compartment key or flag key: the one place, for a consent",
    "services/_sealing.py:wrap_own_key": "an entry's own key, just made, or as its holder moves on",
    "services/accounts.py:_member_wraps": "the seed of a service, to its members",
}
# Whoever asks the one place to wrap a compartment key or a flag key.
ASKING = {
    "services/_keys.py:_hand_out": "in the transaction that changes the consents",
    "services/_handover.py:hand_over": "a pending wrap, looked at again in its own transaction",
    "services/moving.py:_wrapped_anew": "the same key and consent, as its holder moves on",
}

AFTER_LOSSES = "epochs wraps pending entry_wraps entries dossiers participants expiries tasks"
TABLES = (*AFTER_LOSSES.split(), "consent_events", "log_entries", "log_nodes", "log_head")
LINES = (
    Said(service="O1/SVA", codes="ID CT RI RA"),
    Said(service="O1/PSY", codes="ID PS RI RA", ticks="PS"),
    Said(service="O7/MED", codes="ID HE IN RI", ticks="HE IN"),
)
LATER = (
    Said(service="O11/CPAS", codes="ID HO RI RA"),
    Said(service="O5/INF", codes="ID HE RI", ticks="HE", person="u07"),
)
END = at("2027-06-01 12:00")


def functions_calling(name: str) -> Iterator[str]:
    """Yield `path:function` of every call of something called *name*, once for each call."""
    for path, tree in sources().items():
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
        for call in calls(tree, name):
            around = [one for one in functions if call in ast.walk(one)]
            yield f"{path}:{max(around, key=lambda one: one.lineno).name if around else ''}"


def test_one_place_wraps_a_compartment_key_and_every_other_wrap_has_its_reason() -> None:
    """Source: DESIGN 5, V3."""
    assert sorted(functions_calling("wrap")) == sorted(WRAPPING)


def test_the_one_place_is_asked_where_consents_change_and_where_a_wrap_is_owed() -> None:
    """Source: DESIGN 5."""
    assert sorted(functions_calling("make_wrap")) == sorted(ASKING)


def test_a_stored_wrap_comes_from_the_one_place_only() -> None:
    """The rows could be made by hand elsewhere: nobody but the one place names them."""
    made = [one for one in functions_calling("KeyWrap") if not one.startswith("storage/")]

    assert made == ["services/_keys.py:make_wrap"]


@pytest.fixture
def play(world: World) -> Play:
    """A dossier with entries at every level, and a nurse who waits for an older key."""
    play = Play(world, at("2027-03-02 14:35"))
    kinds = ("identity", "health", "risk_assessment", "incidents", "referrals_appointments_note")
    play.open("u01", LINES, kinds, ends=END)
    for whom in ("u02", "u11"):
        assert play.invite("u01", whom)
    assert play.write("u02", "PS")
    return play


def unchanged(play: Play, before: object) -> None:
    """Not a row differs, the keys say what the consents say, and the log is whole."""
    assert copied(play.world.url, TABLES) == before
    assert platform.verify_log(play.world.store).whole


ACTS = {
    "give": lambda play: play.give("u01", LATER, ends=END),
    "replace": lambda play: play.give("u01", (*LINES[:2], *LATER), ends=END, replaces=True),
    "narrow": lambda play: play.withdraw("u01", codes="RI RA"),
    "withdraw": lambda play: play.withdraw("u01", targets=("O7", "O1/PSY")),
    "withdraw everything": lambda play: play.withdraw("u01"),
    "expire": lambda play: play.at(END + MICROSECOND),
    "exclude": lambda play: play.exclude("u01", "O7"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_fault_between_any_two_statements_leaves_consents_and_wraps_as_they_were(
    play: Play, act: str
) -> None:
    """Source: DESIGN 5, ADR 0002."""
    play.at(at("2027-03-05 09:00"))
    before = copied(play.world.url, TABLES)
    tried = []

    def done() -> None:
        assert ACTS[act](play)

    for n in at_every_statement(play.world.store.engine, done):
        if act == "expire" and copied(play.world.url, TABLES) != before:
            # The timer tells operators after its transaction: by then everything is done.
            seen = health.key_health(play.world.store, now=play.now, say=lambda _seen: None)
            assert (seen.extra, seen.missing) == (0, 0)
        else:
            unchanged(play, before)
        tried.append(n)

    assert len(tried) > 10
    assert play.differences() == {}
    assert platform.verify_log(play.world.store).whole


def test_a_fault_while_an_older_key_is_drained_leaves_it_owed(play: Play) -> None:
    """Source: DESIGN 5, "pending", "drain"."""
    play.now = at("2027-03-05 09:00")
    assert play.give("u01", LATER, ends=END)
    owed = len(copied(play.world.url, ("pending",))["pending"])
    assert owed == 1

    for _n in at_every_statement(play.world.store.engine, lambda: play.read("u11")):
        rows = copied(play.world.url, ("pending", "wraps"))
        told = log_entries(play.world.store, audit.Event.KEY_DRAINED)
        assert (len(rows["pending"]), len(told)) in {(owed, 0), (0, 1)}
        assert told or play.differences() == {}
        assert platform.verify_log(play.world.store).whole

    assert copied(play.world.url, ("pending",))["pending"] == ()
    assert play.differences() == {}
