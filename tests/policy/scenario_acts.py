"""What is done to consent in each scenario, as acts in the order in which they are recorded."""

from dataclasses import replace
from datetime import datetime

from vepshare import consent

from . import builders as b
from . import scenario_tables as t

Act = tuple[datetime, consent.Act]


def lines(table: str, **more: object) -> tuple[consent.Recipient, ...]:
    rows = (row.split(" | ") for row in table.strip().splitlines())
    return tuple(b.line(*(part.strip() for part in row), **more) for row in rows)


def written(
    code: str, table: str, start: str, end: str, *, version: int = 1, **changes: object
) -> Act:
    """Return a consent in writing, recorded as it begins."""
    act = b.given(
        code, *lines(table), version=version, starts=b.at(start), ends=b.end_of(end), **changes
    )
    return b.at(start), act


S01 = (
    written(
        "v1",
        t.S01_V1,
        "2027-03-02 14:35",
        "2027-09-01",
        refused=tuple(b.refused(one) for one in ("/POL", "/SAPV", "/PAR", "/AJV")),
    ),
    written("v2", t.S01_V2, "2027-03-24 11:00", "2027-06-24", version=2),
)

S02_START = "2027-04-06 09:00"
S02 = (
    written("v1", t.S02_V1, S02_START, "2027-07-05"),
    (
        b.at("2027-04-21 10:24"),
        consent.Withdrawn(
            consent_id=b.consent_id("v1"), targets=(b.target("O7/"), b.target("O11/"))
        ),
    ),
    (b.at("2027-04-21 11:05"), consent.Withdrawn(consent_id=b.consent_id("v1"))),
)

S03_NIGHT_STARTS = b.at("2027-05-11 03:12")
S03_NIGHT_LINES = tuple(
    replace(one, professional_id=b.person("U07")) if one.profession.value == "INF" else one
    for one in lines(t.S03_NIGHT)
)
S03 = (
    (
        S03_NIGHT_STARTS,
        b.given(
            "night",
            *S03_NIGHT_LINES,
            starts=S03_NIGHT_STARTS,
            ends=S03_NIGHT_STARTS + consent.NIGHT,
            proof=b.proof(form=consent.Form.NIGHT),
        ),
    ),
    written(
        "v2",
        t.S03_V2,
        "2027-05-11 09:40",
        "2027-08-10",
        version=2,
        replaces=frozenset({b.consent_id("night")}),
    ),
)

S04_TRAP = b.line("O8/SAPV", "ID CT HM RI PL RA MD")
S04 = (
    written("v1", t.S04_V1, "2027-05-24 16:20", "2027-08-23"),
    (b.at("2027-05-24 16:25"), consent.Excluded(organisation_id=b.organisation("O8"))),
    (
        b.at("2027-06-14 10:00"),
        b.given("trap", S04_TRAP, version=2, starts=b.at("2027-06-14 10:00")),
    ),
)

S05_MOVE = b.at("2027-03-11 08:00")
S05 = (
    written("v1", "O2/SVH | ID CT AD HO MD | AD", "2026-12-20 10:00", "2027-06-19"),
    (
        S05_MOVE,
        b.given(
            "v3",
            *lines(t.S05_V3),
            *lines(t.S05_V3_TO_25_MARCH, ends=b.end_of("2027-03-25")),
            version=2,
            starts=S05_MOVE,
            ends=b.end_of("2027-09-10"),
            replaces=frozenset({b.consent_id("v1")}),
        ),
    ),
)

S06_SAID = b.given(
    "v1",
    *lines(t.S06_V1),
    starts=b.at("2027-06-07 15:20"),
    ends=b.end_of("2027-09-06"),
    proof=b.proof(
        form=consent.Form.ORAL,
        oral_reason=consent.OralReason.CANNOT_READ,
        witness=b.person("U02"),
        interpreter=consent.Interpreter(
            service=consent.InterpreterService.APPROVED_SOCIAL_SERVICE,
            code="INT-204",
            mode=consent.InterpreterMode.TELEPHONE,
            language="ti",
        ),
    ),
)
S06 = (
    (b.at("2027-06-07 15:20"), S06_SAID),
    (b.at("2027-06-07 15:52"), consent.Confirmed(consent_id=b.consent_id("v1"))),
)

S07 = (
    written(
        "v1",
        t.S07_V1,
        "2027-09-06 11:00",
        "2027-12-05",
        refused=tuple(b.refused(one) for one in ("/POL", "/PAR")),
    ),
)

S08 = (written("v1", t.S08_V1, "2027-10-04 09:30", "2028-01-03"),)
