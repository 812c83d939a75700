import pytest

from vepshare import crypto
from vepshare.errors import Tampered, TamperedError

from .builders import ENTRY_PLACE, VERSION_PLACE, flipped

KEY = crypto.CompartmentKey(b"k" * 32)


def test_what_follows_from_a_key_differs_from_it_and_from_each_other() -> None:
    flag = crypto.flag_key(KEY)
    derived = [
        KEY.raw,
        flag.raw,
        crypto.commitment(KEY),
        crypto.commitment(flag),
        crypto.inbox_seed(KEY).raw,
        crypto.inbox_seed(flag).raw,
        crypto.entry_flag_key(crypto.EntryKey(KEY.raw)).raw,
    ]
    assert len(set(derived)) == len(derived)


def test_the_key_of_an_epoch_answers_to_its_commitment() -> None:
    crypto.check_commitment(KEY, crypto.commitment(KEY))
    crypto.check_commitment(crypto.flag_key(KEY), crypto.commitment(crypto.flag_key(KEY)))


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        crypto.commitment(KEY)[:-1],
        crypto.commitment(KEY) + b"\0",
        flipped(crypto.commitment(KEY), 31),
        crypto.commitment(crypto.flag_key(KEY)),
    ],
)
def test_another_commitment_is_refused(stored: bytes) -> None:
    with pytest.raises(TamperedError) as raised:
        crypto.check_commitment(KEY, stored)
    assert raised.value.what is Tampered.WRAP


def test_an_author_who_may_not_read_hands_the_entry_over_through_the_inbox() -> None:
    """ADR 0003: the author has the inbox's public key only; a later recipient has the key."""
    inbox = crypto.public_key(crypto.inbox_seed(KEY))
    place = crypto.EntryWrapPlace(
        place=ENTRY_PLACE, part=crypto.Part.BODY, recipient_key=crypto.key_id(inbox)
    )
    entry_key = crypto.EntryKey.new()
    body = crypto.seal(entry_key, VERSION_PLACE.context(crypto.Part.BODY), b"body")
    wrapped = crypto.wrap(entry_key, inbox, place.info())

    reader = crypto.private_key(crypto.inbox_seed(crypto.CompartmentKey(KEY.raw)))
    opened = crypto.unwrap(crypto.EntryKey, wrapped, reader, place.info())

    context = VERSION_PLACE.context(crypto.Part.BODY)
    assert crypto.unseal(opened, context, body).reveal() == b"body"


def test_the_flag_inbox_does_not_open_the_body() -> None:
    inbox = crypto.public_key(crypto.inbox_seed(KEY))
    place = crypto.EntryWrapPlace(
        place=ENTRY_PLACE, part=crypto.Part.BODY, recipient_key=crypto.key_id(inbox)
    )
    wrapped = crypto.wrap(crypto.EntryKey.new(), inbox, place.info())
    flags_only = crypto.private_key(crypto.inbox_seed(crypto.flag_key(KEY)))

    with pytest.raises(TamperedError):
        crypto.unwrap(crypto.EntryKey, wrapped, flags_only, place.info())
