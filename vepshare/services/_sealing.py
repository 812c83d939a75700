"""Sealing what is written and unsealing what may be read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from vepshare import crypto
from vepshare.consent import BRUSSELS, Register
from vepshare.crypto import CompartmentKey, EntryKey, EntryPlace, EntryWrapPlace, FlagKey, Part
from vepshare.dossier import Compartment, EntryKind, Origin, Values
from vepshare.ids import DossierId, EntryId, OrganisationId, ProfessionalId
from vepshare.people import Profession
from vepshare.plain import Plain
from vepshare.policy import Cell, Level
from vepshare.services._caller import Caller
from vepshare.services._keys import Held, open_wrap
from vepshare.storage import EntryRow, EntryWrap, Epoch, KeyWrap

PublicKey = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody writes: cleaned values of a kind, where they come from, when it happened."""

    kind: EntryKind
    values: Plain[Values]
    origin: Origin
    occurred_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry as one reader sees it: whole, or its flag values only.

    At level F nothing tells who wrote it: the name of a shelter tells the region (S05-R4).
    `shared_until` is the day sharing with its author's service ended, if it has (S02-R4).
    """

    id: EntryId
    kind: str
    version: int
    recorded_at: datetime
    values: Plain[dict[str, object]] | None = None
    flags: Plain[dict[str, object]] | None = None
    origin: str | None = None
    occurred_on: str | None = None
    author_id: ProfessionalId | None = None
    author: str | None = None
    profession: Profession | None = None
    organisation: str | None = None
    organisation_name: str | None = None
    shared_until: date | None = None


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
    flag = crypto.entry_flag_key(own)
    row = _row(draft, place, caller, (own, flag), own_key=True, now=now)
    bodies = ((one, False) for one in own_key_for)
    body_inbox = (crypto.key_id(epoch.body_inbox), epoch.body_inbox)
    flag_inbox = (crypto.key_id(epoch.flag_inbox), epoch.flag_inbox)
    wraps = [_entry_wrap(place, Part.BODY, own, to, inbox=inbox) for to, inbox in bodies]
    wraps.append(_entry_wrap(place, Part.BODY, own, body_inbox, inbox=True))
    wraps.append(_entry_wrap(place, Part.FLAG, flag, flag_inbox, inbox=True))
    return SealedEntry(row=row, wraps=tuple(wraps))


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
    body = crypto.seal(keys[0], place.context(Part.BODY), _body(draft))
    today = now.astimezone(BRUSSELS).date()
    # The values leave their wrapper here and in `_body` only, on their way into a seal.
    flags = _json(draft.kind.flags(draft.values.reveal(), today))
    sealed_flags = crypto.seal(keys[1], place.context(Part.FLAG), flags)
    return EntryRow(
        dossier_id=place.dossier,
        id=place.entry,
        version=place.version,
        compartment=Compartment(place.compartment),
        kind=draft.kind.code,
        epoch=place.epoch,
        own_key=own_key,
        author_id=caller.id,
        organisation_id=caller.hat.organisation_id,
        profession=caller.hat.profession,
        recorded_at=now,
        previous=place.previous,
        digest=crypto.sealed_hash(body, sealed_flags),
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


def _entry_wrap(
    place: EntryPlace, part: Part, key: crypto.Secret, to: PublicKey, *, inbox: bool
) -> EntryWrap:
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


class Opener:
    """Unseals entries of one dossier for one caller, each at the level of its compartment.

    Made after the log entry has been committed, with what the caller's keys can open.
    """

    def __init__(
        self,
        dossier_id: DossierId,
        caller: Caller,
        register: Register,
        *,
        wraps: Iterable[KeyWrap],
        entry_wraps: Iterable[EntryWrap],
        now: datetime,
    ) -> None:
        self._dossier_id = dossier_id
        self._caller = caller
        self._register = register
        self._now = now
        # A wrap counts only under a consent of this dossier that names the caller.
        digests = {grant.digest for grant in register.grants if grant.names(caller.hat)}
        self._wraps = {
            (one.compartment, one.epoch, one.part): one for one in wraps if one.grant in digests
        }
        self._entry_wraps: dict[tuple[EntryId, int, str], list[EntryWrap]] = {}
        for one in entry_wraps:
            self._entry_wraps.setdefault((one.entry_id, one.version, one.part), []).append(one)
        self._opened: dict[tuple[Compartment, int, Part], crypto.Secret | None] = {}
        self._inboxes: dict[tuple[Compartment, int, Part], crypto.PrivateKey | None] = {}
        self._ended: dict[tuple[OrganisationId, Profession], date | None] = {}

    def views(self, cell: Cell, rows: Iterable[EntryRow]) -> Iterator[EntryView]:
        """Yield what the caller sees of *rows*, all of one compartment open at *cell*.

        What no key of the caller opens is absent: an older epoch that still waits for a
        holder, or somebody else's entry in a `w` cell.

        Raises:
            TamperedError: a wrap or a seal is not what was put there.

        """
        part = Part.FLAG if cell.level is Level.FLAG else Part.BODY
        for row in rows:
            key = self._key(row, part)
            if key is not None:
                yield self._flag_view(row, key) if part is Part.FLAG else self._view(row, key)

    def _view(self, row: EntryRow, key: crypto.Secret) -> EntryView:
        said = self._unseal(row, key, Part.BODY)
        return EntryView(
            id=row.id,
            kind=row.kind,
            version=row.version,
            recorded_at=row.recorded_at,
            values=Plain(cast(dict[str, object], said["values"])),
            origin=cast(str, said["origin"]),
            occurred_on=cast(str | None, said.get("occurred_on")),
            author_id=row.author_id,
            author=row.author,
            profession=row.profession,
            organisation=row.organisation_code,
            organisation_name=row.organisation_name,
            shared_until=self._shared_until(row),
        )

    def _flag_view(self, row: EntryRow, key: crypto.Secret) -> EntryView:
        return EntryView(
            id=row.id,
            kind=row.kind,
            version=row.version,
            recorded_at=row.recorded_at,
            flags=Plain(self._unseal(row, key, Part.FLAG)),
        )

    def _unseal(self, row: EntryRow, key: crypto.Secret, part: Part) -> dict[str, object]:
        sealed = row.body if part is Part.BODY else row.flags
        opened = crypto.unseal(key, self._place(row).context(part), sealed)
        return cast(dict[str, object], json.loads(opened.reveal()))

    def _place(self, row: EntryRow) -> EntryPlace:
        return EntryPlace(
            dossier=self._dossier_id,
            compartment=row.compartment.value,
            epoch=row.epoch,
            entry=row.id,
            version=row.version,
            previous=row.previous,
        )

    def _key(self, row: EntryRow, part: Part) -> crypto.Secret | None:
        if row.own_key:
            return self._own_key(row, part)
        return self._compartment_key(row.compartment, row.epoch, part)

    def _compartment_key(
        self, compartment: Compartment, epoch: int, part: Part
    ) -> crypto.Secret | None:
        place = (compartment, epoch, part)
        if place not in self._opened:
            self._opened[place] = self._unwrap(place)
        return self._opened[place]

    def _unwrap(self, place: tuple[Compartment, int, Part]) -> crypto.Secret | None:
        stored = self._wraps.get(place)
        if stored is None:
            return None
        if place[2] is Part.BODY:
            return open_wrap(self._dossier_id, stored, CompartmentKey, self._caller)
        return open_wrap(self._dossier_id, stored, FlagKey, self._caller)

    def _own_key(self, row: EntryRow, part: Part) -> crypto.Secret | None:
        for one in self._entry_wraps.get((row.id, row.version, part.value), ()):
            private = self._inbox(row, part) if one.inbox else self._mine(one)
            if private is not None:
                place = EntryWrapPlace(
                    place=self._place(row), part=part, recipient_key=one.recipient_key
                )
                cls = EntryKey if part is Part.BODY else crypto.EntryFlagKey
                return crypto.unwrap(cls, one.wrap, private, place.info())
        return None

    def _mine(self, one: EntryWrap) -> crypto.PrivateKey | None:
        mine = one.recipient_key in self._caller.key_ids
        return self._caller.private_key(one.recipient_key) if mine else None

    def _inbox(self, row: EntryRow, part: Part) -> crypto.PrivateKey | None:
        place = (row.compartment, row.epoch, part)
        if place not in self._inboxes:
            key = self._compartment_key(*place)
            self._inboxes[place] = (
                crypto.private_key(crypto.inbox_seed(key))
                if isinstance(key, CompartmentKey | FlagKey)
                else None
            )
        return self._inboxes[place]

    def _shared_until(self, row: EntryRow) -> date | None:
        """Return the day sharing with the author's service ended, or None while it lasts."""
        author = (row.organisation_id, row.profession)
        if author not in self._ended:
            self._ended[author] = self._end_of(author)
        return self._ended[author]

    def _end_of(self, author: tuple[OrganisationId, Profession]) -> date | None:
        service = [
            grant
            for grant in self._register.grants
            if (grant.organisation_id, grant.profession) == author
        ]
        if not service or any(grant.live(self._now) for grant in service):
            return None
        ended = [over for grant in service if (over := grant.over(self._now)) is not None]
        return max(ended).astimezone(BRUSSELS).date() if ended else None
