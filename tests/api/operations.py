"""Every operation on a dossier, with a body that stands, to ask for it as anybody."""

from dataclasses import dataclass
from typing import Any

from vepshare.ids import new_id

SOME_ID = str(new_id())

CONSENT = {
    "recipients": [
        {"organisation": "O1", "function": "SVA", "compartments": ["identity"], "own_ticks": []}
    ],
    "purposes": ["coordination"],
    "form": "written_paper",
    "statement": {"language": "fr"},
    "explained_by": "u01",
    "seen_alone": True,
    "reporting_warning_read": True,
    "understood": True,
}
ENTRY = {
    "compartment": "identity",
    "kind": "identity",
    "values": {"family_name": "Vandermostelle"},
    "origin": "told_by_the_person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method, an address below that of a dossier, and a body where it takes one."""

    method: str
    below: str = ""
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.below.replace(SOME_ID, 'id') or '/'}"

    def ask(self, api: Any, reference: str, *, by: str | None, **more: Any) -> Any:
        """Return the answer to this operation on the dossier of that reference."""
        sent = {} if self.body is None else {"json": self.body}
        path = f"/dossiers/{reference}{self.below}"
        return api.request(self.method, path, by=by, **(sent | more))


ON_A_DOSSIER = (
    Operation(method="GET"),
    Operation(method="DELETE"),
    Operation(method="GET", below="/closing"),
    Operation(method="POST", below="/closing/seal", body={"until": "2027-12-31"}),
    Operation(method="POST", below="/entries", body=ENTRY),
    Operation(
        method="PUT",
        below=f"/entries/{SOME_ID}",
        body={"version": 1, "values": ENTRY["values"], "origin": "seen"},
    ),
    Operation(method="GET", below="/consents"),
    Operation(method="POST", below="/consents", body=CONSENT),
    Operation(method="POST", below=f"/consents/{SOME_ID}/confirmation"),
    Operation(method="POST", below=f"/consents/{SOME_ID}/withdrawal", body={"recipients": "all"}),
    Operation(method="GET", below="/participants"),
    Operation(method="POST", below="/participants", body={"login": "u02"}),
    Operation(method="POST", below="/join", body={"reason": "follow_up"}),
    Operation(method="DELETE", below="/me"),
    Operation(method="POST", below="/referent", body={"login": "u02"}),
    Operation(method="POST", below="/tie"),
    Operation(method="GET", below="/exclusions"),
    Operation(method="POST", below="/exclusions", body={"login": "u23"}),
    Operation(method="GET", below="/explain"),
    Operation(method="GET", below="/readers"),
)

WITH_A_BODY = tuple(one for one in ON_A_DOSSIER if one.body is not None)
READINGS = tuple(one for one in ON_A_DOSSIER if one.method == "GET")
