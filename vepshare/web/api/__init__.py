"""The JSON API, /api/v1, described by its own OpenAPI document."""

from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from vepshare import __version__
from vepshare.web.api import consents, dossiers, entries, log, overview, people, session


class _Api(Api):  # type: ignore[misc]
    """flask-smorest, kept from answering for the pages: errors are ours everywhere."""

    def _register_error_handlers(self) -> None:
        """Leave every error to `vepshare.web.errors`, which keeps its headers."""

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Hand an error on as it is."""
        return error


def make_api(app: Flask) -> tuple[Blueprint, ...]:
    """Add the API to *app*; return its blueprints."""
    app.config.update(
        API_TITLE="vepshare",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(
        app,
        spec_kwargs={
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
    )
    subjects = (session, dossiers, entries, consents, people, overview, log)
    blueprints = tuple(subject.bp for subject in subjects)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix="/api/v1")
    return (*blueprints, *(app.blueprints[name] for name in app.blueprints if name == "api-docs"))


__all__ = ["make_api"]
