"""After every event of every scenario, each one's keys open exactly what she has agreed to.

The raw-key test is the measure of everything else (DESIGN 5): a copy of the database, the private
key of one professional, and nothing of vepshare's own code between the two.
"""

import pytest

from tests.demo.stages import cast_of
from tests.worlds import World, at, end_of, make_draft, make_line, make_terms, open_dossier, read
from vepshare import demo
from vepshare.consent import Form
from vepshare.demo._play import Performance
from vepshare.demo._stories import Giving, Line, Opening, Reading, Withdrawing
from vepshare.dossier import Reason
from vepshare.services import consents, due, participants
from vepshare.services import entries as writing

from .checking import CODE_OF, check, copy_of, opened
from .decryptor import Thief
from .mandate import Mandate, Said, spoken


def said(line: Line, act: Opening | Giving) -> Said:
    """Return a line of a story as the mandate takes it down."""
    return Said(
        organisation=line.organisation,
        function=line.profession.value,
        codes=frozenset(CODE_OF[one.value] for one in line.compartments),
        ticks=frozenset(CODE_OF[one.value] for one in line.ticks),
        person=line.person,
        starts=act.at,
        ends=end_of((line.ends or act.agreed.ends).isoformat()),
        warned=act.agreed.warned,
    )


def take_down(mandate: Mandate, act: object) -> None:
    """Write down what she has said in an act of a story, if she has said anything."""
    if isinstance(act, Opening | Giving):
        lines = [said(one, act) for one in act.agreed.lines]
        mandate.give(lines, replaces=act.agreed.replaces, now=act.at)
    elif isinstance(act, Withdrawing):
        mandate.withdraw(act.organisations, act.at)


@pytest.mark.parametrize("story", demo.STORIES, ids=lambda one: one.code)
def test_each_one_s_keys_open_exactly_what_she_agreed_to(world: World, story: demo.Story) -> None:
    """After every event, for every member of the cast. Source: DESIGN 5, V1, V4, R7."""
    performance, mandate = Performance(world.store, cast_of(world), story), Mandate()
    logins = tuple(world.cast)
    for act in story.acts:
        performance.step()
        if act.refused is None:
            take_down(mandate, act)
        if not isinstance(act, Reading):
            check(world, mandate, act.at, logins)


def test_the_thief_of_a_copy_with_nobody_s_keys_opens_nothing(world: World) -> None:
    performance = Performance(world.store, cast_of(world), demo.S01)
    performance.up_to(demo.S01.clock)
    copy = copy_of(world)

    assert list(Thief(copy, world.cast["u01"].id, bytes(32)).opened()) == []
    assert opened(world, copy, "u01")


NIGHT = at("2027-05-11 03:12")
MORNING = at("2027-05-11 09:40")
_V1 = (
    ("O5/INF", "ID CT HE PR RI RA", "HE PR", "u07"),
    ("O5/ASH", "ID CT HE PR RI RA", "HE PR", None),
    ("O5/SF", "ID CT PR RI RA", "PR", None),
)
_V2 = (
    ("O5/ASH", "ID CT HO CH HE PR SF IN RI PL AP RA MD", "HE PR", None),
    ("O5/SF", "ID CT CH PR RI PL RA MD", "PR PL", None),
    ("O1/SVA", "ID CT HO CH PR SF IN RI PL AP RA MD", "PR", None),
)


def at_night(world: World) -> tuple[str, Mandate]:
    """The emergency department, 03:12: a consent of 72 hours, and the flash sheet (S03)."""
    ends = at("2027-05-14 03:12")
    kinds = ("safe_contact", "pregnancy", "risk_assessment", "referrals_appointments_note")
    reference = open_dossier(
        world,
        *(make_recipient(world, one) for one in _V1),
        by="u07",
        participants="",
        entries=tuple(map(make_draft, kinds)),
        now=NIGHT,
        ends=ends,
        proof={"form": Form.NIGHT, "explained_by": world.cast["u07"].id},
    )
    mandate = Mandate()
    mandate.give(spoken(_V1, NIGHT, ends), replaces=False, now=NIGHT)
    return reference, mandate


def make_recipient(world: World, one: tuple[str, str, str, str | None]) -> object:
    service, codes, ticks, person = one
    more = {} if person is None else {"person": person}
    return make_line(world, service, codes, ticks, **more)


def test_s03_the_night_and_the_morning(world: World) -> None:
    """Each key after each event, until the emergency department is out. Source: S03, DESIGN 5."""
    reference, mandate = at_night(world)
    check(world, mandate, NIGHT, world.cast)
    nurse = world.cast["u07"]
    for login in ("u09", "u08"):
        participants.invite(
            world.store, nurse, reference, world.hat(login), Reason.EMERGENCY, now=NIGHT
        )
    check(world, mandate, NIGHT, world.cast)
    participants.hand_over_to(world.store, nurse, reference, world.hat("u09"), now=MORNING)

    given = consents.list_consents(world.store, world.cast["u09"], reference, now=MORNING)
    ends = end_of("2027-08-10")
    terms = make_terms(
        world,
        *(make_recipient(world, one) for one in _V2),
        starts=MORNING,
        ends=ends,
        proof={"explained_by": world.cast["u09"].id},
        replaces=frozenset(one.id for one in given.consents),
    )
    consents.give(world.store, world.cast["u09"], reference, terms, now=MORNING)
    mandate.give(spoken(_V2, MORNING, ends), replaces=True, now=MORNING)
    check(world, mandate, MORNING, world.cast)

    participants.invite(
        world.store, world.cast["u09"], reference, world.hat("u01"), Reason.FOLLOW_UP, now=MORNING
    )
    for login, kind in (("u01", "safety_plan"), ("u08", "pregnancy"), ("u09", "social_financial")):
        writing.write_entry(
            world.store, world.cast[login], reference, make_draft(kind), now=MORNING
        )
        check(world, mandate, MORNING, world.cast)
    for login in ("u08", "u01", "u09"):
        read(world, login, reference, now=MORNING)
        check(world, mandate, MORNING, world.cast)


def test_s03_without_a_morning_everybody_is_out(world: World) -> None:
    """At 03:12:01, 72 hours later; nobody has clicked anything. Source: S03-R6, V2, V4."""
    _reference, mandate = at_night(world)
    over = at("2027-05-14 03:12:01")

    due.run_due(world.store, now=over)

    check(world, mandate, over, world.cast)
    copy = copy_of(world)
    assert all(opened(world, copy, login) == {} for login in world.cast)
