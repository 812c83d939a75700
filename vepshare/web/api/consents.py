"""Consents: what is agreed, giving, confirming, withdrawing."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from vepshare.consent import Consent, Form, Purpose, Target
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId
from vepshare.people import Profession
from vepshare.services import InvalidError, consents, directory, witnesses
from vepshare.services.directory import Directory
from vepshare.web._consent_input import ConsentIn, terms_of
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-consents", "Consents")


class RecipientOut(Schema):
    """One line of a consent, as far as the caller may see it."""

    organisation = fields.String()
    function = fields.Enum(Profession, by_value=True)
    person = fields.String(allow_none=True)
    compartments = fields.List(fields.Enum(Compartment, by_value=True))
    own_ticks = fields.List(fields.Enum(Compartment, by_value=True))
    end = fields.AwareDateTime(format="iso", allow_none=True)


class RefusedOut(Schema):
    """A service she said no to."""

    organisation = fields.String(allow_none=True)
    function = fields.Enum(Profession, by_value=True, allow_none=True)


class InterpreterOut(Schema):
    """The interpreter's service and code."""

    service = fields.String()
    code = fields.String()
    mode = fields.String()
    language = fields.String()


class StatementOut(Schema):
    """The statement that was read out; `hash` is the SHA-256 of its file."""

    edition = fields.String()
    language = fields.String()
    hash = fields.String()


class ConsentOut(Schema):
    """One act of consent as it stands now: `active`, `awaiting_witness` or `ended`."""

    id = fields.UUID()
    version = fields.Integer()
    state = fields.String()
    recipients = fields.List(fields.Nested(RecipientOut))
    refused = fields.List(fields.Nested(RefusedOut))
    purposes = fields.List(fields.Enum(Purpose, by_value=True))
    start = fields.AwareDateTime(format="iso")
    end = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)
    form = fields.Enum(Form, by_value=True)
    statement = fields.Nested(StatementOut)
    explained_by = fields.String(allow_none=True)
    recorded_by = fields.String(allow_none=True)
    recorded_at = fields.AwareDateTime(format="iso")
    seen_alone = fields.Boolean()
    reporting_warning_read = fields.Boolean()
    understood = fields.Boolean()
    witness = fields.String(allow_none=True)
    without_witness = fields.Boolean()
    interpreter = fields.Nested(InterpreterOut, allow_none=True)


class ConsentsOut(Schema):
    """The consents of a dossier, oldest first."""

    items = fields.List(fields.Nested(ConsentOut))
    next = fields.String(allow_none=True)


class ConsentGivenOut(Schema):
    """A consent that has been recorded."""

    id = fields.UUID()
    version = fields.Integer()


class TargetIn(Schema):
    """A service that is to see nothing any more: an organisation, or one function of it."""

    organisation = fields.String(required=True, validate=validate.Length(1, 20))
    function = fields.Enum(Profession, by_value=True)


class Targets(fields.Field[object]):
    """`"all"`, or a list of services."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if value == "all":
            return "all"
        if not isinstance(value, list) or not value:
            raise ValidationError("all_or_list")
        return TargetIn(many=True).load(value)


class WithdrawalIn(Schema):
    """What she takes back; `compartments` narrows it to some subjects."""

    recipients = Targets(required=True)
    compartments = fields.List(fields.Enum(Compartment, by_value=True), load_default=list)


_WHO = ("explained_by", "recorded_by", "witness")


@bp.get("/dossiers/<reference>/consents")
@bp.response(200, ConsentsOut)
@documented(bp)
@signed_in
def list_consents(reference: str) -> dict[str, Any]:
    """List the consents of a dossier, each cut down to what the caller may see of it."""
    view = consents.list_consents(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [_consent(one, people) for one in view.consents]
    if view.overview.own_only:
        # A login leads to its organisation, and the name of a shelter to its region (S05-R4).
        items = [one | dict.fromkeys(_WHO) for one in items]
    return {"items": items, "next": None}


@bp.post("/dossiers/<reference>/consents")
@bp.arguments(ConsentIn)
@bp.response(201, ConsentGivenOut)
@documented(bp)
@signed_in
def give_consent(data: dict[str, Any], reference: str) -> Consent:
    """Record a further consent."""
    moment = now()
    terms = terms_of(data, directory.directory(current_store()), now=moment)
    return consents.give(current_store(), current_caller(), reference, terms, now=moment)


@bp.post("/dossiers/<reference>/consents/<uuid:consent_id>/confirmation")
@bp.response(204)
@documented(bp)
@signed_in
def confirm_consent(reference: str, consent_id: UUID) -> None:
    """Confirm an oral consent as its witness."""
    witnesses.confirm(
        current_store(), current_caller(), reference, ConsentId(consent_id), now=now()
    )


@bp.post("/dossiers/<reference>/consents/<uuid:consent_id>/withdrawal")
@bp.arguments(WithdrawalIn)
@bp.response(200)
@documented(bp)
@signed_in
def withdraw_consent(data: dict[str, Any], reference: str, consent_id: UUID) -> dict[str, Any]:
    """Record that she took back her word, at once and without a reason."""
    consents.withdraw(
        current_store(),
        current_caller(),
        reference,
        ConsentId(consent_id),
        targets=_targets(data["recipients"], directory.directory(current_store())),
        compartments=data["compartments"],
        now=now(),
    )
    return {}


def _targets(said: Any, people: Directory) -> tuple[Target, ...]:
    if said == "all":
        return ()
    found = []
    for number, one in enumerate(said):
        organisation = people.organisation(one["organisation"])
        if organisation is None:
            raise InvalidError({f"recipients.{number}.organisation": "unknown"})
        found.append(Target(organisation_id=organisation.id, profession=one.get("function")))
    return tuple(found)


def _consent(one: Consent, people: Directory) -> dict[str, Any]:
    terms, proof = one.terms, one.terms.proof
    return {
        "id": one.id,
        "version": one.version,
        "state": _state(one),
        "recipients": [
            {
                "organisation": people.code(line.organisation_id),
                "function": line.profession,
                "person": people.login(line.professional_id) if line.professional_id else None,
                "compartments": [c for c in Compartment if c in line.compartments],
                "own_ticks": [c for c in Compartment if c in line.own_ticks],
                "end": line.ends,
            }
            for line in terms.recipients
        ],
        "refused": [
            {
                "organisation": people.code(no.organisation_id) if no.organisation_id else None,
                "function": no.profession,
            }
            for no in terms.refused
        ],
        "purposes": sorted(terms.purposes),
        "start": terms.starts,
        "end": terms.ends,
        "ended_at": one.ended_at,
        "form": proof.form,
        "statement": {
            "edition": proof.statement_edition,
            "language": proof.statement_language,
            "hash": proof.statement_hash,
        },
        "explained_by": people.login(proof.explained_by),
        "recorded_by": people.login(one.recorded_by.professional_id),
        "recorded_at": one.recorded_at,
        "seen_alone": proof.seen_alone,
        "reporting_warning_read": proof.reporting_warning_read,
        "understood": proof.understood,
        "witness": people.login(proof.witness) if proof.witness else None,
        "without_witness": proof.without_witness,
        "interpreter": proof.interpreter,
    }


def _state(one: Consent) -> str:
    if not one.confirmed:
        return "awaiting_witness"
    return "active" if one.ended_at is None and now() <= one.terms.ends else "ended"
