"""Who is kept out of a dossier."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.services import InvalidError, directory, exclusions
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.pages.dossiers import pseudonym

bp = Blueprint("exclusions", __name__, url_prefix="/dossiers/<reference>/exclusions")


@bp.get("")
@signed_in
def index(reference: str) -> str:
    """Show who is kept out, to those who may keep somebody out."""
    return _page(reference)


def _page(reference: str, error: str = "") -> str:
    found = exclusions.list_exclusions(current_store(), current_caller(), reference, now=now())
    return render_template(
        "exclusions/index.html",
        reference=reference,
        pseudonym=pseudonym(reference),
        exclusions=found,
        people=directory.directory(current_store()),
        error=error,
        given=request.form,
    )


@bp.post("")
@signed_in
def exclude(reference: str) -> AnyResponse | tuple[str, int]:
    """Keep an organisation or a professional out, from now on."""
    try:
        exclusions.exclude(current_store(), current_caller(), reference, **_whom(), now=now())
    except InvalidError as error:
        return _page(reference, _text(error)), 422
    flash(_("They are kept out from now on. They are not told."), "success")
    return redirect(url_for("exclusions.index", reference=reference), code=303)


def _whom() -> dict[str, Any]:
    """Return who the form names.

    Raises:
        InvalidError: it names nobody of the directory.

    """
    people = directory.directory(current_store())
    code, login = request.form.get("organisation", ""), request.form.get("professional", "")
    organisation = people.organisation(code) if code else None
    professional = people.by_login(login) if login else None
    return {
        "organisation_id": None if organisation is None else organisation.id,
        "professional_id": None if professional is None else professional.id,
    }


def _text(error: InvalidError) -> str:
    if "yourself" in error.faults.values():
        return _("You cannot keep yourself or your own organisation out.")
    return _("Choose one organisation, or one professional.")
