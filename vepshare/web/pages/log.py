"""The log, for the data-protection officer."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate

from vepshare import audit
from vepshare.dossier import Compartment
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.policy import Level, Refusal
from vepshare.services import log
from vepshare.services.log import LogPage
from vepshare.web import _labels, _log_words
from vepshare.web._request import current_caller, current_store, now
from vepshare.web._sign_in import signed_in

bp = Blueprint("log", __name__)


class FilterForm(Schema):
    """Which entries are asked for."""

    class Meta:
        """A form also carries its anti-forgery token."""

        unknown = EXCLUDE

    dossier = fields.String(load_default="", validate=validate.Length(max=20))
    actor = fields.String(load_default="", validate=validate.Length(max=60))
    organisation = fields.String(load_default="", validate=validate.Length(max=20))
    event = fields.String(load_default="", validate=validate.OneOf(["", *map(str, audit.Event)]))
    outcome = fields.String(
        load_default="", validate=validate.OneOf(["", *map(str, audit.Outcome)])
    )
    cursor = fields.Integer(load_default=None, validate=validate.Range(min=0), allow_none=True)


@bp.route("/log", methods=["GET", "POST"])
@signed_in
def index() -> str:
    """Show entries, latest first; by POST those asked for, so that no login is in an address.

    Source: R26
    """
    form = FilterForm()
    errors = form.validate(request.form)
    data = form.load({key: text for key, text in request.form.items() if key not in errors})
    wanted = log.Wanted(
        dossier=data["dossier"].strip().upper(),
        actor=data["actor"].strip().lower(),
        organisation=data["organisation"].strip().upper(),
        event=data["event"],
        outcome=data["outcome"],
    )
    page = log.read_log(current_store(), current_caller(), wanted, cursor=data["cursor"], now=now())
    return render_template(
        "log/index.html",
        page=page,
        rows=[_row(entry, page) for entry in page.entries],
        given=data,
        events=_choices(_log_words.EVENTS),
        outcomes=_choices(_log_words.OUTCOMES),
        kept={key: text for key, text in data.items() if text and key != "cursor"},
    )


@bp.get("/log/checkpoint")
@signed_in
def checkpoint() -> str:
    """Show the latest checkpoint, to be copied and kept elsewhere."""
    found = log.last_checkpoint(current_store(), current_caller(), now=now())
    return render_template("log/checkpoint.html", checkpoint=found)


def _choices(words: Any) -> list[dict[str, str]]:
    return [{"value": "", "text": _("All")}] + [
        {"value": str(code), "text": _(text)} for code, text in words.items()
    ]


def _row(entry: audit.Entry, page: LogPage) -> list[str]:
    """Return one entry in words: codes, references and names of professionals, never a content."""
    return [
        _labels.moment(entry.time),
        _lines(_(_log_words.EVENTS[entry.event]), _whom(entry, page), _purpose(entry.purpose)),
        _who(entry, page),
        "" if entry.dossier is None else page.references.get(entry.dossier, ""),
        _compartments(entry),
        _outcome(entry),
    ]


def _who(entry: audit.Entry, page: LogPage) -> str:
    if entry.actor is None:
        return _("Nobody known") if entry.event is audit.Event.SESSION_REFUSED else _("The system")
    name = page.names.get(entry.actor, str(entry.actor))
    if entry.organisation is None:
        return name
    return _lines(name, _service(entry.organisation, entry.profession, page))


def _service(where: OrganisationId, profession: str, page: LogPage) -> str:
    organisation = page.organisations[where].name
    return _labels.service(organisation, profession) if profession else organisation


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _whom(entry: audit.Entry, page: LogPage) -> str:
    """Return whom an entry is about, where that is a professional or an organisation.

    Entries that name something else, such as an entry of the dossier, say nothing here; nor does
    what somebody did about themself, whose name stands in the next cell.
    """
    if entry.subject is None or entry.subject == entry.actor:
        return ""
    organisations = {where: one.name for where, one in page.organisations.items()}
    present = organisations.get(OrganisationId(entry.subject))
    former = [name for where, name in organisations.items() if str(where) == entry.ground]
    if present and former and entry.event is audit.Event.PLACE_MOVED:
        return _("From %(former)s to %(present)s", former=former[0], present=present)
    return present or page.names.get(ProfessionalId(entry.subject), "")


def _compartments(entry: audit.Entry) -> str:
    """Return the subjects an entry names, those of one level on one line."""
    by_level: dict[str, list[str]] = {}
    for one in Compartment:
        if one in entry.compartments:
            letter = entry.compartments[one]
            by_level.setdefault(letter, []).append(_labels.compartment(one))
    return _lines(*(_subjects(letter, titles) for letter, titles in by_level.items()))


def _subjects(letter: str, titles: list[str]) -> str:
    named = ", ".join(titles)
    if letter not in set(Level):
        return named
    return _("%(level)s: %(subjects)s", level=_labels.level(Level(letter)), subjects=named)


def _purpose(code: str) -> str:
    if not code:
        return ""
    purpose = _(_log_words.PURPOSES[code]) if code in _log_words.PURPOSES else code
    return _("Purpose: %(purpose)s", purpose=purpose)


def _outcome(entry: audit.Entry) -> str:
    outcome = _(_log_words.OUTCOMES[entry.outcome])
    if not entry.reason:
        return outcome
    known = entry.reason in set(Refusal)
    reason = _(_log_words.REASONS[Refusal(entry.reason)]) if known else entry.reason
    return _("%(outcome)s: %(reason)s", outcome=outcome, reason=reason)
