"""The pages, one module for each subject. A view parses, calls one service, and renders."""

from vepshare.web.pages import dossiers, log, session, today

BLUEPRINTS = (session.bp, today.bp, dossiers.bp, log.bp)
