"""Writing an entry, and correcting one."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import Purpose
from vepshare.dossier import EntryKind, Origin
from vepshare.ids import EntryId
from vepshare.policy import Holder
from vepshare.services import (
    EntryView,
    InvalidError,
    StaleVersionError,
    directory,
    dossiers,
    entries,
    forms,
)
from vepshare.services.directory import Directory
from vepshare.services.dossiers import DossierView
from vepshare.web import _entry_form, _labels
from vepshare.web._entry_form import Typed
from vepshare.web._entry_input import addresses_of, draft_of
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in
from vepshare.web._values import compartment_number, kind_at, kind_number

bp = Blueprint("entries", __name__, url_prefix="/dossiers/<reference>/entries")
bp.add_app_template_filter(_entry_form.row_numbers, "row_numbers")
bp.add_app_template_test(_entry_form.needs_select, "long_choice")
bp.add_app_template_test(_entry_form.is_blank_row, "blank_row_of")
bp.add_app_template_test(_entry_form.has_own_date, "dated_by_itself")


@bp.get("/new/<int:number>")
@signed_in
def new(reference: str, number: int) -> str:
    """Show an empty form. Addresses hold the number of a kind, never its name."""
    return _new_page(reference, _kind(number))


@bp.post("/new/<int:number>")
@signed_in
def write(reference: str, number: int) -> AnyResponse | tuple[str, int]:
    """Store an entry, or show the form again with what was typed."""
    kind = _kind(number)
    typed = _entry_form.read(kind, request.form)
    try:
        data = _entry_form.said(typed, request.form)
        entries.write_entry(
            current_store(),
            current_caller(),
            reference,
            draft_of(data, kind.code),
            addressed_to=addresses_of(data, directory.directory(current_store())),
            place_checked=typed.checked,
            now=now(),
        )
    except InvalidError as error:
        return _new_page(reference, kind, typed, error.faults), 422
    flash(_("The entry has been saved."), "success")
    return _back(reference, kind)


def _kind(number: int) -> EntryKind:
    return kind_at(number) or abort(404)


def _new_page(
    reference: str,
    kind: EntryKind,
    typed: Typed | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    form = forms.entry_form(
        current_store(), current_caller(), reference, kind.compartment, now=now()
    )
    people = directory.directory(current_store())
    return render_template(
        "entries/new.html",
        form=form,
        readers=[_service(one, people) for one in form.readers],
        flag_readers=[_service(one, people) for one in form.flag_readers],
        addressees=[
            {
                "value": f"{people.code(one.organisation_id)}/{one.profession}",
                "text": _service(one, people),
            }
            for one in form.addressees
        ],
        **_filled(kind, typed, faults or {}),
    )


def _service(one: Holder, people: Directory) -> str:
    return _labels.service(people.organisations[one.organisation_id].name, one.profession)


def _filled(kind: EntryKind, typed: Typed | None, faults: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "number": kind_number(kind),
        "typed": typed,
        "errors": _entry_form.errors(faults),
        "summary": _entry_form.summary(kind, faults),
        "ask_place": faults.get("values") == "looks_like_place" or (typed and typed.checked),
        "origins": list(Origin),
    }


def _back(reference: str, kind: EntryKind) -> AnyResponse:
    place = f"c{compartment_number(kind.compartment)}"
    return redirect(url_for("dossiers.show", reference=reference, _anchor=place), code=303)


@bp.get("/<uuid:entry_id>/correct")
@signed_in
def correct(reference: str, entry_id: UUID) -> str:
    """Show an entry in a form, to correct it."""
    view, entry = _current(reference, entry_id)
    return _correct_page(view, entry, None, {})


@bp.post("/<uuid:entry_id>/correct")
@signed_in
def rectify(reference: str, entry_id: UUID) -> AnyResponse | tuple[str, int]:
    """Add a version, or show the form again with what was typed."""
    kind = _kind(request.form.get("entry-kind", 0, type=int))
    typed = _entry_form.read(kind, request.form)
    try:
        data = _entry_form.said(typed, request.form)
        entries.rectify_entry(
            current_store(),
            current_caller(),
            reference,
            EntryId(entry_id),
            lambda kind: draft_of(data, kind.code),
            version=typed.version,
            place_checked=typed.checked,
            now=now(),
        )
    except InvalidError as error:
        return _correct_page(*_current(reference, entry_id), typed, error.faults), 422
    except StaleVersionError:
        return _correct_page(*_current(reference, entry_id), typed, {}, stale=True), 409
    flash(_("The correction has been saved as a new version."), "success")
    return _back(reference, kind)


def _current(reference: str, entry_id: UUID) -> tuple[DossierView, EntryView]:
    """Return an entry as it stands, read with its dossier, and logged so."""
    view = dossiers.read_dossier(
        current_store(), current_caller(), reference, purpose=Purpose.COORDINATION, now=now()
    )
    shown = (one for part in view.compartments.values() for one in part.entries)
    found = (one for one in shown if one.id == entry_id and one.values is not None)
    return view, next(found, None) or abort(404)


def _correct_page(
    view: DossierView,
    entry: EntryView,
    typed: Typed | None,
    faults: dict[str, str],
    *,
    stale: bool = False,
) -> str:
    kind = cast(EntryKind, kind_at(kind_number(entry.kind)))
    filled = _filled(kind, typed, faults)
    return render_template("entries/correct.html", dossier=view, entry=entry, stale=stale, **filled)
