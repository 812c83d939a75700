"""Signing in and out, and changing hats."""

from typing import Any

from marshmallow import Schema, fields, validate

from vepshare import crypto
from vepshare.people import Hat, Profession
from vepshare.plain import Plain
from vepshare.services import Given, InvalidError, directory, sessions
from vepshare.web._request import (
    current_caller,
    current_store,
    current_token,
    custody,
    now,
    request_id,
    settings,
)
from vepshare.web._sign_in import signed_in
from vepshare.web.api._answers import blueprint, documented

bp = blueprint("api-session", "Sessions")


class SessionIn(Schema):
    """What somebody signs in with. `otp` is for a second factor, where one is set up.

    Outside a demonstration `device` or `kit` goes with the password: what an enrolled device
    keeps, or the code of a printed kit. `remember` enrols the device that asks.
    """

    login = fields.String(required=True, validate=validate.Length(1, 60))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)
    otp = fields.String(validate=validate.Length(1, 20), load_only=True)
    function = fields.Enum(Profession, by_value=True)
    device = fields.String(validate=validate.Length(64, 64), load_only=True)
    kit = fields.String(validate=validate.Length(1, 100), load_only=True)
    remember = fields.Boolean(load_default=False)


class HatIn(Schema):
    """A function to work under from now on."""

    function = fields.Enum(Profession, by_value=True, required=True)
    organisation = fields.String(required=True, validate=validate.Length(1, 20))


class HatOut(Schema):
    """A function somebody holds."""

    function = fields.Enum(Profession, by_value=True)
    organisation = fields.String()


class SessionOut(Schema):
    """A session. The token is given once, and kept nowhere; so is that of a device."""

    token = fields.String()
    device = fields.String()
    professional = fields.String()
    name = fields.String()
    function = fields.Enum(Profession, by_value=True)
    organisation = fields.String()
    functions = fields.List(fields.Nested(HatOut))


@bp.post("/session")
@bp.arguments(SessionIn)
@bp.response(201, SessionOut)
@documented(bp)
@bp.doc(security=[])
def sign_in(data: dict[str, Any]) -> dict[str, Any]:
    """Open a session."""
    given = sessions.Credentials(
        login=data["login"],
        given=_given(data),
        profession=data.get("function"),
        remember=data["remember"],
    )
    opened = sessions.sign_in(
        current_store(), custody().peppers, given, request=request_id(), now=now()
    )
    hats = sessions.hats(current_store(), opened.caller)
    device = {} if opened.device is None else {"device": opened.device.encode()}
    return device | {
        "token": opened.token.encode(),
        "professional": opened.caller.login,
        "name": opened.caller.name,
        "function": opened.caller.hat.profession,
        "organisation": opened.caller.organisation_code,
        "functions": [_hat(hat) for hat in hats],
    }


def _given(data: dict[str, Any]) -> Given:
    device = crypto.DeviceToken.decode(data.get("device", ""))
    kit = crypto.KitCode.decode(data.get("kit", ""))
    if "kit" in data and kit is None:
        raise InvalidError({"kit": "miscopied"})
    return Given(
        passphrase=Plain(data["password"]),
        devices=() if device is None else (device,),
        kit=kit,
        alone=settings().demo,
    )


@bp.delete("/session")
@bp.response(204)
@documented(bp)
@signed_in
def sign_out() -> None:
    """Close the session."""
    sessions.sign_out(current_store(), current_caller(), current_token(), now=now())


@bp.post("/session/function")
@bp.arguments(HatIn)
@bp.response(200, HatOut)
@documented(bp)
@signed_in
def change_function(data: dict[str, Any]) -> dict[str, Any]:
    """Work under another function from the next request on."""
    people = directory.directory(current_store())
    organisation = people.organisation(data["organisation"])
    if organisation is None:
        raise InvalidError({"organisation": "unknown"})
    hat = sessions.change_hat(
        current_store(),
        current_caller(),
        current_token(),
        data["function"],
        organisation.id,
        now=now(),
    )
    return _hat(hat)


def _hat(hat: Hat) -> dict[str, Any]:
    code = directory.directory(current_store()).code(hat.organisation_id)
    return {"function": hat.profession, "organisation": code}
