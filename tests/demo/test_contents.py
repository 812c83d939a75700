"""What the scenarios say is in each dossier, as those who may see it read it."""

from datetime import timedelta

import pytest

from tests.worlds import World, at, entries, log_entries, read
from vepshare import audit
from vepshare.demo import S01, S02, S05, STORIES, LetThroughError, Performance
from vepshare.demo._stories import Rectifying, Writing
from vepshare.dossier import KINDS, Reason, clean
from vepshare.policy import Refusal
from vepshare.services import ActRefusedError, participants

from .stages import cast_of, played, utc

MOVED = at("2027-03-11 08:00")


def values(world: World, login: str, reference: str, code: str, now: object) -> list:
    """Return the values of a compartment, or its flags where that is all there is."""
    view = read(world, login, reference, now=now)
    return [(one.values or one.flags).reveal() for one in entries(view, code)]


def said(story: object) -> list:
    opened, *others = story.acts
    written = [act.entry for act in others if isinstance(act, Writing | Rectifying)]
    return [*opened.entries, *written]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.code)
def test_everything_that_is_said_fits_its_kind(story: object) -> None:
    for one in said(story):
        kind = KINDS[one.kind]
        cleaned = clean(kind, one.values)
        assert cleaned.items() >= dict(one.values).items()


def test_s01_reads_as_the_scenario_tells_it(world: World) -> None:
    now = utc(S01.clock)
    reference = played(world, S01, now)

    [identity] = values(world, "u12", reference, "ID", now)
    assert (identity["first_name"], identity["family_name"]) == ("Coralie", "Vandermostelle")
    [contact] = values(world, "u12", reference, "CT", now)
    assert contact["channels"][0]["value"] == "0400 00 01 01"
    assert (contact["introduce_as"], contact["voicemail"]) == ("la bibliothèque", "never")
    assert values(world, "u16", reference, "SF", now) == [{"reference_address": "requested"}]
    days = [one["happened_on"] for one in values(world, "u01", reference, "IN", now)]
    assert sorted(days) == ["2027-01-05", "2027-02-27", "2027-03-18"]
    [note] = values(world, "u02", reference, "PS", now)
    assert note["subject"] == "Sommeil et hypervigilance"
    assert len(values(world, "u16", reference, "MD", now)) == 5


def test_s01_a_flag_reader_gets_dates_and_levels_and_no_story(world: World) -> None:
    """Source: S01-R4, S01-R5."""
    now = utc(S01.clock)
    reference = played(world, S01, now)

    assert values(world, "u16", reference, "RI", now) == [
        {"level": "high", "assessed_on": "2027-03-12", "next_review": "2027-03-26"}
    ]
    flags = values(world, "u11", reference, "IN", now)
    assert max(one["last_on"] for one in flags) == "2027-03-18"
    assert all(one.keys() == {"recent", "last_on"} for one in flags)


def test_s01_the_review_was_planned_a_month_ahead_until_it_was_brought_forward(
    world: World,
) -> None:
    reference = played(world, S01, at("2027-03-13 09:00"))
    [risk] = values(world, "u16", reference, "RI", at("2027-03-13 09:00"))
    assert risk["next_review"] == "2027-04-12"


def test_s01_the_referral_is_read_by_the_service_it_is_addressed_to(world: World) -> None:
    now = utc(S01.clock)
    reference = played(world, S01, now)

    [referral] = values(world, "u16", reference, "RA", now)
    assert referral["subject"] == "Adresse de référence"
    assert values(world, "u11", reference, "RA", now) == []


def test_s01_the_attempt_of_15_march_is_refused_and_logged(world: World) -> None:
    """Source: S01-R1, S01-L1."""
    now = at("2027-03-15 09:12")
    reference = played(world, S01, now)

    with pytest.raises(ActRefusedError) as refused:
        participants.invite(
            world.store,
            world.cast["u01"],
            reference,
            world.hat("u12"),
            Reason.FOLLOW_UP,
            now=now,
        )

    assert refused.value.refusal is Refusal.EXPLICIT_REFUSAL
    assert str(refused.value.since) == "2027-03-02"


