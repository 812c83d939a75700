"""What storage answers when it cannot keep what it was given."""

from vepshare.errors import VepshareError


class LostRaceError(VepshareError):
    """Somebody else wrote the same thing first; nothing of this transaction was kept."""
