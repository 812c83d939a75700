"""Unsealing what may be read, after the log has been told."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple, TypedDict, cast

import orjson

from vepshare import crypto
from vepshare.consent import BRUSSELS, Register
from vepshare.crypto import CompartmentKey, EntryKey, EntryWrapPlace, FlagKey, Part
from vepshare.dossier import Compartment
from vepshare.ids import DossierId, EntryId, OrganisationId, ProfessionalId
from vepshare.people import Profession
from vepshare.plain import Plain
from vepshare.policy import Cell, Level
from vepshare.services._caller import Caller
from vepshare.services._keys import open_wrap
from vepshare.services._places import context_of, place_of
from vepshare.storage import EntryRow, EntryWrap, KeyWrap


class EntryView(NamedTuple):
    """An entry as one reader sees it: whole, or its flag values only.

    Whoever holds flags only, everywhere, is not told who wrote it (S05-R4). `shared_until` is
    the day sharing with its author's service ended, if it has (S02-R4).
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


class WrittenBy(TypedDict, total=False):
    """Who wrote an entry, and until when sharing with their service lasted."""

    author_id: ProfessionalId
    author: str
    profession: Profession
    organisation: str
    organisation_name: str
    shared_until: date | None


_NOBODY = WrittenBy()


class Opener:
    """Unseals entries of one dossier for one caller, each at the level of its compartment.

    Made after the log entry has been committed, with what the caller's keys can open.
    *anonymous*: flag values bear no author, since the name of a shelter tells the region (S05-R4).
    """

    def __init__(
        self,
        dossier_id: DossierId,
        caller: Caller,
        register: Register,
        *,
        wraps: Iterable[KeyWrap],
        entry_wraps: Iterable[EntryWrap],
        anonymous: bool = False,
        now: datetime,
    ) -> None:
        self._dossier_id = dossier_id
        self._caller = caller
        self._register = register
        self._anonymous = anonymous
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
        self._ended: dict[tuple[str, Profession], date | None] = {}

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
            **self._written_by(row),
        )

    def _flag_view(self, row: EntryRow, key: crypto.Secret) -> EntryView:
        return EntryView(
            id=row.id,
            kind=row.kind,
            version=row.version,
            recorded_at=row.recorded_at,
            flags=Plain(self._unseal(row, key, Part.FLAG)),
            **(_NOBODY if self._anonymous else self._written_by(row)),
        )

    def _written_by(self, row: EntryRow) -> WrittenBy:
        return {
            "author_id": row.author_id,
            "author": row.author,
            "profession": row.profession,
            "organisation": row.organisation_code,
            "organisation_name": row.organisation_name,
            "shared_until": self._shared_until(row),
        }

    def _unseal(self, row: EntryRow, key: crypto.Secret, part: Part) -> dict[str, object]:
        sealed = row.body if part is Part.BODY else row.flags
        opened = crypto.unseal(key, context_of(row, part), sealed)
        return cast(dict[str, object], orjson.loads(opened.reveal()))

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
                    place=place_of(row), part=part, recipient_key=one.recipient_key
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
        # By its code, since the hash of an identifier costs as much as the rest of this.
        author = (row.organisation_code, row.profession)
        if author not in self._ended:
            self._ended[author] = self._end_of((row.organisation_id, row.profession))
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
