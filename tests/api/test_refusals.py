"""Who may not, gets what: 404 the same bytes, 410 the day and no reason, 401, 409, 429."""

from datetime import timedelta
from typing import Any

import pytest

from tests.databases import ON_SQLITE
from tests.worlds import TUESDAY, make_draft, open_dossier
from vepshare.services import consents

from .client import Api
from .operations import ENTRY, ON_A_DOSSIER, READINGS, Operation

pytestmark = ON_SQLITE

NOWHERE = "V-0000-00"
MALFORMED = ("x", "V-7K3Q-21X", "v-0000-00", "..", "%00", "é")
OUTSIDERS = ("u12", "u14", "u19", "u21", "u22", "u24")
"""Police, prosecution, coordination, data protection, administration, a head of service."""

# One's own link outlasts the sharing: it may still be ended, and what she says be recorded.
ENDED = [
    one
    for one in ON_A_DOSSIER
    if one.below not in {"/me", "/tie"} and not one.below.startswith("/consents/")
]
each_operation = pytest.mark.parametrize("operation", ON_A_DOSSIER, ids=str)


@pytest.fixture
def reference(api: Api) -> str:
    """A dossier of the first scenario, in which u11 takes part."""
    drafts = (make_draft("identity"), make_draft("incidents"))
    return open_dossier(api.world, entries=drafts)


@pytest.fixture(scope="module")
def shared_reference(shared: Api) -> str:
    """The same, where nobody who asks is let in."""
    return open_dossier(shared.world, entries=(make_draft("identity"),))


@pytest.fixture(scope="module")
def withdrawn(shared: Api) -> str:
    """One that u11's organisation has just been taken out of."""
    world = shared.world
    reference = open_dossier(world, entries=(make_draft("identity"),))
    targets = (world.target("O7"),)
    consents.withdraw(world.store, world.cast["u01"], reference, None, targets=targets, now=TUESDAY)
    return reference


