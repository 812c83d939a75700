"""S01, « Hirondelle »: partial consent, everyone except the police. On the pages, in French."""

import pytest

from tests.web import talking
from vepshare.demo import S01
from vepshare.dossier import CODES

from .conftest import Tell
from .screens import BELOW, NOWHERE, bare, browser, everything, levels, shown
from .sentences import SENTENCES
from .test_s01_api import BEFORE_V2, INVITATION, WITH_SAPV, WITHOUT_POLICE


def test_s01_r1_the_invitation_of_u12_is_refused_in_words(tell: Tell) -> None:
    """Source: S01-R1."""
    told = tell(S01, INVITATION)
    referent = browser(told, "u01")
    referent.get(f"{told.path}/participants/invite")
    referent.type("login", "u12")
    referent.tick("follow_up")

    page = referent.press("Inviter")

    assert page.status == 403
    assert SENTENCES["S01-R1"] in page.text
    assert browser(told, "u12").get(told.path).status == 404


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_by_address_the_police_get_the_page_of_what_is_not_there(
    look: Tell, login: str
) -> None:
    """Source: S01-R2, V5."""
    told = look(S01, WITHOUT_POLICE)
    police = browser(told, login)
    for below in (*BELOW, "/entries/new/7"):
        asked = police.get(f"{told.path}{below}")
        assert asked.status == 404, below
        assert bare(asked) == bare(police.get(f"{NOWHERE}{below}")), below


@pytest.mark.parametrize("login", ["u12", "u13"])
@pytest.mark.parametrize("below", ["/join", "/leave", "/tie", "/hand-over"])
def test_s01_r2_an_old_link_asks_the_same_whether_it_is_there_or_not(
    look: Tell, login: str, below: str
) -> None:
    """A form that knows nothing of any dossier may be shown. Source: S01-R2, V5."""
    told = look(S01, WITHOUT_POLICE)
    police = browser(told, login)

    asked, nowhere = (police.get(f"{path}{below}") for path in (told.path, NOWHERE))

    assert bare(asked) == bare(nowhere)
    assert "Hirondelle" not in asked.html


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_joining_by_an_old_link_is_404(look: Tell, login: str) -> None:
    """Source: S01-R2, V5."""
    told = look(S01, WITHOUT_POLICE)
    police = browser(told, login)
    answers = []
    for path in (told.path, NOWHERE):
        page = police.get(f"{path}/join")
        page.form.fields = [one for one in page.form.fields if one.kind != "radio"]
        answers.append(bare(police.send(page.form, None, reason="follow_up")))

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("login", ["u12", "u13"])
def test_s01_r2_no_task_leads_the_police_to_it(look: Tell, login: str) -> None:
    """Source: S01-R2."""
    told = look(S01, WITHOUT_POLICE)
    police = browser(told, login)
    for path in ("/", "/dossiers"):
        page = police.get(path)
        assert page.status == 200
        assert told.told.reference not in page.html


@pytest.mark.parametrize("login", ["u12", "u13"])
@pytest.mark.parametrize("wanted", ["reference", "Vandermostelle", "Hirondelle"])
def test_s01_r3_a_search_answers_as_for_what_is_in_no_dossier(
    look: Tell, login: str, wanted: str
) -> None:
    """Source: S01-R2, S01-R3, V10."""
    told = look(S01, WITHOUT_POLICE)
    asked = told.told.reference if wanted == "reference" else wanted
    nobody = "V-0000-00" if wanted == "reference" else "Zwartevogel"
    police = browser(told, login)

    found = bare(searched(police, asked))
    nothing = bare(searched(police, nobody))

    assert found[1].replace(asked, "") == nothing[1].replace(nobody, "")
    assert told.told.reference in searched(browser(told, "u01"), asked).html


def searched(somebody: talking.Browser, text: str) -> talking.Page:
    """Return the page of a search."""
    page = somebody.get("/dossiers")
    form = next(one for one in page.forms if one.action.endswith("/search"))
    (field,) = [one for one in form.fields if one.name == "q"]
    field.value = text
    return somebody.send(form, None)


def test_s01_r4_u16_reads_the_level_the_date_and_the_next_review_only(look: Tell) -> None:
    """Source: S01-R4."""
    told = look(S01, WITHOUT_POLICE)
    page = browser(told, "u16").get(told.path)
    assessment = shown(page, "RI")

    for said in ("Élevé", "12/03/2027", "26/03/2027"):
        assert said in assessment
    assert "devant l'école" not in page.text
    assert "Repères de danger" not in page.text
    assert "/correct" not in assessment


def test_s01_r4_the_form_with_the_items_of_the_assessment_is_refused(look: Tell) -> None:
    """Source: S01-R4."""
    told = look(S01, WITHOUT_POLICE)
    entry, _ = told.told.entries["risk"]
    page = browser(told, "u16").get(f"{told.path}/entries/{entry}/correct")
    assert page.status == 404
    assert browser(told, "u01").get(page.path).status == 200


