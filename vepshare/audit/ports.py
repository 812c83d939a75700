"""What leaves the process: the custody of the key that signs the log."""

from typing import Protocol


class LogSigner(Protocol):
    """The Ed25519 key that signs checkpoints, wherever it lies."""

    @property
    def public(self) -> bytes:
        """Return the 32-byte public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*.

        It may take seconds: never called inside a transaction.

        Raises:
            CustodyUnavailableError: the key cannot be had just now, or is another than it was.

        """
