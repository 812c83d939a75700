"""Small builders: terms that may be recorded as they are, and a chain of events."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from vepshare import consent
from vepshare.dossier import CODES, Compartment
from vepshare.ids import ConsentId, DossierId, OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession

_NAMES = UUID(int=0)
DOSSIER = DossierId(uuid5(_NAMES, "dossier"))
SUPPORT, SHELTER, CLINIC, POLICE = (
    OrganisationId(uuid5(_NAMES, code)) for code in ("O1", "O2", "O7", "O8")
)
RECORDER, WITNESS, NURSE = (ProfessionalId(uuid5(_NAMES, code)) for code in ("U01", "U02", "U07"))
BY = Hat(professional_id=RECORDER, organisation_id=SUPPORT, profession=Profession.SVA)
FIRST, SECOND = (ConsentId(uuid5(_NAMES, code)) for code in ("v1", "v2"))


def at(text: str) -> datetime:
    """Return a local time in Brussels, `2027-03-02 14:35`, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=consent.BRUSSELS).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Return the last instant of a day in Brussels, `2027-09-01`."""
    return consent.end_of(datetime.fromisoformat(text).date())


def compartments(codes: str) -> frozenset[Compartment]:
    return frozenset(CODES[code] for code in codes.split())


GIVEN_AT = at("2027-03-02 14:35")


def make_recipient(**changes: object) -> consent.Recipient:
    said = {
        "organisation_id": CLINIC,
        "profession": Profession.MED,
        "compartments": compartments("ID HE RI"),
        "own_ticks": compartments("HE"),
    }
    return consent.Recipient(**(said | changes))


def make_proof(**changes: object) -> consent.Proof:
    known = consent.statement(consent.CURRENT, "fr")
    said = {
        "form": consent.Form.WRITTEN_PAPER,
        "statement_edition": known.edition,
        "statement_language": known.language,
        "statement_hash": known.digest,
        "explained_by": RECORDER,
        "seen_alone": True,
        "reporting_warning_read": False,
        "understood": True,
    }
    return consent.Proof(**(said | changes))


def make_terms(**changes: object) -> consent.Terms:
    said = {
        "recipients": (make_recipient(),),
        "refused": (),
        "purposes": frozenset({consent.Purpose.COORDINATION}),
        "starts": GIVEN_AT,
        "ends": end_of("2027-06-02"),
        "proof": make_proof(),
    }
    return consent.Terms(**(said | changes))


def make_given(**changes: object) -> consent.Given:
    said = {"consent_id": FIRST, "version": 1, "terms": make_terms()}
    return consent.Given(**(said | changes))


def compose(*acts: tuple[datetime, consent.Act]) -> tuple[consent.Event, ...]:
    """Return *acts* as a chain of events of one dossier."""
    previous, events = consent.GENESIS, []
    for seq, (moment, act) in enumerate(acts, start=1):
        events.append(
            consent.compose(
                dossier_id=DOSSIER, seq=seq, at=moment, by=BY, act=act, previous=previous
            )
        )
        previous = events[-1].digest
    return tuple(events)


def store(events: tuple[consent.Event, ...]) -> tuple[consent.Signed, ...]:
    """Return *events* as they are kept; the signature is checked elsewhere."""
    return tuple(
        consent.Signed(
            dossier_id=one.dossier_id,
            seq=one.seq,
            previous=one.previous,
            payload=one.payload,
            digest=one.digest,
            signer=one.by.professional_id,
            signature=bytes(64),
        )
        for one in events
    )


def fold(*acts: tuple[datetime, consent.Act]) -> consent.Register:
    return consent.fold(consent.read(store(compose(*acts))))
