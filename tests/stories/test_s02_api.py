"""S02, « Sittelle »: consent withdrawn while the meeting is under way. Through the API."""

from datetime import timedelta
from typing import Any

import pytest

from tests.worlds import at
from vepshare.demo import S02
from vepshare.demo._s02 import _DRAFT_MINUTES as DRAFT_MINUTES
from vepshare.demo._s02 import _TOO_LATE as TOO_LATE
from vepshare.demo._s02 import _V1 as V1

from .conftest import Tell
from .looking import VIEWS, entries, everything, levels
from .telling import Telling, consent_json, entry_json

BEFORE_THE_CALL = "2027-04-21 10:24"
WITHOUT_TWO = "2027-04-21 10:30"
ALL_WITHDRAWN = "2027-04-21 11:10"
MINUTE = timedelta(minutes=1)

ENDED = {"code": 410, "ended_on": "2027-04-21"}


def ended(answer: Any) -> bool:
    """Tell whether an answer says that sharing has ended, on which day, and nothing else."""
    said = dict(answer.json or {})
    message = said.pop("message", "")
    return answer.status_code == 410 and said == ENDED and "21/04/2027" in message


def withdraw(told: Telling, *organisations: str) -> Any:
    """Answer of the withdrawal that U09 records."""
    named = [{"organisation": one} for one in organisations]
    path = f"{told.path}/consents/{told.told.consents[0]}/withdrawal"
    return told.api.post(path, by="u09", json={"recipients": named or "all"})


def test_s02_the_closing_sheet_is_u09s_alone_and_holds_no_content(look: Tell) -> None:
    """Source: S02."""
    told = look(S02, ALL_WITHDRAWN)

    sheet = told.api.get(f"{told.path}/closing", by="u09").json

    services = {f"{one['organisation']}/{one['function']}" for one in sheet.pop("to_inform")}
    assert services == {"O5/ASH", "O1/SVA", "O14/ANI", "O7/MED", "O11/CPAS"}
    assert sheet == {
        "reference": told.told.reference,
        "pseudonym": "Sittelle",
        "state": "frozen",
        "opened_on": "2027-04-06",
        "stopped_on": "2027-04-21",
        "sealed_until": None,
    }
    for login in ("u01", "u20", "u11", "u16"):
        assert ended(told.api.get(f"{told.path}/closing", by=login))


def test_s02_a1_the_withdrawal_is_one_request_after_the_consents_and_takes_no_reason(
    tell: Tell,
) -> None:
    """Fewer things to say than giving consent took. Source: S02-A1, R7."""
    told = tell(S02, BEFORE_THE_CALL)
    found = told.api.get(f"{told.path}/consents", by="u09").json["items"]

    answer = withdraw(told, "O7", "O11")

    assert [one["id"] for one in found] == told.told.consents
    assert answer.status_code == 200
    assert told.api.at(at(BEFORE_THE_CALL) + MINUTE).get(told.path, by="u11").status_code == 410


def test_s02_a1_a_reason_is_not_even_understood(look: Tell) -> None:
    """Source: S02-A1."""
    told = look(S02, BEFORE_THE_CALL)
    path = f"{told.path}/consents/{told.told.consents[0]}/withdrawal"

    answer = told.api.post(path, by="u09", json={"recipients": "all", "reason": "…"})

    assert answer.status_code == 422
    assert told.api.get(told.path, by="u11").status_code == 200


def test_s02_r1_what_u11_saves_at_10_25_is_refused_and_not_stored(tell: Tell) -> None:
    """Source: S02-R1, V4."""
    told = tell(S02, BEFORE_THE_CALL)
    before = entries(told, "u09", "HE")
    told.api.get(told.path, by="u11")
    withdraw(told, "O7", "O11")
    told.api.at(at("2027-04-21 10:25"))

    refused = told.api.post(f"{told.path}/entries", by="u11", json=entry_json(TOO_LATE))

    assert ended(refused)
    assert [one["id"] for one in entries(told, "u09", "HE")] == [one["id"] for one in before]
    written = told.api.log(dossier=told.told.reference, event="entry.written", actor="u11")
    assert [one["outcome"] for one in written] == ["allowed", "refused"]


