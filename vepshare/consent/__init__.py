"""Consent: what the victim says, kept as signed and chained acts, and what follows from them."""

from vepshare.consent._check import Fault, Problem, check
from vepshare.consent._events import (
    GENESIS,
    Act,
    Confirmed,
    Event,
    EventKind,
    Excluded,
    Given,
    Signed,
    Target,
    Tied,
    Withdrawn,
)
from vepshare.consent._fold import fold
from vepshare.consent._read import read
from vepshare.consent._register import Bar, Consent, Grant, Refusal, Register
from vepshare.consent._statements import CURRENT, LANGUAGES, Statement, statement
from vepshare.consent._terms import (
    Form,
    Interpreter,
    InterpreterMode,
    InterpreterService,
    OralReason,
    Proof,
    Purpose,
    Recipient,
    Refused,
    RepresentativeKind,
    Terms,
)
from vepshare.consent._time import BRUSSELS, NIGHT, add_months, default_end, end_of, local_day
from vepshare.consent._write import compose, kind_of

__all__ = [
    "BRUSSELS",
    "CURRENT",
    "GENESIS",
    "LANGUAGES",
    "NIGHT",
    "Act",
    "Bar",
    "Confirmed",
    "Consent",
    "Event",
    "EventKind",
    "Excluded",
    "Fault",
    "Form",
    "Given",
    "Grant",
    "Interpreter",
    "InterpreterMode",
    "InterpreterService",
    "OralReason",
    "Problem",
    "Proof",
    "Purpose",
    "Recipient",
    "Refusal",
    "Refused",
    "Register",
    "RepresentativeKind",
    "Signed",
    "Statement",
    "Target",
    "Terms",
    "Tied",
    "Withdrawn",
    "add_months",
    "check",
    "compose",
    "default_end",
    "end_of",
    "fold",
    "kind_of",
    "local_day",
    "read",
    "statement",
]
