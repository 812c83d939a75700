"""Where a stored version lies, as its seals and wraps are bound to it."""

from vepshare.crypto import EntryPlace
from vepshare.storage import EntryRow


def place_of(row: EntryRow) -> EntryPlace:
    """Return the place of a version of an entry."""
    return EntryPlace(
        dossier=row.dossier_id,
        compartment=row.compartment.value,
        epoch=row.epoch,
        entry=row.id,
        version=row.version,
        previous=row.previous,
    )
