"""vepshare: one coordination dossier, opened only by the victim's recorded consent."""

__version__ = "0.1.0"
