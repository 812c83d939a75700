"""The log, for the data-protection officer."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from vepshare import audit
from vepshare.services import log
from vepshare.services.log import LogPage, Wanted
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-log", "The log")


class LogIn(Schema):
    """Which entries are asked for."""

    dossier = fields.String(validate=validate.Length(1, 20))
    actor = fields.String(validate=validate.Length(1, 60))
    organisation = fields.String(validate=validate.Length(1, 20))
    event = fields.String(validate=validate.OneOf([one.value for one in audit.Event]))
    outcome = fields.String(validate=validate.OneOf([one.value for one in audit.Outcome]))
    since = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")
    cursor = fields.Integer(validate=validate.Range(0, 10**15))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, log.MOST))


class LogEntryOut(Schema):
    """An entry: facts and codes."""

    index = fields.Integer()
    time = fields.AwareDateTime(format="iso")
    event = fields.String()
    actor = fields.String(allow_none=True)
    function = fields.String(allow_none=True)
    organisation = fields.String(allow_none=True)
    dossier = fields.String(allow_none=True)
    compartments = fields.Dict(keys=fields.String(), values=fields.String())
    level = fields.String(allow_none=True)
    purpose = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    outcome = fields.String()
    reason = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    count = fields.Integer(allow_none=True)
    matrix = fields.String(allow_none=True)
    request = fields.String()


class LogEntriesOut(Schema):
    """Entries, latest first; `next` is the cursor of the page after."""

    items = fields.List(fields.Nested(LogEntryOut))
    next = fields.Integer(allow_none=True)


class InclusionIn(Schema):
    """Which entry, in the tree of which size."""

    index = fields.Integer(required=True, validate=validate.Range(0, 10**15))
    size = fields.Integer(required=True, validate=validate.Range(1, 10**15))


class ConsistencyIn(Schema):
    """From the tree of which size, to the tree of which size."""

    first = fields.Integer(required=True, data_key="from", validate=validate.Range(1, 10**15))
    second = fields.Integer(required=True, data_key="to", validate=validate.Range(1, 10**15))


class ProofOut(Schema):
    """Hashes of 32 bytes, in hexadecimal."""

    hashes = fields.List(fields.String())


@bp.get("/log/entries")
@bp.arguments(LogIn, location="query")
@bp.response(200, LogEntriesOut)
@documented(bp)
@signed_in
def list_entries(data: dict[str, Any]) -> dict[str, Any]:
    """Read the log; reading it is logged."""
    cursor, limit = data.pop("cursor", None), data.pop("limit")
    page = log.read_log(
        current_store(), current_caller(), Wanted(**data), cursor=cursor, limit=limit, now=now()
    )
    return {"items": [_entry(one, page) for one in page.entries], "next": page.next}


def _entry(one: audit.Entry, page: LogPage) -> dict[str, Any]:
    levels = set(one.compartments.values())
    organisation = page.organisations.get(one.organisation) if one.organisation else None
    return {
        "index": one.index,
        "time": one.time,
        "event": one.event.value,
        "actor": page.logins.get(one.actor) if one.actor else None,
        "function": one.profession or None,
        "organisation": None if organisation is None else organisation.code,
        "dossier": page.references.get(one.dossier) if one.dossier else None,
        "compartments": dict(one.compartments),
        "level": levels.pop() if len(levels) == 1 else None,
        "purpose": one.purpose or None,
        "ground": one.ground or None,
        "outcome": one.outcome.value,
        "reason": one.reason or None,
        "subject": str(one.subject) if one.subject else None,
        "count": one.count,
        "matrix": one.matrix or None,
        "request": str(one.request),
    }


@bp.get("/log/checkpoint")
@documented(bp)
@bp.response(200, content_type="text/plain")
@signed_in
def checkpoint() -> Response:
    """Return the latest signed checkpoint."""
    note = log.last_checkpoint(current_store(), current_caller(), now=now())
    return Response(note, mimetype="text/plain; charset=utf-8")


@bp.get("/log/proofs/inclusion")
@bp.arguments(InclusionIn, location="query")
@bp.response(200, ProofOut)
@documented(bp)
@signed_in
def inclusion(data: dict[str, Any]) -> dict[str, Any]:
    """Prove that an entry is in the log."""
    proof = log.inclusion(current_store(), current_caller(), **data, now=now())
    return {"hashes": [one.hex() for one in proof]}


@bp.get("/log/proofs/consistency")
@bp.arguments(ConsistencyIn, location="query")
@bp.response(200, ProofOut)
@documented(bp)
@signed_in
def consistency(data: dict[str, Any]) -> dict[str, Any]:
    """Prove that the log has only grown."""
    proof = log.consistency(current_store(), current_caller(), **data, now=now())
    return {"hashes": [one.hex() for one in proof]}
