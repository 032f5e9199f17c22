"""What maps draw is the same, kept or not, and a map that moves asks for its edge only."""

import json
from collections.abc import Iterable

import pytest
from pytest_django import Settings

from gebieden.clusters import KEPT_ZOOM, Feature, Span, clusters
from gebieden.kaart import MapQuery, point
from gebieden.tegels import CEL_ZOOM, cel, cel_to_tile, tile_bounds

#: One point in each part of the municipality.
POINTS = [(52.53 + row / 50, 4.72 + column / 40) for row in range(8) for column in range(9)]
CITY = (4.70, 52.52, 4.93, 52.69)


class Reading:
    """Gives the points in a span, and remembers where it was asked to look."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.spans: list[Span] = []

    def __call__(self, span: Span) -> Iterable[tuple[int, Feature]]:
        self.spans.append(span)
        west, south, east, north = span.bounds
        for lat, lon in POINTS:
            if west <= lon <= east and south <= lat <= north:
                assert span.first <= cel(lat, lon) <= span.last
                yield cel(lat, lon) >> 2 * (CEL_ZOOM - self.level), point(lat, lon, {})


def drawn(box: tuple[float, float, float, float], zoom: int, name: str = "proef") -> tuple[list[list[float]], Reading]:
    """The coordinates in the answer, and what was read for it."""
    query = MapQuery.of(*box, zoom)
    reading = Reading(query.level)
    found = json.loads(clusters(query, name, reading).body)
    return sorted(feature["geometry"]["coordinates"] for feature in found["features"]), reading


@pytest.fixture
def keeps(settings: Settings) -> None:
    settings.PUBLIC_PAGE_SECONDS = 60


@pytest.mark.parametrize("zoom", range(9, KEPT_ZOOM + 1))
def test_the_same_whether_kept_or_not(settings: Settings, zoom: int) -> None:
    plain, _reading = drawn(CITY, zoom)
    assert len(plain) == len(POINTS)
    settings.PUBLIC_PAGE_SECONDS = 60
    assert drawn(CITY, zoom)[0] == plain
    kept, reading = drawn(CITY, zoom)
    assert kept == plain
    assert reading.spans == []


@pytest.mark.usefixtures("keeps")
def test_a_map_that_moves_reads_what_it_does_not_know() -> None:
    west, south, east, north = 4.72, 52.60, 4.76, 52.63
    drawn((west, south, east, north), 14)
    found, reading = drawn((west + 0.04, south, east + 0.04, north), 14)
    [span] = reading.spans
    assert span.bounds.west >= east
    assert found == drawn((west + 0.04, south, east + 0.04, north), 14, name="apart")[0]


@pytest.mark.usefixtures("keeps")
def test_filters_and_streets_are_kept_apart_or_not_at_all() -> None:
    drawn(CITY, 12, name="alles")
    assert drawn(CITY, 12, name="bomen")[1].spans != []
    street = (4.74, 52.62, 4.75, 52.63)
    drawn(street, KEPT_ZOOM + 1)
    assert drawn(street, KEPT_ZOOM + 1)[1].spans != []


@pytest.mark.usefixtures("keeps")
def test_nothing_is_asked_or_kept_of_the_rest_of_the_world() -> None:
    assert drawn((5.5, 52.5, 5.6, 52.6), 14)[1].spans == []
    found, reading = drawn((-180, -80, 180, 80), 3)
    assert len(found) == len(POINTS)
    assert len(reading.spans) == 1


def test_a_span_holds_its_tiles_from_corner_to_corner() -> None:
    _found, reading = drawn((4.7, 52.6, 4.8, 52.65), 15)
    [span] = reading.spans
    assert tile_bounds(cel_to_tile(span.first)).west == pytest.approx(span.bounds.west)
    assert tile_bounds(cel_to_tile(span.last)).south == pytest.approx(span.bounds.south)
