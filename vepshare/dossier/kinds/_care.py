"""Injuries and care, pregnancy and birth."""

from datetime import date

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, FieldKind, FlagField, Values
from vepshare.dossier.kinds._derive import pick, rows_of

_BODY = (
    ("head", N_("Head")),
    ("face", N_("Face")),
    ("neck", N_("Neck")),
    ("chest", N_("Chest")),
    ("abdomen", N_("Abdomen")),
    ("back", N_("The back")),
    ("pelvis", N_("Pelvis")),
    ("left_arm", N_("Left arm")),
    ("right_arm", N_("Right arm")),
    ("left_hand", N_("Left hand")),
    ("right_hand", N_("Right hand")),
    ("left_leg", N_("Left leg")),
    ("right_leg", N_("Right leg")),
)
_INJURY_TYPES = (
    ("bruise", N_("Bruise")),
    ("graze", N_("Graze")),
    ("wound", N_("Wound")),
    ("burn", N_("Burn")),
    ("bite", N_("Bite")),
    ("sprain", N_("Sprain")),
    ("fracture", N_("Fracture")),
    ("pain", N_("Pain without visible mark")),
    ("other", N_("Other")),
)
_INJURY = (
    f.day("seen_on", N_("Seen on"), required=True),
    f.choices("sites", N_("Where on the body"), _BODY, required=True),
    f.choice("type", N_("Type"), _INJURY_TYPES, required=True),
    f.text("apparent_age", N_("Apparent age")),
)


def _health_flags(values: Values, today: date) -> dict[str, object]:
    """Tell whether injuries are recorded, the last day one was seen, and strangulation."""
    days = [str(injury["seen_on"]) for injury in rows_of(values, "injuries")]
    flags: dict[str, object] = {"injuries": bool(days), **pick("strangulation")(values, today)}
    if days:
        flags["last_on"] = max(days)
    return flags


HEALTH = EntryKind(
    code="health",
    compartment=Compartment.HEALTH,
    title=N_("Health"),
    fields=(
        f.rows("injuries", N_("Injuries"), _INJURY),
        f.tri("strangulation", N_("Strangulation or suffocation")),
        f.tri("loss_of_consciousness", N_("Loss of consciousness")),
        f.tri("head_injury_signs", N_("Signs of head injury")),
        f.boolean("certificate_made", N_("Certificate made")),
        f.day("certificate_made_on", N_("Certificate made on")),
        f.boolean("certificate_given", N_("Certificate given to her")),
        f.text("certificate_kept_by", N_("Certificate kept by")),
        f.boolean("photos_taken", N_("Photographs taken")),
        f.text("photos_kept_by", N_("Photographs kept by"), hint=N_("They never enter here.")),
        f.day("unfit_until", N_("Unfit for work until")),
        f.long("care", N_("Care under way")),
        f.long("treatments", N_("Treatments that matter for her safety")),
        f.tri("forced_substances", N_("Substances forced on her")),
    ),
    flag_fields=(
        FlagField(name="injuries", label=N_("Injuries recorded"), kind=FieldKind.BOOL),
        FlagField(name="last_on", label=N_("Last seen on"), kind=FieldKind.DATE),
        FlagField(
            name="strangulation",
            label=N_("Strangulation or suffocation"),
            kind=FieldKind.TRI,
            choices=f.TRI,
        ),
    ),
    flags=_health_flags,
)

PREGNANCY = EntryKind(
    code="pregnancy",
    compartment=Compartment.PREGNANCY,
    title=N_("Pregnancy and birth"),
    fields=(
        f.tri("pregnant", N_("Pregnant"), required=True),
        f.month("due_month", N_("Due month")),
        f.integer("weeks", N_("Weeks of pregnancy on the day of writing"), 1, 45),
        f.choices(
            "followed_by",
            N_("Followed by"),
            (
                ("hospital", N_("Hospital")),
                ("midwife", N_("Midwife")),
                ("none", N_("Nobody")),
            ),
        ),
        f.tri("blows_to_belly", N_("Blows to the belly")),
        f.tri("wanted", N_("Pregnancy wanted"), hint=N_("She may leave this out.")),
        f.text("birth_place", N_("Place of birth planned"), locating=True),
        f.text("admitted_people", N_("People admitted to the delivery room")),
        f.long("discharge_plan", N_("Plan for leaving the maternity ward")),
        f.text("breastfeeding_treatment", N_("Breastfeeding and treatments")),
        f.boolean("postnatal_depression_care", N_("Care for postnatal depression")),
    ),
    flag_fields=(
        FlagField(name="pregnant", label=N_("Pregnant"), kind=FieldKind.TRI, choices=f.TRI),
        FlagField(name="due_month", label=N_("Due month"), kind=FieldKind.MONTH),
    ),
    flags=pick("pregnant", "due_month"),
)

CARE = (HEALTH, PREGNANCY)
