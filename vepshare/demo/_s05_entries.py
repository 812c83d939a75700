"""What is written in S05, in the field names of each kind."""

from datetime import date

from vepshare.demo._stories import Entry
from vepshare.dossier import Origin

INTAKE = (
    Entry(
        kind="identity",
        values={"family_name": "Ouazzerelle", "first_name": "Farida", "approximate_age": 38},
    ),
    Entry(
        kind="children",
        values={
            "children": [
                {"age_band": "6_11", "lives_with": "her", "exposed": "witness"},
                {"age_band": "6_11", "lives_with": "her", "exposed": "witness"},
                {"age_band": "0_2", "lives_with": "her"},
            ],
            "contact_days": "Enfants de 11, 7 et 2 ans : aucun contact organisé",
        },
    ),
    Entry(kind="housing", values={"situation": "shelter", "help_needed": True}),
    Entry(
        kind="perpetrator_info",
        values={
            "designation": "Son mari",
            "link": "spouse",
            "lives_with_her": "no",
            "knows_the_place": "no",
        },
    ),
)

FIRST_CONTACT = Entry(
    kind="safe_contact",
    values={
        "channels": [{"type": "call", "value": "0400 00 05 01", "safe": "yes"}],
        "days_hours": "Tous les jours, de 13:00 à 15:00",
        "verified_on": "2027-02-04",
        "verified_by": "Fatou Ndiagnelle",
    },
)

NEW_CONTACT = Entry(
    kind="safe_contact",
    values={
        "channels": [
            {
                "type": "through_service",
                "value": "Numéro de service de L'Escale-Nord, 0400 00 03 00",
                "safe": "yes",
            }
        ],
        "days_hours": "Entre 10:00 et 16:00",
        "verified_on": "2027-03-11",
        "verified_by": "Maud Desterbrecq",
    },
)

_FORMER = {
    "address": "Rue de l'Ancolie 3",
    "commune": "4999 Bellecour",
    "since": "2027-02-04",
}
FORMER_PLACE = Entry(kind="protected_place", values=_FORMER, origin=Origin.SEEN)
FORMER_PLACE_CLOSED = Entry(
    kind="protected_place", values=_FORMER | {"until": "2027-03-11"}, origin=Origin.SEEN
)

NEW_PLACE = Entry(
    kind="protected_place",
    values={
        "address": "Avenue des Fauvettes 27",
        "commune": "4999 Bellecour-la-Neuve",
        "since": "2027-03-11",
        "schools": "École des Trois-Tilleuls",
        "nurseries": "Crèche Les Moinelets",
        "competent_cpas": "CPAS de Bellecour-la-Neuve",
    },
    origin=Origin.SEEN,
)

CARE = Entry(
    kind="health",
    values={"care": "Suivi des douleurs au dos, kinésithérapie prescrite."},
    origin=Origin.SEEN,
)

SOCIAL = Entry(kind="social_financial", values={"income": ["cpas"], "competent_cpas": "pending"})

COMPLAINT = Entry(
    kind="judicial_procedure_note",
    values={
        "subject": "Plainte et résidences séparées",
        "text": "Elle a déposé plainte ; une demande est en cours au tribunal de la famille.",
    },
)

PROGRAMME = Entry(
    kind="perpetrator_info",
    values={"designation": "Son mari", "link": "spouse", "followed": True},
)

MEASURE = Entry(
    kind="police_measures_note",
    values={
        "subject": "Interdiction de contact",
        "text": "Interdiction de contact en cours ; elle sait qu'elle peut appeler le 101.",
    },
    origin=Origin.DOCUMENT,
)

RISK = Entry(
    kind="risk_assessment",
    values={
        "tool": "own_markers",
        "language": "fr",
        "assessed_on": "2027-02-16",
        "with_the_person": True,
        "separation": "yes",
        "separation_known": "yes",
        "surveillance": "unknown",
        "level": "moderate",
    },
)

RISK_NOW = Entry(
    kind="risk_assessment",
    values={
        "tool": "own_markers",
        "language": "fr",
        "assessed_on": "2027-03-11",
        "with_the_person": True,
        "separation": "yes",
        "separation_known": "yes",
        "surveillance": "yes",
        "breach": "yes",
        "escalation": "yes",
        "level": "extreme",
        "justification": "Il l'a retrouvée ; elle a changé d'hébergement.",
    },
)

PLAN = Entry(
    kind="safety_plan",
    values={
        "code_word_with": "L'équipe de l'hébergement",
        "phone": "Localisation coupée, mots de passe changés.",
        "children": "Les deux grands savent à quel adulte demander de l'aide.",
    },
)

AT_THE_DOOR = Entry(
    kind="incidents",
    values={
        "happened_on": "2027-03-10",
        "forms": ["harassment"],
        "description": "Son mari a sonné à Maison Ancolie. Personne ne lui a ouvert.",
        "children_present": "yes",
        "witnesses": True,
    },
    origin=Origin.SEEN,
    occurred_on=date(2027, 3, 10),
)

HANDOVER = Entry(
    kind="meeting_decisions",
    values={
        "action": "Transmettre le suivi à la nouvelle équipe avec elle",
        "for_whom": "SVH, Maison Ancolie",
        "due_on": "2027-03-25",
        "state": "in_progress",
        "she_agrees": True,
    },
)

NAMES_A_PLACE = Entry(
    kind="meeting_decisions",
    values={
        "action": "Accompagner à l'école Sainte-Ermeline",
        "for_whom": "SVH, Maison Ancolie",
        "state": "to_do",
    },
)

NAMES_NO_PLACE = Entry(
    kind="meeting_decisions",
    values={
        "action": "Accompagner les enfants le premier jour d'école",
        "for_whom": "SVH, Maison Ancolie",
        "state": "to_do",
    },
)

MAIL = Entry(
    kind="referrals_appointments_note",
    values={"subject": "Courrier", "text": "Quelle est l'adresse pour le courrier ?"},
    origin=Origin.THIRD_PARTY,
)
