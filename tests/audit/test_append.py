"""Appending: indexes, times, and what storage is given to write."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from vepshare import audit

from .builders import BARE, MORNING, RECORD, Reference, make_log


def test_an_entry_says_what_the_record_said() -> None:
    added = audit.append(audit.EMPTY, RECORD, now=MORNING)
    entry = audit.decode(added.entry_bytes)
    assert (entry.index, entry.time) == (0, MORNING) == (added.index, added.time)
    assert entry.compartments == RECORD.compartments
    assert added.leaf == audit.leaf_hash(added.entry_bytes)
    assert added.head == audit.EMPTY.appended(added.leaf, MORNING)


def test_indexes_follow_one_another() -> None:
    log = make_log(9)
    assert [audit.decode(row.entry).index for row in log.rows] == list(range(9))
    assert log.head.root() == Reference([row.entry for row in log.rows]).root(0, 9)


def test_the_time_never_goes_back() -> None:
    first = audit.append(audit.EMPTY, BARE, now=MORNING)
    second = audit.append(first.head, BARE, now=MORNING - timedelta(hours=1))
    third = audit.append(second.head, BARE, now=MORNING + timedelta(seconds=1))
    assert (second.time, third.time) == (MORNING, MORNING + timedelta(seconds=1))
    assert audit.decode(second.entry_bytes).time == second.head.last_time == MORNING


def test_a_time_without_its_zone_is_refused() -> None:
    naive = datetime(2027, 3, 2, 13, 35)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(audit.EntryRefusedError):
        audit.append(audit.EMPTY, BARE, now=naive)


def test_a_refused_record_leaves_the_head_as_it_was() -> None:
    head = make_log(3).head
    before = head.encode()
    with pytest.raises(audit.EntryRefusedError):
        audit.append(head, replace(BARE, purpose="two words"), now=MORNING)
    assert head.encode() == before
