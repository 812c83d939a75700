"""The whole way of a dossier where the browser runs no script."""

from vepshare.dossier import KINDS
from vepshare.web._values import kind_number

from .conftest import Enter
from .talk import GO_ON
from .visitor import REFERENCE, Visitor

NEXT = f"{GO_ON}[value=next]"


def test_every_act_is_possible_without_script(enter: Enter) -> None:
    visitor = enter(script=False)
    visitor.sign_in("u01")
    visitor.go("/dossiers/new")
    _hold_the_talk(visitor)
    assert REFERENCE.search(visitor.path)
    dossier = visitor.path

    _write(visitor)
    assert "Bousculade" in visitor.main

    visitor.press("[data-mask]")
    assert visitor.path == "/agenda"
    assert "Bousculade" not in visitor.text

    visitor.go(dossier)
    visitor.press("a[href$='/consent/withdraw']")
    visitor.press("#everything button")
    visitor.go(dossier)
    assert visitor.path == f"{dossier}/closing"
    assert "Bousculade" not in visitor.text

    visitor.press("#sign-out button")
    visitor.go(dossier)
    assert visitor.path == "/sign-in"


def _hold_the_talk(visitor: Visitor) -> None:
    for _ in range(6):
        visitor.press(NEXT)
    _tick(visitor, "understood", "yes")
    visitor.press(NEXT)
    _tick(visitor, "services", "O1/SVA")
    visitor.press(NEXT)
    _tick(visitor, "cells.O1/SVA", "identity")
    _tick(visitor, "cells.O1/SVA", "incidents")
    visitor.press(NEXT)
    visitor.press(NEXT)
    _tick(visitor, "form", "written_paper")
    _tick(visitor, "seen_alone", "yes")
    visitor.press(NEXT)
    visitor.press(f"{GO_ON}[value=save]")


def _write(visitor: Visitor) -> None:
    visitor.press(f"main a[href$='/entries/new/{kind_number(KINDS['incidents'])}']")
    visitor.page.locator("[name=happened_on]").fill("01/03/2026")
    _tick(visitor, "forms", "physical")
    visitor.page.locator("[name=description]").fill("Bousculade dans l'escalier.")
    _tick(visitor, "entry-origin", "told_by_the_person")
    visitor.press("main form[action*='/entries/new/'] button[type=submit]")


def _tick(visitor: Visitor, name: str, value: str) -> None:
    visitor.page.locator(f"input[name='{name}'][value='{value}']").check()
