"""The weight of the dossier's page: its own bytes, and those of the files it names."""

import re

from vepshare.bench._report import Weight
from vepshare.bench._serving import Server

_OK = 200
_NAMED = re.compile(r'(?:href|src)="(/static/[^"#]+)"')


def weigh(server: Server, path: str, cookie: str) -> Weight:
    """Return how much a browser fetches to show *path*, and the memory of the server's workers."""
    answer = server.ask("GET", path, headers={"Cookie": cookie})
    page = answer.body.decode(errors="replace") if answer.status == _OK else ""
    files = sorted(set(_NAMED.findall(page)))
    return Weight(
        page=len(answer.body) if answer.status == _OK else None,
        static=sum(len(server.ask("GET", one).body) for one in files),
        memory=server.resident(),
    )
