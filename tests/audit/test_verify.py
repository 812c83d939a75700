"""Verification: every way of changing the past, and the first place it shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from vepshare import audit

from .builders import BARE, MORNING, Log, Nodes, forge, make_log, make_row

Code = audit.FaultCode
SIZE = 23


@pytest.fixture
def log() -> Log:
    return make_log(SIZE)


def faults(
    log: Log,
    rows: list[audit.StoredEntry],
    *,
    checkpoints: tuple[int, ...] = (),
    nodes: Nodes | None = None,
) -> tuple[audit.Fault, ...]:
    """Return what verifying *rows* against the honest head and checkpoints finds."""
    signed = [log.checkpoint(size) for size in checkpoints]
    return audit.verify(rows, expected=log.head, checkpoints=signed, nodes=nodes).faults


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 23])
def test_an_honest_log_is_whole(size: int) -> None:
    log = make_log(size)
    checkpoints = [log.checkpoint(one) for one in range(size, -1, -1)]
    report = audit.verify(log.rows, expected=log.head, checkpoints=checkpoints, nodes=log.nodes)
    assert report.whole
    assert (report.size, report.root) == (size, log.head.root())


def test_rows_are_read_once_and_in_turn(log: Log) -> None:
    report = audit.verify(iter(log.rows), expected=None, checkpoints=iter([log.checkpoint(8)]))
    assert report.whole


@pytest.mark.parametrize("index", range(SIZE))
def test_an_edited_entry_is_named(log: Log, index: int) -> None:
    log.rows[index] = replace(log.rows[index], entry=forge(log.rows[index]).entry)
    expected = (audit.Fault(index=index, code=Code.WRONG_LEAF),)
    assert faults(log, log.rows, checkpoints=(5, SIZE)) == expected


@pytest.mark.parametrize("index", range(SIZE))
def test_an_edited_leaf_is_named(log: Log, index: int) -> None:
    log.rows[index] = replace(log.rows[index], leaf=bytes(32))
    assert faults(log, log.rows)[0] == audit.Fault(index=index, code=Code.WRONG_LEAF)


def test_a_leaf_of_another_length_is_named(log: Log) -> None:
    log.rows[3] = replace(log.rows[3], leaf=log.rows[3].leaf + b"\x00")
    assert faults(log, log.rows) == (audit.Fault(index=3, code=Code.WRONG_LEAF),)


@pytest.mark.parametrize("index", range(SIZE))
def test_an_edited_entry_with_its_leaf_shows_at_the_checkpoint(log: Log, index: int) -> None:
    log.rows[index] = forge(log.rows[index])
    found = faults(log, log.rows, checkpoints=(4, 9, 16, SIZE))
    first, end = next((a, b) for a, b in [(0, 4), (4, 9), (9, 16), (16, SIZE)] if index < b)
    assert found[0] == audit.Fault(index=first, code=Code.CHECKPOINT_MISMATCH, end=end)
    assert [one.code for one in found].count(Code.CHECKPOINT_MISMATCH) == 1


@pytest.mark.parametrize("index", range(SIZE - 1))
def test_interior_nodes_narrow_it_to_a_pair(log: Log, index: int) -> None:
    log.rows[index] = forge(log.rows[index])
    found = faults(log, log.rows, checkpoints=(SIZE,), nodes=log.nodes)
    pair = index & ~1
    assert found == (
        audit.Fault(index=pair, code=Code.WRONG_NODE, end=pair + 2),
        audit.Fault(index=0, code=Code.CHECKPOINT_MISMATCH, end=SIZE),
        audit.Fault(index=0, code=Code.WRONG_ROOT, end=SIZE),
    )


def test_nodes_made_to_fit_leave_it_to_the_checkpoint(log: Log) -> None:
    forged = make_log(SIZE, rewritten_from=13)
    found = faults(log, forged.rows, checkpoints=(8, 20), nodes=forged.nodes)
    assert found[0] == audit.Fault(index=8, code=Code.CHECKPOINT_MISMATCH, end=20)


def test_two_edits_are_two_wrong_nodes(log: Log) -> None:
    for index in (2, 9):
        log.rows[index] = forge(log.rows[index])
    found = faults(log, log.rows, nodes=log.nodes)
    assert [one.index for one in found if one.code is Code.WRONG_NODE] == [2, 8]


def test_a_missing_node_is_a_wrong_one(log: Log) -> None:
    del log.nodes.hashes[2, 1]
    found = faults(log, log.rows, nodes=log.nodes)
    assert found == (audit.Fault(index=4, code=Code.WRONG_NODE, end=8),)


@pytest.mark.parametrize("index", range(SIZE - 1))
def test_a_deleted_entry_leaves_a_gap(log: Log, index: int) -> None:
    del log.rows[index]
    assert faults(log, log.rows) == (audit.Fault(index=index, code=Code.GAP, end=index + 1),)


@pytest.mark.parametrize("index", range(SIZE - 1))
def test_a_deletion_closed_up_is_named(log: Log, index: int) -> None:
    del log.rows[index]
    rows = [replace(row, index=place) for place, row in enumerate(log.rows)]
    assert faults(log, rows)[0] == audit.Fault(index=index, code=Code.OUT_OF_PLACE)


def test_reordered_rows_are_named(log: Log) -> None:
    log.rows[6], log.rows[7] = log.rows[7], log.rows[6]
    assert faults(log, log.rows)[0] == audit.Fault(index=6, code=Code.GAP, end=7)


def test_exchanged_entries_are_named(log: Log) -> None:
    log.rows[6], log.rows[11] = (
        replace(log.rows[11], index=6),
        replace(log.rows[6], index=11),
    )
    found = faults(log, log.rows)
    assert found[0] == audit.Fault(index=6, code=Code.OUT_OF_PLACE)
    assert audit.Fault(index=11, code=Code.OUT_OF_PLACE) in found


def test_a_row_that_comes_twice_is_named(log: Log) -> None:
    log.rows.insert(6, log.rows[5])
    assert faults(log, log.rows) == (audit.Fault(index=6, code=Code.OUT_OF_PLACE),)


def test_an_inserted_copy_is_named(log: Log) -> None:
    log.rows.insert(6, log.rows[5])
    rows = [replace(row, index=place) for place, row in enumerate(log.rows)]
    assert faults(log, rows)[0] == audit.Fault(index=6, code=Code.OUT_OF_PLACE)


@pytest.mark.parametrize("size", [0, 1, 12, SIZE - 1])
def test_a_log_cut_short_of_its_head_is_truncated(log: Log, size: int) -> None:
    expected = (audit.Fault(index=size, code=Code.TRUNCATED, end=SIZE),)
    assert faults(log, log.rows[:size]) == expected


def test_a_log_cut_short_with_its_head_is_truncated_for_the_checkpoint(log: Log) -> None:
    report = audit.verify(
        log.rows[:12], expected=log.heads[12], checkpoints=[log.checkpoint(8), log.checkpoint(20)]
    )
    assert report.faults == (audit.Fault(index=12, code=Code.TRUNCATED, end=20),)


@pytest.mark.parametrize("start", [0, 3, 8, 19])
def test_a_log_rewritten_after_a_checkpoint_does_not_match_it(log: Log, start: int) -> None:
    forged = make_log(SIZE, rewritten_from=start)
    report = audit.verify(
        forged.rows,
        expected=forged.head,
        checkpoints=[log.checkpoint(8), log.checkpoint(20)],
        nodes=forged.nodes,
    )
    first, end = (0, 8) if start < 8 else (8, 20)
    assert report.faults == (audit.Fault(index=first, code=Code.CHECKPOINT_MISMATCH, end=end),)


def test_what_no_checkpoint_covers_can_be_rewritten_unseen(log: Log) -> None:
    """The limit that docs/log.md states: checkpoints must be frequent, and held elsewhere."""
    forged = make_log(SIZE, rewritten_from=20)
    report = audit.verify(forged.rows, expected=forged.head, checkpoints=[log.checkpoint(20)])
    assert report.whole


def test_a_planted_fault_does_not_hide_an_earlier_forgery(log: Log) -> None:
    log.rows[2] = forge(log.rows[2])
    log.rows[14] = replace(log.rows[14], leaf=bytes(32))
    found = faults(log, log.rows, checkpoints=(SIZE,))
    assert audit.Fault(index=0, code=Code.CHECKPOINT_MISMATCH, end=SIZE) in found


def test_a_checkpoint_of_the_empty_log_is_compared(log: Log) -> None:
    wrong = audit.Checkpoint(origin="x", size=0, root=bytes(32))
    report = audit.verify(log.rows, expected=log.head, checkpoints=[wrong])
    assert report.faults == (audit.Fault(index=0, code=Code.CHECKPOINT_MISMATCH, end=0),)


def test_two_roots_of_one_size_cannot_both_match(log: Log) -> None:
    fork = replace(log.checkpoint(8), root=bytes(32))
    report = audit.verify(log.rows, expected=log.head, checkpoints=[log.checkpoint(8), fork])
    assert [one.code for one in report.faults] == [Code.CHECKPOINT_MISMATCH]


def test_entries_beyond_the_head_are_named(log: Log) -> None:
    report = audit.verify(log.rows, expected=log.heads[20], checkpoints=[])
    assert report.faults == (audit.Fault(index=20, code=Code.BEYOND_HEAD, end=SIZE),)


def test_a_head_of_another_log_is_named(log: Log) -> None:
    other = make_log(SIZE, rewritten_from=5)
    report = audit.verify(log.rows, expected=other.head, checkpoints=[log.checkpoint(4)])
    assert report.faults == (audit.Fault(index=4, code=Code.WRONG_ROOT, end=SIZE),)


def test_a_head_with_another_time_is_named(log: Log) -> None:
    head = replace(log.head, last_time=MORNING + timedelta(days=900))
    report = audit.verify(log.rows, expected=head, checkpoints=[])
    assert report.faults == (audit.Fault(index=SIZE - 1, code=Code.WRONG_HEAD_TIME),)


def test_a_time_that_goes_back_is_named(log: Log) -> None:
    entry = audit.encode(BARE, index=9, time=MORNING)
    log.rows[9] = make_row(9, entry)
    assert audit.Fault(index=9, code=Code.TIME_BACKWARDS) in faults(log, log.rows)


@pytest.mark.parametrize("entry", [b"", b"{}", b"\xff", b'{"v":1}'])
def test_bytes_that_are_no_entry_are_named(log: Log, entry: bytes) -> None:
    log.rows[9] = make_row(9, entry)
    assert faults(log, log.rows)[0] == audit.Fault(index=9, code=Code.NOT_CANONICAL)


def test_a_second_spelling_is_named(log: Log) -> None:
    log.rows[9] = make_row(9, log.rows[9].entry.replace(b":", b": ", 1))
    assert faults(log, log.rows)[0] == audit.Fault(index=9, code=Code.NOT_CANONICAL)


def test_a_ruined_log_does_not_fill_the_memory() -> None:
    rows = [make_row(index, b"ruined") for index in range(1000)]
    report = audit.verify(rows, expected=None, checkpoints=[])
    assert report.size == len(report.faults) == 100
