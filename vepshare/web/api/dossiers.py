"""Dossiers: one's list, opening, reading, joining, leaving, closing."""

from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields, validate

from vepshare.consent import Purpose
from vepshare.dossier import Compartment, State
from vepshare.people import Profession
from vepshare.policy import Level
from vepshare.services import EntryView, closing, directory, dossiers, lists, opening
from vepshare.services.dossiers import DossierView
from vepshare.web._consent_input import ConsentIn, terms_of
from vepshare.web._entry_input import EntryIn, draft_of
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-dossiers", "Dossiers")

MOST_FIRST_ENTRIES = 50
_AS_JSONIFY = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class LineOut(Schema):
    """A dossier in a list: no value, no name."""

    reference = fields.String()
    pseudonym = fields.String()
    state = fields.Enum(State, by_value=True)


class LinesOut(Schema):
    """Dossiers the hat may open."""

    items = fields.List(fields.Nested(LineOut))
    next = fields.String(allow_none=True)


class ListIn(Schema):
    """`q` names one exactly: by reference or pseudonym, or by her name where one may read it."""

    q = fields.String(validate=validate.Length(1, 200))


class OpeningIn(Schema):
    """Her consent, and the first entries, in the compartments it names."""

    pseudonym = fields.String(validate=validate.Regexp(r"[^\W\d_][\w -]{1,38}\Z"))
    consent = fields.Nested(ConsentIn, required=True)
    entries = fields.List(
        fields.Nested(EntryIn), load_default=list, validate=validate.Length(0, MOST_FIRST_ENTRIES)
    )


class ReferenceOut(Schema):
    """The reference of a dossier that has just been opened."""

    reference = fields.String()


class ReadingIn(Schema):
    """What a reading is for."""

    purpose = fields.Enum(Purpose, by_value=True, load_default=Purpose.COORDINATION)


class EntryOut(Schema):
    """An entry, whole (`values`), or its flag values only (`flags`)."""

    id = fields.UUID()
    kind = fields.String()
    version = fields.Integer()
    values = fields.Dict()
    flags = fields.Dict()
    origin = fields.String(allow_none=True)
    occurred_on = fields.String(allow_none=True)
    recorded_at = fields.AwareDateTime(format="iso")
    author = fields.String(allow_none=True)
    function = fields.Enum(Profession, by_value=True, allow_none=True)
    organisation = fields.String(allow_none=True)
    shared_until = fields.Date(allow_none=True)


class CompartmentOut(Schema):
    """A compartment that is granted, even when it is empty."""

    level = fields.Enum(Level, by_value=True)
    entries = fields.List(fields.Nested(EntryOut))


class DossierOut(LineOut):
    """A dossier as the caller sees it; a compartment that is not granted is absent."""

    compartments = fields.Dict(
        keys=fields.Enum(Compartment, by_value=True), values=fields.Nested(CompartmentOut)
    )


class ToInformOut(Schema):
    """A service to tell that sharing has ended."""

    organisation = fields.String()
    function = fields.Enum(Profession, by_value=True)
    since = fields.Date()


class ClosingSheetOut(LineOut):
    """What the referent keeps when sharing has stopped: no content."""

    opened_on = fields.Date()
    stopped_on = fields.Date(allow_none=True)
    sealed_until = fields.Date(allow_none=True)
    to_inform = fields.List(fields.Nested(ToInformOut))


class SealIn(Schema):
    """Until when a dossier is kept under seal."""

    until = fields.Date(required=True)


class ErasedOut(Schema):
    """How many versions of entries were destroyed."""

    erased = fields.Integer()


@bp.get("/dossiers")
@bp.arguments(ListIn, location="query")
@bp.response(200, LinesOut)
@documented(bp)
@signed_in
def list_dossiers(data: dict[str, Any]) -> dict[str, Any]:
    """List the dossiers the hat may open now, or find one among them."""
    store, caller, wanted = current_store(), current_caller(), data.get("q")
    if wanted is None:
        found = lists.list_dossiers(store, caller, now=now())
    else:
        found = lists.search_dossiers(store, caller, wanted, now=now())
    return {"items": found, "next": None}


