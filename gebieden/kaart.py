"""What maps ask of the server, and the shape of what they get: the same for meldingen and initiatieven."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from gebieden.tegels import CEL_ZOOM, Bounds, widen_to_tiles

#: The box around the whole municipality, as `west,south,east,north` in degrees.
MUNICIPALITY = "4.709,52.519,4.928,52.683"
#: More features would neither be seen nor fit in a small answer.
MAX_FEATURES = 300
#: A cluster gathers what lies in a tile this many zooms deeper than the map: a quarter of a tile, 64 px on the screen.
CLUSTER_ZOOMS = 2


class BadMapQuery(ValueError):
    """The question of a map is not understood; `str()` of it says why, for developers of clients."""


class MapQuery(NamedTuple):
    """The box of a map, widened to whole tiles so that neighbours ask the same, and its zoom."""

    bounds: Bounds
    zoom: int

    @property
    def first_level(self) -> int:
        """The zoom of the tiles whose content becomes one cluster."""
        return min(CEL_ZOOM, self.zoom + CLUSTER_ZOOMS)


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
        return MapQuery(widen_to_tiles(west, south, east, north, zoom), zoom)
    except ValueError as error:
        raise BadMapQuery(_("bbox moet in graden zijn: tot 180 oost en west, tot 90 noord en zuid.")) from error


def point(lat: float, lon: float, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature; five decimals are about a metre."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]},
        "properties": properties,
    }
