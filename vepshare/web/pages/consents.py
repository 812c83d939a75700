"""What the person has agreed to: seeing it, adding to it, taking it back, witnessing it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import Consent, Target, Terms
from vepshare.dossier import Compartment
from vepshare.errors import LogUnavailableError
from vepshare.ids import ConsentId, OrganisationId
from vepshare.people import Profession
from vepshare.services import (
    AccessEndedError,
    ActRefusedError,
    InvalidError,
    UnknownDossierError,
    choices,
    closing,
    consents,
    directory,
    overview,
)
from vepshare.services.directory import Directory
from vepshare.storage import LostRaceError
from vepshare.web import _consent_words as words
from vepshare.web._consent_form import Talk
from vepshare.web._consent_shown import service_name
from vepshare.web._consent_talk import Page, serve, unavailable
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("consents", __name__, url_prefix="/dossiers/<reference>/consent")

_MOST = 60


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def new(reference: str) -> Page:
    """Show one page of the talk; record a further consent at the end of it."""
    store, caller, moment = current_store(), current_caller(), now()
    people = directory.directory(store)
    try:
        giving = choices.begin_giving(store, caller, reference, now=moment)
    except LogUnavailableError:
        if request.method == "GET":
            raise
        return unavailable(Talk(people=people, caller=caller, giving=None, now=moment))

    def save(terms: Terms, _pseudonym: str) -> AnyResponse:
        consents.give(store, caller, reference, terms, now=moment)
        flash(_("The consent is recorded."), "success")
        return _to("dossiers.show", reference)

    return serve(Talk(people=people, caller=caller, giving=giving, now=moment), save)


def _to(endpoint: str, reference: str) -> AnyResponse:
    return cast(AnyResponse, redirect(url_for(endpoint, reference=reference), code=303))


Service = tuple[OrganisationId, Profession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service and what is open to it now."""

    service: Service
    name: str
    person: str
    holders: tuple[overview.HolderView, ...]

    @property
    def until(self) -> datetime:
        """Return when the last of it ends."""
        return max(one.holder.grant.ends for one in self.holders)


@bp.get("")
@signed_in
def show(reference: str) -> str:
    """Show what is shared with whom until when, what was refused, and every act of consent."""
    store, caller, moment = current_store(), current_caller(), now()
    view = consents.list_consents(store, caller, reference, now=moment)
    open_now = overview.explain(store, caller, reference, now=moment)
    people = directory.directory(store)
    return render_template(
        "consents/show.html",
        view=view,
        lines=_lines(open_now, people),
        history=[_history(one, open_now, people, moment) for one in reversed(view.consents)],
        people=people,
        words=words,
    )


def _lines(open_now: tuple[overview.HolderView, ...], people: Directory) -> list[Line]:
    found: dict[tuple[str, str], list[overview.HolderView]] = {}
    for one in open_now:
        service = _service(one.holder.organisation_id, one.holder.profession, people)
        who = one.holder.professional_id
        person = "" if who is None else people.professionals[who].name
        found.setdefault((service, person), []).append(one)
    return [
        Line(
            service=(rows[0].holder.organisation_id, rows[0].holder.profession),
            name=name,
            person=person,
            holders=tuple(rows),
        )
        for (name, person), rows in sorted(found.items())
    ]


def _service(where: OrganisationId, function: Profession, people: Directory) -> str:
    return service_name(people.organisations[where].name, function.value)


def _history(
    one: Consent, open_now: tuple[overview.HolderView, ...], people: Directory, moment: datetime
) -> dict[str, object]:
    state = _state(one, moment)
    standing = {
        (view.holder.organisation_id, view.holder.profession)
        for view in open_now
        if view.holder.grant.consent_id == one.id
    }
    return {
        "consent": one,
        "state": state,
        "lines": [
            {
                "name": _service(line.organisation_id, line.profession, people),
                "person": ""
                if line.professional_id is None
                else people.professionals[line.professional_id].name,
                "subjects": [c for c in Compartment if c in line.compartments],
                "own_ticks": line.own_ticks,
                "until": line.ends or one.terms.ends,
                "closed": state == "active"
                and (line.organisation_id, line.profession) not in standing,
            }
            for line in one.terms.recipients
        ],
        "refused": [_no(no.organisation_id, no.profession, people) for no in one.terms.refused],
        "recorded_by": people.professionals[one.recorded_by.professional_id].name,
        "recorded_for": _service(
            one.recorded_by.organisation_id, one.recorded_by.profession, people
        ),
        "explained_by": people.professionals[one.terms.proof.explained_by].name,
        "witness": ""
        if one.terms.proof.witness is None
        else people.professionals[one.terms.proof.witness].name,
    }


def _state(one: Consent, moment: datetime) -> str:
    if one.ended_at is not None and one.ended_at <= moment:
        return "ended"
    if not one.confirmed:
        return "awaiting_witness"
    if moment > one.terms.ends:
        return "ended"
    return "active" if one.terms.starts <= moment else "to_come"


def _no(
    where: OrganisationId | None, function: Profession | None, people: Directory
) -> tuple[str, str]:
    """Return the organisation and the function she said no to; nothing where it is all of them."""
    organisation = "" if where is None else people.organisations[where].name
    return organisation, "" if function is None else function.value


# Taking it back.


