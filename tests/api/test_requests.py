"""What a request may say: known keys, strict types, JSON, once each, and not too much."""

from typing import Any

import pytest

from tests.databases import ON_SQLITE
from tests.worlds import make_draft, open_dossier

from .client import Api
from .operations import CONSENT, ENTRY, WITH_A_BODY, Operation

pytestmark = ON_SQLITE

each_body = pytest.mark.parametrize("operation", WITH_A_BODY, ids=str)


@pytest.fixture
def api(shared: Api) -> Api:
    return shared


@pytest.fixture(scope="module")
def reference(shared: Api) -> str:
    return open_dossier(shared.world, entries=(make_draft("identity"),))


def events(api: Api, reference: str) -> list[str]:
    return [one["event"] for one in api.log(dossier=reference)]


@each_body
def test_an_unknown_key_is_refused_by_name(api: Api, reference: str, operation: Operation) -> None:
    """Source: DESIGN 7."""
    before = events(api, reference)
    answer = operation.ask(api, reference, by="u01", json=operation.body | {"surprise": 1})

    assert answer.status_code == 422
    assert answer.json["errors"]["json"].keys() == {"surprise"}
    assert events(api, reference) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/session", {"login": "u01", "password": "x", "surprise": 1}),
        ("/session/function", {"function": "SVA", "organisation": "O1", "surprise": 1}),
        ("/dossiers", {"consent": CONSENT, "surprise": 1}),
        ("/dossiers", {"consent": CONSENT | {"surprise": 1}}),
        ("/dossiers", {"consent": CONSENT, "entries": [ENTRY | {"surprise": 1}]}),
        ("/dossiers", {"consent": CONSENT | {"statement": {"language": "fr", "surprise": 1}}}),
        (
            "/dossiers",
            {"consent": CONSENT | {"recipients": [CONSENT["recipients"][0] | {"surprise": 1}]}},
        ),
    ],
)
def test_an_unknown_key_is_refused_at_every_depth(
    api: Api, path: str, body: dict[str, Any]
) -> None:
    """Source: DESIGN 7."""
    answer = api.post(path, by="u01", json=body)
    assert answer.status_code == 422
    assert "surprise" in answer.text


def test_an_unknown_value_of_an_entry_is_refused_by_its_path(api: Api, reference: str) -> None:
    body = ENTRY | {"values": {"family_name": "V.", "surprise": 1}}
    answer = api.post(f"/dossiers/{reference}/entries", by="u01", json=body)
    assert (answer.status_code, answer.json["errors"]["json"].keys()) == (422, {"values.surprise"})


@each_body
@pytest.mark.parametrize("body", ["{", "{'a': 1}", "", "\xff\xfe", "[1,", "{}}"])
def test_malformed_json_is_refused(
    api: Api, reference: str, operation: Operation, body: str
) -> None:
    answer = operation.ask(
        api, reference, by="u01", json=None, data=body.encode("latin-1"),
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code in {400, 422}
    assert answer.json["code"] == answer.status_code


@each_body
@pytest.mark.parametrize("body", [[], [{}], "text", 1, True])
def test_a_body_that_is_no_object_is_refused(
    api: Api, reference: str, operation: Operation, body: Any
) -> None:
    assert operation.ask(api, reference, by="u01", json=body).status_code == 422


@each_body
@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
def test_another_content_type_is_refused(
    api: Api, reference: str, operation: Operation, content_type: str
) -> None:
    """What a form of another site can send is no request. Source: DESIGN 7."""
    before = events(api, reference)
    answer = api.request(
        operation.method,
        f"/dossiers/{reference}{operation.below}",
        by="u01",
        data=b'{"reason": "follow_up", "login": "u23"}',
        content_type=content_type,
    )
    assert answer.status_code in {400, 415, 422}
    assert events(api, reference) == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seen_alone", "true"),
        ("seen_alone", 1),
        ("seen_alone", "yes"),
        ("seen_alone", None),
        ("reporting_warning_read", "on"),
        ("understood", 1),
        ("purposes", "coordination"),
        ("purposes", []),
        ("purposes", ["statistics"]),
        ("form", "WRITTEN_PAPER"),
        ("form", None),
        ("explained_by", 1),
        ("statement", "fr"),
        ("statement", {"language": "it"}),
        ("recipients", {}),
        ("recipients", [{}]),
        ("recipients", [None]),
        ("end", "01/09/2027"),
        ("end", "2027-02-30"),
        ("end", 20270901),
        ("end", "2027-06-01T00:00:00"),
        ("replaces", ["x"]),
    ],
)
def test_types_of_a_consent_are_strict(api: Api, reference: str, key: str, value: object) -> None:
    """What she said is not guessed from something like it. Source: DESIGN 7, R3."""
    answer = api.post(f"/dossiers/{reference}/consents", by="u01", json=CONSENT | {key: value})
    assert answer.status_code == 422
    assert answer.json["errors"]["json"].keys() == {key}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("compartment", "IDENTITY"),
        ("kind", 1),
        ("kind", "nothing"),
        ("values", "x"),
        ("values", None),
        ("values", [["family_name", "V."]]),
        ("origin", "heard"),
        ("occurred_on", "02/03/2027"),
        ("place_checked", "yes"),
        ("place_checked", 1),
        ("addressed_to", "O1/SVA"),
    ],
)
def test_types_of_an_entry_are_strict(api: Api, reference: str, key: str, value: object) -> None:
    answer = api.post(f"/dossiers/{reference}/entries", by="u01", json=ENTRY | {key: value})
    assert (answer.status_code, answer.json["errors"]["json"].keys()) == (422, {key})


