"""The dossier: compartments, states, entries and their kinds."""

from vepshare.dossier._compartments import CODES, SENSITIVE, Compartment
from vepshare.dossier._dossier import (
    READABLE,
    Dossier,
    Origin,
    Participant,
    Reason,
    State,
    new_pseudonym,
    new_reference,
)
from vepshare.dossier._fields import (
    N_,
    EntryKind,
    Fault,
    Field,
    FieldKind,
    FlagField,
    Values,
)
from vepshare.dossier._forms import from_form, to_form
from vepshare.dossier._kinds import COMPARTMENT_TITLES, KINDS, kinds_of
from vepshare.dossier._text_checks import looks_like_place, same_place, texts
from vepshare.dossier._values import InvalidValuesError, clean
from vepshare.dossier.kinds import DANGER_SIGNS, default_review

__all__ = [
    "CODES",
    "COMPARTMENT_TITLES",
    "DANGER_SIGNS",
    "KINDS",
    "N_",
    "READABLE",
    "SENSITIVE",
    "Compartment",
    "Dossier",
    "EntryKind",
    "Fault",
    "Field",
    "FieldKind",
    "FlagField",
    "InvalidValuesError",
    "Origin",
    "Participant",
    "Reason",
    "State",
    "Values",
    "clean",
    "default_review",
    "from_form",
    "kinds_of",
    "looks_like_place",
    "new_pseudonym",
    "new_reference",
    "same_place",
    "texts",
    "to_form",
]
