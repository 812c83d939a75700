"""The answer to a refusal: what somebody may learn from being refused, and nothing more."""

from datetime import datetime
from typing import NoReturn

from vepshare import policy
from vepshare.consent import local_day
from vepshare.ids import DossierId
from vepshare.policy import Refusal
from vepshare.services._caller import Caller
from vepshare.services._errors import AccessEndedError, ActRefusedError, UnknownDossierError
from vepshare.services._facts import Loaded


def dossier_id(loaded: Loaded | None) -> DossierId | None:
    """Return the id for the log, None for a dossier that does not exist."""
    return None if loaded is None else loaded.dossier.id


def visible(loaded: Loaded, caller: Caller, *, now: datetime) -> bool:
    """Tell whether the caller may know that the dossier exists and is shared with them."""
    return policy.decide_reading(loaded.facts, caller.actor, now=now).refusal is None


def refuse(loaded: Loaded | None, caller: Caller, refusal: Refusal, *, now: datetime) -> NoReturn:
    """Raise what the caller may be told: a reason only when they see the dossier anyway.

    Raises:
        ActRefusedError: they see the dossier, and may know why this act is refused.
        AccessEndedError: they took part until a day that they are told (V5).
        UnknownDossierError: for everybody else, and for what does not exist (V5).

    """
    if loaded is None:
        raise UnknownDossierError
    if visible(loaded, caller, now=now):
        raise ActRefusedError(refusal)
    ended = policy.ended_on(loaded.facts, caller.actor, now=now)
    if ended is not None:
        raise AccessEndedError(local_day(ended))
    raise UnknownDossierError
