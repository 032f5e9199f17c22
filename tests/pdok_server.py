"""A stand-in for PDOK's Locatieserver on this machine: the contract of `suggest`, `free`, `lookup` and `reverse`.

Streets and places exist; house numbers and postcodes are made up. It can be told to misbehave.
"""

import json
import math
import random
import re
import threading
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_django import Settings

Mood = Literal["right", "silent", "trickle", "html", "broken", "other", "huge", "error", "busy", "refuse", "redirect"]

#: The parameters of each service; PDOK refuses whatever is not in its specification.
PARAMETERS = {
    "suggest": {"q", "rows", "fl", "fq"},
    "free": {"q", "rows", "fl", "fq"},
    "lookup": {"id", "fl"},
    "reverse": {"lat", "lon", "rows", "type", "fl"},
}
DEFAULT_FIELDS = {
    "suggest": {"id", "weergavenaam", "type", "score"},
    "reverse": {"id", "weergavenaam", "type", "score", "afstand"},
}


def address(
    straat: str, nummer: int, postcode: str, plaats: str, lat: float, lon: float, **more: Any
) -> dict[str, Any]:
    """A document of type `adres` as PDOK gives it; the point has the longitude first."""
    return {
        "id": f"adr-{straat}-{nummer}-{plaats}".lower().replace(" ", "-"),
        "weergavenaam": f"{straat} {nummer}, {postcode} {plaats}",
        "type": "adres",
        "score": 10.0,
        "straatnaam": straat,
        "huisnummer": nummer,
        "postcode": postcode,
        "woonplaatsnaam": plaats,
        "gemeentenaam": "Alkmaar",
        "centroide_ll": f"POINT({lon} {lat})",
        **more,
    }


ADDRESSES = [
    address("Waagplein", 2, "1811JP", "Alkmaar", 52.6318, 4.7502),
    address("Laat", 120, "1811EK", "Alkmaar", 52.63035, 4.74862),
    address("Curaçaostraat", 10, "1825DA", "Alkmaar", 52.65897, 4.76709),
    address("Curaçaostraat", 12, "1825DA", "Alkmaar", 52.65905, 4.76722),
    address("Laan van Athene", 3, "1827VA", "Alkmaar", 52.65435, 4.74824),
    address("Kanaaldijk", 40, "1831BD", "Koedijk", 52.6735, 4.7539),
    address("Geert Grootestraat", 8, "1823CA", "Alkmaar", 52.64192, 4.75001),
    address("Nassaulaan", 15, "1815GB", "Alkmaar", 52.62903, 4.7363),
    address("Van Maerlantstraat", 5, "1813BA", "Alkmaar", 52.61667, 4.75193),
    address("Bergerweg", 90, "1817MR", "Alkmaar", 52.63854, 4.72698),
    address("Herenweg", 20, "1829AD", "Oudorp", 52.63254, 4.77411),
    address("Oterlekerweg", 7, "1841GP", "Stompetoren", 52.6138, 4.8208),
    address("Rechtestraat", 30, "1483BE", "De Rijp", 52.5567, 4.8461),
    address("Bovenweg", 100, "1834CJ", "Sint Pancras", 52.6598, 4.786, gemeentenaam="Dijk en Waard"),
    {
        "id": "weg-curacaostraat",
        "weergavenaam": "Curaçaostraat, Alkmaar",
        "type": "weg",
        "score": 9.0,
        "straatnaam": "Curaçaostraat",
        "woonplaatsnaam": "Alkmaar",
        "gemeentenaam": "Alkmaar",
        "centroide_ll": "POINT(4.7671 52.659)",
    },
    {
        "id": "gem-alkmaar",
        "weergavenaam": "Gemeente Alkmaar",
        "type": "gemeente",
        "score": 12.0,
        "gemeentenaam": "Alkmaar",
        "centroide_ll": "POINT(4.8197 52.5966)",
    },
]


