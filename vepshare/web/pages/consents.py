"""What the person has agreed to: seeing it, adding to it, taking it back, witnessing it."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import Target, Terms
from vepshare.dossier import Compartment
from vepshare.errors import LogUnavailableError
from vepshare.ids import ConsentId
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
    witnesses,
)
from vepshare.storage import LostRaceError
from vepshare.web import _consent_words as words
from vepshare.web._consent_agreed import Agreed, Service, agreed_of, history_of, lines_of
from vepshare.web._consent_form import Talk
from vepshare.web._consent_talk import Page, serve, unavailable
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("consents", __name__, url_prefix="/dossiers/<reference>/consent")


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
        return unavailable(Talk(people=people, caller=caller, opening=False, now=moment))

    def save(terms: Terms, _pseudonym: str) -> AnyResponse:
        consents.give(store, caller, reference, terms, now=moment)
        flash(_("The consent is recorded."), "success")
        return _to("dossiers.show", reference)

    return serve(Talk(people=people, caller=caller, opening=False, giving=giving, now=moment), save)


def _to(endpoint: str, reference: str) -> AnyResponse:
    return redirect(url_for(endpoint, reference=reference), code=303)


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
        lines=lines_of(open_now, people),
        history=[
            history_of(one, open_now, people, moment, own_only=view.overview.own_only)
            for one in reversed(view.consents)
        ],
        people=people,
        words=words,
    )


# Taking it back.


@bp.get("/withdraw")
@signed_in
def withdraw(reference: str) -> str:
    """Show the services she can take her word back from."""
    return _withdraw_page(_agreed(reference, now()))


def _agreed(reference: str, moment: datetime) -> Agreed:
    store, caller = current_store(), current_caller()
    view = consents.list_consents(store, caller, reference, now=moment)
    open_now = overview.explain(store, caller, reference, now=moment)
    own = (caller.hat.organisation_id, caller.hat.profession)
    return agreed_of(view, open_now, directory.directory(store), own, moment)


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
    closed = services or tuple(agreed.services)
    return render_template(
        "consents/withdrawn.html",
        reference=agreed.view.reference,
        closed=[agreed.services[one][1] for one in closed],
        subjects=[Compartment(one) for one in subjects],
        shared=shared,
        mine=not subjects and agreed.own in {agreed.services[one][0] for one in closed},
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
    found = witnesses.witnessed(store, current_caller(), reference, now=moment)
    people = directory.directory(store)
    return render_template(
        "consents/witness.html",
        reference=reference,
        waiting=[history_of(one, (), people, moment) for one in found],
        words=words,
    )


@bp.post("/witness")
@signed_in
def confirm(reference: str) -> AnyResponse:
    """Confirm an oral consent: from now on it counts."""
    try:
        data = ConfirmationForm().load(request.form)
    except ValidationError as error:
        raise InvalidError({"consent": "unknown"}) from error
    witnesses.confirm(
        current_store(), current_caller(), reference, ConsentId(data["consent"]), now=now()
    )
    flash(_("The consent is confirmed: it counts from now on."), "success")
    return redirect(url_for("today.show"), code=303)
