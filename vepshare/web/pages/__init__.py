"""The pages, one module for each subject. A view parses, calls one service, and renders."""

from vepshare.web.pages import (
    closing,
    dossiers,
    entries,
    exclusions,
    log,
    overview,
    participants,
    session,
    today,
)

BLUEPRINTS = (
    closing.bp,
    dossiers.bp,
    entries.bp,
    exclusions.bp,
    log.bp,
    overview.bp,
    participants.bp,
    session.bp,
    today.bp,
)
