"""S05, « Bergeronnette »: the address is for the new shelter only. Through the API."""

import json
from typing import Any

import pytest

from tests.worlds import at
from vepshare.demo import S05
from vepshare.demo import _s05_entries as e
from vepshare.dossier import CODES

from .conftest import Tell
from .looking import entries, everything, levels
from .telling import Telling, entry_json

STILL_AT_O2 = "2027-03-11 07:58"
MOVED = "2027-03-11 08:01"
SETTLED = "2027-03-12 09:00"
LATER = "2027-03-16 09:00"

PARTICIPANTS = ("u04", "u01", "u12", "u16", "u06", "u11")
"""Everybody but the shelter she lives in."""

FORMER = ("Rue de l'Ancolie 3",)
PRESENT = (
    "Avenue des Fauvettes 27",
    "Bellecour-la-Neuve",
    "École des Trois-Tilleuls",
    "Crèche Les Moinelets",
)


def found(traces: tuple[str, ...], text: str) -> list[str]:
    return [one for one in traces if one in text]


def test_s05_r1_u04_could_read_the_address_at_07_58_and_reads_none_at_08_01(look: Tell) -> None:
    """Source: S05-R1."""
    before = look(S05, STILL_AT_O2)
    assert found(FORMER, everything(before, "u04")) == list(FORMER)
    [(place, _)] = [one for name, one in before.told.entries.items() if name == "place"]

    told = look(S05, MOVED)

    assert CODES["AD"] not in levels(told.api.get(told.path, by="u04"))
    assert found(FORMER, everything(told, "u04")) == []
    body = {"version": 2, "values": dict(e.FORMER_PLACE.values), "origin": "seen"}
    refused = told.api.put(f"{told.path}/entries/{place}", by="u04", json=body)
    assert refused.status_code == 404


@pytest.mark.parametrize("chapter", [SETTLED, LATER])
def test_s05_r1_u04_never_reads_the_new_one_either(look: Tell, chapter: str) -> None:
    """Source: S05-R1."""
    told = look(S05, chapter)
    assert found(FORMER + PRESENT, everything(told, "u04")) == []


def test_s05_r1_u05_reads_the_new_one_and_not_the_former(look: Tell) -> None:
    """The former address is closed to all. Source: S05-R1."""
    shown = everything(look(S05, SETTLED), "u05")
    assert found(PRESENT, shown) == list(PRESENT)
    assert found(FORMER, shown) == []


@pytest.mark.parametrize("login", PARTICIPANTS)
def test_s05_r2_the_address_is_in_nothing_that_another_can_read(look: Tell, login: str) -> None:
    """Source: S05-R2."""
    told = look(S05, LATER)
    shown = everything(told, login)
    assert "Bergeronnette" in shown
    assert found(FORMER + PRESENT, shown) == []


@pytest.mark.parametrize("login", PARTICIPANTS)
@pytest.mark.parametrize("text", [*PRESENT, *FORMER])
def test_s05_r2_the_address_finds_nothing(look: Tell, login: str, text: str) -> None:
    """Source: S05-R2, V10."""
    told = look(S05, SETTLED)
    answer = told.api.get("/dossiers", by=login, query_string={"q": text})
    assert answer.json["items"] == []


def test_s05_r2_the_log_holds_no_address(look: Tell) -> None:
    """Source: S05-R2, V8."""
    told = look(S05, LATER)
    logged = json.dumps(told.api.log(dossier=told.told.reference), ensure_ascii=False)
    assert "protected_place" in logged
    assert found(FORMER + PRESENT + ("Bergeronnette", "Ouazzerelle"), logged) == []


@pytest.mark.xfail(strict=True, reason="S05-R2: exports and prints come with the numbered prints")
def test_s05_r2_an_export_of_u01_holds_no_address(look: Tell) -> None:
    """Source: S05-R2."""
    told = look(S05, SETTLED)
    answer = told.api.post(f"{told.path}/prints", by="u01", json={"reason": "for_the_person"})
    assert answer.status_code == 201
    assert found(FORMER + PRESENT, answer.text) == []


@pytest.mark.xfail(strict=True, reason="S05-R3: places of meetings come with the meetings")
def test_s05_r3_a_meeting_cannot_be_held_at_the_protected_address(look: Tell) -> None:
    """Source: S05-R3."""
    told = look(S05, SETTLED)
    body = {"place": "27, avenue des Fauvettes", "time": "2027-03-15T10:00:00+01:00"}
    answer = told.api.post(f"{told.path}/meetings", by="u01", json=body)
    assert answer.status_code == 422
    assert "protected" not in answer.text


def test_s05_r4_u06_sees_a_flag_of_the_identity_and_a_level_of_risk(look: Tell) -> None:
    """Source: S05-R4."""
    told = look(S05, SETTLED)
    answer = told.api.get(told.path, by="u06")

    assert {one.value: level for one, level in levels(answer).items()} == {
        "identity": "F",
        "risk_assessment": "F",
    }
    assert all("values" not in one for one in entries(told, "u06", "ID"))
    assert "extreme" in {one["flags"]["level"] for one in entries(told, "u06", "RI")}


def test_s05_r4_nothing_lets_u06_infer_the_region(look: Tell) -> None:
    """No other organisation, name, or subject, whatever is asked. Source: S05-R4."""
    told = look(S05, SETTLED)
    shown = everything(told, "u06")

    others = [one for one in told.api.world.organisations if one != "O4"]
    assert [code for code in others if f'"{code}"' in shown] == []
    names = [who.name for login, who in told.api.world.cast.items() if login != "u06"]
    assert found(tuple(names), shown) == []
    assert found(("Ouazzerelle", "Farida", "protected_place", "Escale"), shown) == []


