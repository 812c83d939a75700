"""The one table from error to status, for pages and for the API."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, render_template
from flask_babel import format_date
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from vepshare.errors import (
    CustodyUnavailableError,
    LogUnavailableError,
    TamperedError,
    VepshareError,
)
from vepshare.policy import Refusal
from vepshare.services import (
    AccessEndedError,
    ActRefusedError,
    InvalidError,
    Notice,
    SignInRefusedError,
    StaleVersionError,
    ThrottledError,
    UnknownDossierError,
    note,
)
from vepshare.storage import LostRaceError
from vepshare.web._request import is_api, request_id

Answer = tuple[Response | str, int] | tuple[Response | str, int, Mapping[str, str]]

STATUS: Mapping[type[VepshareError], int] = {
    UnknownDossierError: 404,
    AccessEndedError: 410,
    ActRefusedError: 403,
    InvalidError: 422,
    StaleVersionError: 409,
    LostRaceError: 409,
    SignInRefusedError: 401,
    ThrottledError: 429,
    LogUnavailableError: 503,
    CustodyUnavailableError: 503,
    TamperedError: 500,
}
_RETRY_SECONDS = "10"
_UNAVAILABLE = 503


def install(app: Flask) -> None:
    """Answer every error, expected or not, without telling more than it may."""
    app.register_error_handler(VepshareError, _answer)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: VepshareError) -> int:
    """Return the status of an error; 500 for one that should not have reached an edge."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def _answer(error: VepshareError) -> Answer:
    status = status_of(error)
    if isinstance(error, LogUnavailableError):
        note(Notice.LOG_UNAVAILABLE, request=request_id())
    elif isinstance(error, CustodyUnavailableError):
        note(Notice.CUSTODY_UNAVAILABLE, problem=error.problem, request=request_id())
    elif error.__class__ not in STATUS:
        note(Notice.UNEXPECTED, what=type(error).__name__, request=request_id())
    return answer(status, headers=_headers(error), **details(error))


def details(error: VepshareError) -> dict[str, Any]:
    """Return what an answer says beyond its status: to the API as data, to a page as text."""
    match error:
        case AccessEndedError(on=on):
            return {"ended_on": on.isoformat(), "message": ended_text(error)}
        case ActRefusedError(refusal=refusal):
            return {"reason": refusal.value, "message": refusal_text(error)}
        case InvalidError(faults=faults):
            return {"errors": {"json": {path: [code] for path, code in faults.items()}}}
        case CustodyUnavailableError():
            return {"reason": "custody"}
        case TamperedError():
            return {"id": str(request_id())}
    return {}


def ended_text(error: AccessEndedError) -> str:
    """Return the sentence for somebody whose access has ended: the day, and no reason (V5)."""
    day = format_date(error.on, "dd/MM/yyyy")
    return _("Sharing with your service ended on %(day)s.", day=day)


def refusal_text(error: ActRefusedError) -> str:
    """Return why an act was refused, to somebody who sees the dossier anyway."""
    if error.refusal is Refusal.EXPLICIT_REFUSAL and error.since is not None:
        day = format_date(error.since, "dd/MM/yyyy")
        return _(
            "The person refused sharing with this service (%(day)s). To change this, a new"
            " consent is needed.",
            day=day,
        )
    texts = {
        Refusal.CANNOT_BE_ADDED: _("This service cannot be added to this dossier."),
        Refusal.NO_CONSENT: _("The person has not agreed to share with this service."),
        Refusal.NOT_REFERENT: _("Only the professional who accompanies the dossier can do this."),
        Refusal.ALREADY_A_PARTICIPANT: _("This professional already takes part."),
        Refusal.LEVEL_TOO_LOW: _("Your function can read here, not write."),
        Refusal.ANOTHER_ORGANISATION: _("Only the organisation that wrote this can correct it."),
    }
    return texts.get(error.refusal, _("This is not possible under your present function."))


def _headers(error: VepshareError) -> dict[str, str]:
    if isinstance(error, ThrottledError):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": _RETRY_SECONDS} if status_of(error) == _UNAVAILABLE else {}


def answer(status: int, *, headers: Mapping[str, str] | None = None, **said: Any) -> Answer:
    """Return the answer of a status: the same bytes for every cause that has the same status."""
    if is_api():
        return jsonify({"code": status, **said}), status, dict(headers or {})
    page = render_template(f"errors/{_page(status)}.html", status=status, **said)
    return page, status, dict(headers or {})


def _page(status: int) -> str:
    known = {400, 401, 403, 404, 409, 410, 422, 429, 503}
    return str(status) if status in known else "500"


def _http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004
        return error
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    said = {}
    # What marshmallow found, as flask-smorest hands it over.
    data = getattr(error, "data", None)
    if is_api() and isinstance(data, dict) and "messages" in data:
        said = {"errors": data["messages"]}
    return answer(status, headers=kept, **said)


def _form_expired(_error: CSRFError) -> Answer:
    return answer(400)


def _unexpected(error: Exception) -> Answer:
    note(Notice.UNEXPECTED, what=type(error).__name__, request=request_id())
    return answer(500, id=str(request_id()))
