"""The application."""

from pathlib import Path

from flask import Flask

from vepshare import audit, crypto, web
from vepshare.config import Settings, from_environment
from vepshare.services import ledger, platform
from vepshare.services.platform import Custody
from vepshare.storage import Store

_MOST_BYTES = 512 * 1024


def load_custody(settings: Settings) -> Custody:
    """Return the secrets of an installation.

    Raises:
        ConfigurationError: a file is missing, malformed or readable by others; one line.

    """
    return Custody(
        pepper=crypto.FilePepper(settings.pepper_file).current(),
        log_key=audit.LogKey.load(settings.log_key_file),
    )


def create_app(
    settings: Settings | None = None, *, store: Store | None = None, custody: Custody | None = None
) -> Flask:
    """Return the WSGI application, once database and secrets are known to belong together.

    Raises:
        ConfigurationError: they do not, or something is not set; one line for the operator.

    """
    settings = settings or from_environment()
    custody = custody or load_custody(settings)
    store = store or Store(settings.database)
    platform.check(store, custody)
    ledger.attach(store, settings.ledger_file)
    folder = Path(__file__).parent / "web"
    app = Flask(
        "vepshare", static_folder=str(folder / "static"), template_folder=str(folder / "templates")
    )
    secure = not settings.demo
    app.config.update(
        SECRET_KEY=crypto.form_secret(custody.pepper),
        SESSION_COOKIE_NAME="__Host-vep-form" if secure else "vep-form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        # Pages send no referrer, so there is none to compare; Sec-Fetch-Site is checked instead.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=_MOST_BYTES,
        MAX_FORM_PARTS=2000,
    )
    app.extensions["vepshare.settings"] = settings
    app.extensions["vepshare.custody"] = custody
    app.extensions["vepshare.store"] = store
    web.install(app)
    return app