@bp.post("/dossiers")
@bp.arguments(OpeningIn)
@bp.response(201, ReferenceOut)
@documented(bp)
@signed_in
def open_dossier(data: dict[str, Any]) -> dict[str, Any]:
    """Open a dossier on her consent."""
    moment = now()
    terms = terms_of(data["consent"], directory.directory(current_store()), now=moment)
    drafts = [
        draft_of(one, one["kind"], f"entries.{number}.")
        for number, one in enumerate(data["entries"])
    ]
    reference = opening.open_dossier(
        current_store(),
        current_caller(),
        terms,
        drafts,
        pseudonym=data.get("pseudonym", ""),
        now=moment,
    )
    return {"reference": reference}


@bp.get("/dossiers/<reference>")
@bp.arguments(ReadingIn, location="query")
@bp.response(200, DossierOut)
@documented(bp)
@signed_in
def read_dossier(data: dict[str, Any], reference: str) -> Response:
    """Read one's part of a dossier."""
    view = dossiers.read_dossier(
        current_store(), current_caller(), reference, purpose=data["purpose"], now=now()
    )
    # The one answer that is long and asked for all day: said here as `DossierOut` describes it,
    # at a twentieth of what dumping it through the schema takes.
    return Response(orjson.dumps(_dossier(view), option=_AS_JSONIFY), mimetype="application/json")


def _dossier(view: DossierView) -> dict[str, Any]:
    return {
        "reference": view.reference,
        "pseudonym": view.pseudonym,
        "state": view.state,
        "compartments": {
            compartment.value: {
                "level": one.level,
                "entries": [_entry(entry) for entry in one.entries],
            }
            for compartment, one in view.compartments.items()
        },
    }


def _entry(view: EntryView) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": view.id,
        "kind": view.kind,
        "version": view.version,
        "origin": view.origin,
        "occurred_on": view.occurred_on,
        "recorded_at": view.recorded_at.isoformat(),
        "author": view.author,
        "function": view.profession,
        "organisation": view.organisation,
    }
    if view.values is not None:
        shown["values"] = view.values.reveal()
    if view.flags is not None:
        shown["flags"] = view.flags.reveal()
    if view.shared_until is not None:
        shown["shared_until"] = view.shared_until.isoformat()
    return shown


@bp.get("/dossiers/<reference>/closing")
@bp.response(200, ClosingSheetOut)
@documented(bp)
@signed_in
def read_closing_sheet(reference: str) -> dict[str, Any]:
    """Read what the referent keeps when sharing has stopped."""
    sheet = closing.read_sheet(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    return {
        "reference": sheet.reference,
        "pseudonym": sheet.pseudonym,
        "state": sheet.state,
        "opened_on": sheet.opened_on,
        "stopped_on": sheet.stopped_on,
        "sealed_until": sheet.sealed_until,
        "to_inform": [
            {
                "organisation": people.code(one.organisation_id),
                "function": one.profession,
                "since": one.since,
            }
            for one in sheet.to_inform
        ],
    }


@bp.post("/dossiers/<reference>/closing/seal")
@bp.arguments(SealIn)
@bp.response(204)
@documented(bp)
@signed_in
def seal_dossier(data: dict[str, Any], reference: str) -> None:
    """Keep a dossier under seal until a day."""
    closing.seal(current_store(), current_caller(), reference, data["until"], now=now())


@bp.delete("/dossiers/<reference>")
@bp.response(200, ErasedOut)
@documented(bp)
@signed_in
def erase_dossier(reference: str) -> dict[str, int]:
    """Destroy the content of a dossier in which sharing has stopped."""
    return {"erased": closing.erase(current_store(), current_caller(), reference, now=now())}
