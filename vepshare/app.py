"""The application."""

from pathlib import Path

from flask import Flask

from vepshare import crypto, web
from vepshare.config import Settings, from_environment
from vepshare.errors import ConfigurationError, CustodyUnavailableError
from vepshare.services import anchoring, ledger, platform
from vepshare.services.custody import SAID, Custody, open_custody
from vepshare.storage import Store

_MOST_BYTES = 512 * 1024


def load_custody(settings: Settings) -> Custody:
    """Return the keys of an installation, each of them tried once.

    Raises:
        ConfigurationError: one is missing, malformed, open to others, or cannot be had just now;
            one line.

    """
    return open_custody(settings.places)


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
    origin = platform.check(store, custody).origin
    anchoring.anchor(store, origin, (one.public for one in custody.log_keys))
    ledger.attach(store, settings.ledger_file)
    folder = Path(__file__).parent / "web"
    app = Flask(
        "vepshare", static_folder=str(folder / "static"), template_folder=str(folder / "templates")
    )
    secure = not settings.demo
    app.config.update(
        **_form_secrets(custody),
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


def _form_secrets(custody: Custody) -> dict[str, object]:
    """Return what signs forms. While a pepper takes over, those of both are accepted."""
    try:
        first, *others = (
            crypto.form_secret(custody.peppers.named(one)) for one in custody.peppers.ids
        )
    except CustodyUnavailableError as error:
        raise ConfigurationError(f"the pepper: {SAID[error.problem]}") from None
    return {
        "SECRET_KEY": first,
        "SECRET_KEY_FALLBACKS": others,
        # The last one signs.
        "WTF_CSRF_SECRET_KEY": [*others, first],
    }
