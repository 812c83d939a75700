"""What follows from the key of a compartment, and from an entry's own key."""

import hmac

from vepshare.crypto._derive import Label, derive, derive_bytes
from vepshare.crypto._secrets import CompartmentKey, EntryFlagKey, EntryKey, FlagKey, WrapSeed
from vepshare.errors import Tampered, TamperedError


def flag_key(key: CompartmentKey) -> FlagKey:
    """Return the key of the flag values; who reads all reads these too, never the reverse."""
    return derive(FlagKey, key.raw, Label.FLAG)


def entry_flag_key(key: EntryKey) -> EntryFlagKey:
    """Return the key of the flag values of an entry that has its own key."""
    return derive(EntryFlagKey, key.raw, Label.ENTRY_FLAG)


def inbox_seed(key: CompartmentKey | FlagKey) -> WrapSeed:
    """Return the seed of the inbox of *key*.

    Its public key stands beside the epoch: whoever may write but not read wraps the
    key of their entry to it, and every holder of *key*, also a later one, can open it.
    """
    return derive(WrapSeed, key.raw, Label.INBOX)


def commitment(key: CompartmentKey | FlagKey) -> bytes:
    """Return 32 bytes that name *key* and tell nothing of it, for the row of the epoch."""
    return derive_bytes(key.raw, Label.COMMITMENT)


def check_commitment(key: CompartmentKey | FlagKey, stored: bytes) -> None:
    """Return if *stored* is the commitment of *key*.

    Raises:
        TamperedError: wrap; someone was handed another key than the other recipients.

    """
    if not hmac.compare_digest(commitment(key), stored):
        raise TamperedError(Tampered.WRAP)
