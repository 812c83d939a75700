"""What leaves the process: the custody of the pepper."""

from typing import Protocol


class Pepper(Protocol):
    """A secret of the server, mixed into passphrases: useless alone (poivre).

    It may lie in a file, a hardware module or a vault, and need never come out of there.
    """

    @property
    def id(self) -> str:
        """Return 16 hexadecimal digits that name this pepper and tell nothing of it."""

    def mix(self, message: bytes) -> bytes:
        """Return the HMAC-SHA-256 of *message* under the pepper: 32 bytes.

        It may take seconds: never called inside a transaction.

        Raises:
            CustodyUnavailableError: it cannot be had just now, or is another than it was.

        """
