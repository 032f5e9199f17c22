"""What maps draw, tile by tile: what a tile holds is kept for a while, so that a map that moves asks for its edge only.

The same for meldingen and initiatieven. Near by, a tile holds little and is seldom asked for again: there, nothing is
kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from gebieden.kaart import MUNICIPALITY, MapQuery
from gebieden.tegels import CEL_ZOOM, Bounds, Tile, TileRange, tile_bounds, tile_to_cel, tiles_of_bbox

#: The deepest zoom whose tiles are kept: the municipality has some 500 of them.
KEPT_ZOOM = 15
#: Nothing lies further than this (degrees, some 3 km) outside the municipality; such tiles are not asked for.
_MARGIN = 0.05

_encode = json.JSONEncoder(separators=(",", ":")).encode

Feature = dict[str, Any]


class Span(NamedTuple):
    """Where to look: a box in degrees, and the numbers at zoom 22 of the first and the last tile in it."""

    bounds: Bounds
    first: int
    last: int


class Clusters(NamedTuple):
    """A GeoJSON FeatureCollection in bytes, and how old (seconds) the oldest part of it is."""

    body: bytes
    age: int


#: Gives the features in a span, each with the number of its tile at the level of the query.
Reader = Callable[[Span], Iterable[tuple[int, Feature]]]


def clusters(query: MapQuery, name: str | None, read: Reader) -> Clusters:
    """The answer to `query`, from what is kept of its tiles, and from `read` for the others.

    `name` says what is drawn, with everything that it depends on: the filters that were chosen. None keeps nothing.
    """
    now = time.time()
    keep = settings.PUBLIC_PAGE_SECONDS if name is not None and query.zoom <= KEPT_ZOOM else 0
    keys = {f"kaart:1:{name}:{query.level}:{query.zoom}:{tile_to_cel(*tile[:2])}": tile for tile in _tiles_near(query)}
    kept: dict[str, tuple[float, str]] = cache.get_many(keys) if keep else {}
    missing = {key: tile for key, tile in keys.items() if key not in kept}
    if missing:
        fresh = {key: (now, text) for key, text in _read(query, missing, read).items()}
        if keep:
            cache.set_many(fresh, keep)
        kept |= fresh
    texts = ",".join(text for _made_at, text in kept.values() if text)
    oldest = min((made_at for made_at, _text in kept.values()), default=now)
    return Clusters(b'{"type":"FeatureCollection","features":[%s]}' % texts.encode(), max(0, round(now - oldest)))


def _tiles_near(query: MapQuery) -> list[Tile]:
    """The tiles that `query` is made of, as far as something can lie in them."""
    west, south, east, north = (float(edge) for edge in MUNICIPALITY.split(","))
    asked = query.bounds
    near = Bounds(
        max(west - _MARGIN, asked.west),
        max(south - _MARGIN, asked.south),
        min(east + _MARGIN, asked.east),
        min(north + _MARGIN, asked.north),
    )
    if near.west >= near.east or near.south >= near.north:
        return []
    x_min, y_min, x_max, y_max, zoom = tiles_of_bbox(*near, query.zoom)
    return [Tile(x, y, zoom) for y in range(y_min, y_max + 1) for x in range(x_min, x_max + 1)]


def _read(query: MapQuery, tiles: dict[str, Tile], read: Reader) -> dict[str, str]:
    """The features of each of `tiles`, by its key, as JSON with commas between; one look at the box around them."""
    found: dict[int, list[str]] = {tile_to_cel(tile.x, tile.y): [] for tile in tiles.values()}
    shift = 2 * (query.level - query.zoom)
    for number, feature in read(_span(list(tiles.values()))):
        texts = found.get(number >> shift)
        if texts is not None:
            texts.append(_encode(feature))
    return {key: ",".join(found[tile_to_cel(tile.x, tile.y)]) for key, tile in tiles.items()}


def _span(tiles: Sequence[Tile]) -> Span:
    xs, ys, zoom = [tile.x for tile in tiles], [tile.y for tile in tiles], tiles[0].zoom
    box = TileRange(min(xs), min(ys), max(xs), max(ys), zoom)
    north_west = tile_bounds(Tile(box.x_min, box.y_min, zoom))
    south_east = tile_bounds(Tile(box.x_max, box.y_max, zoom))
    shift = 2 * (CEL_ZOOM - zoom)
    # In Morton order no tile of a box comes before its corner in the north-west, nor after that in the south-east.
    return Span(
        Bounds(north_west.west, south_east.south, south_east.east, north_west.north),
        tile_to_cel(box.x_min, box.y_min) << shift,
        (tile_to_cel(box.x_max, box.y_max) + 1 << shift) - 1,
    )
