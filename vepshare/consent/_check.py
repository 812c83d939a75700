"""What a consent must say before it can be recorded, apart from whom it may name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vepshare.consent._fold import places
from vepshare.consent._register import Register
from vepshare.consent._statements import statement
from vepshare.consent._terms import Form, Recipient, Terms
from vepshare.consent._time import MOST_MONTHS, NIGHT, ORAL_MONTHS, add_months, end_of, local_day
from vepshare.ids import OrganisationId, ProfessionalId
from vepshare.people import REPORTING, Profession


class Fault(StrEnum):
    """Why a consent cannot be recorded as it is."""

    REQUIRED = "required"
    TWICE = "twice"
    ALSO_REFUSED = "also_refused"
    TICK_WITHOUT_COMPARTMENT = "tick_without_compartment"
    REPORTING_WARNING = "reporting_warning"
    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN_STATEMENT = "unknown_statement"
    ENDS_TOO_SOON = "ends_too_soon"
    ENDS_TOO_LATE = "ends_too_late"
    PREDATES_WITHDRAWAL = "predates_withdrawal"
    WITNESS_IS_RECORDER = "witness_is_recorder"
    WITNESS_NOT_ALLOWED = "witness_not_allowed"
    UNKNOWN_CONSENT = "unknown_consent"
    NEVER_A_RECIPIENT = "never_a_recipient"
    CANNOT_BE_ADDED = "cannot_be_added"
    OUTSIDE_FUNCTION = "outside_function"
    TWO_PLACES = "two_places"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend: the path of the field, as the API and the form name it, and why."""

    field: str
    fault: Fault


def check(
    terms: Terms, register: Register, *, recorder: ProfessionalId, now: datetime
) -> tuple[Problem, ...]:
    """Return what keeps *terms* from being recorded at *now*; empty when nothing does.

    Source: R3, R4, R9, R11, V2, V14
    """
    return (
        *_check_recipients(terms, register),
        *_check_times(terms, now),
        *_check_proof(terms, recorder),
        *_check_replaced(terms, register),
        *_check_place(terms),
    )


def _check_recipients(terms: Terms, register: Register) -> Iterator[Problem]:
    if not terms.recipients:
        yield Problem(field="recipients", fault=Fault.REQUIRED)
    if not terms.purposes:
        yield Problem(field="purposes", fault=Fault.REQUIRED)
    seen: set[tuple[OrganisationId, Profession, ProfessionalId | None]] = set()
    for number, one in enumerate(terms.recipients):
        line = (one.organisation_id, one.profession, one.professional_id)
        if line in seen:
            yield Problem(field=f"recipients.{number}", fault=Fault.TWICE)
        seen.add(line)
        yield from _check_line(f"recipients.{number}", one, terms, register)


def _check_line(path: str, one: Recipient, terms: Terms, register: Register) -> Iterator[Problem]:
    if not one.compartments:
        yield Problem(field=f"{path}.compartments", fault=Fault.REQUIRED)
    if one.own_ticks - one.compartments:
        yield Problem(field=f"{path}.own_ticks", fault=Fault.TICK_WITHOUT_COMPARTMENT)
    if one.profession in REPORTING and not terms.proof.reporting_warning_read:
        yield Problem(field="reporting_warning_read", fault=Fault.REPORTING_WARNING)
    if any(no.covers(one.organisation_id, one.profession) for no in terms.refused):
        yield Problem(field=path, fault=Fault.ALSO_REFUSED)
    if one.ends is not None and not terms.starts < one.ends <= terms.ends:
        yield Problem(field=f"{path}.end", fault=Fault.ENDS_TOO_LATE)
    taken_back = register.withdrawn_at(one.organisation_id, one.profession)
    if taken_back is not None and terms.starts < taken_back:
        yield Problem(field="start", fault=Fault.PREDATES_WITHDRAWAL)


def _check_times(terms: Terms, now: datetime) -> Iterator[Problem]:
    if terms.ends <= max(terms.starts, now):
        yield Problem(field="end", fault=Fault.ENDS_TOO_SOON)
    elif terms.ends > _latest_end(terms.proof.form, terms.starts):
        yield Problem(field="end", fault=Fault.ENDS_TOO_LATE)


def _latest_end(form: Form, starts: datetime) -> datetime:
    if form is Form.NIGHT:
        return starts + NIGHT
    months = ORAL_MONTHS if form is Form.ORAL else MOST_MONTHS
    return end_of(add_months(local_day(starts), months))


def _check_proof(terms: Terms, recorder: ProfessionalId) -> Iterator[Problem]:
    proof = terms.proof
    if not proof.understood:
        yield Problem(field="understood", fault=Fault.NOT_UNDERSTOOD)
    known = statement(proof.statement_edition, proof.statement_language)
    if known is None or known.digest != proof.statement_hash:
        yield Problem(field="statement", fault=Fault.UNKNOWN_STATEMENT)
    if proof.form is Form.ORAL and proof.oral_reason is None:
        yield Problem(field="oral_reason", fault=Fault.REQUIRED)
    if proof.witness is not None and proof.witness in {recorder, proof.explained_by}:
        yield Problem(field="witness", fault=Fault.WITNESS_IS_RECORDER)


def _check_replaced(terms: Terms, register: Register) -> Iterator[Problem]:
    known = {one.id for one in register.consents}
    if terms.replaces - known:
        yield Problem(field="replaces", fault=Fault.UNKNOWN_CONSENT)


def _check_place(terms: Terms) -> Iterator[Problem]:
    """She sleeps in one place: two shelters cannot both be told that they run it."""
    if len(places(terms)) > 1:
        yield Problem(field="recipients", fault=Fault.TWO_PLACES)