class WithdrawalForm(Schema):
    """The services she takes her word back from, and perhaps only some subjects."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    services = fields.List(fields.String(), load_default=list, validate=validate.Length(0, _MOST))
    subjects = fields.List(fields.String(), load_default=list, validate=validate.Length(0, _MOST))


@bp.get("/withdraw")
@signed_in
def withdraw(reference: str) -> str:
    """Show the services she can take her word back from."""
    return _withdraw_page(_agreed(reference, now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What can be taken back: services by their key in the form, and subjects."""

    view: consents.ConsentsView
    services: dict[str, tuple[Service, str]]
    subjects: tuple[Compartment, ...]


def _agreed(reference: str, moment: datetime) -> Agreed:
    store, caller = current_store(), current_caller()
    view = consents.list_consents(store, caller, reference, now=moment)
    open_now = overview.explain(store, caller, reference, now=moment)
    people = directory.directory(store)
    # What waits for its witness, or begins later, opens nothing yet and can be taken back too.
    waiting = [
        (line.organisation_id, line.profession, line.compartments)
        for one in view.consents
        if _state(one, moment) in {"awaiting_witness", "to_come"}
        for line in one.terms.recipients
    ]
    lines = [
        (one.holder.organisation_id, one.holder.profession, frozenset({one.holder.compartment}))
        for one in open_now
    ] + waiting
    named = {(where, function) for where, function, _ in lines}
    subjects = frozenset[Compartment]().union(*(one for _, _, one in lines))
    services = {
        f"{people.code(where)}/{function.value}": (
            (where, function),
            _service(where, function, people),
        )
        for where, function in named
    }
    return Agreed(
        view=view,
        services=dict(sorted(services.items(), key=lambda one: one[1][1].casefold())),
        subjects=tuple(one for one in Compartment if one in subjects),
    )


def _withdraw_page(
    agreed: Agreed,
    *,
    services: tuple[str, ...] = (),
    subjects: tuple[str, ...] = (),
    error: str = "",
) -> str:
    return render_template(
        "consents/withdraw.html",
        agreed=agreed,
        services=services,
        subjects=subjects,
        errors=[{"href": "#services", "text": error}] if error else [],
    )


@bp.post("/withdraw")
@signed_in
def record_withdrawal(reference: str) -> Page:
    """Record that she took back her word, at once and without a reason."""
    moment = now()
    agreed = _agreed(reference, moment)
    form = {name: request.form.getlist(name) for name in ("services", "subjects")}
    services = tuple(one for one in form["services"] if one in agreed.services)
    subjects = tuple(one for one in form["subjects"] if one in agreed.subjects)
    everything = "everything" in request.form
    if everything:
        services, subjects = (), ()
    elif not services and not subjects:
        return _withdraw_page(agreed, error=_("Tick at least one service.")), 422
    kept = {"services": services, "subjects": subjects}
    try:
        shared = consents.withdraw(
            current_store(),
            current_caller(),
            reference,
            None,
            targets=[_target(agreed.services[one][0]) for one in services],
            compartments=[Compartment(one) for one in subjects],
            now=moment,
        )
    except InvalidError:
        text = _("Nothing of this is shared any more: there is nothing to take back.")
        return _withdraw_page(agreed, **kept, error=text), 422
    except (LostRaceError, LogUnavailableError) as error:
        status = 409 if isinstance(error, LostRaceError) else 503
        return _withdraw_page(agreed, **kept, error=_(words.NOT_SAVED)), status
    return _withdrawn(agreed, services, subjects, shared=shared, moment=moment)


def _target(service: Service) -> Target:
    return Target(organisation_id=service[0], profession=service[1])


def _withdrawn(
    agreed: Agreed,
    services: tuple[str, ...],
    subjects: tuple[str, ...],
    *,
    shared: bool,
    moment: datetime,
) -> str:
    """Show what has been closed, and whom to tell by word of mouth: nobody is told by us."""
    hat = current_caller().hat
    closed = services or tuple(agreed.services)
    own = (hat.organisation_id, hat.profession)
    return render_template(
        "consents/withdrawn.html",
        reference=agreed.view.reference,
        closed=[agreed.services[one][1] for one in closed],
        subjects=[Compartment(one) for one in subjects],
        shared=shared,
        mine=not subjects and own in {agreed.services[one][0] for one in closed},
        sheet=not shared and _has_sheet(agreed.view.reference, moment),
    )


def _has_sheet(reference: str, moment: datetime) -> bool:
    try:
        closing.read_sheet(current_store(), current_caller(), reference, now=moment)
    except (UnknownDossierError, AccessEndedError, ActRefusedError):
        return False
    return True


# The witness of an oral consent.


class ConfirmationForm(Schema):
    """Which consent the witness confirms."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    consent = fields.UUID(required=True)


@bp.get("/witness")
@signed_in
def witness(reference: str) -> str:
    """Show the terms of the consents that wait for this witness, and nothing of the dossier."""
    store, moment = current_store(), now()
    found = consents.witnessed(store, current_caller(), reference, now=moment)
    people = directory.directory(store)
    return render_template(
        "consents/witness.html",
        reference=reference,
        waiting=[_history(one, (), people, moment) for one in found],
        words=words,
    )


@bp.post("/witness")
@signed_in
def confirm(reference: str) -> AnyResponse:
    """Confirm an oral consent: from now on it counts."""
    data = ConfirmationForm().load(request.form)
    consents.confirm(
        current_store(), current_caller(), reference, ConsentId(data["consent"]), now=now()
    )
    flash(_("The consent is confirmed: it counts from now on."), "success")
    return cast(AnyResponse, redirect(url_for("today.show"), code=303))
