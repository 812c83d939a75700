"""Who she is, and how she may be reached."""

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, Fault, FieldKind, FlagField, Values
from vepshare.dossier.kinds._derive import pick, rows_of

YES_NO = (("yes", N_("Yes")), ("no", N_("No")))

_PERSON_OF_TRUST = (
    f.text("name", N_("Name"), required=True),
    f.text("link", N_("Link with her")),
    f.choice(
        "near_alleged_perpetrator",
        N_("Related to or living with the alleged perpetrator"),
        YES_NO,
        required=True,
        hint=N_("Somebody close to the alleged perpetrator cannot be a person of trust."),
    ),
    f.text("contact", N_("How to reach this person"), hint=N_("And what never to do.")),
)


def _person_of_trust_is_safe(values: Values) -> dict[str, Fault]:
    """Refuse a person of trust who is close to the alleged perpetrator (R12)."""
    return {
        f"person_of_trust.{index}.near_alleged_perpetrator": Fault.NEAR_PERPETRATOR
        for index, person in enumerate(rows_of(values, "person_of_trust"))
        if person["near_alleged_perpetrator"] != "no"
    }


IDENTITY = EntryKind(
    code="identity",
    compartment=Compartment.IDENTITY,
    title=N_("Identity"),
    fields=(
        f.text("family_name", N_("Family name")),
        f.text("first_name", N_("First name")),
        f.text("usual_name", N_("Usual name")),
        f.text("chosen_first_name", N_("Chosen first name")),
        f.day("birth_date", N_("Date of birth")),
        f.integer("approximate_age", N_("Approximate age"), 0, 120),
        f.text("pronouns", N_("Pronouns")),
        f.text("gender", N_("Gender, as she says it")),
        f.text("nationality", N_("Nationality")),
        f.text("languages", N_("Languages")),
        f.long("needs", N_("Disability and needs"), hint=N_("Communication, mobility.")),
        f.rows("person_of_trust", N_("Person of trust"), _PERSON_OF_TRUST, max_items=3),
    ),
    check=_person_of_trust_is_safe,
)

_CHANNELS = (
    f.choice(
        "type",
        N_("Channel"),
        (
            ("call", N_("Call")),
            ("text_message", N_("Text message")),
            ("mail", N_("E-mail")),
            ("letter", N_("Letter")),
            ("through_service", N_("Through a service")),
            ("in_person", N_("In person")),
        ),
        required=True,
    ),
    f.text("value", N_("Number, address or service")),
    f.tri("safe", N_("Safe, she says"), required=True),
)

SAFE_CONTACT = EntryKind(
    code="safe_contact",
    compartment=Compartment.SAFE_CONTACT,
    title=N_("Safe contact"),
    fields=(
        f.rows("channels", N_("Channels"), _CHANNELS),
        f.text("days_hours", N_("Days and hours")),
        f.text("spoken_password", N_("Spoken password")),
        f.text("introduce_as", N_("Introduce yourself as")),
        f.choice(
            "voicemail",
            N_("Voicemail"),
            (("never", N_("Never")), ("neutral", N_("Neutral message")), ("free", N_("Free"))),
        ),
        f.choice(
            "text_messages",
            N_("Text messages"),
            (("never", N_("Never")), ("neutral", N_("Neutral message"))),
        ),
        f.boolean("hide_number", N_("Hide your number")),
        f.long("never", N_("What never to do"), 600),
        f.text("danger_signal", N_("Danger signal"), hint=N_("The sentence that means: call 101.")),
        f.tri("phone_watched", N_("Her telephone is watched")),
        f.tri("mail_shared", N_("Her mailbox is shared")),
        f.tri("location_shared", N_("Her location is shared")),
        f.day("verified_on", N_("Verified with her on"), required=True),
        f.text("verified_by", N_("Verified by")),
    ),
    flag_fields=(
        FlagField(name="verified_on", label=N_("Verified with her on"), kind=FieldKind.DATE),
    ),
    flags=pick("verified_on"),
)

PERSON = (IDENTITY, SAFE_CONTACT)
