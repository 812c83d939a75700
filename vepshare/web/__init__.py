"""HTTP: pages and the JSON API. Views parse, call one service, and render."""

from vepshare.web._setup import install

__all__ = ["install"]
