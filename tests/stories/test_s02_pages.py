"""S02, « Sittelle »: consent withdrawn while the meeting is under way. On the pages, in French."""

from datetime import timedelta

import pytest

from tests.web import talking
from tests.web.reader import Browser, Page
from tests.worlds import at
from vepshare.demo import S02
from vepshare.dossier import KINDS

from .conftest import Tell
from .screens import BELOW, browser, everything, shown, tasks
from .sentences import SENTENCES
from .telling import Telling
from .test_s02_api import ALL_WITHDRAWN, BEFORE_THE_CALL, WITHOUT_TWO

ENDED = SENTENCES["V5"].format(day="21/04/2027")
STOP = "Arrêter le partage avec ces services"
TYPED = "À revoir à la consultation avant la reprise."
HEALTH = 1 + list(KINDS).index("health")


class Counting(Browser):
    """A browser that counts interactions: pages gone to, boxes ticked, buttons pressed."""

    interactions = 0

    def get(self, path: str, **more: object) -> Page:
        self.interactions += 1
        return super().get(path, **more)

    def tick(self, *values: str, name: str | None = None) -> None:
        self.interactions += len(values)
        super().tick(*values, name=name)

    def type(self, name: str, text: str) -> None:
        self.interactions += bool(text)
        super().type(name, text)

    def press(self, text: str, *more: object) -> Page:
        self.interactions += 1
        return super().press(text, *more)


def withdrawn(told: Telling) -> Counting:
    """Return U09's browser after the partial withdrawal of 10:24, counted from the dossier."""
    referent = Counting(told.api.world, "u09")
    page = referent.get(told.path)
    referent.interactions = 0
    referent.get(page.links["Elle retire son accord"])
    referent.tick("O7/MED", "O11/CPAS")
    assert referent.press(STOP).status == 200
    return referent


def test_s02_a1_the_partial_withdrawal_takes_at_most_four_interactions(tell: Tell) -> None:
    """Source: S02-A1."""
    told = tell(S02, BEFORE_THE_CALL)
    assert withdrawn(told).interactions <= 4
    assert browser(told, "u11").get(told.path).status == 410
    assert browser(told, "u16").get(told.path).status == 410


def test_s02_a1_giving_consent_to_the_same_two_took_more(tell: Tell) -> None:
    """Source: S02-A1, R7."""
    told = tell(S02, BEFORE_THE_CALL)
    giving = Counting(told.api.world, "u09")
    talking.to_recipients(giving, f"{told.path}/consent/new")
    lines = (talking.Line("O7/MED", "ID"), talking.Line("O11/CPAS", "ID"))
    page = talking.to_check(giving, *lines)

    assert page.status == 200
    assert withdrawn(told).interactions < giving.interactions


def test_s02_a1_no_reason_is_asked(look: Tell) -> None:
    """Source: S02-A1."""
    told = look(S02, BEFORE_THE_CALL)
    page = browser(told, "u09").get(f"{told.path}/consent/withdraw")
    assert {one.name for one in page.form.fields} == {"csrf_token", "services", "subjects"}
    assert "Aucune raison n'est demandée" in page.text


def test_s02_r1_the_text_is_shown_once_and_stored_nowhere(tell: Tell) -> None:
    """Source: S02-R1."""
    told = tell(S02, BEFORE_THE_CALL)
    doctor = browser(told, "u11")
    assert doctor.get(f"{told.path}/entries/new/{HEALTH}").status == 200
    doctor.type("care", TYPED)
    doctor.tick("seen", name="entry-origin")
    withdrawn(told)
    told.api.at(at("2027-04-21 10:25"))

    page = doctor.press("Enregistrer l'élément")

    assert page.status == 410
    assert SENTENCES["S02-R1"] in page.text
    assert page.text.count(TYPED) == 1
    assert page.headers["Cache-Control"] == "no-store"
    again = doctor.get(f"{told.path}/entries/new/{HEALTH}")
    assert (again.status, TYPED in again.html) == (410, False)
    assert TYPED not in everything(told, "u09")
    with told.api.world.store.peek() as work:
        written = [
            one.id for one in work.entries.latest(loaded(told), {KINDS["health"].compartment})
        ]
    assert len(written) == 1


