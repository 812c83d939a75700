"""When something does not authenticate: nothing is shown, the log and the operator are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from vepshare import audit
from vepshare.errors import TamperedError
from vepshare.ids import DossierId
from vepshare.services._caller import Caller
from vepshare.services._notices import Notice
from vepshare.services._notices import note as tell
from vepshare.storage import Store


@contextmanager
def watching(
    store: Store, caller: Caller, reference: str | None = None, *, now: datetime
) -> Iterator[None]:
    """Log and report anything tampered with inside the block, then let the error go on.

    The entry is made in a transaction of its own: the one that found it has been undone.
    """
    try:
        yield
    except TamperedError as error:
        tell(Notice.TAMPERED, what=error.what.value, request=caller.request)
        with store.begin() as work:
            dossier_id = None if reference is None else work.dossiers.id_of(reference)
            work.log.append(_record(caller, dossier_id, error), now=now)
        raise


def _record(caller: Caller, dossier_id: DossierId | None, error: TamperedError) -> audit.Record:
    return audit.Record(
        event=audit.Event.VALUE_TAMPERED,
        outcome=audit.Outcome.FAILED,
        actor=caller.id,
        profession=caller.hat.profession.value,
        organisation=caller.hat.organisation_id,
        dossier=dossier_id,
        reason=error.what.value,
        request=caller.request,
    )
