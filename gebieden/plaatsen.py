"""Which buurt a point lies in, asked of a tree over the borders that stays in the memory of the process."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shapely import STRtree
from shapely.geometry import Point, shape

from gebieden import pdok
from gebieden.models import AreaImport, Buurt
from gebieden.outlines import Plane
from gebieden.pdok import PdokUnavailable

#: A point that is just outside every buurt belongs to the nearest one within this distance: the borders are
#: simplified, and somebody on the pavement at the edge of the municipality is still in it.
TOLERANCE_METRES = 60


@dataclass(frozen=True)
class _Borders:
    """The buurten of one import, with a tree over their borders in metres."""

    versie: UUID | None
    buurten: list[Buurt]
    plane: Plane
    tree: STRtree

    @classmethod
    def load(cls, versie: UUID | None) -> _Borders:
        buurten = list(Buurt.objects.with_borders().order_by("gebiednummer"))
        middle = sum((buurt.south + buurt.north) / 2 for buurt in buurten) / len(buurten) if buurten else 0.0
        plane = Plane.at(middle)
        return cls(versie, buurten, plane, STRtree([plane.project(shape(buurt.grens)) for buurt in buurten]))

    def nearest(self, lat: float, lon: float) -> Buurt | None:
        found = self.tree.query_nearest(self.plane.project(Point(lon, lat)), max_distance=TOLERANCE_METRES)
        # On a shared border several are equally near: the lowest gebiednummer, so that the answer is always the same.
        return self.buurten[min(found)] if len(found) else None


_kept: _Borders | None = None


def buurt_at(lat: float, lon: float) -> Buurt | None:
    """The buurt of a point in degrees (WGS84), or None outside the municipality.

    Within 60 m of the outer border the nearest buurt counts. NaN, infinite numbers and what is no place on earth give
    None. The buurt comes with its wijk and gebied. It is shared by all who ask: don't change it, and read texts that
    people edit from the database instead.
    """
    # Written so that NaN, which compares as false, ends here too.
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return _borders().nearest(lat, lon)


def in_municipality(lat: float, lon: float) -> bool:
    """Whether a point in degrees (WGS84) lies in the municipality, or within 60 m of it."""
    return buurt_at(lat, lon) is not None


def street_at(lat: float, lon: float) -> str:
    """The name of the street at a pin; empty when PDOK does not answer or knows none."""
    try:
        found = pdok.reverse(lat, lon)
    except PdokUnavailable:
        return ""
    return found.straat if found else ""


def _borders() -> _Borders:
    """The borders as they are now in the database.

    One small query asks which import was the last; everything else is kept in the process. The database is the only
    thing that every process shares (the cache of the embedded portal is one for each process), so an import by
    `manage.py` is seen by web and worker at their next question. Each import draws a new random version: when a
    transaction is rolled back, as after each test, its version is gone with it, and never returns with other rows.
    Rows that came without an import have no version; those are read each time and not kept.
    """
    global _kept
    versie = AreaImport.objects.latest_versie()
    if _kept is None or versie is None or _kept.versie != versie:
        _kept = _Borders.load(versie)
    return _kept
