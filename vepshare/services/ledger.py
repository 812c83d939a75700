"""The erasure ledger: a file outside the database, which no restoration takes back.

One line for each fact: a dossier that was erased, an act that took something back, how far the
log had come. Ids, numbers and digests only. `docs/backup.md` has the format.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import UUID

from vepshare.errors import ConfigurationError
from vepshare.ids import DossierId
from vepshare.services._notices import Notice, note
from vepshare.storage import LedgerFact, Store

_BATCH = 500
_LONGEST_LINE = 1000


@dataclass(slots=True, kw_only=True)
class Known:
    """What a ledger says. *mark* is the size and root (hexadecimal) the log once had."""

    erased: set[DossierId] = field(default_factory=set)
    acts: dict[DossierId, tuple[int, bytes]] = field(default_factory=dict)
    mark: tuple[int, str] | None = None


class LedgerFile:
    """The ledger of one installation."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Known:
        """Return what the ledger says; one that does not exist yet says nothing.

        Raises:
            ConfigurationError: a line is not one of ours.

        """
        known = Known()
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return known
        except OSError as error:
            raise ConfigurationError(f"ledger {self._path}: {error.strerror}") from None
        # A line without its end was being written when the machine stopped: its fact is
        # still owed by the database, and is written again.
        lines = data.split(b"\n")[:-1]
        for number, line in enumerate(lines, start=1):
            try:
                _learn(known, cast(dict[str, object], json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ConfigurationError(f"ledger {self._path}: line {number}") from None
        return known

    def append(self, lines: Iterable[Mapping[str, object]]) -> None:
        """Add lines; they are on the disk when this returns. Raises OSError."""
        data = b"".join(json.dumps(one, sort_keys=True).encode() + b"\n" for one in lines)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._mend(descriptor)
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _mend(self, descriptor: int) -> None:
        """Take away a last line that was cut off: its fact is still owed, and follows."""
        size = os.fstat(descriptor).st_size
        begin = max(0, size - _LONGEST_LINE)
        tail = os.pread(descriptor, _LONGEST_LINE, begin)
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(descriptor, begin + tail.rfind(b"\n") + 1)


def _learn(known: Known, line: dict[str, object]) -> None:
    kind = line["kind"]
    if kind == "erased":
        known.erased.add(DossierId(UUID(str(line["dossier"]))))
    elif kind == "closed":
        dossier_id, seq = DossierId(UUID(str(line["dossier"]))), int(str(line["seq"]))
        if seq >= known.acts.get(dossier_id, (0, b""))[0]:
            known.acts[dossier_id] = (seq, bytes.fromhex(str(line["digest"])))
    elif kind in {"log", "accepted"}:
        size = int(str(line["size"]))
        # Only an acceptance takes the mark back: two processes may write theirs in any order.
        if kind == "accepted" or known.mark is None or size > known.mark[0]:
            known.mark = (size, str(line["root"]))
    else:
        raise ValueError("no such kind")


def attach(store: Store, path: Path | None) -> None:
    """Guard the log by the ledger, carry out what is owed, and do so after every act from now on.

    Raises:
        ConfigurationError: the log is smaller than it once was, or another; or there is no
            reading or writing the ledger.

    """
    if path is None:
        return
    file = LedgerFile(path)
    guard(store, file)
    try:
        carry_out(store, file)
    except OSError as error:
        raise ConfigurationError(f"ledger {path}: {error.strerror}") from None
    store.after_act = lambda: _carry_out_quietly(store, file)


def guard(store: Store, file: LedgerFile) -> None:
    """Refuse a log that has gone back.

    Raises:
        ConfigurationError: it is smaller than the ledger says it was, or another.

    """
    mark = file.read().mark
    if mark is None:
        return
    with store.peek() as work:
        head = work.log.head()
    if head.size < mark[0] or (head.size == mark[0] and head.root().hex() != mark[1]):
        raise ConfigurationError(
            f"the log has {head.size} entries and once had {mark[0]}: after a restoration,"
            " run `vepshare restore --acknowledge`"
        )


def carry_out(store: Store, file: LedgerFile) -> int:
    """Write every fact that is owed to the ledger, and how far the log is; return how many.

    Raises:
        OSError: the ledger cannot be written; the facts stay owed.

    """
    done = 0
    while True:
        with store.peek() as work:
            due, head = work.ledger.due(most=_BATCH), work.log.head()
        mark = {"kind": "log", "size": head.size, "root": head.root().hex()}
        file.append([*map(_line, due), mark])
        if due:
            with store.begin() as work:
                work.ledger.carried(one.id for one in due)
        done += len(due)
        if len(due) < _BATCH:
            return done


def _line(fact: LedgerFact) -> dict[str, object]:
    if fact.seq is None or fact.digest is None:
        return {"kind": "erased", "dossier": str(fact.dossier_id)}
    return {
        "kind": "closed",
        "dossier": str(fact.dossier_id),
        "seq": fact.seq,
        "digest": fact.digest.hex(),
    }


def _carry_out_quietly(store: Store, file: LedgerFile) -> None:
    """The act stands whether or not the ledger can be written: the fact stays owed."""
    try:
        carry_out(store, file)
    except OSError:
        note(Notice.LEDGER_UNWRITTEN)
