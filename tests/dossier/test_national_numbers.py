"""National-register numbers are found in free text, telephone numbers are let through."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vepshare.dossier._fields import Fault
from vepshare.dossier._national_numbers import holds_national_number

from .made import faults


def national_number(birth: date, serial: int = 33) -> str:
    """Make up the eleven digits of somebody born on a day, at run time only."""
    base = int(f"{birth:%y%m%d}{serial:03d}")
    since = 2_000_000_000 if birth.year >= 2000 else 0
    return f"{base:09d}{97 - (since + base) % 97:02d}"


@pytest.mark.parametrize("birth", [date(1985, 7, 30), date(2004, 2, 29), date(2000, 1, 1)])
@pytest.mark.parametrize(
    "shape",
    ["{}{}{}{}{}", "{}.{}.{}-{}.{}", "{} {} {} {} {}", "{}{}{}-{}-{}", "{}/{}/{} – {}.{}"],
)
def test_a_national_number_is_refused_however_typed(birth, shape) -> None:
    """Source: R29."""
    digits = national_number(birth)
    groups = (digits[:2], digits[2:4], digits[4:6], digits[6:9], digits[9:])
    note = {"subject": "Papers", "text": f"Le 12 elle donne {shape.format(*groups)}."}

    assert faults("judicial_procedure_note", **note) == {"text": Fault.NATIONAL_NUMBER}


def test_a_national_number_is_refused_in_a_row_too() -> None:
    """Source: R29."""
    call = {"who": "Anne", "number": national_number(date(1985, 7, 30))}

    assert faults("safety_plan", calls=[call]) == {"calls.0.number": Fault.NATIONAL_NUMBER}


def test_digits_before_a_national_number_do_not_hide_it() -> None:
    """Source: R29."""
    assert holds_national_number(f"le 12 {national_number(date(1985, 7, 30))}")


def test_a_bis_number_or_odd_digits_are_found() -> None:
    """Source: R29."""
    digits = national_number(date(1985, 7, 30))
    base = int(f"{digits[:2]}47{digits[4:9]}")

    assert holds_national_number(f"{base:09d}{97 - base % 97:02d}")
    assert holds_national_number(digits.translate({48 + n: 0xFF10 + n for n in range(10)}))
    assert holds_national_number(f"{digits[:6]}\u200b{digits[6:]}")


@pytest.mark.parametrize(
    "text",
    [
        "0400 00 01 01",
        "0400000101 ou 0400000102",
        "+32 400 00 01 01",
        "0032400000101",
        "du 12.03.2027 au 15.04.2027",
        "1234567890123456",
    ],
)
def test_telephones_dates_and_long_numbers_pass(text) -> None:
    assert not holds_national_number(text)


def test_wrong_check_digits_or_an_impossible_day_pass() -> None:
    digits = national_number(date(1985, 7, 30))
    wrong = f"{digits[:9]}{(int(digits[9:]) + 1) % 97:02d}"
    base = int("851399033")

    assert not holds_national_number(wrong)
    assert not holds_national_number(f"{base}{97 - base % 97:02d}")


@given(st.integers(0, 99_999_999))
def test_an_international_telephone_is_never_a_national_number(number) -> None:
    assert not holds_national_number(f"+324{number:08d}")
