"""S01, « Hirondelle »: partial consent, everyone except the police. Through the API."""

import pytest

from vepshare.demo import S01
from vepshare.demo._s01 import _V2 as V2
from vepshare.dossier import CODES

from .conftest import Tell
from .looking import NOWHERE, VIEWS, entries, everything, levels, same
from .sentences import SENTENCES
from .telling import consent_json

INVITATION = "2027-03-15 09:12"
WITHOUT_POLICE = "2027-03-20 10:00"
BEFORE_V2 = "2027-03-24 11:00"
WITH_SAPV = "2027-03-25 10:00"


def test_s01_r1_the_invitation_of_u12_is_refused_with_the_day_she_said_no(tell: Tell) -> None:
    """Source: S01-R1."""
    told = tell(S01, INVITATION)

    answer = told.api.post(
        f"{told.path}/participants", by="u01", json={"login": "u12", "reason": "follow_up"}
    )

    assert answer.status_code == 403
    assert answer.json["reason"] == "explicit_refusal"
    assert answer.json["message"] == SENTENCES["S01-R1"]
    assert told.api.get(told.path, by="u12").status_code == 404


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_the_police_get_by_address_what_a_dossier_that_is_not_gives(
    look: Tell, login: str
) -> None:
    """Source: S01-R2, V5."""
    told = look(S01, WITHOUT_POLICE)
    for view in VIEWS:
        asked = told.api.get(f"{told.path}{view}", by=login)
        assert asked.status_code == 404
        assert same(asked, told.api.get(f"{NOWHERE}{view}", by=login)), view


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_the_police_get_nothing_by_search(look: Tell, login: str) -> None:
    """Source: S01-R2, V10."""
    told = look(S01, WITHOUT_POLICE)
    asked = told.api.get("/dossiers", by=login, query_string={"q": told.told.reference})
    nowhere = told.api.get("/dossiers", by=login, query_string={"q": "V-0000-00"})

    assert asked.json == {"items": [], "next": None}
    assert same(asked, nowhere)


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_an_old_link_to_join_leads_nowhere(look: Tell, login: str) -> None:
    """Source: S01-R2, V5."""
    told = look(S01, WITHOUT_POLICE)
    asked = told.api.post(f"{told.path}/join", by=login, json={"reason": "follow_up"})

    assert asked.status_code == 404
    nowhere = told.api.post(f"{NOWHERE}/join", by=login, json={"reason": "follow_up"})
    assert same(asked, nowhere)


@pytest.mark.parametrize("login", ["u13", "u12", "u14", "u19"])
@pytest.mark.parametrize("name", ["Vandermostelle", "Coralie Vandermostelle", "Hirondelle"])
def test_s01_r3_a_name_that_is_in_a_dossier_is_found_by_its_participants_only(
    look: Tell, login: str, name: str
) -> None:
    """Source: S01-R3, V10."""
    told = look(S01, WITHOUT_POLICE)
    asked = told.api.get("/dossiers", by=login, query_string={"q": name})
    nobody = told.api.get("/dossiers", by=login, query_string={"q": "Zwartevogel"})
    found = told.api.get("/dossiers", by="u01", query_string={"q": name})

    assert asked.json["items"] == []
    assert same(asked, nobody)
    assert [one["reference"] for one in found.json["items"]] == [told.told.reference]


def test_s01_r4_u16_reads_of_the_assessment_its_level_date_and_next_review(look: Tell) -> None:
    """Source: S01-R4."""
    told = look(S01, WITHOUT_POLICE)
    [assessment] = entries(told, "u16", "RI")

    assert assessment["flags"] == {
        "level": "high",
        "assessed_on": "2027-03-12",
        "next_review": "2027-03-26",
    }
    assert "values" not in assessment


def test_s01_r4_a_request_for_the_items_of_the_assessment_is_refused(look: Tell) -> None:
    """Source: S01-R4."""
    told = look(S01, WITHOUT_POLICE)
    [assessment] = entries(told, "u16", "RI")
    path = f"{told.path}/entries/{assessment['id']}"
    body = {"version": assessment["version"], "values": {}, "origin": "seen"}

    assert told.api.get(path, by="u16").status_code == 405
    refused = told.api.put(path, by="u16", json=body)

    assert refused.status_code == 403
    assert "escalation" not in refused.text
    assert "escalation" not in everything(told, "u16")


def test_s01_r5_u11_finds_no_trace_of_what_was_not_agreed_with_medicine(look: Tell) -> None:
    """Neither the subjects nor their content, in anything that can be read. Source: S01-R5, V6."""
    told = look(S01, WITHOUT_POLICE)
    dossier = told.api.get(told.path, by="u11")
    shown = everything(told, "u11")

    assert not {CODES["CT"], CODES["SF"]} & levels(dossier).keys()
    traces = ("safe_contact", "0400 00 01 01", "la bibliothèque", "social_financial", "requested")
    assert [one for one in traces if one not in everything(told, "u01")] == []
    assert [one for one in traces if one in shown] == []


def test_s01_r5_u11_sees_of_the_incidents_that_they_are_recent_and_no_narrative(look: Tell) -> None:
    """« faits récents : oui, dernier le 18/03 ». Source: S01-R5."""
    told = look(S01, WITHOUT_POLICE)
    incidents = entries(told, "u11", "IN")

    assert all("values" not in one for one in incidents)
    assert max(one["flags"]["last_on"] for one in incidents) == "2027-03-18"
    assert any(one["flags"]["recent"] for one in incidents)
    assert "bouscul" not in everything(told, "u11")


