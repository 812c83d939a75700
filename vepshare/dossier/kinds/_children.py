"""The children, and who else is at risk."""

from datetime import date

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, FieldKind, FlagField, Values
from vepshare.dossier.kinds._derive import rows_of

AGE_BANDS = (
    ("0_2", N_("0 to 2 years")),
    ("3_5", N_("3 to 5 years")),
    ("6_11", N_("6 to 11 years")),
    ("12_17", N_("12 to 17 years")),
    ("18_over", N_("18 years and over")),
    ("unknown", N_("Unknown")),
)
_HOLDERS = (
    ("her", N_("Her")),
    ("alleged_perpetrator", N_("The alleged perpetrator")),
    ("both", N_("Both")),
    ("other", N_("Somebody else")),
    ("unknown", N_("Unknown")),
)
_CHILD = (
    f.choice("age_band", N_("Age"), AGE_BANDS, required=True),
    f.text("first_name", N_("First name"), hint=N_("Only if it is needed.")),
    f.choice("lives_with", N_("Lives with"), _HOLDERS),
    f.choice(
        "exposed",
        N_("Exposed to the violence"),
        (
            ("direct", N_("Directly")),
            ("witness", N_("As a witness")),
            ("no", N_("No")),
            ("unknown", N_("Unknown")),
        ),
    ),
    f.text("establishment", N_("School or nursery"), locating=True),
)
_OTHERS = (
    ("parent", N_("A parent")),
    ("new_partner", N_("A new partner")),
    ("relative", N_("Another relative")),
    ("other", N_("Somebody else")),
)
_YOUTH_SERVICES = (
    ("saj", N_("Youth help service (SAJ)")),
    ("spj", N_("Youth protection service (SPJ)")),
    ("sos_enfants", N_("SOS Enfants")),
    ("one", N_("Birth and childhood office (ONE)")),
    ("pms", N_("School guidance centre (PMS)")),
)


def _flags(values: Values, _today: date) -> dict[str, object]:
    flags: dict[str, object] = {"others_at_risk": "others_at_risk" in values}
    if children := rows_of(values, "children"):
        present = {child["age_band"] for child in children}
        flags["count"] = len(children)
        flags["age_bands"] = [code for code, _ in AGE_BANDS if code in present]
    return flags


CHILDREN_KIND = EntryKind(
    code="children",
    compartment=Compartment.CHILDREN,
    title=N_("Children"),
    fields=(
        f.rows("children", N_("Children"), _CHILD),
        f.text("contact_place", N_("Place of contact with the other parent"), locating=True),
        f.text("contact_days", N_("Days of contact")),
        f.text("contact_third_party", N_("Third party at handovers")),
        f.tri("abduction_risk", N_("Risk of abduction")),
        f.choice("passports_held_by", N_("Children's passports held by"), _HOLDERS),
        f.choices("others_at_risk", N_("Others at risk"), _OTHERS),
        f.text("others_at_risk_details", N_("Who and why")),
        f.text("pets", N_("Pets"), hint=N_("Threatened or held hostage: a reason for staying.")),
        f.choices("youth_services", N_("Services following the children"), _YOUTH_SERVICES),
    ),
    flag_fields=(
        FlagField(name="count", label=N_("Number of children"), kind=FieldKind.INTEGER),
        FlagField(name="age_bands", label=N_("Ages"), kind=FieldKind.CHOICES, choices=AGE_BANDS),
        FlagField(name="others_at_risk", label=N_("Others at risk named"), kind=FieldKind.BOOL),
    ),
    flags=_flags,
)
