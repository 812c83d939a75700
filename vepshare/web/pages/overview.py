"""« Qui voit quoi », « Qui a lu », and who has opened the protected place."""

from flask import Blueprint, abort, render_template

from vepshare.dossier import Compartment
from vepshare.services import directory, overview
from vepshare.services.directory import Directory
from vepshare.services.overview import HolderView, Reading
from vepshare.web import _labels
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web.pages.dossiers import pseudonym

bp = Blueprint("overview", __name__, url_prefix="/dossiers/<reference>")


@bp.get("/who-sees")
@signed_in
def explain(reference: str) -> str:
    """Show who sees each compartment, by which level, until when."""
    found = overview.explain(current_store(), current_caller(), reference, now=now())
    people = directory.directory(current_store())
    grouped: dict[Compartment, list[HolderView]] = {}
    for one in sorted(found, key=lambda one: _order(one, people)):
        grouped.setdefault(one.holder.compartment, []).append(one)
    return render_template(
        "overview/explain.html",
        reference=reference,
        pseudonym=pseudonym(reference),
        grouped={one: grouped[one] for one in Compartment if one in grouped},
        people=people,
    )


def _order(one: HolderView, people: Directory) -> tuple[str, str]:
    organisation = people.organisations[one.holder.organisation_id]
    return organisation.name.casefold(), _labels.profession(one.holder.profession).casefold()


@bp.get("/who-has-read")
@signed_in
def readers(reference: str) -> str:
    """Show which services have read what, latest first."""
    return _readers(reference, "overview/readers.html", _found(reference))


@bp.get("/place")
@signed_in
def place(reference: str) -> str:
    """Show who has ever opened the protected place (S05-A2).

    Whoever may not open it gets no page at all: an empty one would say that nobody had.
    """
    wanted = Compartment.PROTECTED_PLACE
    found = [one for one in _found(reference) if wanted in one.compartments] or abort(404)
    return _readers(reference, "overview/place.html", found)


def _found(reference: str) -> list[Reading]:
    return list(overview.readers(current_store(), current_caller(), reference, now=now()))


def _readers(reference: str, template: str, found: list[Reading]) -> str:
    people = directory.directory(current_store())
    return render_template(
        template,
        reference=reference,
        pseudonym=pseudonym(reference),
        readings=found,
        people=people,
    )
