"""What a service may answer instead of doing what was asked."""

from collections.abc import Mapping
from datetime import date

from vepshare.errors import VepshareError
from vepshare.policy import Refusal


class UnknownDossierError(VepshareError):
    """There is no such dossier, or none that the caller may know of: the same answer (V5)."""


class AccessEndedError(VepshareError):
    """Sharing with the caller's service has ended. `on` is the day in Belgium; no reason (V5)."""

    def __init__(self, on: date) -> None:
        super().__init__(on.isoformat())
        self.on = on


class ActRefusedError(VepshareError):
    """The caller may see the dossier but not do this, for a reason they may be told.

    `since` is the day of her explicit refusal, where that is the reason (S01-R1).
    """

    def __init__(self, refusal: Refusal, *, since: date | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.since = since


class InvalidError(VepshareError):
    """What was sent cannot be stored. `faults` maps the path of a field to a code."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(*sorted(set(faults.values())))
        self.faults = dict(faults)


class StaleVersionError(VepshareError):
    """Somebody else has rectified the entry since the caller read it."""


class SignInRefusedError(VepshareError):
    """Unknown login, wrong passphrase, or an account that is not in force: the same answer."""


class ThrottledError(VepshareError):
    """Too many failed attempts. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(str(retry_after))
        self.retry_after = retry_after
