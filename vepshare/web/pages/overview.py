"""« Qui voit quoi », « Qui a lu », and who has opened the protected place."""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from vepshare.dossier import Compartment
from vepshare.people import Profession
from vepshare.services import directory, overview
from vepshare.services.overview import HolderView, Reading
from vepshare.web import _labels
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("overview", __name__, url_prefix="/dossiers/<reference>")


@bp.get("/who-sees")
@signed_in
def explain(reference: str) -> str:
    """Show who sees each compartment, by which level, until when."""
    found = overview.explain(current_store(), current_caller(), reference, now=now())
    grouped: dict[Compartment, list[HolderView]] = {}
    for one in found:
        grouped.setdefault(one.holder.compartment, []).append(one)
    return render_template(
        "overview/explain.html",
        reference=reference,
        grouped=grouped,
        people=directory.directory(current_store()),
    )


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
    return render_template(template, reference=reference, readings=found, people=people)


@bp.app_template_global("service_name")
def service_name(organisation: str, profession: Profession) -> str:
    """Return what a service is called: its organisation, then the function."""
    words = {"organisation": organisation, "function": _labels.profession(profession)}
    return _("%(organisation)s (%(function)s)", **words)
