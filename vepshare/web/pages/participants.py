"""Who takes part: inviting, joining, leaving, handing over, declaring a tie."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from vepshare.dossier import Reason
from vepshare.ids import OrganisationId
from vepshare.people import Hat, Profession
from vepshare.services import ActRefusedError, directory, exclusions, overview, participants
from vepshare.services.directory import Directory
from vepshare.services.overview import HolderView
from vepshare.web import _labels
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.errors import refusal_text
from vepshare.web.pages.dossiers import pseudonym

bp = Blueprint("participants", __name__, url_prefix="/dossiers/<reference>")

Service: TypeAlias = tuple[OrganisationId, Profession]
_REASONS = tuple(one for one in Reason if one is not Reason.OPENING)


class ReasonForm(Schema):
    """Why somebody joins or is invited."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    reason = fields.Enum(Reason, by_value=True, required=True, validate=validate.OneOf(_REASONS))


class InviteForm(ReasonForm):
    """Who is invited: a service, one of its members, or somebody named by login."""

    whom = fields.String(load_default="", validate=validate.Length(max=100))
    login = fields.String(load_default="", validate=validate.Length(max=60))


@bp.get("/participants")
@signed_in
def index(reference: str) -> str:
    """Show who takes part, as far as the caller may see."""
    found = participants.list_participants(current_store(), current_caller(), reference, now=now())
    return render_template(
        "participants/index.html",
        reference=reference,
        pseudonym=pseudonym(reference),
        participants=found,
        people=directory.directory(current_store()),
        referent=any(one.referent and one.hat == current_caller().hat for one in found),
    )


@bp.get("/participants/invite")
@signed_in
def choose_invited(reference: str) -> str:
    """Show whom the referent may invite."""
    return _invite_page(reference)


@bp.post("/participants/invite")
@signed_in
def invite(reference: str) -> AnyResponse | tuple[str, int]:
    """Invite somebody, or say why it is refused (S01-R1)."""
    people = directory.directory(current_store())
    try:
        data = InviteForm().load(request.form)
    except ValidationError as error:
        return _invite_page(reference, error.messages_dict), 422
    try:
        invited = _invite(reference, data, people)
    except ActRefusedError as error:
        return _invite_page(reference, {"whom": refusal_text(error)}), 403
    if not invited:
        return _invite_page(reference, {"whom": _("Choose whom you invite.")}), 422
    flash(_("The invitation stands on their page of the day."), "success")
    return _to_list(reference)


def _invite(reference: str, data: dict[str, Any], people: Directory) -> bool:
    """Carry an invitation out; tell whether the form named anybody."""
    caller, store = current_caller(), current_store()
    if (service := _service(data["whom"], people)) and not data["login"]:
        participants.invite_service(store, caller, reference, service, now=now())
        return True
    hat = _hat(data["login"].strip().lower() or data["whom"], people)
    if hat is None:
        return False
    participants.invite(store, caller, reference, hat, data["reason"], now=now())
    return True


def _service(code: str, people: Directory) -> Service | None:
    return next((one for one in people.services if _service_code(one, people) == code), None)


def _service_code(service: Service, people: Directory) -> str:
    return f"{people.code(service[0])}/{service[1]}"


def _hat(code: str, people: Directory) -> Hat | None:
    """Return the function that a login names, or a login with its service, `u12@O8/SAPV`."""
    login, at, service = code.partition("@")
    if not at:
        return people.hat(login, None, None)
    found = _service(service, people)
    return None if found is None else people.hat(login, *found)


