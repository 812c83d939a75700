"""The headers of every answer of every route, and the shape of the answers."""

import re
from datetime import datetime
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.databases import ON_SQLITE
from tests.worlds import TUESDAY, World, make_draft, open_dossier
from vepshare.ids import new_id

from .client import ROOT, Api, make_app, standing_still
from .operations import READINGS, Operation

pytestmark = ON_SQLITE

REQUIRED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def address(rule: Rule, reference: str) -> str:
    """Return an address of *rule*: of this dossier, and of nothing else that there is."""
    made = rule.rule.replace("<reference>", reference).replace("<path:filename>", "app.css")
    return re.sub(r"<(?:uuid:)?\w+>", str(new_id()), made)


def protected(answer: Any) -> bool:
    said = dict(one.split(" ", 1) for one in answer.headers["Content-Security-Policy"].split("; "))
    return said == POLICY and {n: answer.headers.get(n) for n in REQUIRED} == REQUIRED


def test_every_answer_of_every_route_carries_the_headers(api: Api) -> None:
    """Signed in or not, whatever the status. Source: DESIGN 7."""
    reference = open_dossier(api.world, entries=(make_draft("identity"),))
    bare = []
    for rule in api.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted(rule.methods - {"OPTIONS"}):
            path = address(rule, reference)
            for headers in ({}, api.bearer("u01")):
                answer = api.http.open(path, method=method, headers=headers)
                if not protected(answer):
                    bare.append((method, path, answer.status_code))
    assert bare == []


@pytest.mark.parametrize("path", ["/nowhere", f"{ROOT}/nowhere", "/static/nowhere.css", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "TRACE"])
def test_what_is_nowhere_carries_the_headers(shared: Api, path: str, method: str) -> None:
    assert protected(shared.http.open(path, method=method))


def test_a_style_sheet_may_be_kept_and_carries_the_other_headers(shared: Api) -> None:
    with shared.http.get("/static/app.css") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_in_production_browsers_are_told_to_use_tls_only(world: World) -> None:
    """Source: DESIGN 7."""
    with standing_still(TUESDAY):
        strict, demo = (
            make_app(world, demo=one).test_client().get(f"{ROOT}/health").headers
            for one in (False, True)
        )
    assert strict["Strict-Transport-Security"].startswith("max-age=")
    assert "Strict-Transport-Security" not in demo


def test_the_api_sets_no_cookie(shared: Api) -> None:
    answers = [shared.sign_in("u01"), shared.get("/dossiers", by="u01"), shared.get("/health")]
    assert [one.headers.get("Set-Cookie") for one in answers] == [None] * 3


def test_what_another_site_makes_a_browser_send_is_refused(shared: Api) -> None:
    """Source: DESIGN 7."""
    answer = shared.sign_in("u01")
    crossed = shared.http.delete(
        f"{ROOT}/session",
        headers={"Authorization": f"Bearer {answer.json['token']}", "Sec-Fetch-Site": "cross-site"},
    )
    assert crossed.status_code == 403


def test_health_tells_nothing_but_that_it_answers(shared: Api) -> None:
    """No secrets, no names. Source: DESIGN 7."""
    assert shared.get("/health").json.keys() == {"status", "version"}


@pytest.mark.parametrize(
    "operation", [one for one in READINGS if one.below not in {"", "/closing"}], ids=str
)
def test_lists_are_items_and_next(shared: Api, operation: Operation) -> None:
    """Source: DESIGN 7."""
    reference = open_dossier(shared.world)
    assert operation.ask(shared, reference, by="u01").json.keys() == {"items", "next"}


def test_times_are_iso_with_an_offset(shared: Api) -> None:
    """Source: DESIGN 7."""
    reference = open_dossier(shared.world, entries=(make_draft("identity"),))
    answers = [operation.ask(shared, reference, by="u01").text for operation in READINGS]
    answers.append(shared.get("/log/entries", by="u21").text)
    found = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', "".join(answers))

    assert len(found) > 20
    assert [one for one in found if datetime.fromisoformat(one).tzinfo is None] == []


def test_a_session_says_who_and_under_which_function(shared: Api) -> None:
    """Source: DESIGN 7."""
    said = shared.sign_in("u12").json
    assert len(said.pop("token")) > 80
    assert said == {
        "professional": "u12",
        "name": "Noémie Crutzelaar",
        "function": "SAPV",
        "organisation": "O8",
        "functions": [{"function": "SAPV", "organisation": "O8"}],
    }


def test_a_function_one_does_not_hold_cannot_be_put_on(shared: Api) -> None:
    for body, status in (
        ({"function": "POL", "organisation": "O8"}, 403),
        ({"function": "SAPV", "organisation": "O99"}, 422),
    ):
        assert shared.post("/session/function", by="u12", json=body).status_code == status
    assert shared.sign_in("u12", function="POL").status_code == 401
