"""The closing sheet: what the referent keeps when sharing has stopped, and what they may do."""

import re
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from vepshare.consent import add_months, local_day
from vepshare.services import InvalidError, closing, directory
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("closing", __name__, url_prefix="/dossiers/<reference>/closing")

SEAL_MONTHS = (6, 12, 24, 36, 48)
_NUMBER = re.compile(r"[0-9]{1,2}")


@bp.get("")
@signed_in
def show(reference: str) -> str:
    """Show the closing sheet."""
    return _page(reference)


def _page(reference: str, errors: dict[str, str] | None = None) -> str:
    sheet = closing.read_sheet(current_store(), current_caller(), reference, now=now())
    return render_template(
        "closing/show.html",
        sheet=sheet,
        people=directory.directory(current_store()),
        durations=[{"value": str(one), "text": _duration(one)} for one in SEAL_MONTHS],
        errors=errors or {},
    )


def _duration(months: int) -> str:
    until = add_months(local_day(now()), months)
    text = ngettext("%(num)d month", "%(num)d months", months)
    return _("%(duration)s, until %(day)s", duration=text, day=until.strftime("%d/%m/%Y"))


@bp.post("/seal")
@signed_in
def seal(reference: str) -> AnyResponse | tuple[str, int]:
    """Keep the dossier under seal for the time chosen."""
    until = _until(request.form.get("months", ""))
    if until is None:
        return _page(reference, {"months": _("Choose for how long.")}), 422
    try:
        closing.seal(current_store(), current_caller(), reference, until, now=now())
    except InvalidError:
        return _page(reference, {"months": _("Choose a shorter time.")}), 422
    flash(_("The dossier is kept under seal. Nobody can read it."), "success")
    return redirect(url_for("closing.show", reference=reference), code=303)


def _until(typed: str) -> date | None:
    months = int(typed) if _NUMBER.fullmatch(typed) else 0
    return add_months(local_day(now()), months) if months in SEAL_MONTHS else None


@bp.post("/erase")
@signed_in
def erase(reference: str) -> AnyResponse | tuple[str, int]:
    """Destroy the content, once the box has been ticked."""
    if "understood" not in request.form:
        text = _("Tick the box first: what is erased cannot be brought back.")
        return _page(reference, {"understood": text}), 422
    erased = closing.erase(current_store(), current_caller(), reference, now=now())
    text = ngettext(
        "Erased: %(num)d version of an entry, and every key.",
        "Erased: %(num)d versions of entries, and every key.",
        erased,
    )
    flash(text, "success")
    return redirect(url_for("today.show"), code=303)
