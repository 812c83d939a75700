"""A dossier opened, written in and partly closed again, with the keyboard alone."""

import re

from .conftest import Enter
from .looking import shortcomings
from .talk import Keyboard, hold
from .visitor import REFERENCE, Visitor

ENDED = re.compile(r"Le partage avec votre service a pris fin le \d\d/\d\d/\d{4}\.")
MOST_INTERACTIONS = 4
"""Taking it back may not cost more than this from the page of the dossier."""


def test_she_agrees_and_takes_part_of_it_back(enter: Enter) -> None:
    visitor, faults = enter("u01"), []
    keyboard = Keyboard(visitor)

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
    doctor.go(dossier)
    visitor.go(dossier)
    assert _take_back(keyboard) <= MOST_INTERACTIONS
    look("withdrawn")

    doctor.page.reload()
    assert doctor.go(dossier, status=410)
    assert ENDED.search(doctor.main)
    assert "Bousculade" not in doctor.text
    visitor.go(dossier)
    assert "Bousculade" in visitor.text
    assert faults == []


def _add_an_incident(keyboard: Keyboard, visitor: Visitor) -> None:
    number = _incidents_form(visitor)
    keyboard.enter(f"main a[href$='/entries/new/{number}']")
    _type(keyboard, visitor, "input[name=happened_on]", "01/03/2026")
    keyboard.tick("input[name=forms][value=physical]")
    _type(keyboard, visitor, "textarea[name=description]", "Bousculade dans l'escalier.")
    keyboard.tick("input[name=entry-origin][value=told_by_the_person]")
    keyboard.enter("main form[action*='/entries/new/'] button[type=submit]")
    assert "Bousculade" in visitor.text
