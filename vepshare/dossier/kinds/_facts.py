"""What happened, and what she says of the alleged perpetrator."""

from datetime import date, timedelta

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, FieldKind, FlagField, Values
from vepshare.dossier._values import parse_day
from vepshare.dossier.kinds._derive import in_order, pick

RECENT_DAYS = 183
_FACTS_ONLY = N_("Facts that matter for her safety and for help, no opinion.")

_FORMS = (
    ("physical", N_("Physical")),
    ("psychological", N_("Psychological")),
    ("verbal", N_("Verbal")),
    ("sexual", N_("Sexual")),
    ("economic", N_("Economic")),
    ("coercive_control", N_("Coercive control")),
    ("harassment", N_("Harassment, online or not")),
    ("through_children", N_("Through the children")),
    ("administrative", N_("Administrative (papers)")),
)


def _incident_flags(values: Values, today: date) -> dict[str, object]:
    """Tell the last day of the fact, and whether it was recent on the day of writing."""
    last = values.get("happened_until", values["happened_on"])
    day = parse_day(last)
    recent = day is not None and today - day <= timedelta(days=RECENT_DAYS)
    return {"recent": recent, "last_on": last}


INCIDENTS = EntryKind(
    code="incidents",
    compartment=Compartment.INCIDENTS,
    title=N_("Incident"),
    fields=(
        f.day("happened_on", N_("Date of the fact"), required=True),
        f.day("happened_until", N_("Until"), hint=N_("If it lasted.")),
        f.boolean("date_approximate", N_("Approximate date")),
        f.choices("forms", N_("Forms of violence"), _FORMS, required=True),
        f.long("description", N_("Description"), 600, hint=_FACTS_ONLY),
        f.tri("children_present", N_("Children present")),
        f.boolean("witnesses", N_("Witnesses")),
        f.boolean("injury", N_("Injury")),
        f.tri("weapon", N_("Weapon")),
        f.tri("police_came", N_("Police came")),
        f.boolean("report_exists", N_("A police report exists")),
        f.text("proof_where", N_("Where the proof is"), hint=N_("Not the proof itself.")),
    ),
    flag_fields=(
        FlagField(name="recent", label=N_("Recent facts"), kind=FieldKind.BOOL),
        FlagField(name="last_on", label=N_("Last fact on"), kind=FieldKind.DATE),
    ),
    flags=_incident_flags,
    check=in_order("happened_on", "happened_until"),
)

_FIREARM = (
    ("no", N_("No")),
    ("yes", N_("Yes")),
    ("permit", N_("Hunting or shooting permit")),
    ("unknown", N_("Unknown")),
)
_LINKS = (
    ("spouse", N_("Spouse or partner")),
    ("ex", N_("Former partner")),
    ("parent", N_("Parent")),
    ("other", N_("Other")),
)

PERPETRATOR_INFO = EntryKind(
    code="perpetrator_info",
    compartment=Compartment.PERPETRATOR_INFO,
    title=N_("What she says of the alleged perpetrator"),
    fields=(
        f.text("designation", N_("Initials or name"), hint=N_("Initials are enough.")),
        f.choice("link", N_("Link with her"), _LINKS),
        f.integer("approximate_age", N_("Approximate age"), 0, 120),
        f.tri("lives_with_her", N_("Lives with her")),
        f.tri("knows_the_place", N_("Knows where she is")),
        f.choice("firearm", N_("Firearm"), _FIREARM),
        f.text("other_weapons", N_("Other weapons")),
        f.text("substances", N_("Alcohol, drugs")),
        f.tri("violence_to_animals", N_("Violence to animals")),
        f.tri("suicide_threats", N_("Threats of suicide")),
        f.tri("homicide_threats", N_("Threats to kill")),
        f.long("known_past", N_("Past violence she knows of"), hint=N_("Only what she says.")),
        f.tri("works_for_partner", N_("Works for an organisation of the platform")),
        f.boolean("followed", N_("Followed by a service for perpetrators")),
        f.day("released_on", N_("Release announced to her for")),
        f.text("conditions", N_("Conditions she was told of")),
    ),
    flag_fields=(
        FlagField(name="firearm", label=N_("Firearm"), kind=FieldKind.CHOICE, choices=_FIREARM),
    ),
    flags=pick("firearm"),
)

FACTS = (INCIDENTS, PERPETRATOR_INFO)