def test_s05_r4_no_login_tells_u06_who_else_takes_part(look: Tell) -> None:
    """A login leads to its shelter as surely as a name. Source: S05-R4."""
    told = look(S05, SETTLED)
    shown = everything(told, "u06")
    assert [one for one in told.api.world.cast if one != "u06" and f'"{one}"' in shown] == []


def test_s05_r4_u06_is_the_only_participant_that_u06_can_see(look: Tell) -> None:
    """Source: S05-R4."""
    told = look(S05, SETTLED)
    told.api.get(told.path, by="u06")
    for view, key in (("participants", "organisation"), ("explain", "organisation")):
        items = told.api.get(f"{told.path}/{view}", by="u06").json["items"]
        assert {one[key] for one in items} == {"O4"}
    readers = told.api.get(f"{told.path}/readers", by="u06").json["items"]
    assert {one["organisation"] for one in readers} == {"O4"}


def test_s05_r5_the_police_do_not_see_the_address_nor_that_there_is_one(look: Tell) -> None:
    """Source: S05-R5, V6."""
    told = look(S05, SETTLED)
    shown = everything(told, "u12")

    assert CODES["AD"] not in levels(told.api.get(told.path, by="u12"))
    assert found(FORMER + PRESENT + ("protected_place",), shown) == []


@pytest.mark.xfail(strict=True, reason="S05-R6: documents come with the attachments")
def test_s05_r6_a_document_of_o3_is_stripped_of_author_place_and_position(look: Tell) -> None:
    """Source: S05-R6."""
    told = look(S05, SETTLED)
    answer = told.api.post(f"{told.path}/documents", by="u05", data=b"%PDF-1.7 L'Escale-Nord")
    assert answer.status_code == 201
    assert "Escale" not in answer.text


def write(told: Telling, entry: Any, **more: Any) -> Any:
    return told.api.post(f"{told.path}/entries", by="u04", json=entry_json(entry) | more)


def test_s05_a1_u04_is_warned_and_the_warning_names_no_address(look: Tell) -> None:
    """Source: S05-A1."""
    told = look(S05, SETTLED)
    before = entries(told, "u04", "MD")

    warned = write(told, e.NAMES_A_PLACE)

    assert warned.json == {"code": 422, "errors": {"json": {"values": ["looks_like_place"]}}}
    assert entries(told, "u04", "MD") == before


def test_s05_a1_the_text_is_kept_once_u04_has_confirmed_it(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    assert write(told, e.NAMES_A_PLACE, place_checked=True).status_code == 201
    actions = {one["values"]["action"] for one in entries(told, "u04", "MD")}
    assert "Accompagner à l'école Sainte-Ermeline" in actions


def test_s05_a1_the_text_is_kept_once_u04_has_taken_the_place_out(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    assert write(told, e.NAMES_NO_PLACE).status_code == 201


def test_s05_a1_a_correction_is_looked_at_too(tell: Tell) -> None:
    """Source: S05-A1."""
    told = tell(S05, SETTLED)
    written = write(told, e.NAMES_NO_PLACE).json
    body = entry_json(e.NAMES_A_PLACE)
    changed = {"version": 1, "values": body["values"], "origin": body["origin"]}

    warned = told.api.put(f"{told.path}/entries/{written['id']}", by="u04", json=changed)

    assert warned.json["errors"]["json"] == {"values": ["looks_like_place"]}


def test_s05_a2_u05_sees_who_ever_opened_the_address(tell: Tell) -> None:
    """Source: S05-A2."""
    told = tell(S05, SETTLED)
    told.api.get(told.path, by="u05")
    told.api.get(told.path, by="u01")

    readers = told.api.get(f"{told.path}/readers", by="u05").json["items"]

    opened = [one for one in readers if "protected_place" in one["compartments"]]
    assert (opened[0]["organisation"], opened[0]["time"][:16]) == ("O3", "2027-03-12T08:00")
    assert {one["organisation"] for one in opened} <= {"O2", "O3"}


def test_s05_a2_each_opening_of_the_address_is_notified_to_the_referent(tell: Tell) -> None:
    """Source: S05-A2, R30."""
    told = tell(S05, SETTLED)
    before = openings(told)
    told.api.get(told.path, by="u05")
    told.api.get(told.path, by="u04")

    assert openings(told) == before + 1


def openings(told: Telling) -> int:
    """Return how many openings of the address are among the tasks of the referent, U05."""
    with told.api.world.store.peek() as work:
        tasks = work.tasks.open_for(told.api.world.hat("u05"))
    return sum(one.kind.value == "place_opened" for one in tasks)


def test_s05_the_former_shelter_is_told_when_sharing_ended(tell: Tell) -> None:
    """« U04's access ends » on 25/03, at the end of the day. Source: S05, V2."""
    told = tell(S05, LATER)
    assert told.api.at(at("2027-03-25 23:59")).get(told.path, by="u04").status_code == 200

    after = told.api.at(at("2027-03-26 00:00")).get(told.path, by="u04")

    assert (after.status_code, after.json["ended_on"]) == (410, "2027-03-25")


def test_s05_l1_the_transfer_is_one_entry_with_both_organisations_and_no_address(
    look: Tell,
) -> None:
    """Source: S05-L1."""
    told = look(S05, SETTLED)

    [moved] = [
        one
        for one in told.api.log(dossier=told.told.reference, event="place.moved")
        if one["time"] >= "2027-03-11"
    ]

    world = told.api.world
    assert (moved["actor"], moved["organisation"], moved["time"][:16]) == (
        "u04",
        "O2",
        "2027-03-11T07:00",
    )
    assert moved["subject"] == str(world.organisation_id("O3"))
    assert moved["ground"] == str(world.organisation_id("O2"))
    assert found(FORMER + PRESENT, json.dumps(moved, ensure_ascii=False)) == []
