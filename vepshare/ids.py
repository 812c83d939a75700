"""Identifiers: random UUIDs made before storing, one type for each thing they name.

They carry no meaning and no order, so that they may stand in the log, in a key
binding and in an address without telling anything.
"""

from typing import NewType
from uuid import UUID, uuid4

OrganisationId = NewType("OrganisationId", UUID)
ProfessionalId = NewType("ProfessionalId", UUID)
ServiceId = NewType("ServiceId", UUID)
DossierId = NewType("DossierId", UUID)
ConsentId = NewType("ConsentId", UUID)
EntryId = NewType("EntryId", UUID)
ParticipantId = NewType("ParticipantId", UUID)
TaskId = NewType("TaskId", UUID)
MethodId = NewType("MethodId", UUID)
RequestId = NewType("RequestId", UUID)


def new_id() -> UUID:
    """Return a fresh random UUID (version 4, 122 random bits)."""
    return uuid4()
