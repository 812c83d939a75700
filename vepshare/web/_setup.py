"""Putting the web together."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from vepshare.web import _headers, _language, _pages, _sign_in, errors
from vepshare.web.api import make_api


def install(app: Flask) -> None:
    """Add pages, the API, sign-in, headers, languages and error answers to *app*."""
    _language.install(app)
    _headers.install(app)
    _sign_in.install(app)
    csrf = CSRFProtect(app)
    _pages.install(app)
    for blueprint in make_api(app):
        csrf.exempt(blueprint)
    errors.install(app)
