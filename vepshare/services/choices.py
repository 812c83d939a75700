"""What a consent may be made of: the services one can name, and what each could ever see."""

from dataclasses import dataclass
from datetime import datetime

from vepshare import audit, policy
from vepshare.dossier import Compartment
from vepshare.ids import ConsentId, DossierId, OrganisationId
from vepshare.people import CONFIDANTS, OUTSIDE_FUNCTIONS, REPORTING, Hat, Profession
from vepshare.policy import Level, Refusal
from vepshare.services import _access, _alarm, _facts, _records
from vepshare.services._caller import Caller
from vepshare.services._errors import ActRefusedError
from vepshare.services._facts import Loaded
from vepshare.services.directory import Directory
from vepshare.storage import Store, Work

POLICE = frozenset({Profession.SAPV, Profession.POL})
"""What « police » means when she says no to it."""

JUSTICE = frozenset({Profession.AJV, Profession.PAR})
"""What « justice » means when she says no to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A subject she may share with a function, and what the function would see of it.

    `own_tick`: asked for by itself, after its own warning; never ticked with others.
    """

    compartment: Compartment
    level: Level
    own_tick: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service she may choose. `reporting`: only once the reporting warning has been read out."""

    organisation_id: OrganisationId
    profession: Profession
    choices: tuple[Choice, ...]
    members: tuple[Hat, ...]

    @property
    def reporting(self) -> bool:
        """Tell whether its members may have to report what they learn (V14)."""
        return self.profession in REPORTING

    @property
    def judicial(self) -> bool:
        """Tell whether what it reads may go into a police or a court file (R5)."""
        return self.profession in POLICE | JUSTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A consent that still stands, which a new one may replace."""

    id: ConsentId
    version: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """The dossier in which a further consent is about to be recorded."""

    reference: str
    pseudonym: str
    earlier: tuple[Earlier, ...]


def offers(people: Directory) -> tuple[Offer, ...]:
    """Return every service that a consent can name; by organisation, then by function.

    Source: R4, R19, V14
    """
    order = list(Profession)
    named = (
        (where, function)
        for where, function in people.services
        if function not in OUTSIDE_FUNCTIONS and people.organisations[where].active
    )
    return tuple(
        Offer(
            organisation_id=where,
            profession=function,
            choices=_choices(function),
            members=_members(people, where, function),
        )
        for where, function in sorted(
            named,
            key=lambda one: (people.organisations[one[0]].name.casefold(), order.index(one[1])),
        )
    )


def _choices(profession: Profession) -> tuple[Choice, ...]:
    cells = ((one, policy.matrix().cell(profession, one)) for one in Compartment)
    return tuple(
        Choice(
            compartment=one,
            level=cell.level,
            own_tick=policy.needs_own_tick(profession, one),
        )
        for one, cell in cells
        if cell is not None
    )


def _members(people: Directory, where: OrganisationId, function: Profession) -> tuple[Hat, ...]:
    return tuple(
        hat for hat in people.hats if (hat.organisation_id, hat.profession) == (where, function)
    )


def witnesses(people: Directory, caller: Caller) -> tuple[Hat, ...]:
    """Return who could witness an oral consent that *caller* records (R11, R12)."""
    return tuple(
        hat
        for hat in people.hats
        if hat.profession in CONFIDANTS and hat.professional_id != caller.id
    )


def begin_opening(store: Store, caller: Caller, *, now: datetime) -> None:
    """Return when the caller's function may open a dossier; a refusal is logged.

    Raises:
        ActRefusedError: it may not.

    Source: V3, R19

    """
    refusal = policy.decide_opening(caller.actor, now=now)
    if refusal is None:
        return
    with store.begin() as work:
        _shown(work, caller, None, refusal, now)
    raise ActRefusedError(refusal)


def begin_giving(store: Store, caller: Caller, reference: str, *, now: datetime) -> Giving:
    """Return the dossier in which the caller may record a further consent, after logging it.

    Raises:
        UnknownDossierError, AccessEndedError, ActRefusedError: the caller may not.

    Source: V2, S02

    """
    with _alarm.watching(store, caller, now=now), store.begin() as work:
        loaded = _facts.to_read(work, reference)
        refusal: Refusal | None = Refusal.UNKNOWN_DOSSIER
        if loaded is not None:
            refusal = policy.decide_giving(loaded.facts, caller.actor, now=now)
        _shown(work, caller, _access.dossier_id(loaded), refusal, now)
    if loaded is None or refusal is not None:
        _access.refuse(loaded, caller, refusal or Refusal.UNKNOWN_DOSSIER, now=now)
    return _giving(loaded, now)


def _giving(loaded: Loaded, now: datetime) -> Giving:
    standing = (
        one for one in loaded.register.consents if one.ended_at is None and one.terms.ends >= now
    )
    return Giving(
        reference=loaded.dossier.reference,
        pseudonym=loaded.dossier.pseudonym,
        earlier=tuple(
            Earlier(id=one.id, version=one.version, recorded_at=one.recorded_at) for one in standing
        ),
    )


def _shown(
    work: Work,
    caller: Caller,
    dossier_id: DossierId | None,
    refusal: Refusal | None,
    now: datetime,
) -> None:
    _records.note(work, caller, audit.Event.FORM_SHOWN, dossier_id, refusal, now=now)