def test_s01_r6_after_v2_u12_sees_what_was_ticked_and_nothing_else(look: Tell) -> None:
    """Source: S01-R6."""
    told = look(S01, WITH_SAPV)
    shown = levels(told.api.get(told.path, by="u12"))

    assert shown.keys() == {CODES[one] for one in "ID CT RI PL RA MD".split()}


def test_s01_r6_u13_of_the_same_organisation_still_gets_a_dossier_that_is_not(look: Tell) -> None:
    """Source: S01-R6, V5."""
    told = look(S01, WITH_SAPV)
    asked = told.api.get(told.path, by="u13")

    assert asked.status_code == 404
    assert same(asked, told.api.get(NOWHERE, by="u13"))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/participants", {"login": "u13"}),
        ("/participants", {"login": "u14"}),
        ("/participants", {"organisation": "O8", "function": "POL"}),
        ("/referent", {"login": "u12"}),
        ("/referent", {"login": "u13"}),
    ],
)
def test_s01_r7_u12_cannot_add_anybody_nor_pass_the_dossier_on(
    look: Tell, path: str, body: dict[str, str]
) -> None:
    """Source: S01-R7."""
    told = look(S01, WITH_SAPV)

    refused = told.api.post(f"{told.path}{path}", by="u12", json=body)

    assert refused.status_code in {403, 422}
    assert told.api.get(told.path, by="u13").status_code == 404


def test_s01_r7_u12_cannot_record_a_consent_for_colleagues(look: Tell) -> None:
    """Source: S01-R7, R19."""
    told = look(S01, WITH_SAPV)
    body = consent_json(V2, "u12")
    body["recipients"][0] |= {"function": "POL", "compartments": ["identity"]}
    body["recipients"][0]["own_ticks"] = ["identity"]

    refused = told.api.post(f"{told.path}/consents", by="u12", json=body)

    assert refused.status_code == 403


def test_s01_r7_u12_has_no_way_to_export(look: Tell) -> None:
    """Source: S01-R7."""
    told = look(S01, WITH_SAPV)
    for way in ("/export", "/exports", "/print", "/prints"):
        assert told.api.get(f"{told.path}{way}", by="u12").status_code in {403, 404}
        assert told.api.post(f"{told.path}{way}", by="u12", json={}).status_code in {403, 404, 405}


def test_s01_r8_v2_is_not_saved_before_the_reporting_warning_is_read_out(tell: Tell) -> None:
    """Source: S01-R8, V14."""
    told = tell(S01, BEFORE_V2)
    body = consent_json(V2, "u01")

    refused = told.api.post(
        f"{told.path}/consents", by="u01", json=body | {"reporting_warning_read": False}
    )

    assert refused.status_code == 422
    assert refused.json["errors"]["json"] == {"reporting_warning_read": ["reporting_warning"]}
    assert len(told.api.get(f"{told.path}/consents", by="u01").json["items"]) == 1
    assert told.api.post(f"{told.path}/consents", by="u01", json=body).status_code == 201


@pytest.mark.xfail(strict=True, reason="S01-R9: the statistics come with the coordination's pages")
def test_s01_r9_the_statistics_of_o8_do_not_count_it_before_v2(look: Tell) -> None:
    """Source: S01-R9."""
    told = look(S01, WITHOUT_POLICE)

    answer = told.api.get("/statistics", by="u12")

    assert answer.status_code == 200
    assert answer.json["dossiers"] in {0, "moins de 5"}


@pytest.mark.xfail(strict=True, reason="S01-A1: printing comes with the numbered prints")
def test_s01_a1_u01_prints_the_safety_plan_after_giving_a_reason(look: Tell) -> None:
    """Source: S01-A1."""
    told = look(S01, WITH_SAPV)

    answer = told.api.post(
        f"{told.path}/prints",
        by="u01",
        json={"compartments": ["safety_plan"], "reason": "for_the_person"},
    )

    assert answer.status_code == 201
    assert answer.json["number"] == 1
    assert answer.json["title"] == "Mes notes"


@pytest.mark.parametrize("login", ["u01", "u02"])
def test_s01_a2_the_refusal_of_2_march_stays_in_the_history_after_v2(
    look: Tell, login: str
) -> None:
    """Source: S01-A2."""
    told = look(S01, WITH_SAPV)

    first, *_ = told.api.get(f"{told.path}/consents", by=login).json["items"]

    assert first["version"] == 1
    assert {one["function"] for one in first["refused"]} == {"POL", "SAPV", "PAR", "AJV"}
    assert first["recorded_at"].startswith("2027-03-02T13:35")


def test_s01_l1_the_attempt_of_15_march_is_logged_with_its_reason(look: Tell) -> None:
    """Source: S01-L1."""
    told = look(S01, WITHOUT_POLICE)

    invitations = told.api.log(dossier=told.told.reference, event="participant.invited")

    refused = [one for one in invitations if one["outcome"] == "refused"]
    assert [(one["actor"], one["reason"]) for one in refused] == [("u01", "explicit_refusal")]
    assert refused[0]["time"].startswith("2027-03-15T08:12")
    assert refused[0]["subject"] == str(told.api.world.cast["u12"].id)
