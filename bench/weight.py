"""What a page weighs: its own bytes and those of everything it loads from us, as a browser gets them."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from bench import load
from bench.world import World

_IMPORT = re.compile(rb"""(?:from|import)\s*\(?["']([./][^"']+)["']""")
_STYLE_URL = re.compile(rb"""url\(["']?([^"')]+)["']?\)""")

#: What the proxy compresses (`deploy/nginx/nginx.conf`): from how many bytes, how hard, and which types.
PROXY_FROM, PROXY_LEVEL = 1000, 1
PROXY_TYPES = frozenset(
    {
        "application/geo+json",
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
    }
)


class Answer(NamedTuple):
    """An answer taken apart."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def sent(self) -> int:
        """Bytes of the body as the proxy sends it: what the portal did not compress, the proxy does."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        if "content-encoding" in self.headers or len(self.body) < PROXY_FROM or kind not in PROXY_TYPES:
            return len(self.body)
        return len(gzip.compress(self.body, PROXY_LEVEL))


def read(answer: bytes) -> Answer:
    """Take apart what the server sent."""
    head, _empty, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _without_chunks(body)
    return Answer(int(status.split()[1]), headers, body)


def _without_chunks(body: bytes) -> bytes:
    parts = []
    while body:
        size, _line, rest = body.partition(b"\r\n")
        length = int(size, 16)
        parts.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(parts)


class _Loads(HTMLParser):
    """The addresses that a page loads: styles, scripts, pictures, and what its map asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("script", "img"):
            self.found.append(values.get("src", ""))
        if tag == "link" and values.get("rel") in ("stylesheet", "icon"):
            self.found.append(values.get("href", ""))
        if "data-grenzen" in values:
            self.found.append(values["data-grenzen"])
        if "data-bron" in values:
            join = "&" if "?" in values["data-bron"] else "?"
            self.found.append(f"{values['data-bron']}{join}bbox={values['data-begrenzing']}&zoom=13")


def of_page(address: tuple[str, int], world: World, path: str) -> int:
    """Bytes on the line for the page at `path` and everything that comes with it from the same host."""
    seen: set[str] = set()
    waiting = [path]
    total = 0
    while waiting:
        asked = waiting.pop()
        if asked in seen:
            continue
        seen.add(asked)
        answer = read(load.ask(address, world.get(asked)))
        if answer.status != 200:
            raise load.WrongAnswer(f"{asked}: {answer.status}")
        total += answer.sent
        body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
        kind = answer.headers.get("content-type", "")
        found: list[str] = []
        if kind.startswith("text/html"):
            parser = _Loads()
            parser.feed(body.decode())
            found = parser.found
        elif "javascript" in kind:
            found = [match.decode() for match in _IMPORT.findall(body)]
        elif kind.startswith("text/css"):
            found = [match.decode() for match in _STYLE_URL.findall(body)]
        waiting += [
            urldefrag(urljoin(asked, one)).url
            for one in found
            if one and not urlsplit(one).netloc and not one.startswith("data:")
        ]
    return total
