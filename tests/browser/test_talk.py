"""A dossier opened, written in and partly closed again, with the keyboard alone."""

import re

from vepshare.dossier import KINDS
from vepshare.web._values import kind_number

from .conftest import Enter
from .looking import shortcomings
from .talk import Keyboard, hold
from .visitor import REFERENCE, Visitor

ENDED = re.compile(r"Le partage avec votre service a pris fin le \d\d/\d\d/\d{4}\.")
MOST_INTERACTIONS = 4
"""Taking it back may not cost more than this from the page of the dossier."""


def test_she_agrees_and_takes_part_of_it_back(enter: Enter) -> None:
    visitor = enter("u01")
    keyboard = Keyboard(visitor)
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {one}" for one in shortcomings(visitor, name))

    visitor.go("/dossiers")
    keyboard.enter("main a[href='/dossiers/new']")
    hold(keyboard, look)
    assert REFERENCE.search(visitor.path)
    dossier = visitor.path
    look("new-dossier")

    _add_an_incident(keyboard, visitor)
    look("new-dossier-with-an-entry")
    _invite_the_doctor(keyboard, visitor)

    doctor = enter("u11")
    doctor.go("/")
    invitation = f"article:has-text('{REFERENCE.search(dossier)[0]}')"
    doctor.press(f"main {invitation} form[action$='/open'] button")
    assert doctor.path == dossier
    assert "Bousculade" not in doctor.text
    visitor.go(dossier)
    assert _take_back(keyboard) <= MOST_INTERACTIONS
    look("withdrawn")

    doctor.go(dossier, status=410)
    assert ENDED.search(doctor.main)
    assert "Bousculade" not in doctor.text
    visitor.go(dossier)
    assert "Bousculade" in visitor.text
    assert faults == []


def _add_an_incident(keyboard: Keyboard, visitor: Visitor) -> None:
    keyboard.enter(f"main a[href$='/entries/new/{kind_number(KINDS['incidents'])}']")
    keyboard.write("input[name=happened_on]", "01/03/2026")
    keyboard.tick("input[name=forms][value=physical]")
    keyboard.write("[name=description]", "Bousculade dans l'escalier.")
    keyboard.tick("input[name=entry-origin][value=told_by_the_person]")
    keyboard.enter("main form[action*='/entries/new/'] button[type=submit]")
    assert "Bousculade" in visitor.text


def _invite_the_doctor(keyboard: Keyboard, visitor: Visitor) -> None:
    keyboard.enter("main a[href$='/participants']")
    keyboard.enter("main a[href$='/participants/invite']")
    keyboard.write("#login", "u11")
    keyboard.tick("#reason")
    keyboard.enter("main form[action$='/invite'] button[type=submit]")
    assert visitor.path.endswith("/participants")


def _take_back(keyboard: Keyboard) -> int:
    """Take her word back from the doctor alone; return how many times one had to act."""
    before = keyboard.acts
    keyboard.enter("a[href$='/consent/withdraw']")
    keyboard.tick("#some input[name=services][value='O7/MED']")
    keyboard.enter("#some button[type=submit]")
    return keyboard.acts - before
