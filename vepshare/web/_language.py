"""Which language a page is in: asked for, remembered, the professional's own, or French."""

from flask import Flask, Response, request
from flask_babel import Babel, get_locale
from flask_login import current_user

from vepshare.web._request import is_api, settings

LANGUAGES = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}
_COOKIE = "lang"


def install(app: Flask) -> None:
    """Choose the language of each answer, and keep a choice for the next one."""
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Brussels"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_choose)
    app.after_request(_remember)
    app.jinja_env.globals["get_locale"] = get_locale


def _asked() -> str | None:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else None


def _choose() -> str:
    if asked := _asked():
        return asked
    kept = request.cookies.get(_COOKIE, "")
    if kept in LANGUAGES:
        return kept
    if not is_api() and current_user.is_authenticated:
        return str(current_user.caller.locale)
    return request.accept_languages.best_match(LANGUAGES, "fr") or "fr"


def _remember(response: Response) -> Response:
    if asked := _asked():
        secure = not settings().demo
        response.set_cookie(
            _COOKIE, asked, httponly=True, secure=secure, samesite="Strict", path="/"
        )
    return response


def languages() -> list[dict[str, object]]:
    """Return the language switch of the page being shown."""
    current = str(get_locale())
    return [
        {
            "code": code,
            "label": code.upper(),
            "name": name,
            "href": f"?lang={code}",
            "current": code == current,
        }
        for code, name in LANGUAGES.items()
    ]
