"""Where she lives, and what she lives on."""

from datetime import date

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, FieldKind, FlagField, Values
from vepshare.dossier.kinds._derive import in_order, pick

PROTECTED_PLACE = EntryKind(
    code="protected_place",
    compartment=Compartment.PROTECTED_PLACE,
    title=N_("Protected place"),
    fields=(
        f.text("address", N_("Address"), locating=True),
        f.text("commune", N_("Commune"), locating=True),
        f.text("floor_code", N_("Floor, door code"), locating=True),
        f.day("since", N_("Since")),
        f.day("until", N_("Until")),
        f.text("schools", N_("Schools"), locating=True),
        f.text("nurseries", N_("Nurseries"), locating=True),
        f.text("workplace", N_("Workplace"), locating=True),
        f.text("competent_cpas", N_("Competent CPAS"), locating=True),
        f.text("local_doctor", N_("Local doctor"), locating=True),
        f.long("routes", N_("Routes"), locating=True),
        f.boolean("register_protected", N_("Address withheld by the population register")),
        f.day(
            "register_protected_on",
            N_("Withheld since"),
            hint=N_("The protection lapses: a reminder is made before six months."),
        ),
    ),
    # Nothing of this compartment is ever a flag: that a place exists already locates.
    flag_fields=(),
    flags=pick(),
    check=in_order("since", "until"),
)

HOUSING = EntryKind(
    code="housing",
    compartment=Compartment.HOUSING,
    title=N_("Housing"),
    fields=(
        f.choice(
            "situation",
            N_("Housing situation"),
            (
                ("joint_lease", N_("Joint lease")),
                ("sole_tenant", N_("Sole tenant")),
                ("owner", N_("Owner")),
                ("with_family", N_("With family")),
                ("shelter", N_("Shelter")),
                ("other", N_("Other")),
            ),
        ),
        f.boolean("help_needed", N_("Help needed")),
        f.long("needs", N_("Housing needs"), hint=N_("Without any place.")),
    ),
    flag_fields=(FlagField(name="help_needed", label=N_("Help needed"), kind=FieldKind.BOOL),),
    flags=pick("help_needed"),
)

_REFERENCE_ADDRESS = (("requested", N_("Requested")), ("obtained", N_("Obtained")))
_INCOME = (
    ("own", N_("Own income")),
    ("partner", N_("Partner's income")),
    ("cpas", N_("CPAS")),
    ("unemployment", N_("Unemployment benefit")),
    ("sickness", N_("Sickness benefit")),
    ("none", N_("None")),
)
_PERMIT = (
    ("belgian_or_eu", N_("Belgian or EU citizen")),
    ("linked_to_partner", N_("Linked to the partner")),
    ("independent", N_("Independent of the partner")),
    ("pending", N_("Pending")),
    ("none", N_("None")),
)
_CPAS_STATE = (("pending", N_("Being settled")), ("known", N_("Settled")))


def _social_flags(values: Values, today: date) -> dict[str, object]:
    flags = pick("reference_address")(values, today)
    if "residence_permit" in values:
        flags["permit_linked_to_partner"] = values["residence_permit"] == "linked_to_partner"
    return flags


SOCIAL_FINANCIAL = EntryKind(
    code="social_financial",
    compartment=Compartment.SOCIAL_FINANCIAL,
    title=N_("Social and financial situation"),
    fields=(
        f.choices("income", N_("Income"), _INCOME),
        f.tri("bank_account_controlled", N_("Her bank account is controlled")),
        f.tri("debts", N_("Debts")),
        f.choice("residence_permit", N_("Residence permit"), _PERMIT),
        f.day("permit_expires_on", N_("Permit expires on")),
        f.boolean("maintenance_due", N_("Maintenance payments due to her")),
        f.boolean("secal", N_("Help from the maintenance claims service (SECAL)")),
        f.choice(
            "reference_address",
            N_("Reference address"),
            _REFERENCE_ADDRESS,
            hint=N_("Without any place."),
        ),
        f.choice("competent_cpas", N_("Competent CPAS"), _CPAS_STATE),
        f.boolean("employed", N_("Employed")),
        f.boolean("employer_informed", N_("Employer informed")),
        f.long("needs", N_("Needs")),
    ),
    flag_fields=(
        FlagField(
            name="reference_address",
            label=N_("Reference address"),
            kind=FieldKind.CHOICE,
            choices=_REFERENCE_ADDRESS,
        ),
        FlagField(
            name="permit_linked_to_partner",
            label=N_("Residence permit linked to the partner"),
            kind=FieldKind.BOOL,
        ),
    ),
    flags=_social_flags,
)

HOME = (PROTECTED_PLACE, HOUSING, SOCIAL_FINANCIAL)
