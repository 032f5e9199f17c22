"""Borders on a plane: metres instead of degrees, and one outline around neighbours."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

Land = shapely.Polygon | shapely.MultiPolygon
GeometryT = TypeVar("GeometryT", bound=BaseGeometry)

#: Coordinates are kept with five decimals, about a metre; unions are computed on that grid, so that neighbours whose
#: shared border differs in the last digit leave no gap.
DECIMALS = 5
GRID = 10.0**-DECIMALS
#: Holes and loose parts of a union smaller than this (square metres) are traces of simplification, not land.
SLIVER_M2 = 2000


@dataclass(frozen=True)
class Plane:
    """Metres a degree, on a plane that touches the earth at one latitude: 0.4% off at the edge of Alkmaar."""

    lat_metres: float
    lon_metres: float

    @classmethod
    def at(cls, latitude: float) -> Plane:
        """The plane at `latitude` (degrees, WGS84), by the series for the length of a degree on the ellipsoid."""
        phi = math.radians(latitude)
        return cls(
            lat_metres=111132.95 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi),
            lon_metres=111412.88 * math.cos(phi) - 93.50 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi),
        )

    def project(self, geometry: GeometryT) -> GeometryT:
        """`geometry`, in degrees with the longitude first, in metres."""
        return shapely.transform(geometry, lambda degrees: degrees * self._factors)

    def unproject(self, geometry: GeometryT) -> GeometryT:
        """`geometry`, in metres on this plane, in degrees."""
        return shapely.transform(geometry, lambda metres: metres / self._factors)

    def metres(self, lat: float, lon: float, to_lat: float, to_lon: float) -> float:
        """The distance between two points in degrees."""
        return math.hypot((to_lat - lat) * self.lat_metres, (to_lon - lon) * self.lon_metres)

    @property
    def _factors(self) -> np.ndarray[Any, Any]:
        return np.array([self.lon_metres, self.lat_metres])


@dataclass(frozen=True)
class Outline:
    """A border, and where the name stands: the point itself, longitude first."""

    geometry: Land
    label: tuple[float, float]

    def as_fields(self) -> dict[str, Any]:
        """The fields of an `Area` that hold it."""
        west, south, east, north = (float(edge) for edge in self.geometry.bounds)
        return {
            # Through JSON and back, so that it compares equal to what the database returns.
            "grens": json.loads(json.dumps(mapping(self.geometry))),
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "label_lat": self.label[1],
            "label_lon": self.label[0],
        }


def union(geometries: Iterable[Land]) -> Outline:
    """The outline around neighbours: one border without slivers, and the point that lies deepest inside."""
    together = shapely.union_all(list(geometries), grid_size=GRID)
    plane = Plane.at(together.centroid.y)
    kept = _without_slivers(together, plane)
    deepest = plane.unproject(shapely.Point(shapely.maximum_inscribed_circle(plane.project(kept), 10).coords[0]))
    return Outline(_rounded(kept), (round(deepest.x, DECIMALS), round(deepest.y, DECIMALS)))


def _without_slivers(geometry: BaseGeometry, plane: Plane) -> Land:
    """`geometry` without holes and loose parts of less than `SLIVER_M2`; the largest part always stays."""

    def size(part: BaseGeometry) -> float:
        return plane.project(part).area

    parts = sorted(shapely.get_parts(geometry), key=size, reverse=True)
    kept = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if size(shapely.Polygon(hole)) >= SLIVER_M2])
        for index, part in enumerate(parts)
        if index == 0 or size(part) >= SLIVER_M2
    ]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _rounded(geometry: Land) -> Land:
    return shapely.transform(geometry, lambda degrees: np.round(degrees, DECIMALS))
