"""The cookies of enrolled devices, and what somebody unlocks with as a form or a request says it.

One cookie for each person who has enrolled the browser: a ward computer has several. It is sent
to the pages of signing in only, and without the passphrase it opens nothing.
"""

from flask import Response, request

from vepshare import crypto
from vepshare.plain import Plain
from vepshare.services import Given
from vepshare.web._request import settings

_PATH = "/sign-in"
_MOST = 60
_SECONDS = 180 * 24 * 3600


def given(passphrase: str, kit: crypto.KitCode | None = None) -> Given:
    """Return what a form was sent with, beside the devices that the browser is enrolled as."""
    return Given(passphrase=Plain(passphrase), devices=tokens(), kit=kit, alone=settings().demo)


def tokens() -> tuple[crypto.DeviceToken, ...]:
    """Return the devices that the browser is enrolled as; malformed cookies are none."""
    texts = [text for name, text in request.cookies.items() if name.startswith(_prefix())]
    found = map(crypto.DeviceToken.decode, texts[:_MOST])
    return tuple(one for one in found if one is not None)


def remember(response: Response, token: crypto.DeviceToken) -> None:
    """Let the browser keep a device for half a year from now on."""
    response.set_cookie(
        f"{_prefix()}{token.method.hex[:8]}",
        token.encode(),
        max_age=_SECONDS,
        httponly=True,
        secure=not settings().demo,
        samesite="Strict",
        path=_PATH,
    )


def _prefix() -> str:
    return "vep-device-" if settings().demo else "__Secure-vep-device-"
