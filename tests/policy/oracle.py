"""A second opinion on who may see what: one cell at a time, in words, and nothing shared.

It imports nothing of vepshare. The table is copied from SCENARIOS 1.3, so that the approved
file is held against it too. What comes back is a level (`F R w W P`) or the code of a refusal.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

COMPARTMENTS = "ID CT AD HO CH HE PR PS SV HM SF IN RI PL AP JU PM RA MD".split()

TABLE = """
MED   R  R  –  F  R  W  W  F+ w  F+ –  F+ R  F  F  –  –  w  R
INF   R  R  –  F  F  W  R  –  w+ –  –  –  F  F  –  –  –  w  F
SF    R  R  –  F  R  R  W  –  F+ F+ –  F+ R  R+ F  –  –  w  R
PSY   R  R  –  F  R  F+ F+ w  w  w  F  R+ R  R  F  F+ –  w  R
ASH   W  W  –  R  W  F  R+ –  –  R+ W  W  W  W  W  R  F  w  W
CPAS  R  R  –  R  R  –  –  –  –  –  W  F  F  F  F  F  –  w  R
SVA   W  W  –  W  W  F+ F+ F+ F+ W  W  W  W  W  W  W  R  w  W
SVH   R  W  P  W  W  F+ F+ F+ –  W  R  W  W  W  R  R  R  w  W
JUR   R  R  –  R  R  –  –  –  –  R  R  R  F  F  R  W  R  w  R
EJE   W  W  –  F  W  –  F+ F+ –  W  –  W+ W  W  W+ F  F+ w  W
SAPV  R+ R+ –  F+ F+ –  –  –  –  F+ –  F+ F+ R+ F+ w+ w+ w+ F+
POL   F+ –  –  –  –  –  –  –  –  F+ –  –  F+ F+ §  §  w+ –  §
AJV   R+ R+ –  –  F+ –  –  –  –  –  –  F+ F+ F+ §  w+ F+ w+ F+
PAR   §  §  –  §  §  –  –  –  –  §  –  §  §  §  §  §  §  –  §
MDT   F+ F+ –  –  –  –  –  –  –  –  –  –  –  –  –  F+ –  w+ –
AUT   F+ –  –  –  –  –  –  –  –  –  –  –  F+ –  §  –  –  –  §
ANI   F  –  –  –  F  –  F  –  –  F+ –  R  R  F  F  F  F  F  W
COO   F  –  –  –  –  –  –  –  –  –  –  –  F  –  –  –  –  F  F
RES   –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
DPO   –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
ADM   –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –  –
"""

ROWS = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}
FUNCTIONS = list(ROWS)
CEILING = {
    (function, code): mark
    for function, marks in ROWS.items()
    for code, mark in zip(COMPARTMENTS, marks, strict=True)
}
SENSITIVE = "AD HE PR PS SV HM".split()
MAY_HAVE_TO_REPORT = "SAPV POL AJV CPAS".split()

OPEN_CONSENTS = (
    "given",
    "given to me by name",
    "given for this alone",
    "given for this later",
    "ticked later",
    "confirmed by the witness",
    "narrowed elsewhere",
    "withdrawn from others",
    "own tick missing",
    "warning missing",
    "told another shelter since",
    "narrowed",
    "only the others named",
)
CLOSED_CONSENTS = {
    "none": "no_consent",
    "to another function here": "no_consent",
    "to this function elsewhere": "no_consent",
    "to a colleague by name": "no_consent",
    "awaiting the witness": "consent_not_confirmed",
    "not yet valid": "consent_not_yet_valid",
    "withdrawn whole": "consent_withdrawn",
    "withdrawn from the organisation": "consent_withdrawn",
    "withdrawn from the service": "consent_withdrawn",
    "narrowed to nothing": "consent_withdrawn",
    "replaced": "consent_withdrawn",
    "expired": "consent_expired",
}
LINKS = (
    "participant",
    "a colleague only",
    "nobody",
    "ended",
    "under another function",
    "elsewhere",
)
EXCLUSIONS = ("none", "organisation", "person", "tie")
NOT_IN_FORCE = (
    "account_inactive",
    "organisation_inactive",
    "function_not_held",
    "undertaking_lapsed",
)
CLOSED_DOSSIERS = ("draft", "frozen", "lapsed", "closed", "sealed", "erased")

WITHDRAWN_ON = datetime(2027, 3, 10, 9, tzinfo=UTC)
LINK_ENDED_ON = datetime(2027, 3, 12, 9, tzinfo=UTC)
BARRED_ON = datetime(2027, 3, 15, 9, tzinfo=UTC)
EXPIRED_ON = datetime(2027, 3, 18, 22, 59, 59, 999999, tzinfo=UTC)
NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One professional asking for one compartment at `NOW`, in words."""

    function: str
    compartment: str
    consent: str = "given"
    link: str = "participant"
    exclusion: str = "none"
    standing: str = "in force"
    dossier: str = "active"
    referent: bool = False


