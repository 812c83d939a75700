"""Use cases: one function, one transaction, and the log knows first.

Modules are named after their subject; what they share with the edges is listed here.
"""

from vepshare.services._caller import Caller, Keyring
from vepshare.services._errors import (
    AccessEndedError,
    ActRefusedError,
    InvalidError,
    SignInRefusedError,
    StaleVersionError,
    ThrottledError,
    UnknownDossierError,
)
from vepshare.services._notices import Notice, note
from vepshare.services._sealing import Draft
from vepshare.services._unlock import Given
from vepshare.services._unsealing import EntryView

__all__ = [
    "AccessEndedError",
    "ActRefusedError",
    "Caller",
    "Draft",
    "EntryView",
    "Given",
    "InvalidError",
    "Keyring",
    "Notice",
    "SignInRefusedError",
    "StaleVersionError",
    "ThrottledError",
    "UnknownDossierError",
    "note",
]
