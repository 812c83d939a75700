"""The data of a bench, made through the services: an installation, dossiers, a long log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vepshare import audit, crypto
from vepshare.bench._plan import Say
from vepshare.bench._terms import terms
from vepshare.bench._words import LINES, ONE_LINE, WITH_A_SHELTER, draft, drafts, own_key
from vepshare.demo import Cast, add_cast, passphrase
from vepshare.dossier import Reason
from vepshare.ids import DossierId, RequestId, new_id
from vepshare.services import Caller, Given, entries, opening, participants, platform, unlocking
from vepshare.services.custody import Places, open_custody
from vepshare.storage import Store

REFERENT = "u01"
_INVITED = ("u02", "u11", "u16")
_ORIGIN = "bench.vepshare.example/log"
_BATCH = 1000
# Not what is measured: the least that the parameters may be, so that enrolling is quick.
_ARGON2 = crypto.Argon2Parameters(memory_kib=19456, time=2, lanes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An installation made for a bench, and the references of its measured dossiers."""

    database: str
    pepper_file: Path
    log_key_file: Path
    cast: Cast
    store: Store
    references: tuple[str, ...]
    device: str
    """What the device of the professional who opens them keeps: the server is no demonstration."""

    @property
    def caller(self) -> Caller:
        """Return who opens the measured dossiers."""
        return self.cast.callers[REFERENT]

    def environment(self) -> dict[str, str]:
        """Return what a server of this installation finds in its environment."""
        return {
            "VEPSHARE_DATABASE": self.database,
            "VEPSHARE_PEPPER_FILE": str(self.pepper_file),
            "VEPSHARE_LOG_KEY_FILE": str(self.log_key_file),
            "VEPSHARE_ORIGIN": _ORIGIN,
            "VEPSHARE_EVALUATION": "fictional-data",
        }


@contextmanager
def installed(database: str, folder: Path, count: int, *, now: datetime) -> Iterator[Installation]:
    """Yield an installation in an empty database, with *count* dossiers to be measured.

    Its secrets are in *folder*.
    """
    pepper, log_key = folder / "pepper", folder / "log-key"
    crypto.create_pepper_file(pepper)
    audit.create_log_key_file(log_key)
    custody = open_custody(Places(peppers=(f"file:{pepper}",), log_keys=(f"file:{log_key}",)))
    store = Store(database)
    try:
        platform.set_up(store, custody, origin=_ORIGIN, now=now)
        cast = add_cast(store, custody.peppers, parameters=_ARGON2, now=now)
        device = _enrolled(store, custody.peppers, cast.callers[REFERENT], now)
        yield Installation(
            database=database,
            pepper_file=pepper,
            log_key_file=log_key,
            cast=cast,
            store=store,
            references=tuple(_measured(store, cast, now) for _number in range(count)),
            device=device.encode(),
        )
    finally:
        store.dispose()


def _enrolled(
    store: Store, peppers: crypto.Peppers, caller: Caller, now: datetime
) -> crypto.DeviceToken:
    given = Given(passphrase=passphrase(REFERENT), alone=True)
    return unlocking.enrol_device(store, peppers, caller, given, now=now)


def _measured(store: Store, cast: Cast, now: datetime) -> str:
    """Open the dossier of forty entries in thirteen compartments; return its reference."""
    caller, written = cast.callers[REFERENT], tuple(drafts())
    at_first = [one for one in written if not own_key(one)]
    reference = opening.open_dossier(store, caller, terms(cast, LINES, now=now), at_first, now=now)
    for login in _INVITED:
        hat = cast.callers[login].hat
        participants.invite(store, caller, reference, hat, Reason.FOLLOW_UP, now=now)
    for one in written:
        if own_key(one):
            entries.write_entry(store, caller, reference, one, now=now)
    return reference


def add_dossiers(place: Installation, count: int, *, say: Say, now: datetime) -> None:
    """Open *count* dossiers of two entries for one recipient."""
    agreed = terms(place.cast, ONE_LINE, now=now)
    first = (draft("safe_contact"), draft("incidents"))
    for done in _steps(count, "dossiers", say):
        del done
        opening.open_dossier(place.store, place.caller, agreed, first, now=now)


def to_withdraw(place: Installation, *, now: datetime) -> str:
    """Open a dossier for six recipients and a shelter, and return its reference."""
    agreed = terms(place.cast, WITH_A_SHELTER, now=now)
    first = [one for one in drafts() if not own_key(one)]
    return opening.open_dossier(place.store, place.caller, agreed, first, now=now)


def add_log_lines(place: Installation, count: int, *, say: Say, now: datetime) -> None:
    """Append lines to the log until *count* have been added: readings of no dossier there is."""
    caller = place.caller
    for first in _steps(count, "log lines", say, step=_BATCH):
        with place.store.begin() as work:
            records = [_reading(caller) for _number in range(min(_BATCH, count - first))]
            work.log.append_all(records, now=now)


def _reading(caller: Caller) -> audit.Record:
    return audit.Record(
        event=audit.Event.DOSSIER_READ,
        outcome=audit.Outcome.ALLOWED,
        actor=caller.id,
        profession=caller.hat.profession.value,
        organisation=caller.hat.organisation_id,
        dossier=DossierId(new_id()),
        purpose="coordination",
        request=RequestId(new_id()),
    )


def _steps(count: int, what: str, say: Say, step: int = 1) -> Iterator[int]:
    """Yield 0, *step*, ... below *count*; tell how far it is at each tenth."""
    told = 0
    for number in range(0, count, step):
        yield number
        tenth = (number + step) * 10 // count
        if tenth > told and count > 10 * step:
            told = tenth
            say(f"    {min(number + step, count):>7} of {count} {what}")