def loaded(told: Telling) -> object:
    """Return the id of the dossier."""
    with told.api.world.store.peek() as work:
        return work.dossiers.id_of(told.told.reference)


def test_s02_r2_a_page_reloaded_or_gone_back_to_shows_no_content(tell: Tell) -> None:
    """Nothing is kept, so that going back asks again. Source: S02-R2."""
    told = tell(S02, BEFORE_THE_CALL)
    doctor = browser(told, "u11")
    before = [doctor.get(f"{told.path}{below}") for below in BELOW]
    withdrawn(told)
    told.api.at(at("2027-04-21 10:26"))

    after = [doctor.get(one.path) for one in before]

    assert {one.headers["Cache-Control"] for one in (*before, *after)} == {"no-store"}
    assert {one.status for one in after} == {410}
    assert "Thirifontelle" in before[0].text
    assert [one.path for one in after if "Thirifontelle" in one.html] == []


@pytest.mark.parametrize("below", BELOW)
def test_s02_r3_u16_reads_that_sharing_has_ended_and_not_who_goes_on(
    look: Tell, below: str
) -> None:
    """Source: S02-R3, V5."""
    told = look(S02, WITHOUT_TWO)
    page = browser(told, "u16").get(f"{told.path}{below}")

    assert page.status == 410
    assert ENDED in page.text
    for who in ("Sittelle", "Mertolla", "Timmerfeld", "Roosemoncq", "Trois-Vallées", "retir"):
        assert who not in page.text


def test_s02_r4_what_u16_wrote_is_marked_with_its_organisation_and_until_when(look: Tell) -> None:
    """Source: S02-R4."""
    told = look(S02, WITHOUT_TWO)
    page = browser(told, "u09").get(told.path)
    assert "CPAS de Bellecour, jusqu'au 21/04/2027" in shown(page, "SF")
    assert "Lésions constatées" in shown(page, "HE")


def test_s02_r4_what_u11_wrote_is_marked_with_its_organisation_and_until_when(look: Tell) -> None:
    """Source: S02-R4."""
    told = look(S02, WITHOUT_TWO)
    page = browser(told, "u09").get(told.path)
    assert SENTENCES["S02-R4"] in shown(page, "HE")


def test_s02_r5_u20_can_neither_read_nor_add_to_what_was_decided(look: Tell) -> None:
    """Source: S02-R5."""
    told = look(S02, ALL_WITHDRAWN)
    facilitator = browser(told, "u20")
    minutes = 1 + list(KINDS).index("meeting_decisions")
    for below in ("", f"/entries/new/{minutes}"):
        page = facilitator.get(f"{told.path}{below}")
        assert (page.status, ENDED in page.text) == (410, True)


def test_s02_r5_no_action_is_on_anybodys_page_of_the_day(look: Tell) -> None:
    """Source: S02-R5, S02-R6."""
    told = look(S02, ALL_WITHDRAWN)
    for login in ("u01", "u20", "u11", "u16"):
        assert "Préparer" not in tasks(told, login)


def test_s02_r6_the_withdrawal_puts_nothing_on_the_page_of_u11_or_u16(tell: Tell) -> None:
    """Source: S02-R6."""
    told = tell(S02, BEFORE_THE_CALL)
    before = {login: kinds(told, login) for login in ("u11", "u16")}
    withdrawn(told)
    told.api.at(at(BEFORE_THE_CALL) + timedelta(minutes=1))
    assert {login: kinds(told, login) for login in before} == before


def kinds(told: Telling, login: str) -> list[str]:
    """Return the kinds of tasks somebody has."""
    with told.api.world.store.peek() as work:
        return [one.kind.value for one in work.tasks.open_for(told.api.world.hat(login))]


