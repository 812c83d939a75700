"""No stored column is a hash, or a MAC without a secret, of something that can be guessed."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

from tests.databases import ON_SQLITE
from tests.demo.stages import played
from tests.worlds import World
from vepshare.demo import S01, S02, S05
from vepshare.storage._tables import metadata

from .copies import copied

TABLES = tuple(metadata.tables)
REAL_NAMES = ("Vandermostelle", "Coralie", "Thirifontelle", "Nadège", "Coralie Vandermostelle")
REAL_NUMBERS = ("0400 00 01 01", "0400000101", "0400 00 02 01", "0400000201", "0400 00 03 00")
HOW_MANY = 100_000
KNOWN_KEYS = (b"", b"vepshare", b"key", b"secret", b"pepper", bytes(32))
SHORTEST = 8


def guesses() -> Iterator[str]:
    """Yield 100 000 names, birth dates and telephone numbers, the real ones among them."""
    yield from (*REAL_NAMES, *REAL_NUMBERS)
    yield from (one.lower() for one in REAL_NAMES)
    left = HOW_MANY - 2 * len(REAL_NAMES) - len(REAL_NUMBERS)
    for number in range(left // 3):
        day, month, year = number % 28 + 1, number // 28 % 12 + 1, 1930 + number // 336 % 100
        yield f"{year}-{month:02}-{day:02}"
    for number in range(left // 3):
        yield f"04{number:08}"
    for number in range(left - 2 * (left // 3)):
        yield f"{REAL_NAMES[number % 4]}{number}"


def hashes(guess: str) -> Iterator[bytes]:
    raw = guess.encode()
    yield hashlib.sha256(raw).digest()
    yield hashlib.sha1(raw, usedforsecurity=False).digest()
    yield hashlib.md5(raw, usedforsecurity=False).digest()
    for key in KNOWN_KEYS:
        yield hmac.digest(key, raw, "sha256")


def stored(world: World) -> set[bytes]:
    """Return the first 8 bytes of every stored value, as it lies and as text decodes."""
    found: set[bytes] = set()
    for rows in copied(world.url, TABLES).values():
        for row in rows:
            for value in row.values():
                found |= {one[:SHORTEST] for one in spelled(value) if len(one) >= SHORTEST}
    return found


def spelled(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()
        if len(value) % 2 == 0 and not value.strip("0123456789abcdefABCDEF"):
            yield bytes.fromhex(value)
        try:
            yield base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except ValueError:
            return


def matches(world: World) -> set[str]:
    """Return the guesses of which a hash, whole or cut to 8 bytes or more, is stored."""
    lying = stored(world)
    return {one for one in guesses() if any(hashed[:SHORTEST] in lying for hashed in hashes(one))}


def test_no_stored_column_is_a_hash_of_anything_that_can_be_guessed(world: World) -> None:
    """Cut hashes begin as whole ones do: 8 bytes are looked for. Source: DESIGN 1.5."""
    for story in (S01, S02, S05):
        played(world, story, story.clock)

    assert len(set(guesses())) > HOW_MANY - 100
    assert matches(world) == set()


@ON_SQLITE
def test_a_hash_would_be_found(world: World) -> None:
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(
            "UPDATE organisations SET name = ? WHERE code = 'O1'",
            (hashlib.sha256(b"0400000101").hexdigest()[:32],),
        )
        connection.exec_driver_sql("COMMIT")

    assert matches(world) == {"0400000101"}
