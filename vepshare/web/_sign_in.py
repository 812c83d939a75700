"""flask-login as glue over our own sessions: a cookie for pages, a bearer for the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Request, Response, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, login_required
from werkzeug.exceptions import Unauthorized

from vepshare import crypto
from vepshare.errors import LogUnavailableError, TamperedError
from vepshare.services import Caller, Notice, moving, note, sessions
from vepshare.storage import LostRaceError
from vepshare.web._request import current_store, is_api, now, request_id, settings

P = ParamSpec("P")
R = TypeVar("R")

_FAILED = 400


@dataclass(frozen=True, kw_only=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in, for flask-login."""

    caller: Caller
    token: crypto.Token

    def get_id(self) -> str:
        """Return the professional's id; nothing is kept under it."""
        return str(self.caller.id)


def install(app: Flask) -> None:
    """Let flask-login ask our sessions, on every request, and remember nothing itself."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)
    manager.request_loader(_load)
    manager.unauthorized_handler(_unauthorized)
    app.after_request(_move_on)


def _move_on(response: Response) -> Response:
    """Let a session whose service has gone on to another key move a few dossiers to it.

    What was asked for has been answered by then: nothing that goes wrong here changes it.
    """
    known = g.get("_login_user")
    if isinstance(known, SignedIn) and response.status_code < _FAILED:
        try:
            moving.move_on(current_store(), known.caller, now=now())
        except (LogUnavailableError, LostRaceError, TamperedError) as error:
            note(Notice.NOT_MOVED, why=type(error).__name__, request=request_id())
    return response


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in professionals through; others get 401, or the sign-in page."""
    return cast(Callable[P, R], login_required(view))


def _load(incoming: Request) -> SignedIn | None:
    token = _token(incoming)
    if token is None or g.get("sessions_unreadable"):
        return None
    try:
        caller = sessions.resume(current_store(), token, request=request_id(), now=now())
    except LogUnavailableError:
        # Asked once only: the page that says so is made for nobody in particular.
        g.sessions_unreadable = True
        raise
    except TamperedError as error:
        # A row that does not open with its own cookie is no session.
        note(Notice.TAMPERED, what=error.what, request=request_id())
        return None
    return None if caller is None else SignedIn(caller=caller, token=token)


def _token(incoming: Request) -> crypto.Token | None:
    """Return the token of a request: the API takes a bearer and no cookie, pages the reverse."""
    if is_api():
        scheme, _, text = incoming.headers.get("Authorization", "").partition(" ")
        return crypto.Token.decode(text) if scheme.lower() == "bearer" else None
    return crypto.Token.decode(incoming.cookies.get(settings().session_cookie, ""))


def _unauthorized() -> "Response | object":
    if is_api():
        raise Unauthorized
    target = request.path if request.method == "GET" else None
    return redirect(url_for("session.sign_in", next=target))


def set_cookie(response: Response, token: crypto.Token) -> None:
    """Give the browser the token, for this browser session only."""
    response.set_cookie(
        settings().session_cookie,
        token.encode(),
        httponly=True,
        secure=not settings().demo,
        samesite="Strict",
        path="/",
    )


def clear_cookie(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        settings().session_cookie,
        httponly=True,
        secure=not settings().demo,
        samesite="Strict",
        path="/",
    )
