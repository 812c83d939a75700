"""Where a stored version lies, as its seals and wraps are bound to it."""

from vepshare.crypto import EntryPlace, Part, Provenance, VersionPlace
from vepshare.errors import Tampered, TamperedError
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


def version_of(row: EntryRow) -> VersionPlace:
    """Return the place of the seals of a version, with what the row tells beside them."""
    told = Provenance(
        kind=row.kind,
        author=row.author_id,
        organisation=row.organisation_id,
        profession=row.profession.value,
        recorded_at=row.recorded_at,
    )
    return VersionPlace(place=place_of(row), told=told)


def context_of(row: EntryRow, part: Part) -> bytes:
    """Return what a seal of a stored version is bound to.

    Raises:
        TamperedError: value; the row holds what no version has, a time before 1970 for one.

    """
    try:
        return version_of(row).context(part)
    except ValueError:
        raise TamperedError(Tampered.VALUE) from None


def digest_of(row: EntryRow) -> bytes:
    """Return the digest of a stored version, as it follows from everything it names.

    Raises:
        TamperedError: value; the row holds what no version has.

    """
    try:
        return version_of(row).digest(row.body, row.flags)
    except ValueError:
        raise TamperedError(Tampered.VALUE) from None