def reading(one: Situation) -> str:
    """Return the level at which the compartment is open, or why it is closed."""
    return _kept_out(one) or _nothing_shared(one) or _cell(one)


def writing(one: Situation) -> str:
    """Return the level at which an entry may be added, or why none may."""
    found = reading(one)
    # Somebody who only reads, or only sees flags, adds nothing.
    return "level_too_low" if found in {"F", "R"} else found


def is_level(answer: str) -> bool:
    return answer in {"F", "R", "w", "W", "P"}


def _kept_out(one: Situation) -> str | None:
    # Whoever is not in force does nothing, in any dossier.
    if one.standing != "in force":
        return one.standing
    # An exclusion or a tie wins over everything else that is said of the dossier.
    if one.exclusion in {"organisation", "person"}:
        return "excluded"
    if one.exclusion == "tie":
        return "tied"
    # A link is personal, dated, and under one function.
    if one.link == "ended":
        return "link_ended"
    if one.link != "participant":
        return "not_a_participant"
    return None


def _nothing_shared(one: Situation) -> str | None:
    # No consent that stands names this service or this person.
    if one.consent in CLOSED_CONSENTS:
        why = CLOSED_CONSENTS[one.consent]
        # The referent keeps an empty page while a consent that never ended is still to come.
        never_ended = why in {"no_consent", "consent_not_confirmed", "consent_not_yet_valid"}
        if one.referent and one.dossier == "active" and never_ended:
            return "no_consent"
        return why
    # A dossier that is not active shows nothing, whatever was agreed.
    if one.dossier != "active":
        return "dossier_not_active"
    return None


def _cell(one: Situation) -> str:
    mark = CEILING[one.function, one.compartment]
    # She did not name this compartment, or has taken it back.
    if one.consent in {"narrowed", "only the others named"}:
        return "compartment_not_consented"
    # The ceiling: never in a dossier for this function.
    if mark in {"–", "§"}:
        return "outside_function"
    # A cell with a plus, and each of the sensitive six, needs a tick of its own.
    needs_tick = mark.endswith("+") or one.compartment in SENSITIVE
    if needs_tick and one.consent == "own tick missing":
        return "own_tick_missing"
    # Officials who may have to report are named after the warning only.
    if one.function in MAY_HAVE_TO_REPORT and one.consent == "warning missing":
        return "warning_missing"
    # The place where she sleeps is for the one shelter that runs it now.
    if mark == "P" and one.consent == "told another shelter since":
        return "not_the_place"
    return mark.replace("+", "")


def ended_on(one: Situation) -> datetime | None:
    """Return the date a former participant is told, or None for whoever never was one."""
    if is_level(reading(one)) or one.link not in {"participant", "ended"}:
        return None
    ends = []
    if one.link == "ended":
        ends.append(LINK_ENDED_ON)
    if one.exclusion in {"organisation", "person", "tie"}:
        ends.append(BARRED_ON)
    if CLOSED_CONSENTS.get(one.consent) == "consent_withdrawn":
        ends.append(WITHDRAWN_ON)
    if CLOSED_CONSENTS.get(one.consent) == "consent_expired":
        ends.append(EXPIRED_ON)
    return min(ends) if ends else None
