"""Checking the values of an entry: what is taken, what is refused and under which code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare.dossier._fields import EntryKind, Fault
from vepshare.dossier._kinds import KINDS
from vepshare.dossier._values import InvalidValuesError, clean

from .made import EVERY_KIND, faults, values_of

IDENTITY = KINDS["identity"]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ({"shoe_size": 39}, {"shoe_size": Fault.UNKNOWN}),
        ({"first_name": None}, {"first_name": Fault.TYPE}),
        ({"first_name": ["Coralie"]}, {"first_name": Fault.TYPE}),
        ({"first_name": "  "}, {"first_name": Fault.REQUIRED}),
        ({"first_name": "a" * 201}, {"first_name": Fault.TOO_LONG}),
        ({"first_name": "a" * 10_000}, {"first_name": Fault.TOO_LONG}),
        ({"first_name": "Cora\nlie"}, {"first_name": Fault.CONTROL_CHARACTER}),
        ({"first_name": "Cora\x00lie"}, {"first_name": Fault.CONTROL_CHARACTER}),
        ({"first_name": "Cora\u202elie"}, {"first_name": Fault.CONTROL_CHARACTER}),
        ({"first_name": "Cora\ud800lie"}, {"first_name": Fault.CONTROL_CHARACTER}),
        ({"needs": "one\r\ntwo"}, {"needs": Fault.CONTROL_CHARACTER}),
        ({"needs": "one\x00two"}, {"needs": Fault.CONTROL_CHARACTER}),
        ({"birth_date": "2027-02-29"}, {"birth_date": Fault.NOT_A_DATE}),
        ({"birth_date": "20270201"}, {"birth_date": Fault.NOT_A_DATE}),
        ({"birth_date": "2027-W10-5"}, {"birth_date": Fault.NOT_A_DATE}),
        ({"birth_date": "٢٠٢٧-٠٢-٠١"}, {"birth_date": Fault.NOT_A_DATE}),
        ({"birth_date": "1899-12-31"}, {"birth_date": Fault.OUT_OF_RANGE}),
        ({"birth_date": "2101-01-01"}, {"birth_date": Fault.OUT_OF_RANGE}),
        ({"birth_date": 20270201}, {"birth_date": Fault.TYPE}),
        ({"approximate_age": "34"}, {"approximate_age": Fault.TYPE}),
        ({"approximate_age": True}, {"approximate_age": Fault.TYPE}),
        ({"approximate_age": 34.0}, {"approximate_age": Fault.TYPE}),
        ({"approximate_age": 121}, {"approximate_age": Fault.OUT_OF_RANGE}),
        ({"person_of_trust": {}}, {"person_of_trust": Fault.TYPE}),
        ({"person_of_trust": []}, {"person_of_trust": Fault.REQUIRED}),
        ({"person_of_trust": [{}]}, {"person_of_trust.0": Fault.REQUIRED}),
        ({"person_of_trust": ["Anne"]}, {"person_of_trust.0": Fault.TYPE}),
        ({"person_of_trust": [{}] * 4}, {"person_of_trust": Fault.TOO_MANY}),
        ({}, {"": Fault.REQUIRED}),
    ],
)
def test_identity_refuses(raw, fault) -> None:
    assert faults("identity", **raw) == fault


@pytest.mark.parametrize(
    ("code", "name", "value", "fault"),
    [
        ("pregnancy", "pregnant", True, Fault.TYPE),
        ("pregnancy", "pregnant", "maybe", Fault.NOT_A_CHOICE),
        ("pregnancy", "due_month", "2027-13", Fault.NOT_A_DATE),
        ("pregnancy", "due_month", "2027-08-01", Fault.NOT_A_DATE),
        ("pregnancy", "due_month", "2127-08", Fault.OUT_OF_RANGE),
        ("housing", "help_needed", "yes", Fault.TYPE),
        ("housing", "help_needed", 1, Fault.TYPE),
        ("housing", "situation", "castle", Fault.NOT_A_CHOICE),
        ("social_financial", "income", "own", Fault.TYPE),
        ("social_financial", "income", [], Fault.REQUIRED),
        ("social_financial", "income", ["gold"], Fault.NOT_A_CHOICE),
        ("social_financial", "income", ["own"] * 7, Fault.TOO_MANY),
        ("social_financial", "income", [["own"]], Fault.TYPE),
        ("children", "children", [{"age_band": "3_5"}] * 21, Fault.TOO_MANY),
    ],
)
def test_other_kinds_refuse(code, name, value, fault) -> None:
    assert faults(code, **{name: value})[name] == fault


def test_every_fault_is_told_at_once() -> None:
    raw = {"children": [{"age_band": "3_5"}, {"age_band": "9", "toy": 1}], "pets": 2}

    assert faults("children", **raw) == {
        "children.1.age_band": Fault.NOT_A_CHOICE,
        "children.1.toy": Fault.UNKNOWN,
        "pets": Fault.TYPE,
    }


def test_the_error_repeats_nothing_that_was_sent() -> None:
    with pytest.raises(InvalidValuesError) as caught:
        clean(IDENTITY, {"12 rue des Lilas": 1, "first_name": 39})

    assert str(caught.value) == "('identity', <Fault.TYPE: 'type'>, <Fault.UNKNOWN: 'unknown'>)"


def test_texts_are_trimmed_composed_and_ordered() -> None:
    values = clean(IDENTITY, {"needs": " a\n\tb ", "first_name": "  Ine\u0300s "})

    assert list(values.items()) == [("first_name", "Inès"), ("needs", "a\n\tb")]


def test_a_decomposed_text_is_measured_once_composed() -> None:
    assert clean(IDENTITY, {"first_name": "e\u0301" * 200}) == {"first_name": "é" * 200}


def test_choices_come_back_once_and_in_order() -> None:
    values = clean(KINDS["social_financial"], {"income": ["cpas", "own", "cpas"]})

    assert values == {"income": ["own", "cpas"]}


def test_each_text_has_its_own_limit() -> None:
    note = {"subject": "Sleep", "text": "a" * 301}

    assert faults("psychological_note", **note) == {"text": Fault.TOO_LONG}
    assert clean(KINDS["judicial_procedure_note"], note)["text"] == "a" * 301
    assert faults("incidents", happened_on="2027-03-18", forms=["verbal"], description="a" * 601)


def _is_taken(kind: EntryKind, values: dict[str, object]) -> bool:
    """Tell whether values drawn at random keep the rules between fields."""
    return bool(values) and not kind.check(values)


@EVERY_KIND
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_cleaning_twice_changes_nothing(kind, data) -> None:
    drawn = data.draw(values_of(kind.fields).filter(lambda values: _is_taken(kind, values)))
    once = clean(kind, drawn)

    assert clean(kind, once) == once
