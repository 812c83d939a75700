"""The errors that cross packages. Each carries a code and ids: no values, no prose."""

from enum import StrEnum


class VepshareError(Exception):
    """The root of every error that vepshare raises on purpose."""


class Tampered(StrEnum):
    """What failed to authenticate."""

    VALUE = "value"
    WRAP = "wrap"
    SESSION = "session"
    CONSENT = "consent"
    UNLOCK = "unlock"
    LOG = "log"
    KEY = "key"
    """A public key, or a statement, that nobody published who could."""


class TamperedError(VepshareError):
    """A stored value is not what was written there: nothing of it is shown."""

    def __init__(self, what: Tampered, *ids: object) -> None:
        super().__init__(what.value, *(str(one) for one in ids))
        self.what = what


class ConfigurationError(VepshareError):
    """The process must not start. The text is one line for the operator, without secrets."""


class LogUnavailableError(VepshareError):
    """The log entry could not be made durable, so nothing is disclosed."""


class CustodyProblem(StrEnum):
    """Why a key that lies outside the process cannot be used."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    UNTRUSTED = "untrusted"
    """Whoever answers does not prove to be the custody."""
    SEALED = "sealed"
    FORBIDDEN = "forbidden"
    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    """There is a key of that name, and it is not the one that was used before."""
    UNUSABLE_KEY = "unusable_key"
    """It cannot do what it is needed for, or it could be given out."""
    GARBAGE = "garbage"
    """The answer is not one that the custody gives."""
    NOT_CONFIGURED = "not_configured"


class CustodyUnavailableError(VepshareError):
    """The pepper or the signing key cannot be used just now. Nothing was done with it."""

    def __init__(self, problem: CustodyProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem
