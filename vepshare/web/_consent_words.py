"""The words of the consent pages: codes on screen, and a plain sentence for every fault."""

from collections.abc import Mapping

from flask_babel import gettext as _

from vepshare.consent import Fault, Form, InterpreterMode, InterpreterService, OralReason
from vepshare.dossier import N_
from vepshare.policy import Level

FORMS: Mapping[Form, str] = {
    Form.WRITTEN_PAPER: N_("In writing, on paper"),
    Form.WRITTEN_TABLET: N_("In writing, on a tablet"),
    Form.ORAL: N_("Spoken"),
    Form.NIGHT: N_("At night, for 72 hours"),
}
ORAL_REASONS: Mapping[OralReason, str] = {
    OralReason.CANNOT_READ: N_("The person cannot read it"),
    OralReason.PAPER_IS_DANGEROUS: N_("Paper is dangerous for the person"),
    OralReason.BY_TELEPHONE: N_("It was said by telephone"),
    OralReason.EMERGENCY: N_("It was an emergency"),
    OralReason.HER_CHOICE: N_("The person prefers it"),
}
INTERPRETERS: Mapping[InterpreterService, str] = {
    InterpreterService.APPROVED_SOCIAL_SERVICE: N_("Approved social interpreting service"),
    InterpreterService.SWORN_INTERPRETER: N_("Sworn interpreter"),
    InterpreterService.HOSPITAL_MEDIATION: N_("Intercultural mediation of the hospital"),
}
MODES: Mapping[InterpreterMode, str] = {
    InterpreterMode.TELEPHONE: N_("By telephone"),
    InterpreterMode.VIDEO: N_("By video"),
    InterpreterMode.PRESENT: N_("In the room"),
}
SEES: Mapping[Level, str] = {
    Level.FLAG: N_("Would see key facts only: a date, a yes or a no. Not the texts."),
    Level.READ: N_("Would read everything on this subject. Could not write."),
    Level.WRITE_OWN: N_("Would write, and read what is its own or addressed to it. Not the rest."),
    Level.WRITE: N_("Would read everything on this subject, and write."),
    Level.PLACE: N_("Would read everything on this subject, and write: it runs the place."),
}
"""What a service would see of a subject, as it can be said to her."""

NOT_SAVED = N_("Nothing was recorded. Nothing you answered is lost: please try again.")

_OTHER = N_("This cannot be recorded as it is.")
_DATE = N_("Write the date like this: 02/03/2027.")

_FAULTS: Mapping[tuple[str, str], str] = {
    ("understood", Fault.REQUIRED): N_("Say whether the person could tell who will read what."),
    ("understood", Fault.NOT_UNDERSTOOD): N_(
        "Without this nothing can be recorded. Go through the six points again, in other words"
        " or with an interpreter."
    ),
    ("recipients", Fault.REQUIRED): N_(
        "Choose at least one service. Without a service nothing is shared."
    ),
    ("recipients", Fault.NEVER_A_RECIPIENT): N_("This service can never be named in a consent."),
    ("recipients", Fault.CANNOT_BE_ADDED): N_("This service cannot be added to this dossier."),
    ("recipients", Fault.TWO_PLACES): N_(
        "The person sleeps in one place: only one shelter can be told of the protected place."
    ),
    ("recipients", Fault.TWICE): N_("This service is named twice."),
    ("recipients", Fault.ALSO_REFUSED): N_(
        "The person cannot say yes and no to the same service: take one of the two away."
    ),
    ("refused", "unknown"): N_("This service is not in the directory."),
    ("reporting_warning_read", Fault.REPORTING_WARNING): N_(
        "Read the warning aloud and tick that it has been read, or leave these services out."
    ),
    ("compartments", Fault.REQUIRED): N_(
        "Choose at least one subject for this service, or take the service away."
    ),
    ("compartments", Fault.OUTSIDE_FUNCTION): N_("This service can never see one of these."),
    ("own_ticks", Fault.TICK_WITHOUT_COMPARTMENT): N_("This service can never see one of these."),
    ("person", "unknown"): N_("This professional is not a member of the service."),
    ("end", "not_a_date"): _DATE,
    ("end", "invalid"): _DATE,
    ("end", Fault.ENDS_TOO_SOON): N_("This date is past. Choose a later one."),
    ("end", Fault.ENDS_TOO_LATE): N_(
        "This date is too far. A consent lasts twelve months at most, a spoken one three months,"
        " a night one 72 hours; a service ends with the consent at the latest."
    ),
    ("end", "night_has_no_end"): N_("A night consent lasts 72 hours: leave the date empty."),
    ("start", Fault.PREDATES_WITHDRAWAL): N_(
        "The person has taken back a consent in the meantime. Record this one again."
    ),
    ("form", Fault.REQUIRED): N_("Say how the consent was given."),
    ("seen_alone", Fault.REQUIRED): N_("Say whether the person was seen alone."),
    ("explained_by", Fault.REQUIRED): N_("Say who explained it."),
    ("explained_by", "unknown"): N_("This professional is not in the directory."),
    ("oral_reason", Fault.REQUIRED): N_("Say why it was not put in writing."),
    ("witness", "not_oral"): N_("A witness is named only for a spoken or a night consent."),
    ("witness", "unknown"): N_("This professional is not in the directory."),
    ("witness", Fault.WITNESS_IS_RECORDER): N_(
        "The witness must be somebody other than who explained or records it."
    ),
    ("witness", Fault.WITNESS_NOT_ALLOWED): N_("This professional cannot be the witness."),
    ("service", "invalid"): N_("Choose the service of the interpreter."),
    ("code", "invalid"): N_("Write the code of the interpreter: letters, figures and hyphens."),
    ("mode", "invalid"): N_("Say how the interpreter took part."),
    ("language", "invalid"): N_("Write the language of the interpreter."),
    ("replaces", Fault.UNKNOWN_CONSENT): N_("This consent is not one of this dossier."),
    ("pseudonym", "invalid"): N_("A pseudonym has 2 to 39 letters, and is not the real name."),
}


def sentence(path: str, code: str) -> str:
    """Return what is wrong with a field, in a sentence that says how to mend it."""
    parts = [part for part in path.split(".") if not part.isdecimal()]
    name = parts[-1] if parts else path
    return _(_FAULTS.get((name, str(code)), _OTHER))
