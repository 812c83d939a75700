"""An installation behind its API, at the time a test says it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from werkzeug.test import TestResponse

from tests.worlds import ORIGIN, World
from vepshare import demo
from vepshare.app import create_app
from vepshare.config import Settings
from vepshare.services.custody import Places

ROOT = "/api/v1"
_SIGN_IN_AGAIN = timedelta(minutes=10)


def standing_still(moment: datetime) -> Any:
    """Return a clock that stands at *moment*; pytest keeps its own, to time the tests by."""
    return freeze_time(moment, ignore=["_pytest"])


def make_app(world: World, **changes: Any) -> Flask:
    """Return the application over *world*, as the demonstration runs it."""
    said = {
        "database": world.url,
        "places": Places(
            peppers=(f"file:{world.pepper_path}",), log_keys=(f"file:{world.log_key_path}",)
        ),
        "origin": ORIGIN,
        "demo": True,
    }
    store = changes.pop("store", world.store)
    return create_app(Settings(**(said | changes)), store=store, custody=world.custody)


class Api:
    """The cast in front of the API: `by` names who asks, signed in when they need to be.

    *clock* is the test's: time stands still between two calls of `at`.
    """

    def __init__(self, world: World, clock: FrozenDateTimeFactory, **changes: Any) -> None:
        self.world = world
        self.clock = clock
        self.app = make_app(world, **changes)
        self.http = self.app.test_client(use_cookies=False)
        self._tokens: dict[str, tuple[str, datetime | None]] = {}

    @property
    def now(self) -> datetime:
        return self.clock()

    def at(self, moment: datetime) -> "Api":
        """Move the clock, also backwards, and return this."""
        self.clock.move_to(moment)
        return self

    def sign_in(self, login: str, **more: Any) -> TestResponse:
        """Answer of a sign-in with the passphrase of the cast, unless *more* says otherwise."""
        given = {"login": login, "password": demo.passphrase(login).reveal()} | more
        return self.http.post(f"{ROOT}/session", json=given)

    def token(self, login: str) -> str:
        """Return the token of a session that is neither too old nor from the future."""
        token, since = self._tokens.get(login, ("", None))
        if since is not None and timedelta() <= self.now - since < _SIGN_IN_AGAIN:
            return token
        answer = self.sign_in(login)
        assert answer.status_code == 201, answer.text
        self._tokens[login] = (answer.json["token"], self.now)
        return str(answer.json["token"])

    def bearer(self, login: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token(login)}"}

    def request(self, method: str, path: str, *, by: str | None = None, **more: Any) -> Any:
        """Return the answer to one request, *path* being below the root of the API."""
        headers = dict(more.pop("headers", {}))
        if by is not None:
            headers |= self.bearer(by)
        return self.http.open(f"{ROOT}{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Any:
        return self.request("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> Any:
        return self.request("DELETE", path, **more)

    def log(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return what the data-protection officer reads in the log, oldest first."""
        answer = self.get("/log/entries", by="u21", query_string={"limit": 200} | wanted)
        assert answer.status_code == 200, answer.text
        return answer.json["items"][::-1]