def test_s02_r7_u09_is_not_offered_o7_and_cannot_invite_it(look: Tell) -> None:
    """Source: S02-R7."""
    told = look(S02, WITHOUT_TWO)
    referent = browser(told, "u09")
    page = referent.get(f"{told.path}/participants/invite")
    assert "O7/MED" not in page.values("whom")
    referent.type("login", "u11")
    referent.tick("follow_up")

    assert referent.press("Inviter").status == 403
    assert browser(told, "u11").get(told.path).status == 410


def test_s02_the_closing_sheet_has_three_ways_on_and_no_content(look: Tell) -> None:
    """Source: S02."""
    told = look(S02, ALL_WITHDRAWN)
    sheet = browser(told, "u09").get(told.path)

    assert sheet.path.endswith("/closing")
    for part in (told.told.reference, "06/04/2027", "21/04/2027", "Tilleul-Blanc", "CPAS de Bell"):
        assert part in sheet.text
    buttons = [button.text for form in sheet.forms for button in form.buttons]
    assert any(SENTENCES["S02 erase"] in one for one in buttons)
    assert any(SENTENCES["S02 seal"] in one for one in buttons)
    assert sheet.links[SENTENCES["S02 again"]] == f"{told.path}/consent/new"
    for content in ("Thirifontelle", "0400 00 02 01", "30/04/2027"):
        assert content not in sheet.html


@pytest.mark.parametrize("login", ["u01", "u20", "u11", "u16"])
def test_s02_nobody_else_has_a_closing_sheet(look: Tell, login: str) -> None:
    """Source: S02."""
    told = look(S02, ALL_WITHDRAWN)
    page = browser(told, login).get(f"{told.path}/closing")
    assert (page.status, ENDED in page.text) == (410, True)


def test_s02_a2_erasing_needs_a_tick_and_leaves_the_log(tell: Tell) -> None:
    """Source: S02-A2."""
    told = tell(S02, ALL_WITHDRAWN)
    referent = browser(told, "u09")
    referent.get(told.path)
    erase = next(one for one in referent.page.forms if one.action.endswith("/erase"))
    assert referent.send(erase, None).status == 422
    erase = next(one for one in referent.page.forms if one.action.endswith("/erase"))
    (box,) = [one for one in erase.fields if one.on is not None]
    box.on = True

    assert referent.send(erase, None).status == 200

    for login in S02.expected[2].rows:
        assert browser(told, login).get(told.path).status in {404, 410}
    officer = browser(told, "u21").read_log(dossier=told.told.reference)
    for kept in ("Effacement d'un dossier", "Denis Roosemoncq", "21/04/2027 10:24"):
        assert kept in officer.text


def test_s02_l1_the_officer_reads_both_withdrawals_and_why_others_were_refused(
    look: Tell,
) -> None:
    """Source: S02-L1."""
    told = look(S02, ALL_WITHDRAWN)
    of = told.told.reference
    officer = browser(told, "u21")

    both = officer.read_log(dossier=of, event="consent.withdrawn").text
    refused = officer.read_log(dossier=of, event="entry.written", outcome="refused").text

    assert "21/04/2027 10:24" in both
    assert "21/04/2027 11:05" in both
    assert both.count("Denis Roosemoncq") == 2
    assert f"Refusé : {SENTENCES['S02-L1']}" in refused
    assert "21/04/2027 10:25" in refused


@pytest.mark.xfail(strict=True, reason="S02-R2, R3: the page of a meeting comes with the meetings")
def test_s02_r2_the_page_of_the_meeting_ends_for_u11_and_u16(look: Tell) -> None:
    """Source: S02-R2, S02-R3."""
    told = look(S02, WITHOUT_TWO)
    assert browser(told, "u09").get(f"{told.path}/meetings").status == 200
    for login in ("u11", "u16"):
        assert ENDED in browser(told, login).get(f"{told.path}/meetings").text
