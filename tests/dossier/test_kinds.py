"""The catalogue of entry kinds: its fields, its flags, the rules between fields."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import Fault, FieldKind
from vepshare.dossier._kinds import COMPARTMENT_TITLES, KINDS, kinds_of
from vepshare.dossier._values import clean
from vepshare.dossier.kinds import DANGER_SIGNS, default_review

from .made import EVERY_KIND, FREE, TODAY, every_field, faults, flags, values_of

IDENTITY = KINDS["identity"]
RISK = KINDS["risk_assessment"]


def assessment(**changes: object) -> dict[str, object]:
    return {
        "tool": "own_markers",
        "assessed_on": "2027-03-12",
        "level": "high",
    } | changes


# The catalogue


def test_every_compartment_has_a_title_and_a_kind() -> None:
    assert list(COMPARTMENT_TITLES) == list(Compartment)
    assert all(kinds_of(compartment) for compartment in Compartment)
    assert [kind.code for kind in kinds_of(Compartment.HEALTH)] == ["health"]


@EVERY_KIND
def test_fields_are_well_declared(kind) -> None:
    for field in every_field(kind.fields):
        assert field.label
        assert field.name.isidentifier()
        assert "-" not in field.name
        assert (field.max_length > 0) == (field.kind in FREE)
        assert bool(field.choices) == (
            field.kind in {FieldKind.TRI, FieldKind.CHOICE, FieldKind.CHOICES}
        )
        assert bool(field.fields) == (field.kind is FieldKind.ROWS)
        assert all(inner.kind is not FieldKind.ROWS for inner in field.fields)
        assert len(set(field.codes)) == len(field.codes)


@EVERY_KIND
def test_field_names_are_unique(kind) -> None:
    names = [field.name for field in kind.fields]

    assert len(set(names)) == len(names)


@EVERY_KIND
def test_no_field_for_convictions_national_numbers_or_scores(kind) -> None:
    """Source: R29, R33."""
    words = ("convict", "criminal", "national_number", "niss", "score", "photo_file")

    assert not [
        field.name
        for field in every_field(kind.fields)
        if any(word in field.name for word in words)
    ]


def test_where_she_is_is_marked_locating() -> None:
    locating = {
        f"{kind.code}.{field.name}"
        for kind in KINDS.values()
        for field in every_field(kind.fields)
        if field.locating
    }

    assert locating >= {
        "protected_place.address",
        "protected_place.commune",
        "protected_place.competent_cpas",
        "children.establishment",
        "pregnancy.birth_place",
        "safety_plan.routes",
    }


# Flags


@EVERY_KIND
def test_flags_are_never_free_text(kind) -> None:
    """Source: R27."""
    assert not {flag.kind for flag in kind.flag_fields} & FREE


@EVERY_KIND
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_flags_are_the_declared_ones(kind, data) -> None:
    """Source: R27."""
    values = data.draw(values_of(kind.fields))
    declared = {flag.name: flag for flag in kind.flag_fields}

    for name, value in kind.flags(values, TODAY).items():
        if declared[name].choices:
            codes = {code for code, _ in declared[name].choices}
            assert set(value if isinstance(value, list) else [value]) <= codes
        else:
            assert isinstance(value, bool | int) or date.fromisoformat(f"{value}-01"[:10])


def test_a_protected_place_gives_no_flag() -> None:
    """Source: R30."""
    assert flags("protected_place", address="12 rue des Lilas") == {}


def test_the_midwife_reads_a_pregnancy_as_flags() -> None:
    """Source: S03-R3."""
    told = flags("pregnancy", pregnant="yes", due_month="2027-08", blows_to_belly="yes")

    assert told == {"pregnant": "yes", "due_month": "2027-08"}


def test_the_doctor_reads_incidents_as_recent_and_last() -> None:
    """Source: S01-R5."""
    told = flags(
        "incidents",
        happened_on="2027-03-18",
        forms=["psychological"],
        description="Waits outside the building.",
    )

    assert told == {"recent": True, "last_on": "2027-03-18"}


def test_an_old_incident_is_not_recent() -> None:
    told = flags("incidents", happened_on="2015-03-18", forms=["verbal"])

    assert told == {"recent": False, "last_on": "2015-03-18"}


def test_a_lasting_incident_counts_by_its_last_day() -> None:
    told = flags(
        "incidents", happened_on="2015-03-18", happened_until="2027-03-01", forms=["verbal"]
    )

    assert told == {"recent": True, "last_on": "2027-03-01"}


def test_children_are_flagged_by_number_and_age() -> None:
    told = flags(
        "children",
        children=[{"age_band": "6_11", "first_name": "Lou"}, {"age_band": "3_5"}],
        others_at_risk=["new_partner"],
    )

    assert told == {"count": 2, "age_bands": ["3_5", "6_11"], "others_at_risk": True}


def test_children_not_listed_are_not_counted_as_none() -> None:
    assert flags("children", abduction_risk="unknown") == {"others_at_risk": False}


def test_health_is_flagged_by_the_last_injury() -> None:
    injury = {"sites": ["left_arm"], "type": "bruise"}
    told = flags(
        "health",
        injuries=[injury | {"seen_on": "2027-03-04"}, injury | {"seen_on": "2027-02-01"}],
        strangulation="no",
    )

    assert told == {"injuries": True, "strangulation": "no", "last_on": "2027-03-04"}
    assert flags("health", care="Rest.") == {"injuries": False}


def test_a_permit_not_spoken_of_is_not_flagged() -> None:
    assert flags("social_financial", debts="yes", reference_address="requested") == {
        "reference_address": "requested"
    }
    assert flags("social_financial", residence_permit="linked_to_partner") == {
        "permit_linked_to_partner": True
    }


@pytest.mark.parametrize(
    ("code", "raw", "told"),
    [
        ("identity", {"first_name": "Coralie"}, {"recorded": True}),
        ("safe_contact", {"verified_on": "2027-03-02"}, {"verified_on": "2027-03-02"}),
        ("housing", {"help_needed": True, "needs": "A flat."}, {"help_needed": True}),
        ("safety_plan", {"code_word": "magnolia"}, {"exists": True}),
        ("perpetrator_info", {"designation": "B. L.", "firearm": "permit"}, {"firearm": "permit"}),
        ("meeting_decisions", {"action": "Call her", "state": "to_do"}, {"state": "to_do"}),
        ("psychological_note", {"subject": "Sleep", "text": "Better."}, {"recorded": True}),
    ],
)
def test_flags_of_the_other_kinds(code, raw, told) -> None:
    assert flags(code, **raw) == told


# The risk assessment


def test_there_are_sixteen_danger_signs_none_summed() -> None:
    assert len(DANGER_SIGNS) == 16
    assert {sign.kind for sign in DANGER_SIGNS} == {FieldKind.TRI}
    assert not any(sign.required for sign in DANGER_SIGNS)


def test_a_level_is_the_professional_s_and_never_computed() -> None:
    """Source: R33."""
    alarming = {sign.name: "yes" for sign in DANGER_SIGNS}

    assert clean(RISK, assessment(level="low", **alarming))["level"] == "low"
    without = assessment(**alarming)
    del without["level"]
    assert faults("risk_assessment", **without)["level"] == Fault.REQUIRED


@pytest.mark.parametrize(
    ("level", "review"),
    [
        ("extreme", "2027-03-15"),
        ("high", "2027-03-26"),
        ("undetermined", "2027-03-26"),
        ("moderate", "2027-04-26"),
        ("low", "2027-06-10"),
    ],
)
def test_an_assessment_always_gets_a_next_review(level, review) -> None:
    """Source: R33."""
    assert clean(RISK, assessment(level=level))["next_review"] == review
    assert default_review(level, date(2027, 3, 12)).isoformat() == review


def test_a_review_that_was_chosen_is_kept() -> None:
    assert clean(RISK, assessment(next_review="2027-04-12"))["next_review"] == "2027-04-12"


def test_a_review_before_the_assessment_is_refused() -> None:
    raw = assessment(next_review="2027-03-11")

    assert faults("risk_assessment", **raw) == {"next_review": Fault.OUT_OF_RANGE}


def test_another_tool_must_tell_its_version() -> None:
    """Source: R33."""
    assert faults("risk_assessment", **assessment(tool="evivico")) == {"version": Fault.REQUIRED}


def test_a_far_off_day_is_refused_without_overflowing() -> None:
    raw = assessment(assessed_on="9999-12-31")

    assert faults("risk_assessment", **raw)["assessed_on"] == Fault.OUT_OF_RANGE


@pytest.mark.parametrize("level", [["high"], {}, None, 3])
def test_completing_bears_any_type(level) -> None:
    assert faults("risk_assessment", **assessment(level=level))["level"] == Fault.TYPE


# Rules between fields


@pytest.mark.parametrize(
    ("near", "fault"), [("yes", Fault.NEAR_PERPETRATOR), ("unknown", Fault.NOT_A_CHOICE)]
)
def test_somebody_near_the_alleged_perpetrator_is_no_person_of_trust(near, fault) -> None:
    """Source: R12."""
    person = {"name": "Anne", "near_alleged_perpetrator": near}

    assert faults("identity", person_of_trust=[person]) == {
        "person_of_trust.0.near_alleged_perpetrator": fault
    }


def test_a_person_of_trust_is_not_recorded_without_asking() -> None:
    """Source: R12."""
    assert faults("identity", person_of_trust=[{"name": "Anne"}]) == {
        "person_of_trust.0.near_alleged_perpetrator": Fault.REQUIRED
    }
    safe = {"name": "Anne", "near_alleged_perpetrator": "no"}
    assert clean(IDENTITY, {"person_of_trust": [safe]}) == {"person_of_trust": [safe]}


def test_what_is_impossible_says_why() -> None:
    raw = {"action": "Call her", "state": "impossible"}

    assert faults("meeting_decisions", **raw) == {"impossible_because": Fault.REQUIRED}


def test_a_stay_does_not_end_before_it_begins() -> None:
    raw = {"since": "2027-03-11", "until": "2027-03-10"}

    assert faults("protected_place", **raw) == {"until": Fault.OUT_OF_RANGE}
