"""JSON as the API reads it: what may be understood in two ways is refused, not guessed."""

import json
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request


class StrictParser(FlaskParser):
    """Reads a body: no key twice, no number that is none of JSON, and no endless nesting.

    Of two answers to one question the last would win here and the first in front of us, say
    in a proxy that checks requests.
    """

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return what the body says, `missing` for another content type.

        Raises:
            HTTPException: 400, the body is no JSON, or not clear.

        """
        if not is_json_request(req):
            return missing
        try:
            return json.loads(req.get_data(), object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            abort(400, exc=error, messages={"json": ["invalid_json"]})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(_name: str) -> NoReturn:
    raise ValueError("not a number of JSON")
