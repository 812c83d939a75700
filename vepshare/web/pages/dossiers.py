"""One's dossiers, and one dossier."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import Purpose, local_day
from vepshare.people import CONFIDANTS
from vepshare.policy import Level
from vepshare.services import (
    AccessEndedError,
    EntryView,
    UnknownDossierError,
    closing,
    dossiers,
    lists,
    participants,
)
from vepshare.services.lists import DossierLine
from vepshare.web import _values
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("dossiers", __name__, url_prefix="/dossiers")
for _filter in (
    _values.shown,
    _values.shown_flags,
    _values.controls,
    _values.day_first,
    _values.title,
    _values.kind_number,
    _values.kinds,
    _values.compartment_number,
    _values.contact_chip,
    _values.risk_tag,
    _values.review,
):
    bp.add_app_template_filter(_filter, _filter.__name__)

_WRITING = frozenset({Level.WRITE_OWN, Level.WRITE, Level.PLACE})
_LONGEST_SEARCH = 200


@bp.get("")
@signed_in
def index() -> str:
    """Show one's dossiers."""
    return _list(lists.list_dossiers(current_store(), current_caller(), now=now()))


@bp.post("/search")
@signed_in
def search() -> AnyResponse | str:
    """Show those of one's dossiers that a search names; by POST, so that no name is in an address.

    Source: R26
    """
    wanted = request.form.get("q", "")[:_LONGEST_SEARCH].strip()
    if not wanted:
        return redirect(url_for("dossiers.index"), code=303)
    found = lists.search_dossiers(current_store(), current_caller(), wanted, now=now())
    return _list(found, wanted)


def _list(found: tuple[DossierLine, ...], wanted: str = "") -> str:
    may_open = lists.may_open(current_caller(), now=now())
    return render_template("dossiers/index.html", dossiers=found, wanted=wanted, may_open=may_open)


@bp.get("/<reference>")
@signed_in
def show(reference: str) -> AnyResponse | str:
    """Show one's part of a dossier; to its referent, once sharing has stopped, what is left."""
    store, caller = current_store(), current_caller()
    try:
        view = dossiers.read_dossier(
            store, caller, reference, purpose=Purpose.COORDINATION, now=now()
        )
    except AccessEndedError as ended:
        return _closing_sheet(reference, ended)
    return render_template("dossiers/show.html", dossier=view)


def _closing_sheet(reference: str, ended: AccessEndedError) -> AnyResponse:
    """Lead the referent to the closing sheet; raise *ended* for everybody else."""
    try:
        closing.read_sheet(current_store(), current_caller(), reference, now=now())
    except (AccessEndedError, UnknownDossierError):
        raise ended from None
    return redirect(url_for("closing.show", reference=reference), code=303)


def pseudonym(reference: str) -> str | None:
    """Return what the dossier of a page is called, for its bar; None where it is not read."""
    return participants.pseudonym(current_store(), current_caller(), reference, now=now())


@bp.app_template_test("writable")
def _writable(level: Level) -> bool:
    return level in _WRITING


@bp.app_template_test("correctable_at")
def _correctable(entry: EntryView, level: Level) -> bool:
    """Tell whether to offer a correction; whether it is allowed is decided when it is made."""
    own = entry.organisation == current_caller().organisation_code
    return level in _WRITING and (own or level is not Level.WRITE_OWN)


@bp.app_template_global("today")
def _today() -> object:
    return local_day(now())


@bp.app_template_global("dossier_tabs")
def _tabs(reference: str) -> list[dict[str, object]]:
    """Return the pages of a dossier, for `page_nav`."""
    pages = [
        (_("Dossier"), "dossiers.show"),
        (_("Agreement"), "consents.show"),
        (_("Who sees what"), "overview.explain"),
        (_("Who has read"), "overview.readers"),
        (_("Participants"), "participants.index"),
    ]
    if current_caller().hat.profession in CONFIDANTS:
        pages.append((_("Exclusions"), "exclusions.index"))
    return [
        {
            "text": text,
            "href": url_for(name, reference=reference),
            "current": request.endpoint == name,
        }
        for text, name in pages
    ]
