"""Reads of meldingen by where their pin lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Avg, Count, F, Min

from gebieden.clusters import Span
from gebieden.outlines import Plane
from gebieden.tegels import CEL_ZOOM
from meldingen.models.cijfers import CijferQuerySet

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class KaartQuerySet(CijferQuerySet):
    """A part of `MeldingQuerySet`."""

    def in_box(self, west: float, south: float, east: float, north: float) -> Self:
        """Meldingen whose pin lies in this box (degrees)."""
        return self.filter(lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east)

    def without_pin(self) -> Self:
        """Meldingen of which no more is known than a wijk and words: they are in lists, and on no map."""
        return self.filter(cel=None)

    def nearest(self, lat: float, lon: float, *, metres: float, limit: int) -> list[Melding]:
        """At most `limit` meldingen with a pin within `metres` of a point, the nearest first, each with its `afstand`.

        The index over both coordinates finds the box around the circle; the corners are cut off here.
        """
        plane = Plane.at(lat)
        up, right = metres / plane.lat_metres, metres / plane.lon_metres
        found: list[Melding] = list(self.in_box(lon - right, lat - up, lon + right, lat + up))
        for melding in found:
            assert melding.lat is not None and melding.lon is not None  # noqa: S101  (it lies in a box)
            melding.afstand = round(plane.metres(lat, lon, melding.lat, melding.lon))
        return sorted((one for one in found if one.afstand <= metres), key=lambda one: one.afstand)[:limit]

    def in_span(self, span: Span) -> Self:
        """Meldingen whose pin lies in these tiles; an index over `cel` finds them."""
        return self.filter(cel__range=(span.first, span.last)).in_box(*span.bounds)

    def clusters(self, level: int) -> Iterable[Mapping[str, Any]]:
        """Groups of pins in the same tile of zoom `level`: how many, their middle, and one of them."""
        return (
            self.filter(cel__isnull=False)
            .order_by()
            .annotate(tile=F("cel").bitrightshift(2 * (CEL_ZOOM - level)))
            .values("tile")
            .annotate(
                aantal=Count("*"),
                lat=Avg("lat"),
                lon=Avg("lon"),
                nummer=Min("nummer"),
                categorie_slug=Min("categorie__slug"),
                categorie_naam=Min("categorie__naam"),
                een_status=Min("status"),
            )
        )
