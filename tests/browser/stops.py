"""Every page there is, and how somebody comes to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vepshare.dossier import KINDS
from vepshare.web._values import kind_number

from .visitor import Visitor
from .world import World

NOWHERE = "V-0000-00"
"""A reference that is in no installation."""

Reach = Callable[[Visitor, World], None]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One page: who goes there, and how. `path` is set where an address is enough."""

    name: str
    login: str | None
    reach: Reach
    path: str = ""


def _at(name: str, path: str, *, by: str | None = "u01", status: int = 200) -> Stop:
    """Return a page that an address leads to; REF, ENDED and ENTRY stand for what is there."""

    def reach(visitor: Visitor, world: World) -> None:
        visitor.go(filled(path, world), status=status)

    return Stop(name=name, login=by, reach=reach, path=path)


def filled(path: str, world: World) -> str:
    """Return an address with the references of this demonstration in it."""
    if "ENDED" in path:
        path = path.replace("ENDED", world.ended)
    if "ENTRY" in path:
        path = path.replace("ENTRY", world.entry)
    return path.replace("REF", world.hirondelle)


def _sent(name: str, path: str, button: str, *, by: str | None = "u01", status: int = 422) -> Stop:
    """Return a page that answers a form sent as it stands."""

    def reach(visitor: Visitor, world: World) -> None:
        visitor.go(filled(path, world))
        visitor.press(button, status=status)

    return Stop(name=name, login=by, reach=reach)


def _in_form(path: str) -> str:
    return f"main form[action$='{path}'] button[type=submit]"


def _new(code: str) -> str:
    return f"/dossiers/REF/entries/new/{kind_number(KINDS[code])}"


def _forms() -> Iterator[Stop]:
    for code in ("safe_contact", "children", "incidents", "risk_assessment", "meeting_decisions"):
        yield _at(f"entry-{code}", _new(code))


def _nothing_found(visitor: Visitor, _world: World) -> None:
    visitor.go("/dossiers")
    visitor.page.locator("#q").fill("Roitelet")
    visitor.press(_in_form("/search"))


def _masked(visitor: Visitor, world: World) -> None:
    visitor.go(f"/dossiers/{world.hirondelle}")
    visitor.page.locator("[data-mask]").click()


ADDRESSED = (
    _at("sign-in", "/sign-in", by=None),
    _at("agenda", "/agenda"),
    _at("accessibility", "/accessibility", by=None),
    _at("today", "/"),
    _at("accesses", "/accesses"),
    _at("function", "/function"),
    _at("ways", "/sign-in/ways"),
    _at("kit", "/sign-in/kit", by=None),
    _at("list", "/dossiers"),
    _at("list-empty", "/dossiers", by="u13"),
    _at("dossier", "/dossiers/REF"),
    _at("dossier-u11", "/dossiers/REF", by="u11"),
    _at("dossier-u12", "/dossiers/REF", by="u12"),
    _at("dossier-u16", "/dossiers/REF", by="u16"),
    *_forms(),
    _at("entry-correct", "/dossiers/REF/entries/ENTRY/correct"),
    _at("consent", "/dossiers/REF/consent"),
    _at("consent-new", "/dossiers/REF/consent/new"),
    _at("withdraw", "/dossiers/REF/consent/withdraw"),
    _at("who-sees", "/dossiers/REF/who-sees"),
    _at("who-has-read", "/dossiers/REF/who-has-read"),
    _at("participants", "/dossiers/REF/participants"),
    _at("invite", "/dossiers/REF/participants/invite"),
    _at("hand-over", "/dossiers/REF/hand-over"),
    _at("leave", "/dossiers/REF/leave"),
    _at("tie", "/dossiers/REF/tie"),
    _at("exclusions", "/dossiers/REF/exclusions"),
    _at("join", "/dossiers/REF/join", by="u02"),
    _at("closing", "/dossiers/ENDED/closing"),
    _at("log", "/log", by="u21"),
    _at("log-checkpoint", "/log/checkpoint", by="u21"),
    _at("error-404", f"/dossiers/{NOWHERE}", status=404),
    _at("error-410", "/dossiers/ENDED", by="u11", status=410),
)
ANSWERED = (
    _sent("sign-in-refused", "/sign-in", _in_form("/sign-in"), by=None, status=401),
    _sent("entry-faulty", _new("incidents"), "main form button[type=submit]"),
    _sent("withdraw-faulty", "/dossiers/REF/consent/withdraw", "#some button[type=submit]"),
    _sent("invite-faulty", "/dossiers/REF/participants/invite", _in_form("/invite")),
    _sent("hand-over-faulty", "/dossiers/REF/hand-over", _in_form("/hand-over")),
    _sent("exclusions-faulty", "/dossiers/REF/exclusions", _in_form("/exclusions")),
    _sent("join-faulty", "/dossiers/REF/join", _in_form("/join"), by="u02"),
    _sent("closing-faulty", "/dossiers/ENDED/closing", _in_form("/seal")),
    _sent("erase-faulty", "/dossiers/ENDED/closing", _in_form("/erase")),
    Stop(name="list-nothing-found", login="u01", reach=_nothing_found),
    Stop(name="hidden", login="u01", reach=_masked),
)
