"""A world for a test: an installation with the shared cast in it, and builders to act in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vepshare import audit, consent
from vepshare.consent import Form, Proof, Purpose, Recipient, Refused, Target, Terms
from vepshare.dossier import CODES, KINDS, Compartment, Origin, Reason, clean
from vepshare.ids import OrganisationId
from vepshare.people import Hat, Organisation, Profession
from vepshare.plain import Plain
from vepshare.services import (
    Caller,
    Draft,
    EntryView,
    dossiers,
    opening,
    participants,
)
from vepshare.services.custody import Custody
from vepshare.storage import LogFilter, Store

ORIGIN = "test.example/log"


def at(text: str) -> datetime:
    """Return a local time in Brussels, `2027-03-02 14:35`, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=consent.BRUSSELS).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Return the last instant of a day in Brussels, `2027-09-01`, as aware UTC."""
    return consent.end_of(date.fromisoformat(text))


SET_UP = at("2027-02-01 09:00")
TUESDAY = at("2027-03-02 14:35")
WEDNESDAY = at("2027-03-03 10:00")
THURSDAY = at("2027-03-04 18:20")
FRIDAY = at("2027-03-05 09:15")
NEXT_TUESDAY = at("2027-03-09 10:00")
LAST_DAY = "2027-06-02"
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An installation as one test sees it, and who may act in it.

    `pepper_path` and `log_key_path` hold what `custody` was loaded from.
    """

    url: str
    store: Store
    custody: Custody
    pepper_path: Path
    log_key_path: Path
    cast: Mapping[str, Caller]
    organisations: Mapping[str, Organisation]

    def hat(self, login: str) -> Hat:
        """Return the only hat of one of the cast."""
        return self.cast[login].hat

    def organisation_id(self, code: str) -> OrganisationId:
        return self.organisations[code].id

    def service(self, code: str) -> tuple[OrganisationId, Profession]:
        """Return a service, `O1/SVA`."""
        where, function = code.split("/")
        return self.organisation_id(where), Profession(function)

    def target(self, code: str) -> Target:
        """Return what a withdrawal closes: `O7`, or one function of it, `O7/MED`."""
        where, _, function = code.partition("/")
        return Target(
            organisation_id=self.organisation_id(where),
            profession=Profession(function) if function else None,
        )


# What she says, and what is written.

# The lines of the first scenario (S01, consent v1).
LINES = (
    ("O1/SVA", "ID CT HO CH SF IN RI PL AP JU PM RA MD"),
    ("O1/PSY", "ID CT CH PS IN RI PL RA MD", "PS IN"),
    ("O11/CPAS", "ID CT HO CH SF RI PL RA MD"),
    ("O7/MED", "ID HE IN RI PL RA MD", "HE IN"),
)
Line = tuple[str, str] | tuple[str, str, str] | Recipient

_VALUES: Mapping[str, Mapping[str, object]] = {
    "identity": {"family_name": "Vandermostelle", "first_name": "Coralie"},
    "safe_contact": {"introduce_as": "la bibliothèque", "verified_on": "2027-03-02"},
    "protected_place": {"address": "rue de la Source 12", "commune": "4999 Bellecour"},
    "housing": {"situation": "joint_lease"},
    "health": {"care": "bleu, avant-bras gauche"},
    "pregnancy": {"pregnant": "yes"},
    "incidents": {
        "happened_on": "2027-02-27",
        "forms": ["physical"],
        "description": "bousculée dans l'escalier",
    },
    "risk_assessment": {"tool": "own_markers", "assessed_on": "2027-03-02", "level": "high"},
    "children": {"contact_days": "un week-end sur deux"},
    "social_financial": {"reference_address": "requested"},
    "perpetrator_info": {"designation": "B. L.", "firearm": "unknown"},
    "safety_plan": {"code_word_with": "la voisine", "bag": "chez une amie"},
    "meeting_decisions": {"action": "reprendre contact", "state": "to_do"},
    "psychological_note": {"subject": "sommeil", "text": "dort mal"},
    "referrals_appointments_note": {"subject": "rendez-vous", "text": "mardi à 10 heures"},
}


def compartments(codes: str) -> frozenset[Compartment]:
    """Return the compartments of `ID CT`."""
    return frozenset(CODES[code] for code in codes.split())


