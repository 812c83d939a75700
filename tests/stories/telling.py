"""Telling a story through the API: everything is set up by requests, at the times it is told for.

The story is the data of `vepshare.demo`; nothing here knows a service.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import singledispatchmethod
from typing import Any

from tests.api.client import Api
from vepshare.demo import Story
from vepshare.demo._stories import (
    Act,
    Agreed,
    Entry,
    Giving,
    HandingOver,
    Inviting,
    Opening,
    Reading,
    Rectifying,
    Withdrawing,
    Writing,
)
from vepshare.dossier import KINDS, Compartment
from vepshare.services import AccessEndedError, ActRefusedError, InvalidError

_REFUSED = {ActRefusedError: 403, AccessEndedError: 410, InvalidError: 422}


@dataclass(slots=True, kw_only=True)
class Told:
    """How far a story is: what it has made so far, as its own answers named it."""

    story: Story
    acts: int = 0
    reference: str = ""
    consents: list[str] = field(default_factory=list)
    entries: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/dossiers/{self.reference}"

    def copy(self) -> "Told":
        return replace(self, consents=[*self.consents], entries=dict(self.entries))


class Telling:
    """One story going on through one API."""

    def __init__(self, api: Api, told: Told) -> None:
        self.api = api
        self.told = told
        self.browsers: dict[str, Any] = {}

    @property
    def path(self) -> str:
        return self.told.path

    def up_to(self, until: datetime) -> None:
        """Perform the acts that come before *until*; each is answered as the story says."""
        for act in self.told.story.acts[self.told.acts :]:
            if act.at >= until:
                return
            self.told.acts += 1
            self._perform(act)

    def at(self, text: datetime) -> Api:
        return self.api.at(text)

    def consent(self, agreed: Agreed, by: str) -> dict[str, Any]:
        """Return the JSON of what she said in one act of consent, recorded by *by*."""
        return consent_json(agreed, by, replaces=self.told.consents if agreed.replaces else [])

    def _send(self, act: Act, method: str, path: str, body: object = None) -> Any:
        self.api.at(act.at)
        answer = self.api.request(method, path, by=act.by, json=body)
        if act.refused is not None:
            assert answer.status_code == _REFUSED[act.refused], (act, answer.text)
        else:
            assert answer.status_code in {200, 201, 204}, (act, answer.text)
        return answer

    @singledispatchmethod
    def _perform(self, act: Act) -> None:
        raise TypeError(type(act).__name__)

    @_perform.register
    def _(self, act: Opening) -> None:
        body = {
            "pseudonym": self.told.story.pseudonym,
            "consent": self.consent(act.agreed, act.by),
            "entries": [entry_json(one) for one in act.entries],
        }
        self.told.reference = self._send(act, "POST", "/dossiers", body).json["reference"]
        found = self.api.get(f"{self.path}/consents", by=act.by).json["items"]
        self.told.consents = [one["id"] for one in found]

    @_perform.register
    def _(self, act: Giving) -> None:
        body = self.consent(act.agreed, act.by)
        self.told.consents.append(self._send(act, "POST", f"{self.path}/consents", body).json["id"])

    @_perform.register
    def _(self, act: Withdrawing) -> None:
        named = [{"organisation": code} for code in act.organisations]
        path = f"{self.path}/consents/{self.told.consents[0]}/withdrawal"
        self._send(act, "POST", path, {"recipients": named or "all"})

    @_perform.register
    def _(self, act: Inviting) -> None:
        body = {"login": act.whom, "reason": act.reason.value}
        self._send(act, "POST", f"{self.path}/participants", body)

    @_perform.register
    def _(self, act: HandingOver) -> None:
        self._send(act, "POST", f"{self.path}/referent", {"login": act.to})

    @_perform.register
    def _(self, act: Writing) -> None:
        body = entry_json(act.entry)
        if act.addressed_to:
            body["addressed_to"] = [_service(one) for one in act.addressed_to]
        answer = self._send(act, "POST", f"{self.path}/entries", body)
        if act.name:
            self.told.entries[act.name] = (answer.json["id"], answer.json["version"])

    @_perform.register
    def _(self, act: Rectifying) -> None:
        entry_id, version = self.told.entries[act.name]
        body = _values_json(act.entry) | {"version": version}
        answer = self._send(act, "PUT", f"{self.path}/entries/{entry_id}", body)
        self.told.entries[act.name] = (entry_id, answer.json["version"])

    @_perform.register
    def _(self, act: Reading) -> None:
        self._send(act, "GET", self.path)


def consent_json(agreed: Agreed, by: str, *, replaces: list[str] | None = None) -> dict[str, Any]:
    """Return what she said in one act of consent as the API takes it."""
    return {
        "recipients": [_line_json(one) for one in agreed.lines],
        "refused": [{"function": one.value} for one in sorted(agreed.refused)],
        "purposes": ["coordination"],
        "end": agreed.ends.isoformat(),
        "form": agreed.form.value,
        "statement": {"language": "fr"},
        "explained_by": by,
        "seen_alone": True,
        "reporting_warning_read": agreed.warned,
        "understood": True,
        "replaces": list(replaces or ()),
    }


def _line_json(line: Any) -> dict[str, Any]:
    said = {
        "organisation": line.organisation,
        "function": line.profession.value,
        "compartments": _slugs(line.compartments),
        "own_ticks": _slugs(line.ticks),
    }
    return said if line.ends is None else said | {"end": line.ends.isoformat()}


def _slugs(compartments: frozenset[Compartment]) -> list[str]:
    return [one.value for one in Compartment if one in compartments]


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as the API takes it."""
    compartment = KINDS[entry.kind].compartment.value
    return _values_json(entry) | {"compartment": compartment, "kind": entry.kind}


def _values_json(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"values": dict(entry.values), "origin": entry.origin.value}
    if entry.occurred_on is not None:
        said["occurred_on"] = entry.occurred_on.isoformat()
    return said


def _service(code: str) -> dict[str, str]:
    organisation, function = code.split("/")
    return {"organisation": organisation, "function": function}
