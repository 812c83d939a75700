"""What a view needs to know of the request it serves."""

from datetime import UTC, datetime
from typing import cast

from flask import current_app, g, request
from flask_login import current_user

from vepshare import crypto
from vepshare.config import Settings
from vepshare.ids import RequestId
from vepshare.services import Caller, sessions
from vepshare.services.custody import Custody
from vepshare.storage import Store


def now() -> datetime:
    """Return the present instant: aware, UTC. Only the edges read the clock."""
    return datetime.now(UTC)


def current_store() -> Store:
    """Return the store of the application."""
    return cast(Store, current_app.extensions["vepshare.store"])


def custody() -> Custody:
    """Return the secrets the process runs under."""
    return cast(Custody, current_app.extensions["vepshare.custody"])


def settings() -> Settings:
    """Return the configuration of the application."""
    return cast(Settings, current_app.extensions["vepshare.settings"])


def request_id() -> RequestId:
    """Return the id of this request, the same in the log, in notices and on an error page."""
    if "request_id" not in g:
        g.request_id = sessions.new_request()
    return cast(RequestId, g.request_id)


def is_api() -> bool:
    """Tell whether the answer is JSON."""
    return request.path.startswith("/api/")


def current_caller() -> Caller:
    """Return who is signed in; views behind `signed_in` only."""
    return cast(Caller, current_user.caller)


def current_token() -> crypto.Token:
    """Return the token of the session; views behind `signed_in` only."""
    return cast(crypto.Token, current_user.token)
