"""Opening a dossier: the consent talk, then the dossier."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import Terms
from vepshare.services import choices, directory, opening
from vepshare.web._consent_form import Talk
from vepshare.web._consent_talk import Page, serve
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("opening", __name__)


@bp.route("/dossiers/new", methods=["GET", "POST"])
@signed_in
def start() -> Page:
    """Show one page of the talk; open the dossier at the end of it."""
    store, caller, moment = current_store(), current_caller(), now()
    choices.begin_opening(store, caller, now=moment)
    people = directory.directory(store)

    def save(terms: Terms, pseudonym: str) -> AnyResponse:
        reference = opening.open_dossier(store, caller, terms, pseudonym=pseudonym, now=moment)
        flash(_("The consent is recorded and the dossier is open."), "success")
        return redirect(url_for("dossiers.show", reference=reference), code=303)

    return serve(Talk(people=people, caller=caller, opening=True, now=moment), save)
