"""Sealing what is written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from vepshare import crypto
from vepshare.consent import BRUSSELS
from vepshare.crypto import (
    CompartmentKey,
    EntryKey,
    EntryPlace,
    EntryWrapPlace,
    Part,
    Provenance,
    VersionPlace,
)
from vepshare.dossier import Compartment, EntryKind, Origin, Values
from vepshare.ids import DossierId, EntryId
from vepshare.plain import Plain
from vepshare.services._caller import Caller
from vepshare.services._keys import Held
from vepshare.services._places import version_of
from vepshare.storage import EntryRow, EntryWrap, Epoch

PublicKey = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody writes: cleaned values of a kind, where they come from, when it happened."""

    kind: EntryKind
    values: Plain[Values]
    origin: Origin
    occurred_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """A version of an entry ready to be stored, with the wraps of its own key, if it has one."""

    row: EntryRow
    wraps: tuple[EntryWrap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a version goes: its dossier, its id, its number, and the digest of the one before."""

    dossier_id: DossierId
    entry_id: EntryId
    version: int = 1
    previous: bytes = crypto.NO_PREVIOUS


def seal_entry(
    draft: Draft,
    position: Position,
    epoch: Epoch,
    caller: Caller,
    *,
    held: Held,
    own_key_for: Iterable[PublicKey] | None,
    now: datetime,
) -> SealedEntry:
    """Seal a version under the compartment key, or under a key of its own.

    With *own_key_for* the entry gets a key of its own, wrapped to those services, and to the
    inboxes, which the holders of the compartment key and of the flag key can open (ADR 0003).

    Raises:
        KeyError: the compartment key is needed, and neither the caller nor this work holds it.

    """
    place = _place(position, epoch)
    if own_key_for is None:
        key = held.key(epoch.compartment, epoch.epoch)
        if key is None:
            raise KeyError(epoch.compartment)
        # A wrap that somebody put there with a key of their own must not seal what is new.
        crypto.check_commitment(key, epoch.body_commitment)
        row = _row(draft, place, caller, (key, crypto.flag_key(key)), own_key=False, now=now)
        return SealedEntry(row=row, wraps=())
    own = EntryKey.new()
    keys = (own, crypto.entry_flag_key(own))
    row = _row(draft, place, caller, keys, own_key=True, now=now)
    return SealedEntry(row=row, wraps=_own_wraps(place, epoch, own, own_key_for))


def seal_again(
    row: EntryRow,
    opened: tuple[Plain[bytes], Plain[bytes]],
    epoch: Epoch,
    key: CompartmentKey,
    *,
    previous: bytes,
    own_key_for: Iterable[PublicKey],
) -> SealedEntry:
    """Seal the body and the flag values of a version anew, under the key of *epoch*.

    A version that had a key of its own gets another one, for those of *own_key_for* and the
    inboxes. *previous* is the digest of the version before, as that one is sealed now. What
    the row tells of its author, time and kind, under which both parts opened, stays.
    """
    moved = row._replace(epoch=epoch.epoch, previous=previous)
    version = version_of(moved)
    own = EntryKey.new()
    keys: tuple[crypto.Secret, crypto.Secret] = (key, crypto.flag_key(key))
    if row.own_key:
        keys = (own, crypto.entry_flag_key(own))
    body, flags = (
        crypto.seal(secret, version.context(part), plain.reveal())
        for secret, part, plain in zip(keys, Part, opened, strict=True)
    )
    wraps = _own_wraps(version.place, epoch, own, own_key_for) if row.own_key else ()
    resealed = moved._replace(digest=version.digest(body, flags), body=body, flags=flags)
    return SealedEntry(row=resealed, wraps=wraps)


def _own_wraps(
    place: EntryPlace, epoch: Epoch, own: EntryKey, readers: Iterable[PublicKey]
) -> tuple[EntryWrap, ...]:
    """Return the wraps of an entry's own key: to its readers, and to both inboxes (ADR 0003)."""
    body_inbox = (crypto.key_id(epoch.body_inbox), epoch.body_inbox)
    flag_inbox = (crypto.key_id(epoch.flag_inbox), epoch.flag_inbox)
    flag = crypto.entry_flag_key(own)
    return (
        *(wrap_own_key(place, Part.BODY, own, to, inbox=False) for to in readers),
        wrap_own_key(place, Part.BODY, own, body_inbox, inbox=True),
        wrap_own_key(place, Part.FLAG, flag, flag_inbox, inbox=True),
    )


def _place(position: Position, epoch: Epoch) -> EntryPlace:
    return EntryPlace(
        dossier=position.dossier_id,
        compartment=epoch.compartment.value,
        epoch=epoch.epoch,
        entry=position.entry_id,
        version=position.version,
        previous=position.previous,
    )


def _row(
    draft: Draft,
    place: EntryPlace,
    caller: Caller,
    keys: tuple[crypto.Secret, crypto.Secret],
    *,
    own_key: bool,
    now: datetime,
) -> EntryRow:
    told = Provenance(
        kind=draft.kind.code,
        author=caller.id,
        organisation=caller.hat.organisation_id,
        profession=caller.hat.profession.value,
        recorded_at=now,
    )
    version = VersionPlace(place=place, told=told)
    body = crypto.seal(keys[0], version.context(Part.BODY), _body(draft))
    today = now.astimezone(BRUSSELS).date()
    # The values leave their wrapper here and in `_body` only, on their way into a seal.
    flags = _json(draft.kind.flags(draft.values.reveal(), today))
    sealed_flags = crypto.seal(keys[1], version.context(Part.FLAG), flags)
    return EntryRow(
        dossier_id=place.dossier,
        id=place.entry,
        version=place.version,
        compartment=Compartment(place.compartment),
        kind=told.kind,
        epoch=place.epoch,
        own_key=own_key,
        author_id=told.author,
        organisation_id=told.organisation,
        profession=caller.hat.profession,
        recorded_at=told.recorded_at,
        previous=place.previous,
        digest=version.digest(body, sealed_flags),
        body=body,
        flags=sealed_flags,
    )


def _body(draft: Draft) -> bytes:
    said = {"values": draft.values.reveal(), "origin": draft.origin.value}
    if draft.occurred_on is not None:
        said["occurred_on"] = draft.occurred_on.isoformat()
    return _json(said)


def _json(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def wrap_own_key(
    place: EntryPlace, part: Part, key: crypto.Secret, to: PublicKey, *, inbox: bool
) -> EntryWrap:
    """Return the own key of a version, or its flag key, wrapped to one reader or inbox."""
    key_id, public = to
    info = EntryWrapPlace(place=place, part=part, recipient_key=key_id).info()
    return EntryWrap(
        entry_id=place.entry,
        version=place.version,
        part=part.value,
        recipient_key=key_id,
        inbox=inbox,
        compartment=Compartment(place.compartment),
        wrap=crypto.wrap(key, public, info),
    )
