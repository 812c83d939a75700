"""What is in the demonstration, and dossiers of their own for tests that change something."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.request import Request, urlopen

from vepshare.demo import S01, passphrase

OWN, OTHER = "O1/SVA", "O7/MED"
"""The services that the dossiers made here are shared with: the opener's, and another."""

_SUBJECTS = ["identity", "referrals_appointments", "incidents"]


@dataclass
class World:
    """The API of the demonstration, to make at once what a test is not about."""

    base: str
    _tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, by: str, body: Any = None) -> Any:
        """Return what the API answers to one of the cast."""
        return self._send(method, path, body, {"Authorization": f"Bearer {self._token(by)}"})

    def _token(self, login: str) -> str:
        if login not in self._tokens:
            said = {"login": login, "password": passphrase(login).reveal()}
            self._tokens[login] = self._send("POST", "/session", said, {})["token"]
        return self._tokens[login]

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers |= {"Content-Type": "application/json"}
        request = Request(f"{self.base}/api/v1{path}", data, headers, method=method)
        with urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    @cached_property
    def hirondelle(self) -> str:
        """The reference of the dossier of S01."""
        found = self.ask("GET", "/dossiers", by="u01")["items"]
        return next(str(one["reference"]) for one in found if one["pseudonym"] == S01.pseudonym)

    @cached_property
    def entry(self) -> str:
        """The id of an entry of S01 that u01 can correct."""
        shown = self.ask("GET", f"/dossiers/{self.hirondelle}?purpose=coordination", by="u01")
        return str(shown["compartments"]["identity"]["entries"][0]["id"])

    def open_dossier(self, pseudonym: str) -> str:
        """Return a new dossier of u01, in which u11 takes part."""
        consent = {
            "recipients": [_line(OWN), _line(OTHER)],
            "refused": [{"function": "POL"}],
            "purposes": ["coordination"],
            "form": "written_paper",
            "statement": {"edition": "2026-1", "language": "fr"},
            "explained_by": "u01",
            "seen_alone": True,
            "reporting_warning_read": True,
            "understood": True,
        }
        made = self.ask(
            "POST", "/dossiers", by="u01", body={"pseudonym": pseudonym, "consent": consent}
        )
        reference = str(made["reference"])
        guest = {"login": "u11", "reason": "follow_up"}
        self.ask("POST", f"/dossiers/{reference}/participants", by="u01", body=guest)
        return reference

    @cached_property
    def ended(self) -> str:
        """A dossier whose sharing has stopped for everybody."""
        reference = self.open_dossier("Bruant")
        consents = self.ask("GET", f"/dossiers/{reference}/consents", by="u01")["items"]
        path = f"/dossiers/{reference}/consents/{consents[0]['id']}/withdrawal"
        self.ask("POST", path, by="u01", body={"recipients": "all"})
        return reference


def _line(service: str) -> dict[str, Any]:
    organisation, function = service.split("/")
    ticks = ["incidents"] if service == OTHER else []
    return {
        "organisation": organisation,
        "function": function,
        "compartments": _SUBJECTS,
        "own_ticks": ticks,
    }