def whole(answer: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = sorted(one for one in answer.headers.items() if one[0] != "Date")
    return answer.status_code, headers, answer.data


@each_operation
def test_refused_and_unknown_are_the_same_404_byte_for_byte(
    shared: Api, shared_reference: str, operation: Operation
) -> None:
    """Headers, length and body. Source: V5, DESIGN 7."""
    refused = operation.ask(shared, shared_reference, by="u13")
    unknown = operation.ask(shared, NOWHERE, by="u13")

    assert refused.status_code == 404
    assert refused.data == b'{"code":404}\n'
    assert whole(refused) == whole(unknown)


@pytest.mark.parametrize("malformed", MALFORMED)
def test_a_malformed_reference_is_the_same_404(
    shared: Api, shared_reference: str, malformed: str
) -> None:
    """Source: V5."""
    asked = shared.get(f"/dossiers/{malformed}", by="u13")
    assert whole(asked) == whole(shared.get(f"/dossiers/{shared_reference}", by="u13"))


@pytest.mark.parametrize("login", OUTSIDERS)
def test_no_office_sees_content_nor_that_there_is_any(
    shared: Api, shared_reference: str, login: str
) -> None:
    """On every operation, and in lists and searches. Source: R19, V5."""
    for operation in ON_A_DOSSIER:
        answer = operation.ask(shared, shared_reference, by=login)
        assert answer.data == b'{"code":404}\n', operation
    for query in ({}, {"q": shared_reference}, {"q": "Hirondelle"}, {"q": "Vandermostelle"}):
        assert shared.get("/dossiers", by=login, query_string=query).json["items"] == []


@pytest.mark.parametrize("login", [one for one in OUTSIDERS if one != "u21"])
@pytest.mark.parametrize("path", ["/log/entries", "/log/checkpoint", "/log/proofs/inclusion"])
def test_only_the_data_protection_officer_reads_the_log(shared: Api, login: str, path: str) -> None:
    """Source: DESIGN 6."""
    answer = shared.get(path, by=login, query_string={"index": 0, "size": 1})
    assert (answer.status_code, answer.json["reason"]) == (403, "function_may_not")


@pytest.mark.parametrize("login", ["u14", "u21", "u22", "u24"])
def test_offices_have_a_ceiling_of_nothing(shared: Api, login: str) -> None:
    """Source: R19."""
    assert shared.get("/access", by=login).json["items"] == []


@pytest.mark.parametrize("operation", ENDED, ids=str)
def test_a_former_participant_gets_410_with_the_day_and_no_reason(
    shared: Api, withdrawn: str, operation: Operation
) -> None:
    """Source: V5, DESIGN 7."""
    answer = operation.ask(shared, withdrawn, by="u11")
    said = answer.json
    assert "02/03/2027" in said.pop("message")
    assert (answer.status_code, said) == (410, {"code": 410, "ended_on": "2027-03-02"})


@each_operation
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer x",
        "Basic dTAxOmRlbW8=",
        "Bearer " + "A" * 86,
        "Bearer é",
        "x" * 9000,
    ],
)
def test_without_a_session_everything_is_401(
    shared: Api, shared_reference: str, operation: Operation, authorization: str | None
) -> None:
    """Source: DESIGN 7."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = operation.ask(shared, shared_reference, by=None, headers=headers)
    assert (answer.status_code, answer.json) == (401, {"code": 401})


@pytest.mark.parametrize("minutes", [15, 16, 8 * 60, 24 * 60])
def test_an_idle_session_is_over(api: Api, reference: str, minutes: int) -> None:
    """Source: DESIGN 5: 15 minutes idle, 8 hours in all."""
    bearer = api.bearer("u01")
    path = f"/dossiers/{reference}"
    api.at(TUESDAY + timedelta(minutes=minutes))
    assert api.get(path, headers=bearer).status_code == 401


def test_a_session_in_use_is_over_after_eight_hours(api: Api) -> None:
    """Source: DESIGN 5."""
    bearer = api.bearer("u01")
    used = [
        api.at(TUESDAY + timedelta(minutes=10 * n)).get("/dossiers", headers=bearer).status_code
        for n in range(1, 50)
    ]
    assert used == [200] * 47 + [401] * 2


def test_a_session_signed_out_of_is_over(api: Api) -> None:
    bearer = api.bearer("u01")
    assert api.delete("/session", headers=bearer).status_code == 204
    assert api.get("/dossiers", headers=bearer).status_code == 401


def test_the_cookie_of_the_pages_does_not_work_on_the_api(
    shared: Api, shared_reference: str
) -> None:
    """Another site can make a browser send it. Source: DESIGN 7."""
    cookie = {"Cookie": f"vep={shared.token('u01')}"}
    assert shared.get(f"/dossiers/{shared_reference}", headers=cookie).status_code == 401


def test_the_bearer_of_the_api_does_not_work_on_pages(shared: Api, shared_reference: str) -> None:
    """Source: DESIGN 7."""
    bearer = shared.bearer("u01")
    answer = shared.http.get(f"/dossiers/{shared_reference}", headers=bearer)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_a_stale_version_is_409_and_overwrites_nothing(api: Api, reference: str) -> None:
    """Source: DESIGN 7."""
    dossier = f"/dossiers/{reference}"
    entry = api.post(f"{dossier}/entries", by="u01", json=ENTRY).json
    path = f"{dossier}/entries/{entry['id']}"
    first = {"version": 1, "values": {"family_name": "Première"}, "origin": "seen"}
    assert api.put(path, by="u01", json=first).json == {"version": 2}

    late = api.put(path, by="u01", json=first | {"values": {"family_name": "Seconde"}})

    assert (late.status_code, late.json) == (409, {"code": 409})
    shown = api.get(dossier, by="u01").json["compartments"]["identity"]["entries"]
    assert "Première" in str(shown)
    assert "Seconde" not in str(shown)


def test_a_version_from_the_future_is_409_too(api: Api, reference: str) -> None:
    entry = api.post(f"/dossiers/{reference}/entries", by="u01", json=ENTRY).json
    body = {"version": 7, "values": ENTRY["values"], "origin": "seen"}
    path = f"/dossiers/{reference}/entries/{entry['id']}"
    assert api.put(path, by="u01", json=body).status_code == 409


def test_an_entry_in_a_closed_compartment_is_one_that_is_not(api: Api, reference: str) -> None:
    """An id learnt elsewhere tells nothing. Source: V5, V6."""
    shown = api.get(f"/dossiers/{reference}", by="u01").json["compartments"]
    known = shown["incidents"]["entries"][0]["id"]
    closed, nowhere = (
        api.put(
            f"/dossiers/{reference}/entries/{one}",
            by="u16",
            json={"version": 1, "values": ENTRY["values"], "origin": "seen"},
        )
        for one in (known, ON_A_DOSSIER[5].below.rpartition("/")[2])
    )
    assert whole(closed) == whole(nowhere)


def test_ten_wrong_passphrases_are_429_with_retry_after(api: Api) -> None:
    """Also with the right one, and for a login that is nobody's. Source: DESIGN 7."""
    for login in ("u05", "nobody"):
        wrong = [api.sign_in(login, password="wrong") for _ in range(10)]
        assert [(one.status_code, one.json) for one in wrong] == [(401, {"code": 401})] * 10
        throttled = api.sign_in(login)
        assert (throttled.status_code, throttled.json) == (429, {"code": 429})
        assert int(throttled.headers["Retry-After"]) > 0

    assert api.sign_in("u01").status_code == 201
    assert api.at(TUESDAY + timedelta(minutes=15, seconds=1)).sign_in("u05").status_code == 201


def test_an_unknown_login_and_a_wrong_passphrase_are_the_same_answer(shared: Api) -> None:
    """Source: DESIGN 7."""
    assert whole(shared.sign_in("nobody")) == whole(shared.sign_in("u01", password="wrong"))


@pytest.mark.parametrize("operation", READINGS, ids=str)
def test_a_head_is_logged_like_a_get(api: Api, reference: str, operation: Operation) -> None:
    """Source: V8: its length tells something."""
    before = len(api.log(dossier=reference))
    answer = Operation(method="HEAD", below=operation.below).ask(api, reference, by="u01")
    after = api.log(dossier=reference)

    assert answer.data == b""
    assert [one["actor"] for one in after[before:]] == ["u01"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/dossiers/{}", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("DELETE", "/dossiers/{}/consents", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("GET", "/session", {"POST", "DELETE", "OPTIONS"}),
        ("POST", "/log/entries", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_allowed_says_which_are(
    api: Api, reference: str, method: str, path: str, allowed: set[str]
) -> None:
    answer = api.request(method, path.format(reference), by="u01")
    assert (answer.status_code, answer.json) == (405, {"code": 405})
    assert set(answer.headers["Allow"].split(", ")) == allowed
