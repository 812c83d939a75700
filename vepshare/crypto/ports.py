"""What leaves the process: the custody of the server's own secrets."""

from typing import Protocol

from vepshare.crypto._secrets import Pepper


class PepperSource(Protocol):
    """Where the pepper is kept: a file, a credential of the service manager, a vault."""

    def current(self) -> Pepper:
        """Return the pepper for new locks.

        Raises:
            ConfigurationError: it cannot be had, so the process must not start.

        """
