"""What the API shows of a dossier, in the words of the scenarios."""

import json
from typing import Any

from vepshare.demo import Table
from vepshare.dossier import CODES, Compartment

from .telling import Telling

AS_IN_TABLES = {"P": "W"}
"""The place's own organisation writes and reads all: the tables say W."""

NOWHERE = "/dossiers/V-0000-00"
"""The address of a dossier that is in no installation."""

VIEWS = ("", "/consents", "/participants", "/explain", "/readers", "/exclusions", "/closing")
"""Everything that can be read of a dossier, below its address."""


def levels(answer: Any) -> dict[Compartment, str]:
    """Return the compartments of an answer and their levels; a closed one is absent."""
    shown = answer.json["compartments"]
    return {
        Compartment(slug): AS_IN_TABLES.get(one["level"], one["level"])
        for slug, one in shown.items()
    }


def seen(telling: Telling, table: Table) -> dict[str, dict[Compartment, str]]:
    """Return what each row of *table* sees of the columns it speaks of, nothing when refused."""
    rows = {}
    for login in table.rows:
        answer = telling.api.at(table.at).get(telling.path, by=login)
        cells = levels(answer) if answer.status_code == 200 else {}
        rows[login] = {one: level for one, level in cells.items() if one in table.columns}
    return rows


def statuses(telling: Telling, table: Table) -> dict[str, int]:
    """Return the status each row of *table* is answered with."""
    return {
        login: telling.api.at(table.at).get(telling.path, by=login).status_code
        for login in table.rows
    }


def entries(telling: Telling, login: str, code: str) -> list[dict[str, Any]]:
    """Return the entries of one compartment, none when it is closed to *login*."""
    answer = telling.api.get(telling.path, by=login)
    shown = answer.json.get("compartments", {})
    return shown.get(CODES[code].value, {}).get("entries", [])


def everything(telling: Telling, login: str) -> str:
    """Return all that *login* can read of and around the dossier, one answer after another.

    One's own ceiling is left out: it names subjects, whatever any dossier holds.
    """
    paths = (*(f"{telling.path}{view}" for view in VIEWS), "/dossiers")
    answers = (telling.api.get(path, by=login) for path in paths)
    return "\n".join(json.dumps(one.json, ensure_ascii=False) for one in answers)


def same(one: Any, other: Any) -> bool:
    """Tell whether two answers cannot be told apart: status, headers but for the date, bytes."""
    return _bare(one) == _bare(other)


def _bare(answer: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = sorted((k, v) for k, v in answer.headers.items() if k != "Date")
    return answer.status_code, headers, answer.data
