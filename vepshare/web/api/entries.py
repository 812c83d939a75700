"""Writing and rectifying entries."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from vepshare.ids import EntryId
from vepshare.services import directory, entries
from vepshare.web._entry_input import EntryIn, EntryUpdateIn, addresses_of, draft_of
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-entries", "Entries")


class EntryWrittenOut(Schema):
    """An entry that has been stored."""

    id = fields.UUID()
    version = fields.Integer()


class VersionOut(Schema):
    """The number of the version that has been stored."""

    version = fields.Integer()


@bp.post("/dossiers/<reference>/entries")
@bp.arguments(EntryIn)
@bp.response(201, EntryWrittenOut)
@documented(bp)
@signed_in
def write_entry(data: dict[str, Any], reference: str) -> dict[str, Any]:
    """Add an entry to a compartment."""
    entry_id = entries.write_entry(
        current_store(),
        current_caller(),
        reference,
        draft_of(data, data["kind"]),
        addressed_to=addresses_of(data, directory.directory(current_store())),
        place_checked=data["place_checked"],
        now=now(),
    )
    return {"id": entry_id, "version": 1}


@bp.put("/dossiers/<reference>/entries/<uuid:entry_id>")
@bp.arguments(EntryUpdateIn)
@bp.response(200, VersionOut)
@documented(bp)
@signed_in
def rectify_entry(data: dict[str, Any], reference: str, entry_id: UUID) -> dict[str, Any]:
    """Add a version to an entry; 409 when *version* is not the last."""
    version = entries.rectify_entry(
        current_store(),
        current_caller(),
        reference,
        EntryId(entry_id),
        lambda kind: draft_of(data, kind.code),
        version=data["version"],
        place_checked=data["place_checked"],
        now=now(),
    )
    return {"version": version}