@pytest.mark.parametrize("version", ["1", 1.0, 1.5, True, None, 0, -1, 10**30])
def test_a_version_is_a_whole_number(api: Api, reference: str, version: object) -> None:
    entry = api.post(f"/dossiers/{reference}/entries", by="u01", json=ENTRY).json
    path = f"/dossiers/{reference}/entries/{entry['id']}"
    body = {"version": version, "values": ENTRY["values"], "origin": "seen"}
    answer = api.put(path, by="u01", json=body)
    assert (answer.status_code, answer.json["errors"]["json"].keys()) == (422, {"version"})


def test_a_key_said_twice_is_refused(api: Api, reference: str) -> None:
    """Of two answers to the same question, none is taken. Source: R3."""
    answer = api.post(
        f"/dossiers/{reference}/participants",
        by="u01",
        data='{"login": "u13", "login": "u03"}',
        content_type="application/json",
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_of_json_is_refused(api: Api, reference: str, number: str) -> None:
    answer = api.post(
        f"/dossiers/{reference}/participants",
        by="u01",
        data=f'{{"login": {number}}}',
        content_type="application/json",
    )
    assert answer.status_code == 400


def test_deep_nesting_is_refused_and_breaks_nothing(api: Api, reference: str) -> None:
    deep = "[" * 100_000
    answer = api.post(
        f"/dossiers/{reference}/entries", by="u01", data=deep, content_type="application/json"
    )
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("declared", [True, False])
def test_a_huge_body_is_413(api: Api, reference: str, declared: bool) -> None:
    """Source: DESIGN 7: and it is not read to find out."""
    data = b'{"login": "' + b"x" * (600 * 1024) + b'"}'
    answer = api.post(
        f"/dossiers/{reference}/participants",
        by="u01",
        data=data,
        content_type="application/json",
        headers={} if declared else {"Content-Length": str(len(data) * 2)},
    )
    assert (answer.status_code, answer.json) == (413, {"code": 413})


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": -1}, "cursor"),
        ({"since": "2027-03-02"}, "since"),
        ({"until": "2027-03-02T10:00:00"}, "until"),
        ({"event": "dossier.stolen"}, "event"),
        ({"outcome": "maybe"}, "outcome"),
    ],
)
def test_a_query_at_fault_names_its_field(
    api: Api, query: dict[str, object], at_fault: str
) -> None:
    answer = api.get("/log/entries", by="u21", query_string=query)
    assert (answer.status_code, answer.json["errors"]["query"].keys()) == (422, {at_fault})


def test_a_purpose_that_is_none_is_refused(api: Api, reference: str) -> None:
    answer = api.get(f"/dossiers/{reference}?purpose=curiosity", by="u01")
    assert (answer.status_code, answer.json["errors"]["query"].keys()) == (422, {"purpose"})
