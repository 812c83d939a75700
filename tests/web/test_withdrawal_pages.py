"""« Elle retire son accord »: as few acts as giving it."""

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.worlds import (
    WEDNESDAY,
    World,
    levels,
    log_entries,
    open_dossier,
    read,
)
from vepshare import audit
from vepshare.dossier import Compartment, State
from vepshare.errors import LogUnavailableError
from vepshare.services import AccessEndedError, closing, consents
from vepshare.storage import LostRaceError

from .reader import Browser
from .talking import go


@pytest.fixture
def reference(world: World) -> str:
    """A dossier open to u01, u02, u11 and u16, the police and the judiciary refused."""
    return open_dossier(world, refused=("/POL", "/SAPV", "/AJV", "/PAR"))


@pytest.fixture
def browser(world: World, clock: FrozenDateTimeFactory) -> Browser:
    return Browser(world)


def test_a_partial_withdrawal_takes_at_most_four_interactions(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S02-A1, V4."""
    page = browser.get(f"/dossiers/{reference}?lang=en")
    ways = {href for href in page.links.values() if href.endswith("/consent/withdraw")}
    assert len(ways) == 1
    browser.get(ways.pop())  # 1
    browser.tick("O7/MED", "O11/CPAS")  # 2 and 3
    page = browser.press("Stop sharing with these services")  # 4
    assert page.status == 200
    assert "Doctor – Maison médicale du Tilleul-Blanc" in page.text
    assert "Public social welfare centre – CPAS de Bellecour" in page.text
    assert "Psychologist" not in page.text
    assert "Nobody is notified." in page.text
    assert "Back to the dossier" in page.links

    for login in ("u11", "u16"):
        with pytest.raises(AccessEndedError):
            read(world, login, reference, now=WEDNESDAY)
    assert levels(read(world, "u02", reference, now=WEDNESDAY))


def test_withdrawing_asks_no_reason_and_ticks_nothing(browser: Browser, reference: str) -> None:
    """Source: S02-A1, R4."""
    page = go(browser, reference, "/withdraw")
    assert not [*page.ticked()]
    names = {one.name for one in page.form.fields}
    assert names == {"csrf_token", "services", "subjects"}
    assert page.title == "Sheet"


def test_one_s_own_service_stands_last_and_says_what_it_does(
    browser: Browser, reference: str
) -> None:
    page = go(browser, reference, "/withdraw")

    assert page.values("services")[-1] == "O1/SVA"
    assert page.text.count("if it is ticked, this dossier closes to you too.") == 1


def test_withdrawing_everything_freezes_the_dossier_and_leads_to_the_closing_sheet(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S02."""
    page = go(browser, reference, "/withdraw")
    everything = next(one for one in page.forms if one.buttons and one.buttons[0].name)
    page = browser.press("Take everything back", everything)
    assert page.status == 200
    assert page.links["Go to the closing sheet"] == f"/dossiers/{reference}/closing"
    sheet = closing.read_sheet(world.store, world.cast["u01"], reference, now=WEDNESDAY)
    assert sheet.state is State.FROZEN


def test_some_subjects_can_be_taken_back_alone(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: R7."""
    go(browser, reference, "/withdraw")
    browser.tick("O11/CPAS")
    browser.tick("social_financial", name="subjects")
    page = browser.press("Stop sharing with these services")
    assert "Subjects that are closed" in page.text
    view = read(world, "u16", reference, now=WEDNESDAY)
    assert Compartment.SOCIAL_FINANCIAL not in view.compartments
    assert Compartment.IDENTITY in view.compartments
    assert Compartment.SOCIAL_FINANCIAL in read(world, "u01", reference).compartments


def test_any_participant_may_record_it_on_her_word(
    world: World, clock: FrozenDateTimeFactory, reference: str
) -> None:
    """Source: V4, R7."""
    nurse = Browser(world, "u16")
    go(nurse, reference, "/withdraw")
    nurse.tick("O11/CPAS")
    page = nurse.press("Stop sharing with these services")
    assert "Back to Today" in page.links
    assert "Go to the closing sheet" not in page.links


def test_a_withdrawal_of_nothing_is_asked_again(
    world: World, browser: Browser, reference: str
) -> None:
    go(browser, reference, "/withdraw")
    page = browser.press("Stop sharing with these services")
    assert page.status == 422
    assert "Tick at least one service." in page.text
    assert not log_entries(world.store, audit.Event.CONSENT_WITHDRAWN)


def test_what_is_no_longer_shared_cannot_be_taken_back_twice(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: S02-R7."""
    go(browser, reference, "/withdraw")
    browser.tick("O7/MED")
    form, button = browser.page.form, browser.page.form.buttons[0]
    browser.send(form, button)
    page = browser.send(form, button)
    assert page.status == 422
    assert "O7/MED" not in page.values("services")


@pytest.mark.parametrize(("error", "status"), [(LostRaceError, 409), (LogUnavailableError, 503)])
def test_a_withdrawal_that_failed_says_so_and_keeps_the_ticks(
    browser: Browser,
    reference: str,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    status: int,
) -> None:
    """Source: STYLE, errors."""

    def fail(*_args: object, **_more: object) -> bool:
        raise error

    go(browser, reference, "/withdraw")
    browser.tick("O7/MED")
    with monkeypatch.context() as broken:
        broken.setattr(consents, "withdraw", fail)
        page = browser.press("Stop sharing with these services")
    assert page.status == status
    assert "Nothing was recorded." in page.text
    assert [one.value for one in page.ticked()] == ["O7/MED"]
    assert browser.press("Stop sharing with these services").status == 200


def test_a_form_of_another_site_withdraws_nothing(
    world: World, browser: Browser, reference: str
) -> None:
    """Source: ASVS, forgery."""
    path = f"/dossiers/{reference}/consent/withdraw"
    assert browser.client.post(path, data={"everything": "yes"}).status_code == 400
    assert levels(read(world, "u11", reference, now=WEDNESDAY))
