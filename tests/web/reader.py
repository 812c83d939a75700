"""A reader of pages: what somebody without script sees, ticks, types and presses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.api.client import make_app
from tests.worlds import World
from vepshare import demo

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Field:
    """A field of a form as the page shows it; `on` is None for one that cannot be ticked."""

    name: str
    value: str
    kind: str
    on: bool | None = None
    id: str = ""


@dataclass
class Button:
    name: str
    value: str
    action: str
    text: str = ""


@dataclass
class Form:
    action: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.titles: list[str] = []
        self.links: dict[str, str] = {}
        self.tags: list[str] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self._select: list[Field] | None = None
        self._area: Field | None = None
        self._button: Button | None = None
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "form":
            self._form = Form(action=said.get("action", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self._link = said.get("href", "")
        elif self._form is not None:
            self._in_form(tag, said)

    def _in_form(self, tag: str, said: Mapping[str, str]) -> None:
        form, name = self._form, said.get("name", "")
        if tag == "input":
            kind = said.get("type", "text")
            on = "checked" in said if kind in {"checkbox", "radio"} else None
            form.fields.append(Field(name, said.get("value", ""), kind, on, said.get("id", "")))
        elif tag == "textarea":
            self._area = Field(name, "", "textarea", None, said.get("id", ""))
            form.fields.append(self._area)
        elif tag == "select":
            self._select = []
        elif tag == "option":
            option = Field(name, said.get("value", ""), "option", "selected" in said)
            self._select.append(option)
        elif tag == "button":
            action = said.get("formaction", form.action)
            self._button = Button(name, said.get("value", ""), action)
            form.buttons.append(self._button)
        if tag == "select":
            self._name = name

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            chosen = [one for one in self._select if one.on] or self._select[:1]
            self._form.fields.append(
                Field(self._name, chosen[0].value if chosen else "", "select", None)
            )
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "button":
            self._button = None
        elif tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        if self._button is not None:
            self._button.text += data
        if self._link and data.strip():
            self.links.setdefault(" ".join(data.split()), self._link)
        if "title" in self._open:
            self.titles.append(data)
        elif not {"script", "style"} & {*self._open}:
            self.texts.append(data)


@dataclass
class Page:
    """One answer, read."""

    status: int
    html: str
    path: str

    def __post_init__(self) -> None:
        parser = _Parser()
        parser.feed(self.html)
        self.forms, self.links, self.tags = parser.forms, parser.links, parser.tags
        self.text = " ".join(" ".join(parser.texts).split())
        self.title = "".join(parser.titles).strip()

    @property
    def form(self) -> Form:
        """The form of the page itself: the last but one where the frame has one of its own."""
        own = [one for one in self.forms if not one.action.endswith("/sign-out")]
        assert own, self.text
        return own[0]

    def fields(self, name: str) -> list[Field]:
        return [one for one in self.form.fields if one.name == name]

    def values(self, name: str) -> list[str]:
        """Return what a field offers, or says."""
        return [one.value for one in self.fields(name)]

    def ticked(self) -> Iterator[Field]:
        """Yield every box and every round button of the page that is on."""
        yield from (one for form in self.forms for one in form.fields if one.on)


class Browser:
    """Somebody of the cast in front of the pages, signed in."""

    def __init__(self, world: World, login: str | None = "u01", **changes: object) -> None:
        self.world = world
        self.app = make_app(world, **changes)
        self.client: FlaskClient = self.app.test_client()
        self.page = Page(0, "", "/")
        if login is not None:
            self.sign_in(login)

    def sign_in(self, login: str) -> None:
        self.get("/sign-in")
        given = {"login": login, "password": demo.passphrase(login).reveal()}
        answer = self.client.post("/sign-in", data=given | {"csrf_token": self._token()})
        assert answer.status_code == 302, answer.text

    def _token(self) -> str:
        """Return the anti-forgery token of the page one is on."""
        return next(
            one.value for form in self.page.forms for one in form.fields if one.name == "csrf_token"
        )

    def post(self, path: str, **given: str) -> Page:
        """Send a form by hand to an address, from the page one is on."""
        return self._read(self.client.post(path, data=given | {"csrf_token": self._token()}), path)

    def get(self, path: str, **more: object) -> Page:
        return self._read(self.client.get(path, **more), path)

    def _read(self, answer: object, path: str) -> Page:
        hops = 0
        while answer.status_code in {302, 303} and hops < 3:
            path = answer.headers["Location"]
            answer = self.client.get(path)
            hops += 1
        self.page = Page(answer.status_code, answer.text, path)
        self.page.headers = answer.headers
        return self.page

    def tick(self, *values: str, name: str | None = None) -> None:
        """Tick boxes, or choose round buttons, by their values."""
        for value in values:
            found = [
                one
                for one in self.page.form.fields
                if one.on is not None and one.value == value and name in {None, one.name}
            ]
            assert len(found) == 1, (value, found)
            if found[0].kind == "radio":
                for other in self.page.fields(found[0].name):
                    other.on = False
            found[0].on = True

    def untick(self, value: str) -> None:
        found = next(one for one in self.page.form.fields if one.on and one.value == value)
        found.on = False

    def type(self, name: str, text: str) -> None:
        """Type into a field, or choose from a list."""
        (found,) = [one for one in self.page.fields(name) if one.kind != "hidden"]
        found.value = text

    def read_log(self, **wanted: str) -> Page:
        """Show those entries of the log that a form filled in so asks for."""
        self.get("/log")
        for name, text in wanted.items():
            self.type(name, text)
        return self.send(self.page.form, self.page.form.buttons[0])

    def press(self, text: str, form: Form | None = None) -> Page:
        """Press a button by its words, or by its value."""
        form = form or self.page.form
        button = next(
            (one for one in form.buttons if " ".join(one.text.split()) == text), None
        ) or next(one for one in form.buttons if one.value == text)
        return self.send(form, button)

    def send(self, form: Form, button: Button | None, **more: str) -> Page:
        data: MultiDict[str, str] = MultiDict()
        for one in form.fields:
            if one.on is not False:
                data.add(one.name, one.value)
        if button is not None and button.name:
            data.add(button.name, button.value)
        for name, value in more.items():
            data.add(name, value)
        path = urljoin(self.page.path, button.action if button else form.action)
        return self._read(self.client.post(path or self.page.path, data=data), path)
