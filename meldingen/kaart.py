"""What the map shows of meldingen: single pins where there are few, clusters where there are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gebieden.clusters import Clusters, Feature, Span, clusters
from gebieden.kaart import MapQuery, point
from meldingen.models import MeldingQuerySet
from meldingen.rules import Status


def drawn(meldingen: MeldingQuerySet, query: MapQuery, *, filters: str | None) -> Clusters:
    """`meldingen` in the box as a GeoJSON FeatureCollection of at most 300 clusters and single pins: one query at most.

    `filters` names those that `meldingen` went through: under that name the answer is kept for a while. With None
    nothing is kept: what staff see is theirs, and as it is now.
    """

    def read(span: Span) -> Iterable[tuple[int, Feature]]:
        return ((cluster["tile"], _feature(cluster)) for cluster in meldingen.in_span(span).clusters(query.level))

    return clusters(query, None if filters is None else f"meldingen:{filters}", read)


def _feature(cluster: Mapping[str, Any]) -> Feature:
    if cluster["aantal"] > 1:
        return point(cluster["lat"], cluster["lon"], {"aantal": cluster["aantal"]})
    properties = {
        "nummer": cluster["nummer"],
        "categorie": cluster["categorie_slug"],
        "categorie_tekst": cluster["categorie_naam"],
        "status": cluster["een_status"],
        "status_tekst": str(Status(cluster["een_status"]).label),
    }
    return point(cluster["lat"], cluster["lon"], properties)
