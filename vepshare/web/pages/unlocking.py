"""One's own ways to unlock: this device, other devices, the printed kit, the passphrase."""

from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask import request as incoming
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from vepshare import crypto
from vepshare.ids import MethodId
from vepshare.plain import Plain
from vepshare.services import Given, InvalidError, SignInRefusedError, sessions, unlocking
from vepshare.web import _devices
from vepshare.web._request import (
    current_caller,
    current_store,
    current_token,
    custody,
    now,
    request_id,
)
from vepshare.web._sign_in import set_cookie, signed_in

bp = Blueprint("unlocking", __name__, url_prefix="/sign-in")

Page = AnyResponse | tuple[str, int] | str


class _Form(Schema):
    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    password = fields.String(required=True, validate=validate.Length(1, unlocking.LONGEST))
    kit = fields.String(load_default="", validate=validate.Length(max=100))


class KitForm(_Form):
    """Login, passphrase and the code of a printed kit."""

    login = fields.String(required=True, validate=validate.Length(1, 60))
    remember = fields.Boolean(load_default=False)


class PassphraseForm(_Form):
    """The present passphrase and a new one, typed twice."""

    new = fields.String(required=True, validate=validate.Length(1, unlocking.LONGEST))
    again = fields.String(required=True, validate=validate.Length(1, unlocking.LONGEST))


@bp.get("/kit")
def kit() -> str:
    """Show how to sign in on a device that is not enrolled."""
    return _kit_page({})


@bp.post("/kit")
def open_with_kit() -> Page:
    """Open a session with a printed kit, and enrol the device if that is asked for."""
    try:
        data = cast(dict[str, Any], KitForm().load(incoming.form))
        code = _code(data["kit"])
        opened = sessions.sign_in(
            current_store(),
            custody().peppers,
            sessions.Credentials(
                login=data["login"],
                given=Given(passphrase=Plain(data["password"]), kit=code),
                remember=data["remember"],
            ),
            request=request_id(),
            now=now(),
        )
    except InvalidError:
        return _kit_page({"kit": _miscopied()}), 422
    except (ValidationError, SignInRefusedError):
        return _kit_page({"login": _refused()}), 401
    response = cast(Response, redirect(url_for("today.show")))
    set_cookie(response, opened.token)
    if opened.device is not None:
        _devices.remember(response, opened.device)
    return response


def _kit_page(errors: dict[str, str]) -> str:
    return render_template("unlocking/kit.html", errors=errors, given=incoming.form)


def _code(text: str) -> crypto.KitCode | None:
    """Return the code somebody typed, None for an empty field.

    Raises:
        InvalidError: it was not copied well. That is told before anything is tried.

    """
    code = crypto.KitCode.decode(text)
    if text.strip() and code is None:
        raise InvalidError({"kit": "miscopied"})
    return code


def _miscopied() -> str:
    return _("The code of the kit is not complete, or one of its characters is wrong.")


def _refused() -> str:
    return _("What you typed does not match. Check the passphrase and the code, and try again.")


@bp.get("/ways")
@signed_in
def ways() -> str:
    """Show one's ways to unlock."""
    return _ways_page({})


def _ways_page(errors: dict[str, str]) -> str:
    found = unlocking.ways(current_store(), current_caller())
    here = {one.method for one in _devices.tokens()}
    return render_template(
        "unlocking/ways.html",
        ways=found,
        here=here,
        known_here=any(one.id in here for one in found.items),
        errors=errors,
        shortest=unlocking.SHORTEST,
    )


@bp.post("/ways/<uuid:method_id>/removal")
@signed_in
def remove(method_id: UUID) -> Page:
    """Take a way to unlock away, at once."""
    try:
        unlocking.forget(current_store(), current_caller(), MethodId(method_id), now=now())
    except InvalidError:
        text = _("This is the only way left: add another one first.")
        return _ways_page({"ways-caption": text}), 422
    flash(_("Removed. Nobody can sign in with it any more."), "success")
    return redirect(url_for("unlocking.ways"), code=303)


@bp.post("/ways/device")
@signed_in
def enrol() -> Page:
    """Enrol the device in front of somebody who has signed in with their kit."""
    try:
        given, _data = _given(_Form(), incoming.form)
        token = unlocking.enrol_device(
            current_store(), custody().peppers, current_caller(), given, now=now()
        )
    except (InvalidError, ValidationError, SignInRefusedError) as error:
        return _fault(error, "device")
    flash(_("This device is enrolled: your passphrase opens it from now on."), "success")
    response = cast(Response, redirect(url_for("unlocking.ways"), code=303))
    _devices.remember(response, token)
    return response


@bp.post("/ways/kit")
@signed_in
def print_kit() -> Page:
    """Make a new printed kit, and show its code once."""
    try:
        given, _data = _given(_Form(), incoming.form)
        code = unlocking.new_kit(
            current_store(), custody().peppers, current_caller(), given, now=now()
        )
    except (InvalidError, ValidationError, SignInRefusedError) as error:
        return _fault(error, "kit")
    return render_template("unlocking/printed.html", code=code.encode())


@bp.post("/ways/passphrase")
@signed_in
def change_passphrase() -> Page:
    """Change the passphrase; show the code of the kit that goes with the new one."""
    try:
        given, data = _given(PassphraseForm(), incoming.form)
        changed = unlocking.change_passphrase(
            current_store(),
            custody().peppers,
            current_caller(),
            current_token(),
            given,
            Plain(_twice(data)),
            now=now(),
        )
    except (InvalidError, ValidationError, SignInRefusedError) as error:
        return _fault(error, "passphrase")
    code = None if changed.kit is None else changed.kit.encode()
    response = make_response(render_template("unlocking/printed.html", code=code, changed=True))
    if changed.device is not None:
        _devices.remember(response, changed.device)
    return response


def _given(schema: _Form, form: Any) -> tuple[Given, dict[str, Any]]:
    data = cast(dict[str, Any], schema.load(form))
    return _devices.given(data["password"], _code(data["kit"])), data


def _twice(data: dict[str, Any]) -> str:
    if data["new"] != data["again"]:
        raise InvalidError({"again": "different"})
    return cast(str, data["new"])


def _fault(error: Exception, form: str) -> tuple[str, int]:
    """Return the page again, with what was wrong in one of its forms; nothing typed is kept."""
    match error:
        case InvalidError(faults={"kit": "miscopied"}):
            return _ways_page({f"{form}-kit": _miscopied()}), 422
        case InvalidError(faults={"again": _other}):
            return _ways_page({f"{form}-again": _("The two are not the same.")}), 422
        case InvalidError(faults={"new": _other}):
            text = _("At least %(count)s characters.", count=unlocking.SHORTEST)
            return _ways_page({f"{form}-new": text}), 422
        case ValidationError():
            return _ways_page({f"{form}-password": _("Fill in every field.")}), 422
    return _ways_page({f"{form}-password": _refused()}), 401
