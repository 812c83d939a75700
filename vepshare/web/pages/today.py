"""« Aujourd'hui » and « Mes accès »."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from vepshare.dossier import N_, SENSITIVE
from vepshare.ids import TaskId
from vepshare.services import overview
from vepshare.services import today as days
from vepshare.services.today import TaskView, Today
from vepshare.storage import TaskKind
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("today", __name__)

# What each task is called, and the page where it is done.
_TASKS = {
    TaskKind.JOIN: (N_("Your service is asked to take part"), "participants.why_join"),
    TaskKind.CONFIRM_AS_WITNESS: (
        N_("Confirm the agreement you witnessed, within 24 hours"),
        "consents.witness",
    ),
    TaskKind.SOMEBODY_JOINED: (N_("A colleague has joined"), "participants.index"),
    TaskKind.PLACE_OPENED: (N_("The protected place has been opened"), "overview.place"),
    TaskKind.CONSENT_ENDED: (N_("Sharing with a service has ended"), "consents.show"),
    TaskKind.WITNESS_MISSING: (N_("The witness has not confirmed in time"), "consents.show"),
    TaskKind.INVITED: (N_("You are invited to take part"), "dossiers.show"),
}


@bp.get("/")
@signed_in
def show() -> str:
    """Show what there is to do."""
    found = days.today(current_store(), current_caller(), now=now())
    tasks = [
        {
            "id": one.id,
            "task": one,
            "text": _(_TASKS[one.kind][0]),
            "href": _href(one, found),
            # Opening it does all there is to do.
            "done_by_opening": one.kind is TaskKind.INVITED,
        }
        for one in found.tasks
    ]
    return render_template("today/show.html", today=found, tasks=tasks)


def _href(task: TaskView, found: Today) -> str:
    """Return where a task is done: on the closing sheet, once sharing has stopped."""
    stopped = task.reference in found.closing
    endpoint = "closing.show" if stopped else _TASKS[task.kind][1]
    return url_for(endpoint, reference=task.reference)


@bp.post("/tasks/<uuid:task_id>/done")
@signed_in
def finish(task_id: UUID) -> AnyResponse:
    """Strike a task off."""
    days.finish(current_store(), current_caller(), TaskId(task_id), now=now())
    return redirect(url_for("today.show"), code=303)


@bp.post("/tasks/<uuid:task_id>/open")
@signed_in
def take_up(task_id: UUID) -> AnyResponse:
    """Strike an invitation off, and lead to its dossier."""
    reference = days.take_up(current_store(), current_caller(), TaskId(task_id), now=now())
    if reference is None:
        return redirect(url_for("today.show"), code=303)
    return redirect(url_for("dossiers.show", reference=reference), code=303)


@bp.get("/accesses")
@signed_in
def access() -> str:
    """Show what one's function can see at most."""
    found = overview.my_access(current_store(), current_caller(), now=now())
    return render_template("today/access.html", access=found, sensitive=SENSITIVE)
