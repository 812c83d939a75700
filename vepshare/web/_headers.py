"""The headers of every answer."""

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden

from vepshare.web._request import settings

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_STATIC = "public, max-age=3600"


def install(app: Flask) -> None:
    """Set the headers of every answer, and refuse what another site makes a browser send."""
    app.before_request(_refuse_other_sites)
    app.after_request(_protect)


def _refuse_other_sites() -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"} and request.method != "GET":
        raise Forbidden


def _protect(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    static = request.endpoint == "static" and response.status_code == 200  # noqa: PLR2004
    response.headers["Cache-Control"] = _STATIC if static else "no-store"
    if not settings().demo:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
