"""Somebody at a browser, and what must hold on every page they come to."""

import re
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import APIResponse, BrowserContext, ConsoleMessage, Page, Request, Response

from vepshare.demo import PROFESSIONALS, STORIES, passphrase

REFERENCE = re.compile(r"V-[0-9A-Z]{4}-[0-9A-Z]{2}")
_ID = re.compile(
    rf"{REFERENCE.pattern}|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|\d{{1,4}}"
)
_WORDS = frozenset(
    """accesses accessibility agenda checkpoint closing consent correct done dossiers entries erase
    exclusions function hand-over invite join kit leave log new open participants place seal search
    sign-in sign-out tasks tie ways who-has-read who-sees withdraw witness""".split()
)
"""Every word that an address may be made of, besides random references and numbers."""

_NAMES = [word for one in PROFESSIONALS for word in one.name.split() if len(word) > 3]
_NAMES += [*(one.pseudonym for one in STORIES), "Vandermostelle", "Coralie"]
_TELLING = re.compile(
    rf"\b({'|'.join(map(re.escape, _NAMES))})\b|violen|geweld|gewalt|vepshare|{REFERENCE.pattern}",
    re.IGNORECASE,
)
"""What a title may never hold: names, pseudonyms, references, and the matter itself."""


class Visitor:
    """One browser window, signed in or not. `faults` is what went wrong so far, in words."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.context = context
        self.faults: list[str] = []
        self.addresses: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser reports every page whose status is an error; an answer is not a fault.
        answered = message.text.startswith("Failed to load resource: the server responded with")
        if answered and "/static/" not in str(message.location.get("url", "")):
            return
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def _note(self, request: Request) -> None:
        self.addresses.append(request.url)
        if not request.url.startswith(f"{self.base}/"):
            self.faults.append(f"another host: {request.url}")
        elif not _says_nothing(request.url.removeprefix(self.base)):
            self.faults.append(f"address: {request.url}")

    def go(self, path: str, *, status: int = 200) -> Response:
        """Open a page by its address."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        self.see()
        return answer

    def ask(self, path: str) -> APIResponse:
        """Return what one would be sent, without showing it."""
        return self.context.request.get(self.base + path)

    def press(self, selector: str, *, status: int = 200) -> None:
        """Click what leads to another page."""
        with self.page.expect_navigation() as found:
            self.page.locator(selector).first.click()
        assert found.value.status == status, (selector, found.value.status)
        self.see()

    def sign_in(self, login: str) -> None:
        """Type login and passphrase, and press Enter."""
        self.go("/sign-in")
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(passphrase(login).reveal())
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.see()
        assert self.page.url == f"{self.base}/", self.page.url

    def see(self) -> None:
        """Look at the page one has come to: its title tells nothing."""
        title = self.page.title()
        if not title.strip() or _TELLING.search(title):
            self.faults.append(f"title: {title!r} at {self.page.url}")

    @property
    def path(self) -> str:
        """The address one is at, within the site."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """Everything that can be read on the page now."""
        return str(self.page.evaluate("document.body.innerText"))

    @property
    def main(self) -> str:
        """What can be read in the main part."""
        return self.page.locator("main#main").inner_text()


def _says_nothing(address: str) -> bool:
    parts = urlsplit(address)
    steps = [one for one in parts.path.split("/") if one]
    if steps[:1] == ["static"]:
        return not parts.query
    known = all(one in _WORDS or _ID.fullmatch(one) for one in steps)
    return known and all(_harmless(*pair) for pair in parse_qsl(parts.query))


def _harmless(name: str, value: str) -> bool:
    if name == "next":
        return value.startswith("/") and _says_nothing(value)
    return name in {"lang", "cursor"} and re.fullmatch(r"[a-z]{2}|\d+", value) is not None
