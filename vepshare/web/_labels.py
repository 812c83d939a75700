"""The words on screen for codes: professions, compartments, levels, reasons."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from vepshare.crypto import Method
from vepshare.dossier import COMPARTMENT_TITLES, N_, Compartment, Origin, Reason, State
from vepshare.people import Profession
from vepshare.policy import Level

PROFESSIONS: Mapping[Profession, str] = {
    Profession.MED: N_("Doctor"),
    Profession.INF: N_("Nurse"),
    Profession.SF: N_("Midwife"),
    Profession.PSY: N_("Psychologist"),
    Profession.ASH: N_("Hospital social worker"),
    Profession.CPAS: N_("Public social welfare centre"),
    Profession.SVA: N_("Victim support"),
    Profession.SVH: N_("Shelter"),
    Profession.JUR: N_("Legal adviser"),
    Profession.EJE: N_("Child and youth worker"),
    Profession.SAPV: N_("Police victim assistance"),
    Profession.POL: N_("Police"),
    Profession.AJV: N_("Justice assistant, victims"),
    Profession.PAR: N_("Public prosecutor's office"),
    Profession.MDT: N_("Mediation"),
    Profession.AUT: N_("Service for perpetrators"),
    Profession.ANI: N_("Meeting facilitator"),
    Profession.COO: N_("Provincial coordination"),
    Profession.RES: N_("Head of service"),
    Profession.DPO: N_("Data-protection officer"),
    Profession.ADM: N_("Technical administration"),
}
LEVELS: Mapping[Level, str] = {
    Level.FLAG: N_("Key facts only"),
    Level.READ: N_("Read"),
    Level.WRITE_OWN: N_("Write, and read one's own"),
    Level.WRITE: N_("Read and write"),
    Level.PLACE: N_("Read and write: runs the place"),
}
ORIGINS: Mapping[Origin, str] = {
    Origin.TOLD_BY_THE_PERSON: N_("Told by the person"),
    Origin.SEEN: N_("Seen"),
    Origin.THIRD_PARTY: N_("Told by somebody else"),
    Origin.DOCUMENT: N_("From a document"),
}
REASONS: Mapping[Reason, str] = {
    Reason.OPENING: N_("Opened the dossier"),
    Reason.FOLLOW_UP: N_("Follow-up"),
    Reason.REPLACEMENT: N_("Replaces a colleague"),
    Reason.MEETING: N_("Meeting"),
    Reason.EMERGENCY: N_("Emergency"),
    Reason.APPOINTMENT: N_("Appointment"),
}
STATES: Mapping[State, str] = {
    State.DRAFT: N_("Draft"),
    State.ACTIVE: N_("Open"),
    State.FROZEN: N_("Frozen"),
    State.LAPSED: N_("Lapsed"),
    State.CLOSED: N_("Closed"),
    State.SEALED: N_("Under seal"),
    State.ERASED: N_("Erased"),
}

UNLOCKS: Mapping[Method, str] = {
    Method.PASSPHRASE: N_("Passphrase alone"),
    Method.DEVICE: N_("Enrolled device"),
    Method.PASSKEY: N_("Passkey"),
    Method.KIT: N_("Printed kit"),
    Method.RECOVERY: N_("Recovery"),
}


def profession(code: Profession | str) -> str:
    """Return what a function is called on screen."""
    return _(PROFESSIONS[Profession(code)])


def service(organisation: str, code: Profession | str) -> str:
    """Return what a service is called, « Doctor – Maison médicale »: the same everywhere.

    An organisation whose name begins with the function stands alone: « CPAS de Bellecour ».
    """
    function = profession(code)
    if re.match(rf"{re.escape(function)}\b", organisation, re.IGNORECASE):
        return organisation
    return _("%(function)s – %(organisation)s", function=function, organisation=organisation)


def compartment(one: Compartment) -> str:
    """Return the title of a compartment on screen."""
    return _(COMPARTMENT_TITLES[one])


def level(one: Level) -> str:
    """Return what a level is called on screen."""
    return _(LEVELS[one])


def day(one: date | datetime | None) -> str:
    """Return a day as people write it here: 02/03/2027."""
    if one is None:
        return ""
    return format_date(one, "dd/MM/yyyy")


def moment(one: datetime | None) -> str:
    """Return an instant in Belgian time: 02/03/2027 14:35."""
    return "" if one is None else format_datetime(one, "dd/MM/yyyy HH:mm")


def install(app: Flask) -> None:
    """Let templates use these words as filters."""
    app.jinja_env.globals.update(service_name=service)
    app.jinja_env.filters.update(
        profession=profession,
        compartment=compartment,
        level=level,
        day=day,
        moment=moment,
        origin=lambda one: _(ORIGINS[Origin(one)]),
        reason=lambda one: _(REASONS[one]),
        state=lambda one: _(STATES[one]),
        unlock_kind=lambda one: _(UNLOCKS[one]),
    )