class PdokServer:
    """Answers on `url` between `start()` and `stop()`; `requests` holds the service and parameters of each question.

    `mood` says how it answers the next questions, `docs` what it knows, `delay` how many seconds it thinks first.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.docs: list[dict[str, Any]] = list(ADDRESSES)
        self.mood: Mood = "right"
        self.delay = 0.0
        self.stopped = threading.Event()
        self._server = _bound_below_ephemeral_ports(self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """What `PDOK_URL` is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v3_1/"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Let go of whoever still waits, and close."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, service: str, parameters: list[tuple[str, str]]) -> tuple[int, dict[str, Any]]:
        """Status and body by the contract."""
        given = dict(parameters)
        if service not in PARAMETERS:
            return 404, {"error": "unknown service"}
        if unknown := given.keys() - PARAMETERS[service]:
            return 400, {"error": f"unknown parameters: {', '.join(sorted(unknown))}"}
        rows = given.get("rows", "10")
        if not rows.isdecimal() or int(rows) > 50:
            return 400, {"error": "rows must be 0 to 50"}
        try:
            found = getattr(self, f"_{service}")(given, [value for name, value in parameters if name == "fq"])
        except (KeyError, ValueError) as error:
            return 400, {"error": f"missing or wrong: {error}"}
        fields = set(given["fl"].split(",")) if "fl" in given else DEFAULT_FIELDS.get(service)
        docs = [
            {name: value for name, value in doc.items() if fields is None or name in fields or "*" in fields}
            for doc in found[: int(rows)]
        ]
        return 200, {"response": {"numFound": len(found), "start": 0, "maxScore": 12.0, "docs": docs}}

    def _suggest(self, given: dict[str, str], filters: list[str]) -> list[dict[str, Any]]:
        words = _plain(given["q"])
        if not words:
            raise ValueError("q")
        matching = [
            doc
            for doc in self._filtered(filters)
            if all(word in (text := _plain(str(doc.get("weergavenaam")))) for word in words.split())
            or words.replace(" ", "") in text.replace(" ", "")
        ]
        return sorted(matching, key=lambda doc: -doc.get("score", 0))

    _free = _suggest

    def _lookup(self, given: dict[str, str], filters: list[str]) -> list[dict[str, Any]]:
        return [doc for doc in self.docs if doc["id"] == given["id"]]

    def _reverse(self, given: dict[str, str], filters: list[str]) -> list[dict[str, Any]]:
        lat, lon = float(given["lat"]), float(given["lon"])
        docs = self._filtered([f"type:{given['type']}"] if "type" in given else [])
        near = [{**doc, "afstand": _metres(doc, lat, lon)} for doc in docs if _metres(doc, lat, lon) < 1000]
        return sorted(near, key=lambda doc: doc["afstand"])

    def _filtered(self, filters: list[str]) -> list[dict[str, Any]]:
        docs = self.docs
        for wanted in filters:
            field, value = wanted.split(":", 1)
            values = re.sub(r"[()\"]", "", value).split(" OR ")
            docs = [doc for doc in docs if doc.get(field) in values]
        return docs

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pdok = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                service = parts.path.rsplit("/", 1)[-1]
                parameters = parse_qsl(parts.query, keep_blank_values=True)
                pdok.requests.append((service, dict(parameters)))
                if pdok.delay:
                    pdok.stopped.wait(pdok.delay)
                try:
                    self.answer(service, parameters)
                except OSError:
                    self.close_connection = True

            def answer(self, service: str, parameters: list[tuple[str, str]]) -> None:
                match pdok.mood:
                    case "right":
                        status, body = pdok.answer(service, parameters)
                        self.give(status, json.dumps(body).encode())
                    case "silent":
                        pdok.stopped.wait()
                    case "trickle":
                        self.send_response(200)
                        self.end_headers()
                        while not pdok.stopped.wait(0.05):
                            self.wfile.write(b" ")
                    case "html":
                        self.give(200, b"<!doctype html><title>Onderhoud</title>", "text/html")
                    case "broken":
                        self.give(200, b'{"response": {"docs": [{"id":')
                    case "other":
                        self.give(200, b'{"response": {"docs": 3}}')
                    case "huge":
                        self.give(200, b'{"response": {"docs": []}, "more": "' + b"x" * 1_000_000 + b'"}')
                    case "error":
                        self.give(500, b"oops", "text/plain")
                    case "busy":
                        self.give(429, b"{}")
                    case "refuse":
                        self.give(400, b"{}")
                    case "redirect":
                        self.send_response(302)
                        self.send_header("Location", pdok.url)
                        self.end_headers()

            def give(self, status: int, body: bytes, content_type: str = "application/json") -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False


def _bound_below_ephemeral_ports(handler: type[BaseHTTPRequestHandler]) -> _Server:
    """A server on a free port that no outgoing connection of this machine can take first."""
    for port in random.sample(range(20000, 32768), 50):
        try:
            return _Server(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise OSError("no free port between 20000 and 32768")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"\w+", "".join(char for char in decomposed if not unicodedata.combining(char))))


def _metres(doc: dict[str, Any], lat: float, lon: float) -> float:
    point = re.fullmatch(r"POINT\((\S+) (\S+)\)", str(doc.get("centroide_ll")))
    if point is None:
        return math.inf
    return math.hypot((float(point[2]) - lat) * 111_280, (float(point[1]) - lon) * 67_760)


@pytest.fixture
def pdok(settings: Settings) -> Iterator[PdokServer]:
    """A PDOK that answers by the contract; the portal is set to ask it."""
    server = PdokServer().start()
    settings.PDOK_URL = server.url
    yield server
    server.stop()
