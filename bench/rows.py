"""What is measured: one entry for each kind of work. A later part of the portal adds its own below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

if TYPE_CHECKING:
    from bench.world import World

Request = Callable[["World", int], bytes]


@dataclass(frozen=True)
class Row:
    """One kind of work, and its aims; `request` gives the n-th request of it.

    `times`: bare ÷ it, in throughput, at most. `queries`: of one request, at most. `growth`: its time at the largest
    size ÷ that at the smallest, at most. `page_kb`: the page with all it loads from us, compressed, at most.
    `answer_kb`: one answer, compressed, at most. `once`: no request can be sent twice. `status`: of every answer.
    """

    key: str
    name: str
    request: Request
    times: float | None = None
    queries: int | None = None
    growth: float | None = None
    page_kb: int | None = None
    answer_kb: int | None = None
    once: bool = False
    status: int = 200


def area_from_cache(world: World, number: int) -> bytes:
    """The page of some gebied, wijk or dorp, for a visitor without cookies."""
    return world.get(world.areas[number % len(world.areas)])


def area_from_database(world: World, number: int) -> bytes:
    """The same, with a parameter that the page does not know: such a page is made anew and not kept."""
    return world.get(f"{world.areas[number % len(world.areas)]}?bench={number}")


def send_melding(world: World, number: int) -> bytes:
    """The form with a pin, an address to write to and no photo; its street was looked up when the pin was put."""
    lat, lon = world.pins[number % len(world.pins)]
    fields = {
        "inzending": UUID(int=world.chance.getrandbits(128), version=4),
        "lat": lat,
        "lon": lon,
        "categorie": world.categorieen[number % 10],
        "omschrijving": "De lantaarnpaal voor de deur brandt niet meer sinds gisteravond.",
        "naam": "Jo Jansen",
        "email": f"melder{number}@voorbeeld.example",
    }
    return world.post("/meldingen/nieuw/", fields)


def map_of_city(world: World, number: int) -> bytes:
    """The whole municipality or a good part of it, on screens of all sizes."""
    return _map(world, zoom=12 + number % 3, width=world.chance.uniform(0.08, 0.22), filters=number % 4 == 0)


def map_of_street(world: World, number: int) -> bytes:
    """A few streets around some place."""
    return _map(world, zoom=16 + number % 3, width=world.chance.uniform(0.003, 0.012), filters=number % 4 == 0)


def _map(world: World, *, zoom: int, width: float, filters: bool) -> bytes:
    lat, lon = world.chance.choice(world.pins)
    height = width * 0.4
    box = f"{lon - width / 2:.6f},{lat - height / 2:.6f},{lon + width / 2:.6f},{lat + height / 2:.6f}"
    about = f"&categorie={world.chance.choice(world.categorieen[:5])}" if filters else ""
    return world.get(f"/meldingen/kaart.json?bbox={box}&zoom={zoom}{about}")


def work_list(world: World, number: int) -> bytes:
    """A full work list with one filter or another."""
    filters = [
        "",
        f"toon=afgesloten&wijk={world.wijken[0]}",
        f"toon=afgesloten&categorie={world.categorieen[0]}&volgorde=nieuw",
        "status=opgelost&toon=afgesloten",
    ]
    return world.get(f"/behandelen/?{filters[number % len(filters)]}", world.coordinator)


def search(world: World, number: int) -> bytes:
    """A search in the work list: by a number, a word, a street and a category."""
    words = [world.nummers[number % len(world.nummers)], "lantaarnpaal", "Laat", "stoep"]
    return world.get(f"/behandelen/?{urlencode({'q': words[number % len(words)]})}", world.coordinator)


def nearby(world: World, number: int) -> bytes:
    """What was reported within 100 metres of a pin already, as the form asks while it is filled in."""
    lat, lon = world.pins[number % len(world.pins)]
    asked = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "categorie": world.categorieen[number % 10]}
    return world.get(f"/meldingen/nabij/?{urlencode(asked)}")


def open311_list(world: World, number: int) -> bytes:
    """A hundred meldingen for another system, with one question or another, in both formats."""
    questions = [
        "",
        "&status=open",
        f"&service_code={world.categorieen[0]}&status=closed&start_date=2000-01-01T00:00:00Z",
        "&start_date=2000-01-01T00:00:00Z&page=2",
    ]
    extension = "json" if number % 2 else "xml"
    return world.get(f"/open311/v2/requests.{extension}?page_size=100{questions[number // 2 % len(questions)]}")


ROWS = [
    Row("gebied-cache", "Area page for the public, from cache", area_from_cache, times=3, page_kb=150),
    Row("gebied-database", "Area page for the public, from the database", area_from_database, times=50, queries=15),
    Row("melden", "Sending a melding without photo", send_melding, times=15, once=True, status=302),
    Row("kaart-stad", "`kaart.json`, city", map_of_city, times=8, growth=2, answer_kb=15),
    Row("kaart-straat", "`kaart.json`, street", map_of_street, times=8, growth=2, answer_kb=15),
    Row("werklijst", "List of 100 for a behandelaar, with filter", work_list, times=60, queries=15, growth=2),
    Row("zoeken", "Search in the work list", search, queries=15, growth=2),
    Row("nabij", "What was reported nearby", nearby, queries=15, growth=2),
    Row("open311", "Open311, list of 100", open311_list, queries=15, growth=2),
]
