"""The tree: known roots, the naive reference, the head in its column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare import audit
from vepshare.errors import TamperedError

from .builders import MORNING, Reference, grow

CT_LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(0, 300)


def entries(size: int) -> list[bytes]:
    return [f"entry {index}".encode() for index in range(size)]


def test_the_roots_are_those_of_certificate_transparency() -> None:
    heads, _ = grow(CT_LEAVES)
    assert [head.root().hex() for head in heads] == CT_ROOTS


@settings(max_examples=40, deadline=None)
@given(SIZES)
def test_root_and_nodes_agree_with_the_reference(size: int) -> None:
    reference = Reference(entries(size))
    heads, nodes = grow(entries(size))
    assert heads[-1].root() == reference.root(0, size)
    perfect = {
        (level, place): reference.root(place << level, place + 1 << level)
        for level in range(size.bit_length())
        for place in range(size >> level)
    }
    assert nodes.hashes == perfect


@settings(max_examples=40, deadline=None)
@given(SIZES)
def test_a_head_survives_its_column(size: int) -> None:
    head = grow(entries(size))[0][-1]
    data = head.encode()
    assert audit.Head.decode(data) == head
    assert len(data) == 17 + 32 * size.bit_count()


def test_a_head_keeps_microseconds() -> None:
    time = MORNING.replace(microsecond=123_457)
    head = audit.EMPTY.appended(bytes(32), time)
    assert audit.Head.decode(head.encode()).last_time == time


@pytest.mark.parametrize("size", [0, 1, 6])
def test_other_bytes_are_not_a_head(size: int) -> None:
    data = grow(entries(size))[0][-1].encode()
    wrong = [b"", data[:-1], data + b"\x00", data + bytes(32), b"\x02" + data[1:]]
    wrong.append(data[:8] + bytes([data[8] ^ 1]) + data[9:])
    wrong.append(data[:9] + b"\x7f" + b"\xff" * 7 + data[17:])
    for one in wrong:
        with pytest.raises(TamperedError):
            audit.Head.decode(one)


@pytest.mark.parametrize("leaf", [b"", bytes(31), bytes(33)])
def test_a_leaf_is_32_bytes(leaf: bytes) -> None:
    with pytest.raises(TamperedError):
        audit.EMPTY.appended(leaf, MORNING)


def test_the_parts_of_a_head_belong_together() -> None:
    with pytest.raises(TamperedError):
        audit.Head(size=3, frontier=(bytes(32),), last_time=MORNING)
    with pytest.raises(TamperedError):
        audit.Head(size=1, frontier=(bytes(32),), last_time=None)


def test_a_leaf_is_no_node() -> None:
    left, right = audit.leaf_hash(b"a"), audit.leaf_hash(b"b")
    assert audit.leaf_hash(left + right) != audit.node_hash(left, right)
