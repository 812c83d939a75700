"""Her safety plan, the decisions of meetings, and the notes of the other compartments."""

from datetime import date

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import (
    LONG_LENGTH,
    N_,
    EntryKind,
    Fault,
    FieldKind,
    FlagField,
    Values,
)
from vepshare.dossier.kinds._derive import pick

_DOCUMENTS = (
    ("identity", N_("Identity documents")),
    ("bank", N_("Bank cards and papers")),
    ("family_booklet", N_("Family booklet")),
    ("lease", N_("Lease")),
    ("medical", N_("Medical papers")),
    ("judgments", N_("Judgments")),
    ("permits", N_("Permits")),
    ("keys", N_("Keys")),
    ("medicines", N_("Medicines")),
)
_CALLS = (
    f.text("who", N_("Who"), required=True),
    f.text("number", N_("Number")),
)


def _plan_exists(_values: Values, _today: date) -> dict[str, object]:
    return {"exists": True}


SAFETY_PLAN = EntryKind(
    code="safety_plan",
    compartment=Compartment.SAFETY_PLAN,
    title=N_("Safety plan"),
    fields=(
        f.long("warning_signs", N_("The signs I notice before")),
        f.text("safe_room", N_("The safe room and the way out")),
        f.text("code_word", N_("My code word")),
        f.text("code_word_with", N_("Who knows my code word")),
        f.rows("calls", N_("Who I call, in order"), _CALLS),
        f.text("neighbours", N_("Neighbours who know")),
        f.text("bag", N_("Where my bag is ready")),
        f.choices("documents", N_("Documents I have ready"), _DOCUMENTS),
        f.long("children", N_("What my children know to do")),
        f.long("phone", N_("My telephone and accounts"), hint=N_("Location, passwords, spyware.")),
        f.text("work_school", N_("At work and at school"), locating=True),
        f.text("routes", N_("My routes"), locating=True),
        f.long("if_i_stay", N_("If I stay")),
        f.long("if_i_leave", N_("If I leave")),
        f.long("after", N_("After I have left")),
        f.text("pets", N_("My animals")),
        f.text("what_calms_me", N_("What calms me")),
    ),
    flag_fields=(FlagField(name="exists", label=N_("A plan exists"), kind=FieldKind.BOOL),),
    flags=_plan_exists,
)

_STATES = (
    ("to_do", N_("To do")),
    ("in_progress", N_("In progress")),
    ("done", N_("Done")),
    ("impossible", N_("Impossible")),
    ("dropped", N_("Dropped")),
)


def _impossible_says_why(values: Values) -> dict[str, Fault]:
    if values["state"] == "impossible" and "impossible_because" not in values:
        return {"impossible_because": Fault.REQUIRED}
    return {}


MEETING_DECISIONS = EntryKind(
    code="meeting_decisions",
    compartment=Compartment.MEETING_DECISIONS,
    title=N_("Action"),
    fields=(
        f.text("action", N_("Action"), 120, required=True, hint=N_("Begin with a verb.")),
        f.text("for_whom", N_("For whom"), hint=N_("A function and its organisation.")),
        f.day("due_on", N_("Due on")),
        f.choice("state", N_("State"), _STATES, required=True),
        f.text("impossible_because", N_("Impossible because")),
        f.boolean("she_agrees", N_("She agrees")),
        f.day("met_on", N_("Decided at the meeting of")),
    ),
    flag_fields=(
        FlagField(name="state", label=N_("State"), kind=FieldKind.CHOICE, choices=_STATES),
        FlagField(name="due_on", label=N_("Due on"), kind=FieldKind.DATE),
    ),
    flags=pick("state", "due_on"),
    check=_impossible_says_why,
)


def _note(compartment: Compartment, title: str, hint: str, length: int = LONG_LENGTH) -> EntryKind:
    """Return the kind of a structured note: a subject and a text."""
    return EntryKind(
        code=f"{compartment}_note",
        compartment=compartment,
        title=title,
        fields=(
            f.text("subject", N_("Subject"), 120, required=True),
            f.long("text", N_("Text"), length, hint=hint),
        ),
    )


# The short limits keep therapy notes and narratives out.
NOTES = (
    _note(
        Compartment.PSYCHOLOGICAL,
        N_("Psychological note"),
        N_("Follow-up and effect on daily life: no therapy notes."),
        300,
    ),
    _note(
        Compartment.SEXUAL_VIOLENCE,
        N_("Note on care after sexual violence"),
        N_("Care received and dates: no narrative."),
        300,
    ),
    _note(
        Compartment.HONOUR_MARRIAGE,
        N_("Note on forced marriage or honour"),
        N_("Facts that matter for her safety and for help, no opinion."),
    ),
    _note(
        Compartment.JUDICIAL_PROCEDURE,
        N_("Judicial note"),
        N_("Only as told or given by her."),
    ),
    _note(
        Compartment.POLICE_MEASURES,
        N_("Note on a measure"),
        N_("Which measure, by whom, from when to when."),
    ),
    _note(
        Compartment.REFERRALS_APPOINTMENTS,
        N_("Referral or appointment"),
        N_("From whom, to whom, what she agreed to pass on."),
    ),
)

PLANS = (SAFETY_PLAN, MEETING_DECISIONS, *NOTES)
