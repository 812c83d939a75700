"""What was written by the first release can be read by this one."""

import json

import pytest

from vepshare import crypto

from . import make_vectors as made
from .builders import GRANT_PLACE, LAPTOP, NURSE, VERSION_PLACE

VECTORS = json.loads(made.FILE.read_text(encoding="utf-8"))


def stored(name: str) -> bytes:
    return bytes.fromhex(VECTORS["sealed"][name])


@pytest.mark.parametrize("group", ["bindings", "keys", "unlock", "tokens"])
def test_what_follows_from_its_inputs_has_not_changed(group: str) -> None:
    assert getattr(made, group)() == VECTORS["known"][group]


def test_every_vector_is_read_back() -> None:
    assert set(VECTORS["known"]) == {"bindings", "keys", "unlock", "tokens"}
    assert set(VECTORS["sealed"]) == {"wrap", "seal", "lock", "session"}


def test_the_stored_wrap_opens() -> None:
    key = crypto.private_key(crypto.identity_of(made.ROOT).wrap)
    opened = crypto.unwrap(crypto.CompartmentKey, stored("wrap"), key, GRANT_PLACE.info())
    assert opened == made.KEY


def test_the_stored_seal_opens() -> None:
    opened = crypto.unseal(made.KEY, VERSION_PLACE.context(crypto.Part.BODY), stored("seal"))
    assert opened.reveal().decode() == made.CONTENT


def test_the_stored_lock_opens() -> None:
    secret = made.passphrase_secret(made.DEVICE)
    opened = crypto.unlock_root(stored("lock"), secret, professional=NURSE, method=LAPTOP)
    assert opened == made.ROOT


def test_the_stored_session_opens() -> None:
    opened = crypto.unseal_session(made.TOKEN, made.ROW_HALF, made.SESSION, stored("session"))
    assert opened.reveal().decode() == made.CONTENT