@pytest.mark.parametrize("view", VIEWS)
def test_s02_r2_nothing_of_the_dossier_may_be_kept_and_nothing_is_shown_again(
    tell: Tell, view: str
) -> None:
    """Source: S02-R2."""
    told = tell(S02, BEFORE_THE_CALL)
    before = told.api.get(f"{told.path}{view}", by="u11")
    withdraw(told, "O7", "O11")

    after = told.api.at(at("2027-04-21 10:26")).get(f"{told.path}{view}", by="u11")

    assert before.headers["Cache-Control"] == after.headers["Cache-Control"] == "no-store"
    assert ended(after)


@pytest.mark.xfail(strict=True, reason="S02-R2: the meeting's page comes with the meetings")
def test_s02_r2_the_meeting_page_of_u11_shows_no_content(look: Tell) -> None:
    """Source: S02-R2."""
    told = look(S02, WITHOUT_TWO)
    assert told.api.get(f"{told.path}/meetings", by="u09").status_code == 200
    assert ended(told.api.get(f"{told.path}/meetings", by="u11"))


@pytest.mark.parametrize("view", VIEWS)
def test_s02_r3_u16_is_told_that_sharing_has_ended_and_not_who_goes_on(
    look: Tell, view: str
) -> None:
    """Source: S02-R3, V5."""
    told = look(S02, WITHOUT_TWO)
    assert ended(told.api.get(f"{told.path}{view}", by="u16"))


@pytest.mark.xfail(strict=True, reason="S02-R3: the agenda comes with the meetings")
def test_s02_r3_u16_asks_for_the_agenda(look: Tell) -> None:
    """Source: S02-R3."""
    told = look(S02, WITHOUT_TWO)
    assert ended(told.api.get(f"{told.path}/meetings/current/agenda", by="u16"))


def test_s02_r4_what_u11_wrote_stays_visible_until_the_second_call(look: Tell) -> None:
    """Source: S02-R4."""
    before, after = look(S02, BEFORE_THE_CALL), look(S02, WITHOUT_TWO)
    written = [one["id"] for one in entries(after, "u09", "HE")]

    assert written == [one["id"] for one in entries(before, "u09", "HE")] != []
    assert entries(look(S02, ALL_WITHDRAWN), "u09", "HE") == []


def test_s02_r4_what_u11_wrote_is_marked_with_its_organisation_and_until_when(look: Tell) -> None:
    """« Tilleul-Blanc, jusqu'au 21/04/2027 ». Source: S02-R4."""
    told = look(S02, WITHOUT_TWO)
    [written] = entries(told, "u09", "HE")
    assert (written["organisation"], written["shared_until"]) == ("O7", "2027-04-21")


def test_s02_r4_what_u16_wrote_is_marked_and_what_others_wrote_is_not(look: Tell) -> None:
    """Source: S02-R4."""
    told = look(S02, WITHOUT_TWO)
    marks = {one["organisation"]: one.get("shared_until") for one in entries(told, "u09", "SF")}
    assert marks == {"O11": "2027-04-21"}
    assert all("shared_until" not in one for one in entries(told, "u09", "PL"))


def test_s02_r5_at_11_07_u20_can_neither_read_nor_write_what_was_decided(look: Tell) -> None:
    """Source: S02-R5."""
    told = look(S02, ALL_WITHDRAWN)
    told.api.at(at("2027-04-21 11:07"))

    assert ended(told.api.get(told.path, by="u20"))
    refused = told.api.post(f"{told.path}/entries", by="u20", json=entry_json(DRAFT_MINUTES))
    assert ended(refused)


@pytest.mark.xfail(strict=True, reason="S02-R5: draft minutes come with the meetings")
def test_s02_r5_u20_can_not_validate_the_draft_minutes(look: Tell) -> None:
    """Source: S02-R5."""
    told = look(S02, ALL_WITHDRAWN)
    answer = told.api.post(f"{told.path}/meetings/current/minutes/validation", by="u20", json={})
    assert ended(answer)


def test_s02_r6_nobody_is_sent_word_of_the_withdrawal(look: Tell) -> None:
    """Between the two calls the log knows of nothing but what people asked for. Source: S02-R6."""
    told = look(S02, ALL_WITHDRAWN)
    since, until = at("2027-04-21 10:24"), at("2027-04-21 11:06")
    happened = told.api.log(
        dossier=told.told.reference, since=since.isoformat(), until=until.isoformat()
    )

    assert {one["event"] for one in happened} == {
        "consent.withdrawn",
        "dossier.frozen",
        "entry.written",
        "key.rotated",
    }
    for login in ("u11", "u16"):
        with told.api.world.store.peek() as work:
            tasks = work.tasks.open_for(told.api.world.hat(login))
        assert [one for one in tasks if one.created_at >= since] == []


