"""Finding a Belgian national-register number in free text, where none may be kept."""

import re
import unicodedata

# YYMMDD-XXX.CC with any usual separator between the groups, or none. A `+` before it means
# an international telephone number. Being a lookahead, it is tried at every digit, so that
# other digits just before a number ("on 12 ...") cannot hide it.
_SEPARATOR = r"[ \t\n./\-_\u2010-\u2014]{0,3}"
_CANDIDATE = re.compile(
    r"(?<![0-9+])(?="
    + _SEPARATOR.join((r"([0-9]{2})", r"([0-9]{2})", r"([0-9]{2})", r"([0-9]{3})", r"([0-9]{2})"))
    + r"(?![0-9]))"
)
_BORN_SINCE_2000 = 2_000_000_000
# Months of people registered without a known sex (+20) or with it (+40): the "bis" numbers.
_MONTH_OFFSETS = (0, 20, 40)
_LAST_MONTH, _LAST_DAY = 12, 31


def holds_national_number(text: str) -> bool:
    """Tell whether *text* holds a well-formed number: plausible date, right check digits.

    The check digits keep telephone and reference numbers out; they alone would let one
    number in fifty be refused wrongly, so the date part must be plausible too.

    Source: R29
    """
    return any(_is_national_number(*found.groups()) for found in _CANDIDATE.finditer(_fold(text)))


def _fold(text: str) -> str:
    """Return *text* with plain digits and without invisible characters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(one for one in folded if unicodedata.category(one) != "Cf")


def _is_national_number(year: str, month: str, day: str, serial: str, check: str) -> bool:
    if not _is_plausible(int(month), int(day)):
        return False
    base = int(year + month + day + serial)
    return int(check) in (97 - base % 97, 97 - (_BORN_SINCE_2000 + base) % 97)


def _is_plausible(month: int, day: int) -> bool:
    """Tell whether a month and day may stand in a number; nought is "not known"."""
    months = (month - offset for offset in _MONTH_OFFSETS)
    return day <= _LAST_DAY and any(0 <= one <= _LAST_MONTH for one in months)
