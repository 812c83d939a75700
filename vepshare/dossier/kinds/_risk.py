"""The risk assessment: which tool, when, and the level a professional decides.

No score is kept and no level is computed: the signs are shown beside the level, never summed.
"""

from datetime import date, timedelta
from types import MappingProxyType

from vepshare.dossier import _fields as f
from vepshare.dossier._compartments import Compartment
from vepshare.dossier._fields import N_, EntryKind, FieldKind, FlagField, Values
from vepshare.dossier._values import parse_day
from vepshare.dossier.kinds._derive import in_order, pick

OWN_MARKERS = "own_markers"
OWN_MARKERS_VERSION = "1"

LEVELS = (
    ("low", N_("Low")),
    ("moderate", N_("Moderate")),
    ("high", N_("High")),
    ("extreme", N_("Extreme")),
    ("undetermined", N_("Undetermined")),
)
# Not knowing is no reason to wait longer than for a high level.
_REVIEW_DAYS = MappingProxyType(
    {"extreme": 3, "high": 14, "undetermined": 14, "moderate": 45, "low": 90}
)
_FAR_OFF = date(9000, 1, 1)

_TOOLS = (
    (OWN_MARKERS, N_("Danger signs")),
    ("evivico", N_("EVIVICO")),
    ("col_15_2020", N_("COL 15/2020 first-line tool")),
    ("oer_vp", N_("OER-VP")),
    ("dash", N_("SafeLives DASH")),
    ("danger_assessment", N_("Danger Assessment")),
    ("odara", N_("ODARA")),
    ("sara", N_("SARA")),
    ("b_safer", N_("B-SAFER")),
    ("hark", N_("HARK")),
    ("aas", N_("AAS")),
    ("pvs", N_("PVS")),
    ("wast", N_("WAST")),
    ("hits", N_("HITS")),
    ("judgement", N_("Professional judgement without a tool")),
    ("other", N_("Other")),
)
_LANGUAGES = (
    ("fr", N_("French")),
    ("nl", N_("Dutch")),
    ("de", N_("German")),
    ("en", N_("English")),
    ("other", N_("Other")),
)
_CHANGES = (
    ("separation", N_("Separation")),
    ("complaint", N_("Complaint")),
    ("pregnancy", N_("Pregnancy")),
    ("release", N_("Release from prison")),
    ("new_partner", N_("New partner")),
    ("job_loss", N_("Loss of a job")),
    ("hearing", N_("Court hearing")),
)

# Control comes first: many feminicides come without earlier recorded violence.
DANGER_SIGNS = (
    f.tri("daily_control", N_("Control of nearly all daily acts")),
    f.tri("surveillance", N_("Surveillance, stalking, location tracking, spyware")),
    f.tri("separation", N_("Recent or planned separation")),
    f.tri("separation_known", N_("He knows or suspects the separation")),
    f.tri("escalation", N_("Violence more frequent or more severe")),
    f.tri("strangulation", N_("Strangulation or suffocation, ever")),
    f.tri("death_threats", N_("Threat to kill her, the children or himself")),
    f.tri("weapon", N_("Weapon owned or shown")),
    f.tri("forced_sex", N_("Forced sex")),
    f.tri("pregnancy_violence", N_("Violence during pregnancy or with a child under two")),
    f.tri(
        "children_animals",
        N_("Violence to children or animals, or threat to take the children"),
    ),
    f.tri("breach", N_("Breach of a measure")),
    f.tri("nothing_to_lose", N_("Suicide talk, loss of job or hope, nothing to lose")),
    f.tri("substances_crisis", N_("Heavy alcohol or drug use, or untreated crisis")),
    f.tri("earlier_partner", N_("Earlier violence against another partner")),
    f.tri("fears_being_killed", N_("She fears being killed")),
)


def default_review(level: str, on: date) -> date:
    """Return the day by which an assessment of *level* made *on* a day is reviewed.

    Raises:
        KeyError: *level* is none of `LEVELS`.

    Source: R33

    """
    return on + timedelta(days=_REVIEW_DAYS[level])


def _complete(raw: Values) -> Values:
    """Add the next review, and the version of our own signs, where they were left out."""
    level, on = raw.get("level"), parse_day(raw.get("assessed_on"))
    filled: dict[str, object] = {}
    if raw.get("tool") == OWN_MARKERS:
        filled["version"] = OWN_MARKERS_VERSION
    # A day far off is refused by the checks that follow; adding days to it would overflow.
    if isinstance(level, str) and level in _REVIEW_DAYS and on is not None and on < _FAR_OFF:
        filled["next_review"] = default_review(level, on).isoformat()
    return filled | dict(raw)


RISK_ASSESSMENT = EntryKind(
    code="risk_assessment",
    compartment=Compartment.RISK_ASSESSMENT,
    title=N_("Risk assessment"),
    fields=(
        f.choice("tool", N_("Tool"), _TOOLS, required=True),
        f.text("version", N_("Version"), 40, required=True),
        f.choice("language", N_("Language"), _LANGUAGES),
        f.day("assessed_on", N_("Date of the assessment"), required=True),
        f.boolean("with_the_person", N_("Made with her")),
        *DANGER_SIGNS,
        f.integer("fear", N_("Her fear, from 0 to 10"), 0, 10),
        f.choice(
            "level",
            N_("Risk level"),
            LEVELS,
            required=True,
            hint=N_("Your professional judgement: nothing computes it."),
        ),
        f.long("justification", N_("Reasons"), 600),
        f.choices("changes", N_("What has changed"), _CHANGES),
        f.day("next_review", N_("Next review on"), required=True),
    ),
    flag_fields=(
        FlagField(name="level", label=N_("Risk level"), kind=FieldKind.CHOICE, choices=LEVELS),
        FlagField(name="assessed_on", label=N_("Date of the assessment"), kind=FieldKind.DATE),
        FlagField(name="next_review", label=N_("Next review on"), kind=FieldKind.DATE),
    ),
    flags=pick("level", "assessed_on", "next_review"),
    complete=_complete,
    check=in_order("assessed_on", "next_review"),
)
