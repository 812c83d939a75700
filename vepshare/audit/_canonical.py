"""The one spelling of an entry: the bytes that are hashed, and the grammar that accepts no others.

The grammar is a regular expression over the whole entry, not a JSON parser: a parser forgives
(order, spaces, duplicates, escapes), and two spellings of one entry would be two leaves.
Since it admits neither quote, backslash nor control character inside a string, no value can
imitate a member or add a line to a listing of the log.
"""

import json
import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from vepshare.audit._entries import Entry, Event, Outcome, Record
from vepshare.errors import Tampered, TamperedError, VepshareError
from vepshare.ids import DossierId, OrganisationId, ProfessionalId, RequestId

MAX_ENTRY_BYTES: Final = 65_535

_ID = '"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"'
_CODE = r'"[!#-\[\]-~]{1,64}"'
# Fifteen digits stay below 2**53, so that any JSON reader sees the same number.
_NUMBER = "(?:0|[1-9][0-9]{0,14})"
_LEVEL = _CODE + ':"[A-Za-z]"'
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}"
_MEMBERS = {
    "actor": _ID,
    "compartments": rf"\{{{_LEVEL}(?:,{_LEVEL})*\}}",
    "count": _NUMBER,
    "digest": '"[0-9a-f]{64}"',
    "dossier": _ID,
    "event": f'"(?:{"|".join(map(re.escape, Event))})"',
    "ground": _CODE,
    "index": _NUMBER,
    "matrix": _CODE,
    "organisation": _ID,
    "outcome": f'"(?:{"|".join(Outcome)})"',
    "profession": _CODE,
    "purpose": _CODE,
    "reason": _CODE,
    "request": _ID,
    "subject": _ID,
    "time": f'"[0-9]{{4}}-[01][0-9]-[0-3][0-9]T{_CLOCK}Z"',
    "v": "1",
}
_REQUIRED = frozenset({"event", "index", "outcome", "request", "time", "v"})


class EntryRefusedError(VepshareError):
    """A record that has no canonical form; carries the name of the member at fault."""


class EntryTooLongError(EntryRefusedError):
    """The entry would be longer than MAX_ENTRY_BYTES."""


def _member(name: str) -> str:
    # `event` is the first member every entry has: commas follow what stands before it and
    # precede what stands after it.
    text = f'"{name}":(?P<{name}>{_MEMBERS[name]})'
    if name < "event":
        return f"(?:{text},)?"
    if name == "event":
        return text
    return f",{text}" if name in _REQUIRED else f"(?:,{text})?"


_GRAMMAR = re.compile(r"\{" + "".join(map(_member, _MEMBERS)) + r"\}", re.ASCII)
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(record: Record, *, index: int, time: datetime) -> bytes:
    """Return the canonical bytes of *record* as entry number *index*, at most MAX_ENTRY_BYTES.

    Raises: EntryRefusedError when a member cannot be written (a code with a space, a control
    character, a quote or more than 64 characters, a time that is not UTC, a number outside
    0 to 10**15 - 1); EntryTooLongError.
    """
    if time.utcoffset() != timedelta():
        raise EntryRefusedError("time")
    members = _members(record) | {
        "index": index,
        "time": time.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
        "v": 1,
    }
    text = _JSON.encode(members)
    if len(text) > MAX_ENTRY_BYTES:
        raise EntryTooLongError("entry")
    # Nothing is written that would not be read back: reader and writer share the grammar.
    if _GRAMMAR.fullmatch(text) is None:
        raise EntryRefusedError(_culprit(members))
    return text.encode("ascii")


def _members(record: Record) -> dict[str, object]:
    texts = {
        "actor": _id(record.actor),
        "digest": record.digest.hex(),
        "dossier": _id(record.dossier),
        "event": record.event,
        "ground": record.ground,
        "matrix": record.matrix,
        "organisation": _id(record.organisation),
        "outcome": record.outcome,
        "profession": record.profession,
        "purpose": record.purpose,
        "reason": record.reason,
        "request": _id(record.request),
        "subject": _id(record.subject),
    }
    members: dict[str, object] = {name: text for name, text in texts.items() if text}
    if record.compartments:
        members["compartments"] = dict(record.compartments)
    if record.count is not None:
        members["count"] = record.count
    return members


def _id(value: UUID | None) -> str:
    return "" if value is None else str(value)


def _culprit(members: dict[str, object]) -> str:
    for name, grammar in _MEMBERS.items():
        text = _JSON.encode(members[name]) if name in members else ""
        if (text or name in _REQUIRED) and re.fullmatch(grammar, text) is None:
            return name
    return "entry"


def scan(data: bytes) -> tuple[re.Match[str], datetime]:
    """Return the members of canonical bytes, still in their JSON spelling, and the time.

    Raises: TamperedError when *data* is not the canonical form of any entry.
    """
    try:
        match = _GRAMMAR.fullmatch(data.decode("ascii")) if len(data) <= MAX_ENTRY_BYTES else None
        if match is None:
            raise TamperedError(Tampered.LOG)
        time = datetime.fromisoformat(match["time"][1:-1])
    except ValueError:
        # Not ASCII, or a day the calendar does not have.
        raise TamperedError(Tampered.LOG) from None
    # The one rule of order that a regular expression cannot say.
    slugs, _ = _levels(match["compartments"])
    if slugs != sorted(set(slugs)):
        raise TamperedError(Tampered.LOG)
    return match, time


def _levels(text: str | None) -> tuple[list[str], list[str]]:
    # Strings hold no quote, so quotes are where they begin and end.
    parts = [] if text is None else text.split('"')
    return parts[1::4], parts[3::4]


def decode(data: bytes) -> Entry:
    """Return the entry whose canonical bytes are *data*: encoding it again gives *data*.

    Raises: TamperedError for any other bytes.
    """
    match, time = scan(data)
    text = {name: value.strip('"') for name, value in match.groupdict(default="").items()}
    ids = {name: UUID(text[name]) for name, form in _MEMBERS.items() if form == _ID and text[name]}
    return Entry(
        index=int(text["index"]),
        time=time,
        event=Event(text["event"]),
        outcome=Outcome(text["outcome"]),
        actor=ProfessionalId(ids["actor"]) if "actor" in ids else None,
        profession=text["profession"],
        organisation=OrganisationId(ids["organisation"]) if "organisation" in ids else None,
        dossier=DossierId(ids["dossier"]) if "dossier" in ids else None,
        compartments=dict(zip(*_levels(match["compartments"]), strict=True)),
        purpose=text["purpose"],
        ground=text["ground"],
        reason=text["reason"],
        request=RequestId(ids["request"]),
        matrix=text["matrix"],
        digest=bytes.fromhex(text["digest"]),
        subject=ids.get("subject"),
        count=int(text["count"]) if text["count"] else None,
    )
