"""A stolen database, its configuration and a list of passphrases open no account. DESIGN 1.5.

The thief has every row, the pepper, and a list in which the right passphrase stands. What is
missing is on paper or on a device: they try everything of 20 or 32 bytes that they hold instead.
"""

import hmac
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw

from tests.services.production import PASSPHRASE, enrol, enrol_ready
from tests.worlds import World
from vepshare.crypto import DeviceToken, KitCode, read_pepper
from vepshare.storage._tables import metadata

from .copies import copied
from .decryptor import Row, binding, derive, unseal
from .soak import share

RIGHT = PASSPHRASE.reveal()
LIST_SIZE = share(20, 10_000)
SIZES = (20, 32)


def passphrases() -> Iterator[str]:
    """Yield the list; the right passphrase stands in the middle of it."""
    words = ("soleil", "liège", "amour", "doudou", "azerty", "marie", "ourthe", "gaufre")
    for number in range(LIST_SIZE - 1):
        if number == LIST_SIZE // 2:
            yield RIGHT
        yield f"{words[number % len(words)]} {words[number // 8 % len(words)]} {number}"


def pepper_of(world: World) -> bytes:
    """Return the pepper, as whoever copied the configuration has it."""
    return read_pepper(world.pepper_path).raw


def stretched(passphrase: str, method: Row) -> bytes:
    return _stretched(passphrase, bytes(method["salt"]), str(method["parameters"]))


@lru_cache(maxsize=LIST_SIZE + 1)
def _stretched(passphrase: str, salt: bytes, parameters: str) -> bytes:
    """Derive once for all the ways of one person: they share the salt."""
    costs = dict(one.split("=") for one in parameters.split(","))
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        int(costs["t"]),
        int(costs["m"]),
        int(costs["p"]),
        hash_len=32,
        type=Type.ID,
    )


def secrets_of(passphrase: str, method: Row, pepper: bytes, beside: set[bytes]) -> Iterator[bytes]:
    """Yield the unlock secrets that follow from a passphrase and from anything put beside it."""
    raw = stretched(passphrase, method)
    mixed = hmac.digest(pepper, binding("pepper", "passphrase", raw), "sha256")
    yield derive(mixed, "unlock/passphrase")
    for one in beside:
        yield derive(mixed + one, "unlock/device")
        yield derive(raw + one, "unlock/kit")


def opens(method: Row, secret: bytes) -> bool:
    owner, name = UUID(str(method["professional_id"])), UUID(str(method["id"]))
    place = binding("unlock", owner.bytes, name.bytes)
    return unseal(secret, method["wrap"], place) is not None


def dump(world: World) -> tuple[tuple[Row, ...], set[bytes]]:
    """Return the ways to unlock outside the demonstration, and every value of a fitting size."""
    rows = copied(world.url, tuple(metadata.tables))
    methods = tuple(one for one in rows["unlock_methods"] if one["kind"] in {"device", "kit"})
    values = (value for table in rows.values() for row in table for value in row.values())
    found = {one for one in values if isinstance(one, bytes) and len(one) in SIZES}
    return methods, found


def stolen(world: World) -> tuple[DeviceToken, KitCode]:
    """Enrol two people outside the demonstration; return what a thief does not have."""
    return enrol_ready(world, "u90", "O7/MED"), enrol(world, "u91", "O7/MED")


def test_a_dump_the_configuration_and_a_list_open_no_account(world: World) -> None:
    """Source: DESIGN 1.5, R58."""
    stolen(world)
    methods, found = dump(world)
    pepper = pepper_of(world)

    assert len(methods) == 3
    guesses = tuple(passphrases())
    assert len(guesses) == LIST_SIZE
    assert RIGHT in guesses
    for guess in guesses:
        # Beside the right passphrase, everything that was stolen; beside the others, the pepper.
        beside = found if guess == RIGHT else {pepper}
        for method in methods:
            assert not any(opens(method, one) for one in secrets_of(guess, method, pepper, beside))


def test_with_what_is_missing_the_same_thief_would_open_them(world: World) -> None:
    """The test above would pass on an attack that is wrong."""
    device, kit = stolen(world)
    methods, _ = dump(world)
    pepper, missing = pepper_of(world), {device.secret.raw, kit.raw}

    opened = {
        str(method["kind"])
        for method in methods
        if any(opens(method, one) for one in secrets_of(RIGHT, method, pepper, missing))
    }

    assert opened == {"device", "kit"}
