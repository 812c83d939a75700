"""The log, for the data-protection officer."""

from flask import Blueprint, render_template, request
from marshmallow import EXCLUDE, Schema, fields, validate

from vepshare import audit
from vepshare.services import log
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("log", __name__)


class FilterForm(Schema):
    """Which entries are asked for."""

    class Meta:
        """The address may also carry a language."""

        unknown = EXCLUDE

    dossier = fields.String(load_default="", validate=validate.Length(max=20))
    actor = fields.String(load_default="", validate=validate.Length(max=60))
    organisation = fields.String(load_default="", validate=validate.Length(max=20))
    event = fields.String(load_default="", validate=validate.OneOf(["", *map(str, audit.Event)]))
    outcome = fields.String(
        load_default="", validate=validate.OneOf(["", *map(str, audit.Outcome)])
    )
    cursor = fields.Integer(load_default=None, allow_none=True)


@bp.get("/log")
@signed_in
def index() -> str:
    """Show entries, latest first."""
    form = FilterForm()
    errors = form.validate(request.args)
    given = {name: value for name, value in request.args.items() if name not in errors}
    data = form.load(given)
    wanted = log.Wanted(
        dossier=data["dossier"],
        actor=data["actor"],
        organisation=data["organisation"],
        event=data["event"],
        outcome=data["outcome"],
    )
    page = log.read_log(current_store(), current_caller(), wanted, cursor=data["cursor"], now=now())
    return render_template(
        "log/index.html", page=page, given=data, errors=errors, events=list(audit.Event)
    )
