"""Signing in and out, choosing a hat, and the pages that show nothing."""

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from vepshare.ids import OrganisationId
from vepshare.people import Profession
from vepshare.services import SignInRefusedError, directory, sessions
from vepshare.web import _devices, _labels
from vepshare.web._request import (
    current_caller,
    current_store,
    current_token,
    custody,
    now,
    request_id,
    settings,
)
from vepshare.web._sign_in import clear_cookie, set_cookie, signed_in

bp = Blueprint("session", __name__)


class SignInForm(Schema):
    """Login and passphrase."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    login = fields.String(required=True, validate=validate.Length(1, 60))
    password = fields.String(required=True, validate=validate.Length(1, 200))


class HatForm(Schema):
    """A function at an organisation."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    function = fields.Enum(Profession, by_value=True, required=True)
    organisation = fields.UUID(required=True)


@bp.get("/sign-in")
def sign_in() -> AnyResponse | str:
    """Show the sign-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("today.show"))
    return _form()


@bp.post("/sign-in")
def open_session() -> AnyResponse | tuple[str, int]:
    """Open a session, or show the same page again with the same answer for every cause."""
    try:
        data = cast(dict[str, str], SignInForm().load(request.form))
        given = _devices.given(data["password"])
        opened = sessions.sign_in(
            current_store(),
            custody().peppers,
            sessions.Credentials(login=data["login"], given=given),
            request=request_id(),
            now=now(),
        )
    except (ValidationError, SignInRefusedError):
        return _form(refused=True, login=request.form.get("login", "")), 401
    response = cast(Response, redirect(_after_sign_in()))
    set_cookie(response, opened.token)
    for token in given.devices:
        if token.method == opened.method:
            _devices.remember(response, token)
    return response


def _form(*, refused: bool = False, login: str = "") -> str:
    return render_template(
        "session/sign_in.html", refused=refused, login=login, cast=_cast(), next=_next()
    )


def _cast() -> dict[str, list[dict[str, str]]]:
    """Return whom one can sign in as with one click, by organisation; in a demonstration only."""
    cast: dict[str, list[dict[str, str]]] = {}
    if not settings().demo:
        return cast
    people = directory.directory(current_store())
    by_code = sorted(people.hats, key=lambda hat: _order(people.code(hat.organisation_id)))
    for hat in by_code:
        one = people.professionals[hat.professional_id]
        name = people.organisations[hat.organisation_id].name
        cast.setdefault(name, []).append(
            {"login": one.login, "name": one.name, "function": _labels.profession(hat.profession)}
        )
    return cast


def _order(code: str) -> tuple[int, str]:
    """Return what sorts O2 before O10."""
    return len(code), code


def _next() -> str:
    """Return where to go after signing in: a path of this site, never another one."""
    wanted = request.values.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else ""


def _after_sign_in() -> str:
    return _next() or url_for("today.show")


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """Close the session and leave nothing behind."""
    if current_user.is_authenticated:
        sessions.sign_out(current_store(), current_caller(), current_token(), now=now())
    response = redirect(url_for("session.sign_in"))
    clear_cookie(cast(Response, response))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/function")
@signed_in
def choose_hat() -> str:
    """Show the functions one holds."""
    people = directory.directory(current_store())
    hats = sessions.hats(current_store(), current_caller())
    return render_template(
        "session/hat.html",
        hats=hats,
        organisations=people.organisations,
        current=current_caller().hat,
    )


@bp.post("/function")
@signed_in
def change_hat() -> AnyResponse:
    """Work under another function."""
    try:
        data = HatForm().load(request.form)
    except ValidationError:
        abort(400)
    sessions.change_hat(
        current_store(),
        current_caller(),
        current_token(),
        data["function"],
        OrganisationId(cast(UUID, data["organisation"])),
        now=now(),
    )
    return redirect(url_for("today.show"))


@bp.get("/agenda")
def agenda() -> str:
    """Show a page that holds nothing (« Masquer » without script)."""
    return render_template("session/agenda.html")


@bp.get("/accessibility")
def accessibility() -> str:
    """Show the accessibility statement."""
    return render_template("session/accessibility.html")
