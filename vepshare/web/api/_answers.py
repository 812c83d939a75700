"""What every operation of the API may answer besides success, for its OpenAPI document."""

from typing import Any

from flask_smorest import Blueprint

from vepshare.web.api._json import StrictParser

_REFUSALS = {
    401: "No session, or one that is over.",
    403: "You see the dossier, but not under this function.",
    404: "No such dossier, or none you may know of: the same bytes.",
    405: "Not this method.",
    409: "Somebody else was first.",
    410: "Your access has ended, on the day given.",
    422: "The fields at fault, each with a code.",
    429: "Too many attempts.",
    500: "Something stored is not what was stored; an id to report.",
    503: "The log cannot be written, or the keys cannot be reached: nothing is disclosed.",
}


class _Blueprint(Blueprint):  # type: ignore[misc]
    """A blueprint that reads bodies strictly."""

    ARGUMENTS_PARSER = StrictParser()


def blueprint(name: str, description: str) -> Any:
    """Return a blueprint of the API."""
    return _Blueprint(name, __name__, description=description)


def documented(bp: Any) -> Any:
    """Return a decorator that documents the refusals an operation shares with all others."""

    def decorate(view: Any) -> Any:
        for status, text in reversed(_REFUSALS.items()):
            view = bp.alt_response(status, description=text)(view)
        return view

    return decorate