def make_line(world: World, service: str, codes: str, ticks: str = "", **more: object) -> Recipient:
    """Return one line of a consent: `make_line(world, "O1/PSY", "ID PS", "PS", person="u02")`."""
    organisation_id, profession = world.service(service)
    person = more.pop("person", None)
    return Recipient(
        organisation_id=organisation_id,
        profession=profession,
        professional_id=None if person is None else world.cast[str(person)].id,
        compartments=compartments(codes),
        own_ticks=compartments(ticks),
        **more,
    )


def make_proof(world: World, **changes: object) -> Proof:
    """Return a proof that stands: on paper, explained by u01, the reporting warning read out."""
    known = consent.statement(consent.CURRENT, "fr")
    said = {
        "form": Form.WRITTEN_PAPER,
        "statement_edition": known.edition,
        "statement_language": known.language,
        "statement_hash": known.digest,
        "explained_by": world.cast["u01"].id,
        "seen_alone": True,
        "reporting_warning_read": True,
        "understood": True,
    }
    return Proof(**(said | changes))


def make_terms(world: World, *lines: Line, **changes: object) -> Terms:
    """Return terms for *lines*, those of the first scenario when there are none.

    Among *changes*, `proof` may be a mapping of changes to the usual proof, and `refused` a
    sequence of `O8/SAPV`, `O8/` or `/POL`.
    """
    proof = changes.pop("proof", {})
    refused = changes.pop("refused", ())
    said = {
        "recipients": tuple(
            one if isinstance(one, Recipient) else make_line(world, *one) for one in lines or LINES
        ),
        "refused": tuple(_refused(world, one) for one in refused),
        "purposes": frozenset({Purpose.COORDINATION}),
        "starts": TUESDAY,
        "ends": end_of(LAST_DAY),
        "proof": proof if isinstance(proof, Proof) else make_proof(world, **proof),
    }
    return Terms(**(said | changes))


def _refused(world: World, service: str) -> Refused:
    where, function = service.split("/")
    return Refused(
        organisation_id=world.organisation_id(where) if where else None,
        profession=Profession(function) if function else None,
    )


def make_draft(kind: str, **values: object) -> Draft:
    """Return an entry of *kind* to write; without *values*, one that stands as it is."""
    known = KINDS[kind]
    return Draft(
        kind=known,
        values=Plain(clean(known, values or _VALUES[kind])),
        origin=Origin.TOLD_BY_THE_PERSON,
        occurred_on=None,
    )


def open_dossier(
    world: World,
    *lines: Line,
    by: str = "u01",
    entries: tuple[Draft, ...] = (),
    participants: str = "u02 u11 u16",
    now: datetime = TUESDAY,
    **changes: object,
) -> str:
    """Open a dossier on her consent, invite *participants*, and return its reference."""
    terms = make_terms(world, *lines, **({"starts": now} | changes))
    caller = world.cast[by]
    reference = opening.open_dossier(
        world.store, caller, terms, entries, pseudonym="Hirondelle", now=now
    )
    invite(world, reference, participants, by=by, now=now)
    return reference


def invite(
    world: World, reference: str, logins: str, *, by: str = "u01", now: datetime = TUESDAY
) -> None:
    """Invite some of the cast, `u02 u11`, into a dossier."""
    for login in logins.split():
        hat = world.hat(login)
        participants.invite(world.store, world.cast[by], reference, hat, Reason.FOLLOW_UP, now=now)


# Looking at it.


def read(
    world: World, login: str, reference: str, *, now: datetime = TUESDAY
) -> dossiers.DossierView:
    """Return the dossier as one of the cast reads it."""
    return dossiers.read_dossier(
        world.store, world.cast[login], reference, purpose=Purpose.COORDINATION, now=now
    )


def levels(view: dossiers.DossierView) -> str:
    """Return the open cells of a reading, in the order of the matrix: `ID:W CT:W PS:w`."""
    codes = {compartment: code for code, compartment in CODES.items()}
    return " ".join(f"{codes[c]}:{one.level.value}" for c, one in view.compartments.items())


def entries(view: dossiers.DossierView, code: str) -> tuple[EntryView, ...]:
    """Return the entries of one compartment, none when it is absent."""
    one = view.compartments.get(CODES[code])
    return () if one is None else one.entries


def log_entries(store: Store, event: audit.Event | None = None) -> tuple[audit.Entry, ...]:
    """Return the entries of the log, oldest first; of one event only when it is named."""
    wanted = LogFilter(event=None if event is None else event.value)
    with store.peek() as work:
        return tuple(reversed(work.log.find(wanted, before=None, most=100_000)))


def last_entry(store: Store) -> audit.Entry:
    """Return the latest entry of the log."""
    return log_entries(store)[-1]
