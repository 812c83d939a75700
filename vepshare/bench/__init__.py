"""Measuring vepshare: opening a dossier under load, withdrawing, page size, memory; keys."""

from vepshare.bench._keys import run_keys
from vepshare.bench._plan import Baseline
from vepshare.bench._run import run

__all__ = ["Baseline", "run", "run_keys"]
