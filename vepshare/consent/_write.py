"""The canonical bytes of an event: what is hashed and signed is what is read back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from vepshare.consent._events import (
    Act,
    Confirmed,
    Event,
    EventKind,
    Excluded,
    Given,
    Tied,
    Withdrawn,
    digest_of,
)
from vepshare.consent._terms import Proof, Recipient, Terms
from vepshare.ids import DossierId
from vepshare.people import Hat

Json = Mapping[str, object]


def compose(
    *, dossier_id: DossierId, seq: int, at: datetime, by: Hat, act: Act, previous: bytes
) -> Event:
    """Return the event with its canonical payload and digest, ready to be signed."""
    payload = _bytes(
        {
            "v": 1,
            "dossier": str(dossier_id),
            "seq": seq,
            "at": _moment(at),
            "by": str(by.professional_id),
            "function": by.profession.value,
            "organisation": str(by.organisation_id),
            "kind": kind_of(act).value,
            "act": _act(act),
        }
    )
    return Event(
        dossier_id=dossier_id,
        seq=seq,
        at=at,
        by=by,
        act=act,
        previous=previous,
        payload=payload,
        digest=digest_of(previous, payload),
    )


def kind_of(act: Act) -> EventKind:
    """Return what *act* is called in the log and on screen."""
    match act:
        case Given():
            return EventKind.GIVEN if act.version == 1 else EventKind.EXTENDED
        case Confirmed():
            return EventKind.CONFIRMED
        case Withdrawn():
            return EventKind.NARROWED if act.compartments else EventKind.WITHDRAWN
        case Excluded():
            return EventKind.EXCLUDED
        case Tied():
            return EventKind.TIED


def _bytes(data: Json) -> bytes:
    return json.dumps(
        _sparse(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _sparse(data: object) -> object:
    """Drop what was not said, so that an absent list and an empty one have one spelling.

    An empty text is kept: a signed act that cannot be read back closes its dossier for ever.
    """
    if isinstance(data, Mapping):
        return {key: _sparse(value) for key, value in data.items() if value not in (None, [])}
    if isinstance(data, list):
        return [_sparse(one) for one in data]
    return data


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _act(act: Act) -> Json:
    match act:
        case Given():
            return {
                "consent": str(act.consent_id),
                "version": act.version,
                "terms": _terms(act.terms),
            }
        case Confirmed():
            return {"consent": str(act.consent_id)}
        case Withdrawn():
            return {
                "consent": str(act.consent_id),
                "targets": [
                    {"organisation": str(t.organisation_id), "function": _text(t.profession)}
                    for t in act.targets
                ],
                "compartments": sorted(act.compartments),
            }
        case Excluded():
            return {
                "organisation": _text(act.organisation_id),
                "professional": _text(act.professional_id),
            }
        case Tied():
            return {"professional": str(act.professional_id)}


def _terms(terms: Terms) -> Json:
    return {
        "recipients": [_recipient(one) for one in terms.recipients],
        "refused": [
            {"organisation": _text(one.organisation_id), "function": _text(one.profession)}
            for one in terms.refused
        ],
        "purposes": sorted(terms.purposes),
        "starts": _moment(terms.starts),
        "ends": _moment(terms.ends),
        "replaces": sorted(str(one) for one in terms.replaces),
        "proof": _proof(terms.proof),
    }


def _recipient(one: Recipient) -> Json:
    return {
        "organisation": str(one.organisation_id),
        "function": one.profession.value,
        "person": _text(one.professional_id),
        "compartments": sorted(one.compartments),
        "own_ticks": sorted(one.own_ticks),
        "ends": None if one.ends is None else _moment(one.ends),
    }


def _proof(proof: Proof) -> Json:
    spoken = proof.interpreter
    return {
        "form": proof.form.value,
        "edition": proof.statement_edition,
        "language": proof.statement_language,
        "hash": proof.statement_hash,
        "explained_by": str(proof.explained_by),
        "seen_alone": proof.seen_alone,
        "reporting_warning_read": proof.reporting_warning_read,
        "understood": proof.understood,
        "witness": _text(proof.witness),
        "interpreter": None
        if spoken is None
        else {
            "service": spoken.service.value,
            "code": spoken.code,
            "mode": spoken.mode.value,
            "language": spoken.language,
        },
        "representative": _text(proof.representative),
        "oral_reason": _text(proof.oral_reason),
    }