def test_s01_r5_u11_finds_no_trace_on_any_page(look: Tell) -> None:
    """Neither the subjects' names nor their content. Source: S01-R5, V6."""
    told = look(S01, WITHOUT_POLICE)
    traces = ("Contact sûr", "la bibliothèque", "0400 00 01 01", "Situation sociale et financière")
    by_referent, by_medicine = everything(told, "u01"), everything(told, "u11")

    assert [one for one in traces if one.lower() not in by_referent.lower()] == []
    assert [one for one in traces if one.lower() in by_medicine.lower()] == []
    assert "masqué" not in by_medicine


def test_s01_r5_u11_sees_recent_facts_and_the_last_day_of_them(look: Tell) -> None:
    """« faits récents : oui, dernier le 18/03 ». Source: S01-R5."""
    told = look(S01, WITHOUT_POLICE)
    incidents = shown(browser(told, "u11").get(told.path), "IN")

    assert "Faits récents" in incidents
    assert "18/03/2027" in incidents
    assert "école" not in incidents


def test_s01_r6_after_v2_u12_sees_six_headings_and_u13_none(look: Tell) -> None:
    """Source: S01-R6, V5."""
    told = look(S01, WITH_SAPV)
    ticked = {CODES[one] for one in "ID CT RI PL RA MD".split()}

    assert levels(browser(told, "u12").get(told.path)).keys() == ticked
    refused = browser(told, "u13").get(told.path)
    assert bare(refused) == bare(browser(told, "u13").get(NOWHERE))


def test_s01_r7_u12_cannot_add_u13(look: Tell) -> None:
    """Source: S01-R7."""
    told = look(S01, WITH_SAPV)
    police = browser(told, "u12")
    path = f"{told.path}/participants/invite"
    assert police.get(path).status == 403
    assert police.post(path, login="u13", reason="follow_up").status == 403
    assert browser(told, "u13").get(told.path).status == 404


def test_s01_r7_nothing_offers_u12_to_export_or_to_pass_it_on(look: Tell) -> None:
    """Source: S01-R7."""
    told = look(S01, WITH_SAPV)
    police = browser(told, "u12")
    for below in ("", "/participants"):
        ways = police.get(f"{told.path}{below}").links.values()
        assert [
            one for one in ways if "export" in one or "print" in one or "hand-over" in one
        ] == []


def test_s01_r8_the_talk_does_not_go_on_before_the_warning_is_read_out(tell: Tell) -> None:
    """Source: S01-R8, V14."""
    told = tell(S01, BEFORE_V2)
    referent = browser(told, "u01")
    talking.to_recipients(referent, f"{told.path}/consent/new")

    page = talking.choose(referent, talking.S01_V2, warned=False)

    assert page.status == 422
    assert browser(told, "u12").get(told.path).status == 404


def test_s01_a2_the_refusal_of_2_march_is_in_the_history_after_v2(look: Tell) -> None:
    """Source: S01-A2."""
    told = look(S01, WITH_SAPV)
    text = browser(told, "u01").get(f"{told.path}/consent").text
    history = text.partition("Historique")[2]
    first = history.partition("Version 1, 02/03/2027")[2].partition("Version 2")[0]

    assert "Version 2, 24/03/2027" in history
    for function in ("Police", "Assistance policière aux victimes", "Parquet"):
        assert function in first


def test_s01_l1_the_officer_reads_why_the_attempt_of_15_march_was_refused(look: Tell) -> None:
    """Source: S01-L1."""
    told = look(S01, WITHOUT_POLICE)
    page = browser(told, "u21").read_log(
        dossier=told.told.reference, event="participant.invited", outcome="refused"
    )

    assert SENTENCES["S01-L1"] in page.text
    assert "15/03/2027 09:12" in page.text
    assert "Inès Mertolla" in page.text


@pytest.mark.xfail(strict=True, reason="S01-R9: the statistics come with the coordination's pages")
def test_s01_r9_the_statistics_page_of_o8_says_less_than_five(look: Tell) -> None:
    """Source: S01-R9."""
    page = browser(look(S01, WITH_SAPV), "u12").get("/statistics")
    assert page.status == 200
    assert "moins de 5" in page.text


@pytest.mark.xfail(strict=True, reason="S01-A1: printing comes with the numbered prints")
def test_s01_a1_the_print_of_the_safety_plan_is_called_my_notes(look: Tell) -> None:
    """Source: S01-A1."""
    told = look(S01, WITH_SAPV)
    page = browser(told, "u01").get(f"{told.path}/print")
    assert page.status == 200
    assert page.title == "Mes notes"