def test_s02_r7_u09_cannot_put_o7_back_by_inviting(look: Tell) -> None:
    """Source: S02-R7."""
    told = look(S02, WITHOUT_TWO)

    refused = told.api.post(f"{told.path}/participants", by="u09", json={"login": "u11"})

    assert refused.status_code == 403
    assert ended(told.api.get(told.path, by="u11"))


@pytest.mark.parametrize("start", ["2027-04-06", "2027-04-21T10:23:59+02:00"])
def test_s02_r7_u09_cannot_put_o7_back_with_an_act_dated_before_the_withdrawal(
    look: Tell, start: str
) -> None:
    """Source: S02-R7."""
    told = look(S02, WITHOUT_TWO)

    refused = told.api.post(f"{told.path}/consents", by="u09", json=again(told) | {"start": start})

    assert refused.status_code == 422
    assert refused.json["errors"]["json"] == {"start": ["predates_withdrawal"]}
    assert ended(told.api.get(told.path, by="u11"))


def test_s02_r7_a_new_act_dated_after_the_withdrawal_puts_o7_back(tell: Tell) -> None:
    """Source: S02-R7."""
    told = tell(S02, WITHOUT_TWO)

    given = told.api.post(f"{told.path}/consents", by="u09", json=again(told))

    assert given.json["version"] == 2
    shown = levels(told.api.get(told.path, by="u11"))
    assert {one.value for one in shown} == {"identity", "health", "safety_plan"}


def again(told: Telling) -> dict[str, Any]:
    """Return a consent for O7, said now."""
    body = consent_json(V1, "u09")
    [line] = [one for one in body["recipients"] if one["organisation"] == "O7"]
    line["compartments"] = ["identity", "health", "safety_plan"]
    return body | {"recipients": [line]}


def test_s02_a2_erasing_destroys_the_contents_at_once(tell: Tell) -> None:
    """Source: S02-A2."""
    told = tell(S02, ALL_WITHDRAWN)

    erased = told.api.delete(told.path, by="u09")

    assert erased.json["erased"] == 5 + 7
    for view in VIEWS:
        assert told.api.get(f"{told.path}{view}", by="u09").status_code in {404, 410}


def test_s02_a2_the_log_keeps_reference_dates_actors_and_outcomes(tell: Tell) -> None:
    """Source: S02-A2."""
    told = tell(S02, ALL_WITHDRAWN)
    before = told.api.log(dossier=told.told.reference)
    told.api.delete(told.path, by="u09")

    after = told.api.log(dossier=told.told.reference)

    assert after[: len(before)] == before
    assert (after[-1]["event"], after[-1]["actor"]) == ("dossier.erased", "u09")
    assert {one["dossier"] for one in after} == {told.told.reference}


def test_s02_l1_both_withdrawals_are_logged_with_hour_and_actor(tell: Tell) -> None:
    """Source: S02-L1."""
    told = tell(S02, ALL_WITHDRAWN)

    logged = told.api.log(dossier=told.told.reference, event="consent.withdrawn")

    assert [(one["time"][:16], one["actor"], one["outcome"]) for one in logged] == [
        ("2027-04-21T08:24", "u09", "allowed"),
        ("2027-04-21T09:05", "u09", "allowed"),
    ]


def test_s02_l1_every_refusal_after_the_first_is_logged_as_withdrawn(tell: Tell) -> None:
    """« accord retiré ». Source: S02-L1."""
    told = tell(S02, WITHOUT_TWO)
    for login in ("u11", "u16"):
        everything(told, login)

    logged = told.api.log(
        dossier=told.told.reference, outcome="refused", since=at(BEFORE_THE_CALL).isoformat()
    )

    # The closing sheet is the referent's, whatever has been agreed to.
    logged = [one for one in logged if one["event"] != "closing_sheet.read"]
    assert {one["actor"] for one in logged} == {"u11", "u16"}
    assert {(one["event"], one["reason"]) for one in logged} >= {
        ("dossier.read", "consent_withdrawn"),
        ("entry.written", "consent_withdrawn"),
    }
    assert {one["reason"] for one in logged} == {"consent_withdrawn"}
