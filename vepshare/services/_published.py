"""What is published of some keys, and the alarm when something else stands in the database."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from vepshare import audit
from vepshare.errors import Tampered
from vepshare.ids import RequestId, new_id
from vepshare.services._key_directory import Directory
from vepshare.services._notices import Notice
from vepshare.services._notices import note as tell
from vepshare.storage import KeyStatement, Work


def load(work: Work, subjects: Iterable[UUID]) -> Directory:
    """Return what is published of *subjects*, for who signed in the past."""
    return added_up(work, work.statements.about(subjects))


def added_up(work: Work, statements: Iterable[KeyStatement]) -> Directory:
    """Return what statements add up to that have been read in the order of the log."""
    directory = Directory(work.founding)
    for one in statements:
        directory.take(one)
    return directory


def load_latest(work: Work, subjects: Iterable[UUID]) -> Directory:
    """Return what is published of *subjects*, after comparing it with the log up to now.

    For whatever is to be wrapped or signed: an older statement in the place of a newer one,
    which somebody has removed, is not believed.
    """
    subjects = tuple(subjects)
    directory = load(work, subjects)
    if subjects:
        directory.compare(work.statements.published_after(directory.since(subjects)))
    return directory


def alarm(work: Work, subjects: Iterable[UUID], *, now: datetime) -> None:
    """Tell the log and the operator of keys that nobody published; the work goes on."""
    for subject in sorted(set(subjects)):
        request = RequestId(new_id())
        tell(Notice.TAMPERED, what=Tampered.KEY.value, subject=subject, request=request)
        record = audit.Record(
            event=audit.Event.VALUE_TAMPERED,
            outcome=audit.Outcome.FAILED,
            actor=None,
            organisation=None,
            dossier=None,
            reason=Tampered.KEY.value,
            request=request,
            subject=subject,
        )
        work.log.append(record, now=now)
