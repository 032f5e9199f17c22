"""The forms of a page as a browser reads them from its HTML, and sending them as no browser would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_from_bytes

from django.test import Client

#: Bytes, because what is sent need not be text.
Value = str | bytes


@dataclass
class Upload:
    """A file in a form; `headers` go into its part as they are."""

    content: bytes
    name: bytes = b"foto.jpg"
    headers: bytes = b"Content-Type: image/jpeg"


Pairs = Sequence[tuple[Value, "Value | Upload"]]


@dataclass
class Form:
    """One form: where it goes, and its fields with what they hold at first."""

    action: str
    method: str
    multipart: bool
    values: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    #: Whether there is a button that sends nothing of its own; who has the choice presses that one.
    has_plain_button: bool = False

    @property
    def names(self) -> list[str]:
        """Every field, in the order of the page."""
        names = [name for name, _value in self.values]
        return list(dict.fromkeys([*names, *self.choices, *sorted(self.files)]))

    def filled(self, valid: dict[str, str]) -> list[tuple[str, str]]:
        """What a person sends who fills in `valid` and leaves the rest as it was, with the first choice for a must."""
        pairs = [
            (name, valid[name] if name in valid and name not in self.choices else value) for name, value in self.values
        ]
        taken = {name for name, value in pairs if value}
        for name, choices in self.choices.items():
            wanted = valid.get(name)
            if wanted in choices:
                pairs = [pair for pair in pairs if pair[0] != name] + [(name, str(wanted))]
            elif name not in taken:
                first = next((choice for choice in choices if choice), None)
                pairs += [(name, first)] if first else []
        return pairs if self.has_plain_button else pairs + self.buttons[:1]


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select: tuple[str, bool] | None = None
        self.textarea: str | None = None
        self.in_header = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        name = got.get("name", "")
        if tag == "header":
            self.in_header += 1
        elif tag == "form" and not self.in_header:
            action = (got.get("action") or self.path).split("#")[0]
            if action.startswith("?"):
                action = self.path.split("?")[0] + action
            multipart = got.get("enctype") == "multipart/form-data"
            self.form = Form(action, got.get("method", "get").lower(), multipart)
        if self.form is None or "disabled" in got:
            return
        if tag == "input" and name:
            self._input(self.form, name, got)
        elif tag == "button" and name:
            self.form.buttons.append((name, got.get("value", "")))
        elif tag == "button" and got.get("type", "submit") == "submit":
            self.form.has_plain_button = True
        elif tag == "textarea" and name:
            self.textarea = ""
            self.form.values.append((name, ""))
        elif tag == "select" and name:
            self.select = (name, "multiple" in got)
            self.form.choices.setdefault(name, [])
        elif tag == "option" and self.select:
            value = got.get("value", "")
            self.form.choices[self.select[0]].append(value)
            if "selected" in got:
                self.form.values.append((self.select[0], value))

    def _input(self, form: Form, name: str, got: dict[str, str]) -> None:
        kind, value = got.get("type", "text"), got.get("value", "")
        if kind == "file":
            form.files.add(name)
        elif kind == "submit":
            form.buttons.append((name, value))
        elif kind == "radio":
            form.choices.setdefault(name, []).append(value)
            form.values += [(name, value)] if "checked" in got else []
        elif kind == "checkbox":
            # Not checked it is sent by nobody, but may be.
            form.choices.setdefault(name, ["", value or "on"])
            form.values += [(name, value or "on")] if "checked" in got else []
        else:
            form.values.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.textarea is not None:
            name, before = self.form.values[-1]
            # Not the line break that stands behind every `<textarea>`.
            self.form.values[-1] = (name, before + (data if before else data.removeprefix("\n").removeprefix("\r\n")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "header":
            self.in_header -= 1
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None
        elif tag == "form" and self.form is not None:
            self.forms.append(self.form)
            self.form = None


def forms_of(path: str, html: str) -> list[Form]:
    """The forms on a page, but for those that stand at the top of every page; alike ones once."""
    reader = _Reader(path)
    reader.feed(html)
    found: dict[object, Form] = {}
    for form in reader.forms:
        without_token = replace(form, values=[pair for pair in form.values if pair[0] != "csrfmiddlewaretoken"])
        found.setdefault((form.action, form.method, tuple(form.names), *map(str, form.values)), without_token)
    return list(found.values())


def as_bytes(value: Value) -> bytes:
    """What goes over the line, half a character included."""
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def urlencoded(pairs: Iterable[tuple[Value, Any]]) -> bytes:
    """As a form without files is sent; what is no text goes as the bytes it is."""
    parts = (
        quote_from_bytes(as_bytes(name)) + "=" + quote_from_bytes(as_bytes(value))
        for name, value in pairs
        if not isinstance(value, Upload)
    )
    return "&".join(parts).encode()


BOUNDARY = b"grens"


def multipart(pairs: Iterable[tuple[Value, Any]]) -> bytes:
    """As a form with files is sent."""
    body = b""
    for name, value in pairs:
        quoted = (
            as_bytes(name).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"%0A").replace(b"\r", b"%0D")
        )
        body += b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="' + quoted + b'"'
        if isinstance(value, Upload):
            body += b'; filename="' + value.name + b'"\r\n' + value.headers + b"\r\n\r\n" + value.content
        else:
            body += b"\r\n\r\n" + as_bytes(value)
        body += b"\r\n"
    return body + b"--" + BOUNDARY + b"--\r\n"


MULTIPART = f"multipart/form-data; boundary={BOUNDARY.decode()}"
URLENCODED = "application/x-www-form-urlencoded"


def send(client: Client, form: Form, pairs: Pairs) -> Any:
    """Send `pairs` where `form` goes, in the way it goes; gives the answer."""
    if form.method == "get":
        before, _question, query = form.action.partition("?")
        return client.generic("GET", before, QUERY_STRING=query or urlencoded(pairs).decode())
    if form.multipart:
        return client.generic("POST", form.action, multipart(pairs), MULTIPART)
    return client.generic("POST", form.action, urlencoded(pairs), URLENCODED)
