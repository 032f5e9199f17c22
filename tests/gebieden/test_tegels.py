"""Tiles as numbers."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gebieden.tegels import (
    CEL_ZOOM,
    MAX_LATITUDE,
    Tile,
    cel,
    cel_to_tile,
    cluster_centre,
    tile_bounds,
    tile_to_cel,
    tiles_of_bbox,
    widen_to_tiles,
)

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 179.999999)
zooms = st.integers(0, CEL_ZOOM)
tiles = zooms.flatmap(
    lambda zoom: st.builds(Tile, st.integers(0, 2**zoom - 1), st.integers(0, 2**zoom - 1), st.just(zoom))
)
boxes = st.tuples(longitudes, latitudes, longitudes, latitudes).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
)


@pytest.mark.parametrize(
    ("lat", "lon", "zoom", "x", "y"),
    [
        (0.0, 0.0, 1, 1, 1),
        # The Waagplein, by the other way to write web mercator: y = (1 - ln(tan lat + sec lat) / pi) / 2 * 2^z.
        (52.6318, 4.7502, 14, 8408, 5364),
        (85.2, -180.0, 3, 0, 0),
        (-90.0, 180.0, 3, 7, 7),
    ],
)
def test_a_point_lies_in_a_known_tile(lat: float, lon: float, zoom: int, x: int, y: int) -> None:
    assert cel_to_tile(cel(lat, lon) >> 2 * (CEL_ZOOM - zoom), zoom) == (x, y, zoom)


def test_in_base_four_the_number_is_a_quadkey() -> None:
    assert tile_to_cel(3, 5) == int("213", 4)


@given(tiles)
def test_a_number_names_one_tile(tile: Tile) -> None:
    number = tile_to_cel(tile.x, tile.y)
    assert cel_to_tile(number, tile.zoom) == tile
    assert 0 <= number < 4**tile.zoom


@given(latitudes, longitudes, zooms)
def test_shifting_gives_the_tile_of_a_lower_zoom(lat: float, lon: float, zoom: int) -> None:
    bounds = tile_bounds(cel_to_tile(cel(lat, lon) >> 2 * (CEL_ZOOM - zoom), zoom))
    assert bounds.west - 1e-9 <= lon <= bounds.east + 1e-9
    assert bounds.south - 1e-9 <= lat <= bounds.north + 1e-9


@given(tiles)
def test_the_centre_of_a_cluster_lies_in_its_tile(tile: Tile) -> None:
    lat, lon = cluster_centre(tile_to_cel(tile.x, tile.y), tile.zoom)
    assert cel_to_tile(cel(lat, lon) >> 2 * (CEL_ZOOM - tile.zoom), tile.zoom) == tile


@given(boxes, zooms)
def test_widening_keeps_all_of_the_box(box: tuple[float, float, float, float], zoom: int) -> None:
    wide = widen_to_tiles(*box, zoom)
    west, south, east, north = box
    assert wide.west <= west + 1e-9
    assert wide.south <= south + 1e-9
    assert wide.east >= east - 1e-9
    assert wide.north >= north - 1e-9


@given(boxes, zooms)
def test_widening_twice_is_widening_once(box: tuple[float, float, float, float], zoom: int) -> None:
    once = widen_to_tiles(*box, zoom)
    assert widen_to_tiles(*once, zoom) == once


@given(tiles)
def test_the_box_of_a_tile_touches_that_tile_alone(tile: Tile) -> None:
    found = tiles_of_bbox(*tile_bounds(tile), tile.zoom)
    assert found == (tile.x, tile.y, tile.x, tile.y, tile.zoom)
    assert found.number == 1


@given(tiles)
def test_a_box_without_size_on_an_edge_touches_one_tile(tile: Tile) -> None:
    bounds = tile_bounds(tile)
    assert tiles_of_bbox(bounds.west, bounds.north, bounds.west, bounds.north, tile.zoom).number == 1


@given(boxes, latitudes, longitudes, zooms)
def test_a_point_in_the_box_lies_in_one_of_its_tiles(
    box: tuple[float, float, float, float], lat: float, lon: float, zoom: int
) -> None:
    west, south, east, north = box
    assume(east - west > 1e-6 and north - south > 1e-6)
    # Some point well inside: on an edge the neighbour may have it.
    lat = south + (north - south) * (0.25 + (lat + 85) / 340)
    lon = west + (east - west) * (0.25 + (lon + 180) / 720)
    tile = cel_to_tile(cel(lat, lon) >> 2 * (CEL_ZOOM - zoom), zoom)
    found = tiles_of_bbox(*box, zoom)
    assert found.x_min <= tile.x <= found.x_max
    assert found.y_min <= tile.y <= found.y_max


def test_tiles_end_where_web_mercator_ends() -> None:
    assert tile_bounds(Tile(0, 0, 0)) == pytest.approx((-180, -MAX_LATITUDE, 180, MAX_LATITUDE))


@pytest.mark.parametrize("lat, lon", [(math.nan, 4.0), (52.0, math.nan), (math.inf, 4.0), (91.0, 4.0), (52.0, -181.0)])
def test_what_is_no_place_has_no_cel(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="no place on earth"):
        cel(lat, lon)


@pytest.mark.parametrize("box", [(5.0, 52.0, 4.0, 53.0), (4.0, 53.0, 5.0, 52.0), (4.0, 52.0, math.nan, 53.0)])
def test_a_box_the_wrong_way_round_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError):
        widen_to_tiles(*box, 10)