def _invite_page(reference: str, errors: dict[str, Any] | None = None) -> str:
    participants.begin_choosing(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    found = overview.explain(current_store(), current_caller(), reference, now=now())
    texts = {"reason": _("Choose a reason.")} if errors and "reason" in errors else {}
    texts |= {key: text for key, text in (errors or {}).items() if isinstance(text, str)}
    return render_template(
        "participants/invite.html",
        reference=reference,
        pseudonym=pseudonym(reference),
        choices=list(_choices(found, people)),
        reasons=_reasons(),
        given=request.form,
        errors=texts,
    )


def _choices(found: Iterable[HolderView], people: Directory) -> Iterable[dict[str, str]]:
    """Yield the services that the consent names, each followed by its members but oneself."""
    named = {(one.holder.organisation_id, one.holder.profession) for one in found}
    for service in sorted(named, key=lambda one: people.code(one[0])):
        members = [hat for hat in people.hats if _is_member(hat, service)]
        if members:
            yield {
                "value": _service_code(service, people),
                "text": _labels.service(people.organisations[service[0]].name, service[1]),
                "hint": _("Anybody of this service: they see it on their page of the day."),
            }
        yield from (_member(hat, people) for hat in members)


def _is_member(hat: Hat, service: Service) -> bool:
    mine = hat.professional_id == current_caller().id
    return (hat.organisation_id, hat.profession) == service and not mine


def _reasons() -> list[dict[str, str]]:
    return [{"value": one.value, "text": _(_labels.REASONS[one])} for one in _REASONS]


def _to_list(reference: str) -> AnyResponse:
    return redirect(url_for("participants.index", reference=reference), code=303)


@bp.get("/join")
@signed_in
def why_join(reference: str) -> str:
    """Ask why; the same page for every reference, known or not (V5)."""
    return _join_page(reference)


def _join_page(reference: str, error: str = "") -> str:
    return render_template(
        "participants/join.html",
        reference=reference,
        reasons=_reasons(),
        error=error,
        given=request.form,
    )


@bp.post("/join")
@signed_in
def join(reference: str) -> AnyResponse | tuple[str, int]:
    """Bind the caller to a dossier their service is named in."""
    try:
        reason = ReasonForm().load(request.form)["reason"]
    except ValidationError:
        return _join_page(reference, _("Choose a reason.")), 422
    try:
        participants.join(current_store(), current_caller(), reference, reason, now=now())
    except ActRefusedError as error:
        return _join_page(reference, refusal_text(error)), 403
    flash(_("You now take part. Whoever accompanies the person has been told."), "success")
    return redirect(url_for("dossiers.show", reference=reference), code=303)


@bp.get("/leave")
@signed_in
def confirm_leaving(reference: str) -> str:
    """Say what leaving does."""
    return render_template("participants/leave.html", reference=reference)


@bp.post("/leave")
@signed_in
def leave(reference: str) -> AnyResponse:
    """End the caller's own link."""
    participants.leave(current_store(), current_caller(), reference, now=now())
    flash(_("You no longer take part in this dossier."), "success")
    return redirect(url_for("today.show"), code=303)


@bp.get("/hand-over")
@signed_in
def choose_successor(reference: str) -> str:
    """Show to whom the referent may hand over."""
    return _hand_over_page(reference)


def _hand_over_page(reference: str, error: str = "") -> str:
    participants.begin_choosing(current_store(), current_caller(), reference, now=now())
    found = participants.list_participants(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    items = [_member(one.hat, people) for one in found if one.ended_on is None and not one.referent]
    return render_template(
        "participants/hand_over.html",
        reference=reference,
        pseudonym=pseudonym(reference),
        items=items,
        error=error,
    )


def _member(hat: Hat, people: Directory) -> dict[str, str]:
    """Return a professional under one function as a choice: the name, and the service below."""
    service = (hat.organisation_id, hat.profession)
    one = people.professionals[hat.professional_id]
    return {
        "value": f"{one.login}@{_service_code(service, people)}",
        "text": one.name,
        "hint": _labels.service(people.organisations[hat.organisation_id].name, hat.profession),
    }


@bp.post("/hand-over")
@signed_in
def hand_over(reference: str) -> AnyResponse | tuple[str, int]:
    """Name another participant as the one who accompanies the person."""
    people = directory.directory(current_store())
    successor = _hat(request.form.get("whom", "")[:100], people)
    if successor is None:
        return _hand_over_page(reference, _("Choose who goes on.")), 422
    try:
        participants.hand_over_to(
            current_store(), current_caller(), reference, successor, now=now()
        )
    except ActRefusedError as error:
        return _hand_over_page(reference, refusal_text(error)), 403
    flash(_("The dossier now has another referent."), "success")
    return _to_list(reference)


@bp.get("/tie")
@signed_in
def confirm_tie(reference: str) -> str:
    """Say what declaring a tie does."""
    return render_template("participants/tie.html", reference=reference)


@bp.post("/tie")
@signed_in
def declare_tie(reference: str) -> AnyResponse:
    """Record that the caller has a tie with somebody of this situation: their access ends now."""
    exclusions.declare_tie(current_store(), current_caller(), reference, now=now())
    flash(_("Your tie is recorded. This dossier is now closed to you."), "success")
    return redirect(url_for("today.show"), code=303)
