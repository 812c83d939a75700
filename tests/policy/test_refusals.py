"""Each reason a reading or a writing can be refused for, reached once on purpose."""

import re
from importlib import resources

import pytest

from vepshare import policy
from vepshare.policy import Refusal

from . import builders as b
from .oracle import NOW, Situation
from .situations import compartment, facts_and_actor

WHY = {
    Refusal.ACCOUNT_INACTIVE: Situation(
        function="SVA", compartment="ID", standing="account_inactive"
    ),
    Refusal.ORGANISATION_INACTIVE: Situation(
        function="SVA", compartment="ID", standing="organisation_inactive"
    ),
    Refusal.FUNCTION_NOT_HELD: Situation(
        function="SVA", compartment="ID", standing="function_not_held"
    ),
    Refusal.UNDERTAKING_LAPSED: Situation(
        function="SVA", compartment="ID", standing="undertaking_lapsed"
    ),
    Refusal.EXCLUDED: Situation(function="SVA", compartment="ID", exclusion="organisation"),
    Refusal.TIED: Situation(function="SVA", compartment="ID", exclusion="tie"),
    Refusal.NOT_A_PARTICIPANT: Situation(function="SVA", compartment="ID", link="nobody"),
    Refusal.LINK_ENDED: Situation(function="SVA", compartment="ID", link="ended"),
    Refusal.DOSSIER_NOT_ACTIVE: Situation(function="SVA", compartment="ID", dossier="frozen"),
    Refusal.NO_CONSENT: Situation(function="SVA", compartment="ID", consent="none"),
    Refusal.CONSENT_NOT_CONFIRMED: Situation(
        function="SVA", compartment="ID", consent="awaiting the witness"
    ),
    Refusal.CONSENT_NOT_YET_VALID: Situation(
        function="SVA", compartment="ID", consent="not yet valid"
    ),
    Refusal.CONSENT_WITHDRAWN: Situation(
        function="SVA", compartment="ID", consent="withdrawn whole"
    ),
    Refusal.CONSENT_EXPIRED: Situation(function="SVA", compartment="ID", consent="expired"),
    Refusal.COMPARTMENT_NOT_CONSENTED: Situation(
        function="SVA", compartment="ID", consent="narrowed"
    ),
    Refusal.OUTSIDE_FUNCTION: Situation(function="SVA", compartment="AD"),
    Refusal.OWN_TICK_MISSING: Situation(
        function="SVA", compartment="HE", consent="own tick missing"
    ),
    Refusal.WARNING_MISSING: Situation(
        function="CPAS", compartment="ID", consent="warning missing"
    ),
    Refusal.NOT_THE_PLACE: Situation(
        function="SVH", compartment="AD", consent="told another shelter since"
    ),
    Refusal.LEVEL_TOO_LOW: Situation(function="MED", compartment="ID"),
    Refusal.ANOTHER_ORGANISATION: Situation(function="SVA", compartment="RA"),
}


@pytest.mark.parametrize("refusal", WHY, ids=str)
def test_a_refusal_has_its_reason_and_discloses_nothing(refusal: Refusal) -> None:
    """Source: V1, V8. The log is told why; the one refused gets no cell."""
    facts, actor = facts_and_actor(WHY[refusal])

    decision = policy.decide_rectifying(
        facts,
        actor,
        compartment(WHY[refusal]),
        written_by=b.organisation("O2"),
        now=NOW,
    )

    assert decision.refusal is refusal
    assert decision.cells == {}


def test_every_reason_the_reading_decisions_can_give_is_reached_above() -> None:
    """A reason added to the code without a situation here fails."""
    folder = resources.files("vepshare.policy")
    code = "".join(folder.joinpath(name).read_text() for name in ("_decide.py", "_cells.py"))

    assert {Refusal[name] for name in re.findall(r"Refusal\.([A-Z_]+)", code)} == set(WHY)


