"""How much of a long run is done: a share in the normal suite, all of it under `make soak`."""

import os

SOAKING = os.environ.get("VEPSHARE_SOAK") == "1"


def share(normal: int, soak: int) -> int:
    """Return how many cases to run."""
    return soak if SOAKING else normal
