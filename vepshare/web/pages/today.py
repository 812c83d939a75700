"""« Aujourd'hui » and « Mes accès »."""

from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from vepshare.ids import TaskId
from vepshare.services import overview
from vepshare.services import today as days
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("today", __name__)


@bp.get("/")
@signed_in
def show() -> str:
    """Show what there is to do."""
    found = days.today(current_store(), current_caller(), now=now())
    return render_template("today/show.html", today=found)


@bp.post("/tasks/<uuid:task_id>/done")
@signed_in
def finish(task_id: UUID) -> AnyResponse:
    """Strike a task off."""
    days.finish(current_store(), current_caller(), TaskId(task_id), now=now())
    return cast(AnyResponse, redirect(url_for("today.show")))


@bp.get("/accesses")
@signed_in
def access() -> str:
    """Show what one's function can see at most."""
    found = overview.my_access(current_store(), current_caller(), now=now())
    return render_template("today/access.html", access=found)
