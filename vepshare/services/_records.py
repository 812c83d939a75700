"""What the log is told of a caller's act."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from vepshare import audit, policy
from vepshare.consent import Purpose
from vepshare.dossier import Compartment
from vepshare.ids import DossierId
from vepshare.policy import Cell, Refusal
from vepshare.services._caller import Caller
from vepshare.storage import Work

NAMED = "x"
"""Stands for a level where an entry names a compartment that it does not open."""


class Details(TypedDict, total=False):
    """What an entry may say beyond who, what and how it ended."""

    cells: Mapping[Compartment, Cell]
    compartments: Mapping[Compartment, str]
    purpose: Purpose
    ground: str
    digest: bytes
    subject: UUID
    count: int
    last: bool
    """Nothing is written after it in the same work: it is sent with the commit."""


def note(
    work: Work,
    caller: Caller,
    event: audit.Event,
    dossier_id: DossierId | None,
    refusal: Refusal | None,
    *,
    now: datetime,
    **details: Unpack[Details],
) -> None:
    """Write to the log that *caller* did, or was refused, something; durable at the commit."""
    cells = details.get("cells", {})
    levels = {one.value: cell.level.value for one, cell in cells.items()}
    levels |= {one.value: level for one, level in details.get("compartments", {}).items()}
    purpose = details.get("purpose")
    record = audit.Record(
        event=event,
        outcome=audit.Outcome.ALLOWED if refusal is None else audit.Outcome.REFUSED,
        actor=caller.id,
        profession=caller.hat.profession.value,
        organisation=caller.hat.organisation_id,
        dossier=dossier_id,
        compartments=levels,
        purpose="" if purpose is None else purpose.value,
        ground=details.get("ground") or _grounds(cells),
        reason="" if refusal is None else refusal.value,
        request=caller.request,
        matrix=policy.matrix().version,
        digest=details.get("digest", b""),
        subject=details.get("subject"),
        count=details.get("count"),
    )
    work.log.append(record, now=now, last=details.get("last", False))


def _grounds(cells: Mapping[Compartment, Cell]) -> str:
    """Return the latest consent that opens any of *cells*."""
    grants = [cell.grant for cell in cells.values()]
    return str(max(grants, key=lambda one: one.version).consent_id) if grants else ""
