"""The pages: their blueprints, and what every template is given."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from vepshare.people import Profession
from vepshare.services import Caller
from vepshare.web import _labels
from vepshare.web._language import languages
from vepshare.web._request import is_api, settings
from vepshare.web.pages import BLUEPRINTS


def install(app: Flask) -> None:
    """Add every page to *app*."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(_context)
    _labels.install(app)


def _context() -> dict[str, Any]:
    if is_api():
        return {}
    caller: Caller | None = current_user.caller if current_user.is_authenticated else None
    shown: dict[str, Any] = {
        "product_name": settings().product_name,
        "demo": settings().demo,
        "lock_minutes": settings().lock_minutes,
        "languages": languages(),
        "links": {
            "home": url_for("today.show" if caller else "session.sign_in"),
            "agenda": url_for("session.agenda"),
            "hat": url_for("session.choose_hat"),
            "ways": url_for("unlocking.ways"),
            "sign_out": url_for("session.sign_out"),
            "accessibility": url_for("session.accessibility"),
        },
    }
    if caller is not None:
        shown["nav"] = _nav(caller)
        shown["signed_in"] = {
            "name": caller.name,
            "service": _labels.service(caller.organisation_name, caller.hat.profession),
        }
    return shown


def _nav(caller: Caller) -> list[dict[str, object]]:
    entries = [
        (_("Today"), "today.show"),
        (_("My dossiers"), "dossiers.index"),
        (_("My accesses"), "today.access"),
    ]
    if caller.hat.profession is Profession.DPO:
        entries.append((_("Log"), "log.index"))
    return [
        {"text": text, "href": url_for(name), "current": request.endpoint == name}
        for text, name in entries
    ]
