"""The log through the API: paging, the checkpoint, proofs. On both databases."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.worlds import ORIGIN, TUESDAY, make_draft, open_dossier
from vepshare import audit
from vepshare.services import platform

from .client import Api


@pytest.fixture
def busy(shared: Api) -> str:
    """A dossier that has been read a few times."""
    reference = open_dossier(shared.world, entries=(make_draft("identity"),))
    for login in ("u01", "u02", "u11", "u13"):
        shared.get(f"/dossiers/{reference}", by=login)
    return reference


def pages(api: Api, limit: int, **wanted: Any) -> Iterator[list[dict[str, Any]]]:
    cursor: int | None = None
    while True:
        query = {"limit": limit} | wanted | ({} if cursor is None else {"cursor": cursor})
        page = api.get("/log/entries", by="u21", query_string=query).json
        yield page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def indexes(items: list[dict[str, Any]]) -> list[int]:
    return [one["index"] for one in items]


def test_an_entry_says_who_what_when_and_how_it_ended(shared: Api, busy: str) -> None:
    """Source: V8, DESIGN 7."""
    answer = shared.get(
        "/log/entries", by="u21", query_string={"dossier": busy, "event": "dossier.read"}
    )
    refused, by_medicine, *_ = answer.json["items"]

    assert (refused["actor"], refused["outcome"], refused["reason"]) == (
        "u13",
        "refused",
        "not_a_participant",
    )
    assert by_medicine["actor"] == "u11"
    assert by_medicine["compartments"]["incidents"] == "F"
    assert by_medicine["purpose"] == "coordination"
    assert by_medicine["ground"]
    assert answer.json["next"] is None


def test_pages_follow_each_other_while_others_write(shared: Api, busy: str) -> None:
    """Every page is itself logged: the cursor still skips nothing and repeats nothing."""
    seen = [one for page in pages(shared, 7) for one in page]
    numbers = indexes(seen)
    assert numbers == list(range(numbers[0], -1, -1))


def test_a_filter_holds_across_pages(shared: Api, busy: str) -> None:
    at_once = shared.log(dossier=busy)
    by_two = [one for page in pages(shared, 2, dossier=busy) for one in page][::-1]
    assert by_two == at_once
    assert {one["dossier"] for one in at_once} == {busy}


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ({"actor": "u11"}, "actor"),
        ({"organisation": "O7"}, "organisation"),
        ({"outcome": "refused"}, "outcome"),
        ({"event": "session.opened"}, "event"),
    ],
)
def test_each_filter_keeps_what_it_names(
    shared: Api, busy: str, wanted: dict[str, str], key: str
) -> None:
    found = shared.log(**wanted)
    assert {one[key] for one in found} == set(wanted.values())


@pytest.mark.parametrize(
    "wanted", [{"dossier": "V-0000-00"}, {"actor": "nobody"}, {"organisation": "O99"}]
)
def test_what_names_nothing_finds_nothing(shared: Api, wanted: dict[str, str]) -> None:
    assert shared.log(**wanted) == []


def test_reading_the_log_is_the_latest_entry_of_what_is_read(shared: Api) -> None:
    """Source: DESIGN 6."""
    [latest] = shared.get("/log/entries", by="u21", query_string={"limit": 1}).json["items"]
    assert (latest["event"], latest["actor"]) == ("log.read", "u21")


def test_the_log_holds_no_name_and_no_content(shared: Api, busy: str) -> None:
    """Source: V8."""
    text = str([one for page in pages(shared, 200) for one in page])
    names = [one.name for one in shared.world.cast.values()]
    for secret in (*names, "Vandermostelle", "Coralie", "Hirondelle", "vepshare.db"):
        assert secret not in text


def committed(api: Api) -> audit.Checkpoint:
    """Return the checkpoint signed now, as an outsider opens it."""
    world = api.world
    platform.checkpoint(world.store, world.custody, now=TUESDAY)
    answer = api.get("/log/checkpoint", by="u21")
    assert answer.mimetype == "text/plain"
    return audit.open_checkpoint(answer.text, ORIGIN, world.custody.log_keys[0].public)


def proof(api: Api, kind: str, **query: int) -> list[bytes]:
    answer = api.get(f"/log/proofs/{kind}", by="u21", query_string=query)
    assert answer.status_code == 200, answer.text
    return [bytes.fromhex(one) for one in answer.json["hashes"]]


def test_the_checkpoint_opens_with_the_key_of_the_log(shared: Api, busy: str) -> None:
    """Source: DESIGN 6."""
    assert committed(shared).size > 40


def test_a_checkpoint_is_not_another_logs(shared: Api, busy: str) -> None:
    committed(shared)
    text = shared.get("/log/checkpoint", by="u21").text
    with pytest.raises(audit.CheckpointError):
        audit.open_checkpoint(text, "other.example/log", shared.world.custody.log_keys[0].public)


def test_proofs_of_inclusion_verify(shared: Api, busy: str) -> None:
    """Source: RFC 9162, section 2.1.3."""
    tree = committed(shared)
    for index in (0, tree.size // 2, tree.size - 1):
        with shared.world.store.peek() as work:
            leaf = work.log.get(0, index)
        path = proof(shared, "inclusion", index=index, size=tree.size)
        audit.verify_inclusion(leaf, index, tree.size, path, tree.root)


def test_a_proof_of_consistency_verifies(shared: Api, busy: str) -> None:
    """Source: RFC 9162, section 2.1.4."""
    before = committed(shared)
    shared.get(f"/dossiers/{busy}", by="u01")
    after = committed(shared)

    path = proof(shared, "consistency", **{"from": before.size, "to": after.size})

    assert after.size > before.size
    audit.verify_consistency(before.size, after.size, before.root, after.root, path)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("inclusion", {"index": 5, "size": 5}),
        ("inclusion", {"index": 0, "size": 10**9}),
        ("consistency", {"from": 9, "to": 8}),
        ("consistency", {"from": 1, "to": 10**9}),
    ],
)
def test_a_proof_of_what_is_not_there_is_refused(
    shared: Api, kind: str, query: dict[str, int]
) -> None:
    answer = shared.get(f"/log/proofs/{kind}", by="u21", query_string=query)
    assert (answer.status_code, answer.json["errors"]["json"].keys()) == (422, {"size"})
