"""Web-mercator tiles as numbers: clusters on the map without a spatial database.

A `cel` is the tile at zoom 22 that a point lies in (about 6 m at Alkmaar), with the bits of its x and y interleaved
(Morton order). The tile at a lower zoom is the same number without its last bits: `cel >> 2 * (22 - zoom)`. So one
indexed integer column groups points into tiles of every size.
"""

import math
from typing import NamedTuple

#: The zoom at which a `cel` is taken. Forty-four bits: fits a BigIntegerField.
CEL_ZOOM = 22

#: The latitude where web mercator ends, in degrees.
MAX_LATITUDE = math.degrees(math.atan(math.sinh(math.pi)))

#: Bounds that are themselves edges of tiles must not take along the next tile for a rounding error:
#: edges closer than this part of the world (0.04 mm at the equator) count as the same.
_SAME_EDGE = 1e-12


class Tile(NamedTuple):
    """One tile: `x` counts from the west, `y` from the north."""

    x: int
    y: int
    zoom: int


class TileRange(NamedTuple):
    """A rectangle of tiles, the last ones included."""

    x_min: int
    y_min: int
    x_max: int
    y_max: int
    zoom: int

    @property
    def number(self) -> int:
        """How many tiles it holds."""
        return (self.x_max - self.x_min + 1) * (self.y_max - self.y_min + 1)


class Bounds(NamedTuple):
    """A rectangle in degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float


def cel(lat: float, lon: float) -> int:
    """The Morton number of the tile at zoom 22 that the point lies in.

    Latitudes beyond the end of web mercator (85.05°) count as that end. Raises ValueError for what is no place on
    earth: NaN, infinite, or outside -90..90 and -180..180.
    """
    x, y = _world(lat, lon)
    size = 1 << CEL_ZOOM
    return tile_to_cel(min(int(x * size), size - 1), min(int(y * size), size - 1))


def tile_to_cel(x: int, y: int) -> int:
    """The Morton number of tile `x`, `y`: bits of x on the even places, of y on the odd ones.

    Written in base 4 it is what some maps call a quadkey.
    """
    return _spread(x) | _spread(y) << 1


def cel_to_tile(number: int, zoom: int = CEL_ZOOM) -> Tile:
    """The tile of Morton number `number`, which was taken, or shifted to, zoom `zoom`."""
    return Tile(_gather(number), _gather(number >> 1), zoom)


def tile_bounds(tile: Tile) -> Bounds:
    """Where `tile` lies, in degrees."""
    size = 1 << tile.zoom
    return Bounds(
        west=_longitude(tile.x / size),
        south=_latitude((tile.y + 1) / size),
        east=_longitude((tile.x + 1) / size),
        north=_latitude(tile.y / size),
    )


def tiles_of_bbox(west: float, south: float, east: float, north: float, zoom: int) -> TileRange:
    """The tiles at `zoom` that a bounding box in degrees touches; only touching an edge does not count.

    Raises ValueError for numbers that are no place on earth, and for a box that is the wrong way round.
    """
    if west > east or south > north:
        raise ValueError("west must not lie east of east, nor south north of north")
    left, top = _world(north, west)
    right, bottom = _world(south, east)
    size = 1 << zoom
    x_min = min(int((left + _SAME_EDGE) * size), size - 1)
    y_min = min(int((top + _SAME_EDGE) * size), size - 1)
    x_max = min(math.ceil((right - _SAME_EDGE) * size) - 1, size - 1)
    y_max = min(math.ceil((bottom - _SAME_EDGE) * size) - 1, size - 1)
    return TileRange(x_min, y_min, max(x_min, x_max), max(y_min, y_max), zoom)


def widen_to_tiles(west: float, south: float, east: float, north: float, zoom: int) -> Bounds:
    """The bounding box widened to whole tiles: clusters at its edge are complete, neighbours ask for the same.

    Raises ValueError as `tiles_of_bbox` does.
    """
    tiles = tiles_of_bbox(west, south, east, north, zoom)
    north_west = tile_bounds(Tile(tiles.x_min, tiles.y_min, zoom))
    south_east = tile_bounds(Tile(tiles.x_max, tiles.y_max, zoom))
    return Bounds(north_west.west, south_east.south, south_east.east, north_west.north)


def cluster_centre(number: int, zoom: int) -> tuple[float, float]:
    """Latitude and longitude of the middle of the tile at `zoom` with Morton number `number`."""
    tile = cel_to_tile(number, zoom)
    size = 1 << zoom
    return _latitude((tile.y + 0.5) / size), _longitude((tile.x + 0.5) / size)


def _world(lat: float, lon: float) -> tuple[float, float]:
    """The place on the square world of web mercator: 0..1 from the west, 0..1 from the north."""
    # Written so that NaN, which compares as false, ends here too.
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"no place on earth: lat {lat}, lon {lon}")
    sine = math.sin(math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))))
    y = 0.5 - math.atanh(sine) / (2 * math.pi)
    return (lon + 180) / 360, max(0.0, min(1.0, y))


def _longitude(x: float) -> float:
    return x * 360 - 180


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def _spread(number: int) -> int:
    """The bits of `number` (at most 32) with a zero between each two."""
    number = (number | number << 16) & 0x0000FFFF0000FFFF
    number = (number | number << 8) & 0x00FF00FF00FF00FF
    number = (number | number << 4) & 0x0F0F0F0F0F0F0F0F
    number = (number | number << 2) & 0x3333333333333333
    return (number | number << 1) & 0x5555555555555555


def _gather(number: int) -> int:
    """Every second bit of `number` (at most 64) put together: the reverse of `_spread`."""
    number &= 0x5555555555555555
    number = (number | number >> 1) & 0x3333333333333333
    number = (number | number >> 2) & 0x0F0F0F0F0F0F0F0F
    number = (number | number >> 4) & 0x00FF00FF00FF00FF
    number = (number | number >> 8) & 0x0000FFFF0000FFFF
    return (number | number >> 16) & 0x00000000FFFFFFFF