@pytest.mark.parametrize(("function", "code"), [("SVA", "ID"), ("SVA", "RA"), ("SVH", "AD")])
def test_what_ones_own_organisation_wrote_is_mended_in_any_writing_cell(
    function: str, code: str
) -> None:
    one = Situation(function=function, compartment=code)
    facts, actor = facts_and_actor(one)

    decision = policy.decide_rectifying(
        facts, actor, compartment(one), written_by=b.organisation("O1"), now=NOW
    )

    assert list(decision.cells) == [compartment(one)]


@pytest.mark.parametrize(("function", "code"), [("SVA", "ID"), ("SVH", "AD")])
def test_a_full_writing_cell_mends_what_another_organisation_wrote(
    function: str, code: str
) -> None:
    one = Situation(function=function, compartment=code)
    facts, actor = facts_and_actor(one)

    decision = policy.decide_rectifying(
        facts, actor, compartment(one), written_by=b.organisation("O2"), now=NOW
    )

    assert list(decision.cells) == [compartment(one)]


def test_of_two_consents_for_a_cell_the_one_that_lasts_is_shown() -> None:
    """Source: V6. « Qui voit quoi » names the consent the access really rests on."""
    nurse = b.hat("me", "O1/INF")
    short = b.given("short", b.line("O1/INF", "ID"), ends=b.end_of("2027-04-01"))
    longer = b.given("long", b.line("O1/INF", "ID CT", "–"), version=2)
    for order in ((short, longer), (longer, short)):
        facts = b.facts(b.fold(*((b.GIVEN, act) for act in order)), nurse)

        cells = policy.decide_reading(facts, b.actor(nurse), now=NOW).cells

        assert {cell.grant.consent_id for cell in cells.values()} == {b.consent_id("long")}


def test_somebody_who_never_took_part_is_told_no_date() -> None:
    """Source: V5. Excluded or not, the answer is that of an unknown dossier."""
    for exclusion in ("none", "organisation", "person", "tie"):
        one = Situation(
            function="SVA",
            compartment="ID",
            link="nobody",
            consent="withdrawn whole",
            exclusion=exclusion,
        )
        facts, actor = facts_and_actor(one)
        assert policy.decide_reading(facts, actor, now=NOW).ended_on is None
        assert policy.ended_on(facts, actor, now=NOW) is None


def test_a_new_link_after_an_ended_one_lets_them_in_again() -> None:
    """Source: R18. The latest link counts, and an old end is told to nobody."""
    who = b.hat("me", "O1/SVA")
    facts = b.facts(
        b.fold((b.GIVEN, b.given("v1", b.line("O1/SVA", "ID")))),
        b.link(who, since=b.GIVEN, ended_at=b.at("2027-03-05 09:00")),
        b.link(who, since=b.at("2027-03-06 09:00")),
    )

    assert policy.decide_reading(facts, b.actor(who), now=NOW).refusal is None
    assert policy.ended_on(facts, b.actor(who), now=NOW) is None


def test_a_link_opens_at_its_first_instant_and_closes_at_its_end() -> None:
    """Source: R18, V4."""
    who, ends = b.hat("me", "O1/SVA"), b.at("2027-03-05 09:00")
    facts = b.facts(
        b.fold((b.GIVEN, b.given("v1", b.line("O1/SVA", "ID")))), b.link(who, ended_at=ends)
    )
    tick = ends.resolution

    def refusal(now: object) -> Refusal | None:
        return policy.decide_link(facts, b.actor(who), now=now)

    assert refusal(b.GIVEN - tick) is not None
    assert refusal(b.GIVEN) is refusal(ends - tick) is None
    assert refusal(ends) is Refusal.LINK_ENDED


def test_an_end_that_is_still_to_come_is_told_to_nobody() -> None:
    """Source: V5. A link that will lapse says nothing of an access that has not ended."""
    who, ends = b.hat("me", "O1/SVA"), b.at("2027-04-05 09:00")
    register = b.fold((b.GIVEN, b.given("v1", b.line("O1/SVA", "ID"))))
    facts = b.facts(register, b.link(who, ended_at=ends))

    assert policy.ended_on(facts, b.actor(who), now=ends - ends.resolution) is None
    assert policy.ended_on(facts, b.actor(who), now=ends) == ends
