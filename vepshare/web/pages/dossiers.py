"""One's dossiers, and one dossier."""

from flask import Blueprint, render_template, request

from vepshare.consent import Purpose
from vepshare.services import dossiers, lists
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("dossiers", __name__, url_prefix="/dossiers")


@bp.get("")
@signed_in
def index() -> str:
    """Show one's dossiers, or those a search names exactly."""
    store, caller = current_store(), current_caller()
    wanted = request.args.get("q", "")[:200].strip()
    if wanted:
        found = lists.search_dossiers(store, caller, wanted, now=now())
    else:
        found = lists.list_dossiers(store, caller, now=now())
    return render_template("dossiers/index.html", dossiers=found, wanted=wanted)


@bp.get("/<reference>")
@signed_in
def show(reference: str) -> str:
    """Show one's part of a dossier."""
    view = dossiers.read_dossier(
        current_store(), current_caller(), reference, purpose=Purpose.COORDINATION, now=now()
    )
    return render_template("dossiers/show.html", dossier=view)
