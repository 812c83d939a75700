"""Between a flat HTML form and the values of an entry, both ways."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vepshare.dossier._fields import Fault
from vepshare.dossier._forms import from_form, to_form
from vepshare.dossier._kinds import KINDS

from .made import EVERY_KIND, faults, values_of

IDENTITY = KINDS["identity"]
CHILDREN = KINDS["children"]


@EVERY_KIND
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_form_says_the_same_as_thevalues_of(kind, data) -> None:
    values = data.draw(values_of(kind.fields))

    assert from_form(kind, to_form(kind, values)) == values


@EVERY_KIND
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_reading_a_form_never_raises(kind, data) -> None:
    controls = [field.name for field in kind.fields]
    controls += [f"{name}-0-{field.name}" for name in controls for field in kind.fields]
    typed = st.lists(
        st.text(max_size=12) | st.sampled_from(["31/02/2027", "99999999999", "13/2027"])
    )
    form = data.draw(st.dictionaries(st.sampled_from(controls), typed, max_size=6))

    from_form(kind, form)


@pytest.mark.parametrize(
    "typed", ["12/3/2027", "12.03.2027", "12-03-2027", "2027-03-12", " 12/03/2027 "]
)
def test_days_are_read_as_people_type_them(typed) -> None:
    assert from_form(IDENTITY, {"birth_date": [typed]}) == {"birth_date": "2027-03-12"}


@pytest.mark.parametrize("typed", ["08/2027", "8/2027", "2027-08", "8.2027"])
def test_months_are_read_as_people_type_them(typed) -> None:
    form = {"pregnant": ["yes"], "due_month": [typed]}

    assert from_form(KINDS["pregnancy"], form) == {"pregnant": "yes", "due_month": "2027-08"}


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("birth_date", "31/02/2027", Fault.NOT_A_DATE),
        ("birth_date", "12/03/27", Fault.NOT_A_DATE),
        ("birth_date", "in spring", Fault.NOT_A_DATE),
        ("approximate_age", "thirty", Fault.TYPE),
        ("approximate_age", "99999999999", Fault.TYPE),
        ("approximate_age", "-3", Fault.OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_read_stays_for_clean_to_name(name, typed, fault) -> None:
    assert faults("identity", **from_form(IDENTITY, {name: [typed]})) == {name: fault}


def test_blank_controls_and_others_are_left_out() -> None:
    form = {"first_name": ["  "], "needs": ["one\r\ntwo"], "csrf_token": ["x"], "languages": []}

    assert from_form(IDENTITY, form) == {"needs": "one\ntwo"}


@pytest.mark.parametrize(
    ("typed", "value"), [(["on"], True), (["no", "yes"], True), (["no"], False), (["?"], "?")]
)
def test_tick_boxes(typed, value) -> None:
    assert from_form(KINDS["housing"], {"help_needed": typed}) == {"help_needed": value}


def test_rows_are_read_in_order_and_blank_ones_dropped() -> None:
    form = {
        "children-10-age_band": ["6_11"],
        "children-2-age_band": ["3_5"],
        "children-2-first_name": [""],
        "children-3-age_band": [""],
        "children-x-age_band": ["0_2"],
    }

    assert from_form(CHILDREN, form) == {"children": [{"age_band": "3_5"}, {"age_band": "6_11"}]}


def test_a_refused_form_can_be_shown_again() -> None:
    raw = {"approximate_age": "thirty", "person_of_trust": [{"name": "Anne"}]}

    assert to_form(IDENTITY, raw) == {
        "approximate_age": ["thirty"],
        "person_of_trust-0-name": ["Anne"],
    }
