"""What maps ask of the server, and the shape of what they get: the same for meldingen and initiatieven."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from django.utils.translation import gettext as _

from gebieden.tegels import CEL_ZOOM, Bounds, tiles_of_bbox, widen_to_tiles

#: The box around the whole municipality, as `west,south,east,north` in degrees.
MUNICIPALITY = "4.709,52.519,4.928,52.683"
#: More features would neither be seen nor fit in a small answer.
MAX_FEATURES = 300
#: A cluster gathers what lies in a tile this many zooms deeper than the map: a quarter of a tile, 64 px on the screen.
CLUSTER_ZOOMS = 2


class BadMapQuery(ValueError):
    """The question of a map is not understood; `str()` of it says why, for developers of clients."""


class MapQuery(NamedTuple):
    """What a map shows: a box of whole tiles, so that neighbours ask the same, and how coarse its clusters are.

    The tiles of zoom `level`, whose content becomes one cluster each, fit in the answer: the box has at most 300. The
    box consists of tiles of `zoom`: those of the map, or of the clusters where they are larger.
    """

    bounds: Bounds
    level: int
    zoom: int

    @classmethod
    def of(cls, west: float, south: float, east: float, north: float, zoom: int) -> Self:
        """The query of a map at `zoom` that shows this box (degrees); raises ValueError as `tiles_of_bbox` does.

        A box that is large for its zoom gets coarser clusters, and is then widened to their tiles.
        """
        bounds = widen_to_tiles(west, south, east, north, zoom)
        level = min(CEL_ZOOM, zoom + CLUSTER_ZOOMS)
        while tiles_of_bbox(*bounds, level).number > MAX_FEATURES:
            level -= 1
        zoom = min(zoom, level)
        return cls(widen_to_tiles(*bounds, zoom), level, zoom)


def parse_map_query(parameters: Mapping[str, str]) -> MapQuery:
    """The `bbox=west,south,east,north` (degrees) and `zoom` (0–22) of a map; raises BadMapQuery."""
    try:
        west, south, east, north = (float(part) for part in parameters.get("bbox", "").split(","))
    except ValueError as error:
        raise BadMapQuery(_("bbox moet vier getallen zijn: west,zuid,oost,noord.")) from error
    try:
        zoom = int(parameters.get("zoom", ""))
    except ValueError as error:
        raise BadMapQuery(_("zoom moet een heel getal zijn van 0 tot en met 22.")) from error
    if not 0 <= zoom <= CEL_ZOOM:
        raise BadMapQuery(_("zoom moet een heel getal zijn van 0 tot en met 22."))
    if not (west < east and south < north):
        raise BadMapQuery(_("In bbox moet west kleiner zijn dan oost, en zuid kleiner dan noord."))
    try:
        return MapQuery.of(west, south, east, north, zoom)
    except ValueError as error:
        raise BadMapQuery(_("bbox moet in graden zijn: tot 180 oost en west, tot 90 noord en zuid.")) from error


def point(lat: float, lon: float, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature; five decimals are about a metre."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]},
        "properties": properties,
    }
