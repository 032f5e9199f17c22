"""Addresses of PDOK (Locatieserver v3.1), asked by our server so that nobody's address travels to a third party.

PDOK is a convenience: every question gives up after a second, and after three failures in a row nobody waits for it
for half a minute. Whoever asks catches PdokUnavailable and goes on with what people typed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache as once
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache

GEMEENTE = "Alkmaar"
SUGGESTIONS = 8
FOUND = 10

#: After this many failures in a row nothing is asked for a while.
FAILURES = 3
PAUSE_SECONDS = 30
#: Failures further apart than this are no row.
FAILURES_SECONDS = 60 * 60
ANSWER_SECONDS = 24 * 60 * 60

#: No address is longer.
MAX_QUERY = 100
#: Far more than an answer ever holds.
MAX_BYTES = 256 * 1024
FIELDS = "weergavenaam,type,straatnaam,postcode,woonplaatsnaam,gemeentenaam,centroide_ll"
#: What has a place of its own to put a pin at; a gemeente or a provincie is none.
TYPES = frozenset({"adres", "weg", "postcode", "woonplaats"})
_IDENTIFIER = re.compile(r"[a-z]{3}-[0-9a-z-]{1,60}", re.ASCII)
_POINT = re.compile(r"POINT\((-?[0-9.]+) (-?[0-9.]+)\)")

_FAILURES_KEY = "pdok:failures"
_PAUSE_KEY = "pdok:pause"


class PdokUnavailable(Exception):
    """PDOK did not answer in time, or not in a way we understand."""


class _Refused(PdokUnavailable):
    """PDOK is there, but wants nothing to do with this question (4xx); no reason to leave it alone."""


@dataclass(frozen=True)
class Adres:
    """An address, street, postcode or place; `lat` and `lon` in degrees (WGS84), texts empty where unknown."""

    label: str
    lat: float
    lon: float
    straat: str = ""
    postcode: str = ""
    woonplaats: str = ""
    gemeente: str = ""


def suggest(text: str) -> list[Adres]:
    """At most 8 places in Alkmaar that somebody who typed `text` may mean, best first. Raises PdokUnavailable."""
    return _search("suggest", text, SUGGESTIONS)


def find(text: str) -> list[Adres]:
    """Places in Alkmaar that match the whole of `text`, best first. Raises PdokUnavailable."""
    return _search("free", text, FOUND)


def lookup(identifier: str) -> Adres | None:
    """The place with this id of PDOK, such as `adr-…`, in any municipality; None when there is none.

    Raises PdokUnavailable.
    """
    if not _IDENTIFIER.fullmatch(identifier):
        return None
    found = _ask("lookup", [("id", identifier), ("fl", FIELDS)])
    return found[0] if found else None


def reverse(lat: float, lon: float) -> Adres | None:
    """The nearest address to a point in degrees (WGS84), in any municipality; None when there is none near.

    NaN, infinite numbers and what is no place on earth give None. Raises PdokUnavailable.
    """
    # Written so that NaN, which compares as false, ends here too.
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    # Five decimals are a metre: neighbours share an answer.
    place = [("lat", f"{lat:.5f}"), ("lon", f"{lon:.5f}")]
    found = _ask("reverse", [*place, ("rows", "1"), ("type", "adres"), ("fl", FIELDS)])
    return found[0] if found else None


def _search(service: str, text: str, rows: int) -> list[Adres]:
    # Only letters, digits and what belongs in an address: the rest has a meaning of its own in the query language.
    words = " ".join(re.sub(r"[^\w\s.,'’/-]|_", " ", text).split()).casefold()[:MAX_QUERY]
    if not words:
        return []
    return _ask(service, [("q", words), ("rows", str(rows)), ("fq", f"gemeentenaam:{GEMEENTE}"), ("fl", FIELDS)])


def _ask(service: str, parameters: Sequence[tuple[str, str]]) -> list[Adres]:
    """The answer of PDOK, or the one it gave to the same question less than a day ago."""
    query = f"{service}?{urlencode(parameters)}"
    # Hashed: what people looked for can't be read from the cache.
    key = f"pdok:1:{hashlib.sha256(query.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is not None:
        return [Adres(*row) for row in kept]
    if cache.get(_PAUSE_KEY):
        raise PdokUnavailable
    try:
        found = _addresses(_fetch(query))
    except _Refused:
        raise
    except PdokUnavailable:
        _count_failure()
        raise
    cache.delete(_FAILURES_KEY)
    cache.set(key, [astuple(adres) for adres in found], ANSWER_SECONDS)
    return found


def _count_failure() -> None:
    """Note a failure; from the third in a row on nothing is asked for a while.

    The count stays until PDOK answers again, so that after the pause one visitor tries, not three.
    """
    cache.add(_FAILURES_KEY, 0, FAILURES_SECONDS)
    try:
        failures = cache.incr(_FAILURES_KEY)
    except ValueError:  # forgotten between the two lines
        return
    if failures >= FAILURES:
        cache.set(_PAUSE_KEY, True, PAUSE_SECONDS)


def _addresses(body: bytes) -> list[Adres]:
    """The addresses in an answer; a document that lacks what we need is passed over. Raises PdokUnavailable."""
    try:
        docs = json.loads(body)["response"]["docs"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise PdokUnavailable from error
    if not isinstance(docs, list):
        raise PdokUnavailable
    return [adres for doc in docs if (adres := _address(doc)) is not None]


def _address(doc: Any) -> Adres | None:
    if not isinstance(doc, dict) or doc.get("type") not in TYPES:
        return None
    label = doc.get("weergavenaam")
    # Longitude first.
    point = _POINT.fullmatch(str(doc.get("centroide_ll")))
    if not isinstance(label, str) or not label or point is None:
        return None
    try:
        lon, lat = float(point[1]), float(point[2])
    except ValueError:
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None

    def text(name: str) -> str:
        value = doc.get(name)
        return value if isinstance(value, str) else ""

    return Adres(label, lat, lon, text("straatnaam"), text("postcode"), text("woonplaatsnaam"), text("gemeentenaam"))


def _fetch(query: str) -> bytes:
    """The body of the answer to `query`. Raises PdokUnavailable.

    In a thread of its own: looking up a name and reading drop by drop know no time limit that covers the whole, and
    nobody shall wait longer than `PDOK_TIMEOUT_SECONDS`. A thread that is given up ends with its connection.
    """
    exchange = _Exchange(settings.PDOK_URL.rstrip("/") + "/" + query, settings.PDOK_TIMEOUT_SECONDS)
    thread = threading.Thread(target=exchange.run, name="pdok", daemon=True)
    thread.start()
    thread.join(settings.PDOK_TIMEOUT_SECONDS)
    if thread.is_alive():
        exchange.give_up()
        raise PdokUnavailable
    if exchange.error is not None:
        raise PdokUnavailable from exchange.error
    if 400 <= exchange.status < 500 and exchange.status != http.client.TOO_MANY_REQUESTS:
        raise _Refused
    if exchange.status != http.client.OK:
        raise PdokUnavailable
    return exchange.body


class _Exchange:
    """One question and its answer; redirects are not followed."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self.target = f"{parts.path}?{parts.query}"
        self.connection: http.client.HTTPConnection
        if parts.scheme == "https":
            self.connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=_tls())
        else:
            self.connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
        self.sock: socket.socket | None = None
        self.given_up = False
        self.status = 0
        self.body = b""
        self.error: Exception | None = None

    def run(self) -> None:
        """Ask, and read no more than an answer can hold; what is cut off is no JSON."""
        try:
            self.connection.connect()
            # Kept here: the connection lets go of it as soon as the headers are read.
            self.sock = self.connection.sock
            if self.given_up:
                return
            self.connection.request("GET", self.target, headers={"Accept": "application/json"})
            response = self.connection.getresponse()
            self.status = response.status
            self.body = response.read(MAX_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = error
        finally:
            self.connection.close()

    def give_up(self) -> None:
        """Break the connection, so that whatever waits for it ends."""
        self.given_up = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@once
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates of the system takes longer than many an answer."""
    return ssl.create_default_context()
