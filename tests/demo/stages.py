"""Playing a story in the world of a test, and what one of the cast then sees of it."""

from datetime import UTC, datetime, timedelta

from tests.worlds import World, at, read
from vepshare import demo
from vepshare.dossier import Compartment
from vepshare.services import AccessEndedError, UnknownDossierError, dossiers

A_MINUTE = timedelta(minutes=1)
WITHDRAWN = at("2027-04-21 10:24")
ALL_WITHDRAWN = at("2027-04-21 11:05")


def cast_of(world: World) -> demo.Cast:
    return demo.Cast(callers=world.cast, organisations=world.organisations)


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def played(world: World, story: demo.Story, until: datetime) -> str:
    return demo.play(world.store, cast_of(world), story, until=until)


def shown(view: dossiers.DossierView) -> dict[Compartment, str]:
    """Return the levels of a reading; the place is shown as the `W` it amounts to."""
    levels = {one: found.level.value for one, found in view.compartments.items()}
    return {one: level.replace("P", "W") for one, level in levels.items()}


def answer(world: World, login: str, reference: str, now: datetime) -> object:
    """Return the levels somebody sees, or the day their access ended, or None: no such thing."""
    try:
        return shown(read(world, login, reference, now=now))
    except AccessEndedError as ended:
        return ended.on
    except UnknownDossierError:
        return None
