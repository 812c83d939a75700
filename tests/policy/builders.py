"""Small builders: a hat, a line of a consent, a chain of acts, what is known of a dossier."""

from datetime import UTC, datetime
from functools import cache
from uuid import UUID, uuid5

from vepshare import consent, policy
from vepshare.dossier import CODES, Compartment, Participant, Reason, State
from vepshare.ids import ConsentId, DossierId, OrganisationId, ParticipantId, ProfessionalId
from vepshare.people import Hat, Profession, Standing

_NAMES = UUID(int=0)
DOSSIER = DossierId(uuid5(_NAMES, "dossier"))


def at(text: str) -> datetime:
    """Return a local time in Brussels, `2027-03-02 14:35`, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=consent.BRUSSELS).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Return the last instant of a day in Brussels, `2027-09-01`."""
    return consent.end_of(datetime.fromisoformat(text).date())


@cache
def organisation(code: str) -> OrganisationId:
    return OrganisationId(uuid5(_NAMES, f"organisation {code}"))


@cache
def person(code: str) -> ProfessionalId:
    return ProfessionalId(uuid5(_NAMES, f"person {code}"))


def consent_id(code: str) -> ConsentId:
    return ConsentId(uuid5(_NAMES, f"consent {code}"))


@cache
def hat(code: str, service: str) -> Hat:
    """Return `hat("U01", "O1/SVA")`."""
    where, function = service.split("/")
    return Hat(
        professional_id=person(code),
        organisation_id=organisation(where),
        profession=Profession(function),
    )


def compartments(codes: str) -> frozenset[Compartment]:
    """Return the compartments of `"ID CT"`; `"–"` is none of them."""
    return frozenset(CODES[code] for code in codes.replace("–", "").split())


ALL = " ".join(CODES)
RECORDER = hat("recorder", "O0/SVA")
GIVEN = at("2027-03-02 14:35")
ENDS = end_of("2027-09-01")


def line(service: str, codes: str = ALL, ticks: str | None = None, **more: object):
    """Return one recipient: `line("O1/PSY", "ID PS", "PS", by_name="U02")`."""
    where, function = service.split("/")
    by_name = more.pop("by_name", None)
    return consent.Recipient(
        organisation_id=organisation(where),
        profession=Profession(function),
        professional_id=None if by_name is None else person(str(by_name)),
        compartments=compartments(codes),
        own_ticks=compartments(codes if ticks is None else ticks),
        **more,
    )


def refused(service: str) -> consent.Refused:
    """Return a refusal: `"O8/SAPV"`, a whole organisation `"O8/"`, a function anywhere `"/POL"`."""
    where, function = service.split("/")
    return consent.Refused(
        organisation_id=organisation(where) if where else None,
        profession=Profession(function) if function else None,
    )


def proof(**changes: object) -> consent.Proof:
    known = consent.statement(consent.CURRENT, "fr")
    said = {
        "form": consent.Form.WRITTEN_PAPER,
        "statement_edition": known.edition,
        "statement_language": known.language,
        "statement_hash": known.digest,
        "explained_by": RECORDER.professional_id,
        "seen_alone": True,
        "reporting_warning_read": True,
        "understood": True,
    }
    return consent.Proof(**(said | changes))


def terms(*lines: consent.Recipient, **changes: object) -> consent.Terms:
    """Return a consent in writing for *lines*, from `GIVEN` to `ENDS`."""
    said = {
        "recipients": lines,
        "refused": (),
        "purposes": frozenset({consent.Purpose.COORDINATION}),
        "starts": GIVEN,
        "ends": ENDS,
        "proof": proof(),
    }
    return consent.Terms(**(said | changes))


def given(code: str, *lines: consent.Recipient, version: int = 1, **changes: object):
    return consent.Given(
        consent_id=consent_id(code), version=version, terms=terms(*lines, **changes)
    )


def target(service: str) -> consent.Target:
    """Return what a withdrawal closes: `"O8/SAPV"`, or a whole organisation `"O8/"`."""
    where, function = service.split("/")
    return consent.Target(
        organisation_id=organisation(where),
        profession=Profession(function) if function else None,
    )


def fold(*acts: tuple[datetime, consent.Act]) -> consent.Register:
    """Return what stands after *acts*, each composed, chained, and read back from its bytes."""
    previous, chain = consent.GENESIS, []
    for seq, (moment, act) in enumerate(acts, start=1):
        event = consent.compose(
            dossier_id=DOSSIER, seq=seq, at=moment, by=RECORDER, act=act, previous=previous
        )
        previous = event.digest
        chain.append(_stored(event))
    return consent.fold(consent.read(tuple(chain)))


def _stored(event: consent.Event) -> consent.Signed:
    return consent.Signed(
        dossier_id=event.dossier_id,
        seq=event.seq,
        previous=event.previous,
        payload=event.payload,
        digest=event.digest,
        signer=event.by.professional_id,
        signature=bytes(64),
    )


@cache
def link(who: Hat, *, since: datetime = GIVEN, ended_at: datetime | None = None) -> Participant:
    return Participant(
        id=ParticipantId(who.professional_id),
        professional_id=who.professional_id,
        organisation_id=who.organisation_id,
        profession=who.profession,
        reason=Reason.FOLLOW_UP,
        since=since,
        ended_at=ended_at,
    )


def facts(
    register: consent.Register,
    *linked: Participant | Hat,
    state: State = State.ACTIVE,
    referent: str = "referent",
) -> policy.Facts:
    """Return what is known of a dossier; a hat stands for its active link since `GIVEN`."""
    return policy.Facts(
        state=state,
        referent_id=person(referent),
        participants=tuple(link(one) if isinstance(one, Hat) else one for one in linked),
        register=register,
    )


IN_FORCE = Standing(
    account_active=True,
    organisation_active=True,
    function_held=True,
    undertaking_until=end_of("2029-12-31"),
)


def actor(who: Hat, standing: Standing = IN_FORCE) -> policy.Actor:
    return policy.Actor(hat=who, standing=standing)
