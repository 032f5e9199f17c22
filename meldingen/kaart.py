"""What the map shows of meldingen: single pins where there are few, clusters where there are many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gebieden.kaart import MAX_FEATURES, MapQuery, point
from meldingen.models import MeldingQuerySet
from meldingen.rules import Status


def features(meldingen: MeldingQuerySet, query: MapQuery) -> dict[str, Any]:
    """`meldingen` in the box as a GeoJSON FeatureCollection of at most 300 clusters and single pins: one query."""
    clusters = meldingen.in_box(*query.bounds).clusters(query.level, limit=MAX_FEATURES)
    return {"type": "FeatureCollection", "features": [_feature(cluster) for cluster in clusters]}


def _feature(cluster: Mapping[str, Any]) -> dict[str, Any]:
    if cluster["aantal"] > 1:
        return point(cluster["lat"], cluster["lon"], {"aantal": cluster["aantal"]})
    properties = {
        "nummer": cluster["nummer"],
        "categorie": cluster["categorie_slug"],
        "categorie_tekst": cluster["categorie_naam"],
        "status": cluster["een_status"],
        "status_tekst": Status(cluster["een_status"]).label,
    }
    return point(cluster["lat"], cluster["lon"], properties)