def test_a_story_that_is_told_to_the_end_logs_each_refusal_it_tells_of(world: World) -> None:
    """Source: S01-L1, S02-L1."""
    played(world, S01, utc(S01.clock))
    played(world, S02, at("2027-04-21 11:10"))

    refused = [one for one in log_entries(world.store) if one.outcome != "allowed"]

    assert [(one.event, one.reason) for one in refused] == [
        (audit.Event.PARTICIPANT_INVITED, Refusal.EXPLICIT_REFUSAL),
        (audit.Event.ENTRY_WRITTEN, Refusal.CONSENT_WITHDRAWN),
    ]


def test_a_story_stops_when_the_platform_lets_through_what_it_should_refuse(
    world: World,
) -> None:
    """Without the withdrawal, the note of 10:25 would be stored; the story must not go on."""
    stage = Performance(world.store, cast_of(world), S02)
    stage.up_to(at("2027-04-21 10:24"))
    stage._left = [act for act in stage._left if act.refused is not None]

    with pytest.raises(LetThroughError):
        stage.step()


def test_s02_the_note_pressed_too_late_is_nowhere(world: World) -> None:
    """Source: S02-R1."""
    now = at("2027-04-21 10:30")
    reference = played(world, S02, now)
    # U09 reads health as flags: one note, of the physician at 10:15.
    assert len(values(world, "u09", reference, "HE", now)) == 1


def test_s05_the_address_moves_and_neither_shelter_reads_the_other_one(world: World) -> None:
    """Source: S05-R1, S05."""
    before = MOVED - timedelta(minutes=1)
    stage = Performance(world.store, cast_of(world), S05)
    stage.up_to(MOVED)
    [former] = values(world, "u04", stage.reference, "AD", before)
    assert former["until"] == "2027-03-11"

    stage.up_to(utc(S05.clock))

    assert values(world, "u04", stage.reference, "AD", utc(S05.clock)) == []
    [new] = values(world, "u05", stage.reference, "AD", utc(S05.clock))
    assert new["address"] != former["address"]
    assert new.keys() >= {"commune", "schools", "nurseries", "competent_cpas"}


def test_s05_the_new_referent_reads_what_was_there_before(world: World) -> None:
    now = utc(S05.clock)
    reference = played(world, S05, now)

    view = read(world, "u05", reference, now=now)

    assert view.referent
    for code in ("ID", "CT", "HO", "CH", "SF", "IN", "RI", "PL", "AP", "JU", "PM", "MD", "HE"):
        assert entries(view, code), code


def test_s05_all_the_others_reach_her_through_the_service_number(world: World) -> None:
    now = utc(S05.clock)
    reference = played(world, S05, now)

    [contact] = values(world, "u16", reference, "CT", now)

    assert "0400 00 03 00" in contact["channels"][0]["value"]
    assert values(world, "u16", reference, "SF", now)[0]["competent_cpas"] == "pending"


def test_s05_what_the_service_for_perpetrators_sees_locates_nobody(world: World) -> None:
    """Source: S05-R4."""
    now = utc(S05.clock)
    reference = played(world, S05, now)

    flags = values(world, "u06", reference, "ID", now) + values(world, "u06", reference, "RI", now)

    assert flags[0] == {"recorded": True}
    assert {key for one in flags[1:] for key in one} == {"level", "assessed_on", "next_review"}


def test_s05_a_text_that_names_a_place_is_kept_only_without_it(world: World) -> None:
    """Source: S05-A1."""
    reference = played(world, S05, at("2027-03-12 09:05"))
    actions = values(world, "u04", reference, "MD", at("2027-03-12 09:05"))
    texts = [one["action"] for one in actions]
    assert any("premier jour d'école" in text for text in texts)
    assert not any("Sainte-Ermeline" in text for text in texts)


def test_s05_the_move_is_one_log_entry_with_both_organisations(world: World) -> None:
    """Source: S05-L1."""
    played(world, S05, utc(S05.clock))
    moves = log_entries(world.store, audit.Event.PLACE_MOVED)
    old, new = (world.organisation_id(code) for code in ("O2", "O3"))
    assert [(one.subject, one.ground) for one in moves] == [
        (old, ""),
        (new, str(old)),
    ]
