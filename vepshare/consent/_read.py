"""Reading events back: every byte is checked against the chain before it counts."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from vepshare.consent._events import (
    Act,
    Confirmed,
    Event,
    EventKind,
    Excluded,
    Given,
    Signed,
    Target,
    Tied,
    Withdrawn,
    digest_of,
)
from vepshare.consent._terms import (
    Form,
    Interpreter,
    InterpreterMode,
    InterpreterService,
    OralReason,
    Proof,
    Purpose,
    Recipient,
    Refused,
    RepresentativeKind,
    Terms,
)
from vepshare.consent._write import compose
from vepshare.dossier import Compartment
from vepshare.errors import Tampered, TamperedError
from vepshare.ids import ConsentId, OrganisationId, ProfessionalId
from vepshare.people import Hat, Profession

Json = Mapping[str, object]
T = TypeVar("T")

_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read(chain: tuple[Signed, ...]) -> tuple[Event, ...]:
    """Return the events of one dossier, oldest first, after checking that the chain holds.

    Signatures are checked by whoever holds the public keys; the chain needs none.

    Raises:
        TamperedError: an event is missing, altered, out of place or of another dossier.

    Source: R10

    """
    previous, events = bytes(32), []
    for seq, stored in enumerate(chain, start=1):
        try:
            events.append(_event(stored, seq=seq, previous=previous))
        except _UNREADABLE as error:
            # A payload nobody here composed: whoever can write the table can also digest it.
            raise TamperedError(Tampered.CONSENT, stored.dossier_id, seq) from error
        previous = stored.digest
    return tuple(events)


def _event(stored: Signed, *, seq: int, previous: bytes) -> Event:
    whole = stored.seq == seq and stored.previous == previous
    if not whole or stored.digest != digest_of(previous, stored.payload):
        raise TamperedError(Tampered.CONSENT, stored.dossier_id, seq)
    data = cast(dict[str, object], json.loads(stored.payload))
    hat = Hat(
        professional_id=ProfessionalId(_uuid(data["by"])),
        organisation_id=OrganisationId(_uuid(data["organisation"])),
        profession=Profession(str(data["function"])),
    )
    event = compose(
        dossier_id=stored.dossier_id,
        seq=seq,
        at=_parse(data["at"]),
        by=hat,
        act=_READERS[EventKind(str(data["kind"]))](cast(Json, data["act"])),
        previous=previous,
    )
    # One reading, one spelling: what is signed is exactly what is understood, nothing beside it.
    if event.payload != stored.payload or hat.professional_id != stored.signer:
        raise TamperedError(Tampered.CONSENT, stored.dossier_id, seq)
    return event


def _parse(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def _uuid(text: object) -> UUID:
    return UUID(str(text))


def _optional(make: Callable[[UUID], T], text: object) -> T | None:
    return None if text is None else make(_uuid(text))


def _read_given(data: Json) -> Given:
    return Given(
        consent_id=ConsentId(_uuid(data["consent"])),
        version=int(str(data["version"])),
        terms=_read_terms(cast(Json, data["terms"])),
    )


def _read_withdrawn(data: Json) -> Withdrawn:
    return Withdrawn(
        consent_id=ConsentId(_uuid(data["consent"])),
        targets=tuple(
            Target(
                organisation_id=OrganisationId(_uuid(one["organisation"])),
                profession=_profession(one.get("function")),
            )
            for one in _many(data, "targets")
        ),
        compartments=_compartments(data, "compartments"),
    )


def _read_excluded(data: Json) -> Excluded:
    return Excluded(
        organisation_id=_optional(OrganisationId, data.get("organisation")),
        professional_id=_optional(ProfessionalId, data.get("professional")),
    )


def _read_terms(data: Json) -> Terms:
    return Terms(
        recipients=tuple(_read_recipient(one) for one in _many(data, "recipients")),
        refused=tuple(
            Refused(
                organisation_id=_optional(OrganisationId, one.get("organisation")),
                profession=_profession(one.get("function")),
            )
            for one in _many(data, "refused")
        ),
        purposes=frozenset(Purpose(one) for one in cast(list[str], data.get("purposes", []))),
        starts=_parse(data["starts"]),
        ends=_parse(data["ends"]),
        proof=_read_proof(cast(Json, data["proof"])),
        replaces=frozenset(
            ConsentId(_uuid(one)) for one in cast(list[str], data.get("replaces", []))
        ),
    )


def _read_recipient(data: Json) -> Recipient:
    ends = data.get("ends")
    return Recipient(
        organisation_id=OrganisationId(_uuid(data["organisation"])),
        profession=Profession(str(data["function"])),
        professional_id=_optional(ProfessionalId, data.get("person")),
        compartments=_compartments(data, "compartments"),
        own_ticks=_compartments(data, "own_ticks"),
        ends=None if ends is None else _parse(ends),
    )


def _read_proof(data: Json) -> Proof:
    spoken = cast(dict[str, str] | None, data.get("interpreter"))
    kind, oral = data.get("representative"), data.get("oral_reason")
    return Proof(
        form=Form(str(data["form"])),
        statement_edition=str(data["edition"]),
        statement_language=str(data["language"]),
        statement_hash=str(data["hash"]),
        explained_by=ProfessionalId(_uuid(data["explained_by"])),
        seen_alone=data["seen_alone"] is True,
        reporting_warning_read=data["reporting_warning_read"] is True,
        understood=data["understood"] is True,
        witness=_optional(ProfessionalId, data.get("witness")),
        interpreter=None if spoken is None else _read_interpreter(spoken),
        representative=None if kind is None else RepresentativeKind(str(kind)),
        oral_reason=None if oral is None else OralReason(str(oral)),
    )


def _read_interpreter(data: dict[str, str]) -> Interpreter:
    return Interpreter(
        service=InterpreterService(data["service"]),
        code=str(data["code"]),
        mode=InterpreterMode(data["mode"]),
        language=str(data["language"]),
    )


def _profession(code: object) -> Profession | None:
    return None if code is None else Profession(str(code))


def _compartments(data: Json, key: str) -> frozenset[Compartment]:
    return frozenset(Compartment(one) for one in cast(list[str], data.get(key, [])))


def _many(data: Json, key: str) -> list[dict[str, object]]:
    return cast(list[dict[str, object]], data.get(key, []))


_READERS: Mapping[EventKind, Callable[[Json], Act]] = {
    EventKind.GIVEN: _read_given,
    EventKind.EXTENDED: _read_given,
    EventKind.CONFIRMED: lambda data: Confirmed(consent_id=ConsentId(_uuid(data["consent"]))),
    EventKind.NARROWED: _read_withdrawn,
    EventKind.WITHDRAWN: _read_withdrawn,
    EventKind.EXCLUDED: _read_excluded,
    EventKind.TIED: lambda data: Tied(professional_id=ProfessionalId(_uuid(data["professional"]))),
}
