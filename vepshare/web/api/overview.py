"""Who sees what, who has read, what one's own function can see at most; and health."""

from typing import Any

from marshmallow import Schema, fields

from vepshare import __version__, policy
from vepshare.dossier import Compartment
from vepshare.people import Profession
from vepshare.policy import Level
from vepshare.services import directory, overview
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-overview", "Who sees what, and who has read")


class HolderOut(Schema):
    """Who can see a compartment, by which consent, until when."""

    compartment = fields.Enum(Compartment, by_value=True)
    organisation = fields.String()
    function = fields.Enum(Profession, by_value=True)
    person = fields.String(allow_none=True)
    level = fields.Enum(Level, by_value=True)
    consent = fields.UUID()
    until = fields.AwareDateTime(format="iso")
    pending = fields.Boolean()


class HoldersOut(Schema):
    """Who sees what."""

    items = fields.List(fields.Nested(HolderOut))
    next = fields.String(allow_none=True)


class ReaderOut(Schema):
    """That a service read some compartments, and when."""

    organisation = fields.String()
    function = fields.Enum(Profession, by_value=True)
    compartments = fields.List(fields.Enum(Compartment, by_value=True))
    time = fields.AwareDateTime(format="iso")


class ReadersOut(Schema):
    """Who has read, latest first."""

    items = fields.List(fields.Nested(ReaderOut))
    next = fields.String(allow_none=True)


class CeilingOut(Schema):
    """The most one's function can see of a compartment; `level` is absent for nothing."""

    compartment = fields.Enum(Compartment, by_value=True)
    level = fields.Enum(Level, by_value=True)
    own_tick = fields.Boolean()


class CeilingsOut(Schema):
    """The ceiling of one's function, under the version of the matrix in force."""

    function = fields.Enum(Profession, by_value=True)
    version = fields.String()
    items = fields.List(fields.Nested(CeilingOut))
    next = fields.String(allow_none=True)


class HealthOut(Schema):
    """That the service answers, and can read its database."""

    status = fields.String()
    version = fields.String()


@bp.get("/dossiers/<reference>/explain")
@bp.response(200, HoldersOut)
@documented(bp)
@signed_in
def explain(reference: str) -> dict[str, Any]:
    """Tell who sees what, from the function that enforces it."""
    found = overview.explain(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [
        {
            "compartment": one.holder.compartment,
            "organisation": people.code(one.holder.organisation_id),
            "function": one.holder.profession,
            "person": people.login(one.holder.professional_id)
            if one.holder.professional_id
            else None,
            "level": one.holder.level,
            "consent": one.holder.grant.consent_id,
            "until": one.holder.grant.ends,
            "pending": one.pending,
        }
        for one in found
    ]
    return {"items": items, "next": None}


@bp.get("/dossiers/<reference>/readers")
@bp.response(200, ReadersOut)
@documented(bp)
@signed_in
def readers(reference: str) -> dict[str, Any]:
    """Tell which services have read what."""
    found = overview.readers(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [
        {
            "organisation": people.code(one.organisation_id),
            "function": one.profession,
            "compartments": one.compartments,
            "time": one.time,
        }
        for one in found
    ]
    return {"items": items, "next": None}


@bp.get("/access")
@bp.response(200, CeilingsOut)
@documented(bp)
@signed_in
def my_access() -> dict[str, Any]:
    """Tell what one's function can see at most."""
    found = overview.my_access(current_store(), current_caller(), now=now())
    items = [
        {"compartment": compartment, "level": cell.level, "own_tick": cell.own_tick}
        for compartment, cell in found.ceiling.items()
        if cell is not None
    ]
    return {
        "function": found.hat.profession,
        "version": policy.matrix().version,
        "items": items,
        "next": None,
    }


@bp.get("/health")
@bp.response(200, HealthOut)
@documented(bp)
@bp.doc(security=[])
def health() -> dict[str, str]:
    """Tell that the service answers."""
    with current_store().peek() as work:
        work.log.head()
    return {"status": "ok", "version": __version__}
