"""With the keys of one professional and a copy of the database, exactly their cells open.

After every event of the stories, for every member of the cast: none missing, none extra.
"""

import json

import pytest
from sqlalchemy import text

from tests.worlds import MICROSECOND, World, at
from vepshare.consent import Form
from vepshare.demo import S01, S02, S05, Story

from .copies import copied
from .playing import Play, Said
from .staging import CODE_OF, Staged, compare, thief

END = at("2027-08-10 23:59")


@pytest.mark.parametrize("story", [S01, S02, S05], ids=lambda story: story.code)
def test_raw_keys_open_exactly_the_cells_of_their_holder_after_every_event(
    world: World, story: Story
) -> None:
    """Source: DESIGN 5, V1, V4."""
    staged = Staged(world, story)
    while staged.acts():
        act = staged.acts()[0]
        staged.step()

        assert compare(world, staged.ledger) == {}, (act.at, act.by)


NIGHT = (
    Said(service="O5/INF", codes="ID CT HE PR RI RA", ticks="HE PR", person="u07"),
    Said(service="O5/ASH", codes="ID CT HE PR RI RA", ticks="HE PR"),
    Said(service="O5/SF", codes="ID CT PR RI RA", ticks="PR"),
)
MORNING = (
    Said(service="O5/ASH", codes="ID CT HO CH HE PR SF IN RI PL AP RA MD", ticks="HE PR"),
    Said(service="O5/SF", codes="ID CT CH PR RI PL RA MD", ticks="PR PL"),
    Said(service="O1/SVA", codes="ID CT HO CH PR SF IN RI PL AP RA MD", ticks="PR"),
)
FLASH = ("identity", "safe_contact", "pregnancy", "risk_assessment", "referrals_appointments_note")
NIGHT_OVER = at("2027-05-14 03:12")


@pytest.fixture
def night(world: World) -> Play:
    """S03 at 03:20: the flash sheet is saved, the night consent stands, nobody has come yet."""
    play = Play(world, at("2027-05-11 03:12"))
    play.open("u07", NIGHT, FLASH, ends=NIGHT_OVER, form=Form.NIGHT)
    assert play.differences() == {}
    for whom in ("u09", "u08"):
        assert play.invite("u07", whom)
    return play.at(at("2027-05-11 03:20"))


def open_to(play: Play, login: str) -> set[str]:
    """Return the compartments of which something opens to somebody, in the database itself."""
    opened = thief(play.world, login, copied(play.world.url)).opened()
    return {CODE_OF[one.compartment] + (":f" if one.part == "flag" else "") for one in opened}


def test_s03_opens_exactly_the_cells_of_the_night_and_of_the_morning(night: Play) -> None:
    """Source: S03, V13."""
    assert {"CT", "PR", "RA"} <= open_to(night, "u09")
    assert open_to(night, "u23") == set()
    steps = (
        ("2027-05-11 09:15", lambda: night.read("u09")),
        ("2027-05-11 09:35", lambda: night.hand_over("u07", "u09")),
        ("2027-05-11 09:40", lambda: night.give("u09", MORNING, ends=END, replaces=True)),
        ("2027-05-11 10:00", lambda: night.invite("u09", "u01")),
        ("2027-05-11 11:00", lambda: night.read("u01")),
        ("2027-05-11 11:10", lambda: night.write("u01", "PL")),
        ("2027-05-14 03:12", lambda: night.read("u09")),
        ("2027-05-14 03:13", lambda: night.read("u08")),
        ("2027-05-20 14:00", lambda: night.write("u08", "PR")),
    )
    for when, act in steps:
        night.at(at(when))
        assert night.differences() == {}, when
        assert act(), when
        assert night.differences() == {}, when

    assert open_to(night, "u07") == set()
    assert {"PR:f"} <= open_to(night, "u01")
    assert not {"PR", "HE", "HE:f"} & open_to(night, "u01")


def test_s03_without_a_second_consent_nothing_opens_when_the_night_is_over(night: Play) -> None:
    """To the microsecond; whoever nobody clicked for. Source: S03-R6, V2."""
    night.at(NIGHT_OVER)
    assert "CT" in open_to(night, "u09")

    night.at(NIGHT_OVER + MICROSECOND)

    assert {login: open_to(night, login) for login in ("u07", "u08", "u09")} == {
        login: set() for login in ("u07", "u08", "u09")
    }
    assert night.differences() == {}


def test_what_opens_is_what_was_written(world: World) -> None:
    """The comparison would not notice keys that open something else."""
    staged = Staged(world, S01)
    staged.up_to(S01.clock)

    opened = thief(world, "u01", copied(world.url)).opened().values()

    assert any(b"Vandermostelle" in one for one in opened)
    assert all(json.loads(one) is not None for one in opened)


@pytest.mark.parametrize("table", ["wraps", "entry_wraps", "member_wraps"])
def test_the_comparison_notices_a_wrap_that_is_gone(world: World, table: str) -> None:
    staged = Staged(world, S01)
    staged.up_to(S01.clock)
    with world.store.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))

    assert compare(world, staged.ledger)


def test_the_comparison_notices_a_consent_taken_back_in_words_only(world: World) -> None:
    staged = Staged(world, S01)
    staged.up_to(S01.clock)

    staged.ledger.withdraw("u01", targets=("O7",), now=S01.clock)

    assert compare(world, staged.ledger).keys() == {"u11"}


def test_a_person_named_in_a_consent_and_then_kept_out_opens_nothing(world: World) -> None:
    """Source: V7."""
    play = Play(world, at("2027-03-02 14:35"))
    lines = (
        Said(service="O1/SVA", codes="ID CT RI"),
        Said(service="O1/PSY", codes="ID CT RI", person="u02"),
    )
    play.open("u01", lines, ("identity", "safe_contact"), ends=at("2027-06-01 10:00"))
    assert play.invite("u01", "u02")
    assert open_to(play, "u02")

    assert play.exclude("u01", "u02")

    assert open_to(play, "u02") == set()
    assert play.differences() == {}
