"""The pages, one module for each subject. A view parses, calls one service, and renders."""

from vepshare.web.pages import (
    closing,
    consents,
    dossiers,
    entries,
    exclusions,
    log,
    opening,
    overview,
    participants,
    session,
    today,
    unlocking,
)

BLUEPRINTS = (
    closing.bp,
    opening.bp,
    consents.bp,
    dossiers.bp,
    entries.bp,
    exclusions.bp,
    log.bp,
    overview.bp,
    participants.bp,
    session.bp,
    today.bp,
    unlocking.bp,
)
