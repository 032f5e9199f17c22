"""What the map shows of initiatieven: single pins where there are few, clusters where there are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gebieden.clusters import Clusters, Feature, Span, clusters
from gebieden.kaart import MapQuery, point
from initiatieven.models import InitiatiefQuerySet
from initiatieven.rules import Status


def drawn(initiatieven: InitiatiefQuerySet, query: MapQuery, *, filters: str) -> Clusters:
    """`initiatieven` in the box as a GeoJSON FeatureCollection of at most 300 clusters and single pins.

    `filters` names those that `initiatieven` went through: under that name the answer is kept for a while.
    """

    def read(span: Span) -> Iterable[tuple[int, Feature]]:
        return ((cluster["tile"], _feature(cluster)) for cluster in initiatieven.in_span(span).clusters(query.level))

    return clusters(query, f"initiatieven:{filters}", read)


def _feature(cluster: Mapping[str, Any]) -> Feature:
    if cluster["aantal"] > 1:
        return point(cluster["lat"], cluster["lon"], {"aantal": cluster["aantal"]})
    properties = {
        "nummer": cluster["nummer"],
        "categorie": cluster["een_thema"],
        # What the map writes at a pin.
        "categorie_tekst": cluster["een_titel"],
        "status": cluster["een_status"],
        "status_tekst": str(Status(cluster["een_status"]).label),
    }
    return point(cluster["lat"], cluster["lon"], properties)
