"""Who takes part, and who must not."""

from typing import Any

from marshmallow import Schema, fields, validate

from vepshare.dossier import Reason
from vepshare.people import Profession
from vepshare.services import InvalidError, directory, exclusions, participants
from vepshare.services.directory import Directory
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-people", "Participants and exclusions")


class ParticipantOut(Schema):
    """A participant."""

    professional = fields.String()
    name = fields.String()
    function = fields.Enum(Profession, by_value=True)
    organisation = fields.String()
    reason = fields.Enum(Reason, by_value=True)
    since = fields.AwareDateTime(format="iso")
    ended_on = fields.Date(allow_none=True)
    referent = fields.Boolean()


class ParticipantsOut(Schema):
    """Participants, as far as the caller may see."""

    items = fields.List(fields.Nested(ParticipantOut))
    next = fields.String(allow_none=True)


class InvitationIn(Schema):
    """Somebody to invite: a professional by login, or a whole service."""

    login = fields.String(validate=validate.Length(1, 60))
    organisation = fields.String(validate=validate.Length(1, 20))
    function = fields.Enum(Profession, by_value=True)
    reason = fields.Enum(Reason, by_value=True, load_default=Reason.FOLLOW_UP)


class JoinIn(Schema):
    """Why one joins."""

    reason = fields.Enum(Reason, by_value=True, required=True)


class ReferentIn(Schema):
    """Who accompanies the dossier from now on."""

    login = fields.String(required=True, validate=validate.Length(1, 60))
    function = fields.Enum(Profession, by_value=True)


class ExclusionIn(Schema):
    """An organisation, or one professional."""

    organisation = fields.String(validate=validate.Length(1, 20))
    login = fields.String(validate=validate.Length(1, 60))


class ExclusionOut(Schema):
    """Who is kept out."""

    organisation = fields.String(allow_none=True)
    login = fields.String(allow_none=True)
    since = fields.AwareDateTime(format="iso")


class ExclusionsOut(Schema):
    """Exclusions, oldest first."""

    items = fields.List(fields.Nested(ExclusionOut))
    next = fields.String(allow_none=True)


@bp.get("/dossiers/<reference>/participants")
@bp.response(200, ParticipantsOut)
@documented(bp)
@signed_in
def list_participants(reference: str) -> dict[str, Any]:
    """List who takes part."""
    found = participants.list_participants(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [
        {
            "professional": people.login(one.hat.professional_id),
            "name": one.name,
            "function": one.hat.profession,
            "organisation": people.code(one.hat.organisation_id),
            "reason": one.reason,
            "since": one.since,
            "ended_on": one.ended_on,
            "referent": one.referent,
        }
        for one in found
    ]
    return {"items": items, "next": None}


@bp.post("/dossiers/<reference>/participants")
@bp.arguments(InvitationIn)
@bp.response(201)
@documented(bp)
@signed_in
def invite(data: dict[str, Any], reference: str) -> dict[str, Any]:
    """Invite a professional, or the members of a service."""
    people = directory.directory(current_store())
    code, profession = data.get("organisation"), data.get("function")
    organisation = people.organisation(code) if code is not None else None
    if code is not None and organisation is None:
        raise InvalidError({"organisation": "unknown"})
    where = None if organisation is None else organisation.id
    if "login" in data:
        hat = people.hat(data["login"], where, profession)
        if hat is None:
            raise InvalidError({"login": "unknown"})
        participants.invite(
            current_store(), current_caller(), reference, hat, data["reason"], now=now()
        )
    elif where is not None and profession is not None:
        participants.invite_service(
            current_store(), current_caller(), reference, (where, profession), now=now()
        )
    else:
        raise InvalidError({"login": "required"})
    return {}


@bp.post("/dossiers/<reference>/join")
@bp.arguments(JoinIn)
@bp.response(201)
@documented(bp)
@signed_in
def join(data: dict[str, Any], reference: str) -> dict[str, Any]:
    """Join, as a member of a service the consent names."""
    participants.join(current_store(), current_caller(), reference, data["reason"], now=now())
    return {}


@bp.delete("/dossiers/<reference>/me")
@bp.response(204)
@documented(bp)
@signed_in
def leave(reference: str) -> None:
    """Leave, at once and without a reason."""
    participants.leave(current_store(), current_caller(), reference, now=now())


@bp.post("/dossiers/<reference>/referent")
@bp.arguments(ReferentIn)
@bp.response(200)
@documented(bp)
@signed_in
def change_referent(data: dict[str, Any], reference: str) -> dict[str, Any]:
    """Hand the dossier over to another participant."""
    people = directory.directory(current_store())
    hat = people.hat(data["login"], None, data.get("function"))
    if hat is None:
        raise InvalidError({"login": "unknown"})
    participants.hand_over_to(current_store(), current_caller(), reference, hat, now=now())
    return {}


@bp.post("/dossiers/<reference>/tie")
@bp.response(201)
@documented(bp)
@signed_in
def declare_tie(reference: str) -> dict[str, Any]:
    """Declare that one is kin, neighbour or colleague of a party; one's access ends now."""
    exclusions.declare_tie(current_store(), current_caller(), reference, now=now())
    return {}


@bp.get("/dossiers/<reference>/exclusions")
@bp.response(200, ExclusionsOut)
@documented(bp)
@signed_in
def list_exclusions(reference: str) -> dict[str, Any]:
    """List who is kept out."""
    found = exclusions.list_exclusions(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [
        {
            "organisation": people.code(one.organisation_id) if one.organisation_id else None,
            "login": people.login(one.professional_id) if one.professional_id else None,
            "since": one.since,
        }
        for one in found
    ]
    return {"items": items, "next": None}


@bp.post("/dossiers/<reference>/exclusions")
@bp.arguments(ExclusionIn)
@bp.response(201)
@documented(bp)
@signed_in
def exclude(data: dict[str, Any], reference: str) -> dict[str, Any]:
    """Keep an organisation, or one professional, out from now on."""
    people = directory.directory(current_store())
    organisation = _organisation(data, people)
    professional = people.by_login(data["login"]) if "login" in data else None
    if "login" in data and professional is None:
        raise InvalidError({"login": "unknown"})
    exclusions.exclude(
        current_store(),
        current_caller(),
        reference,
        organisation_id=None if organisation is None else organisation.id,
        professional_id=None if professional is None else professional.id,
        now=now(),
    )
    return {}


def _organisation(data: dict[str, Any], people: Directory) -> Any:
    if "organisation" not in data:
        return None
    found = people.organisation(data["organisation"])
    if found is None:
        raise InvalidError({"organisation": "unknown"})
    return found
