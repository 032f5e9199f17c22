"""Borders as GeoJSON, ready to be sent: they change with an import and are asked for by every map."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gebieden.models import AreaImport, Buurt, Gebied, Wijk

#: What `niveau` may be.
NIVEAUS = ("gebied", "wijk", "buurt")


@dataclass(frozen=True)
class Encoded:
    """A FeatureCollection in bytes, plain and compressed, with what tells it from others."""

    body: bytes
    compressed: bytes
    digest: str


_kept: dict[str, tuple[UUID, Encoded]] = {}


def encoded(niveau: str) -> Encoded:
    """The borders of all areas of `niveau` (one of `NIVEAUS`), with the credit line as `attribution`.

    Kept in the process under the version of the last import, as in `plaatsen`; one small query tells whether it is
    still the same.
    """
    newest = AreaImport.objects.newest()
    if newest is None:
        return _encode(niveau, "")
    kept = _kept.get(niveau)
    if kept is None or kept[0] != newest.versie:
        kept = _kept[niveau] = (newest.versie, _encode(niveau, newest.bron))
    return kept[1]


def _encode(niveau: str, bron: str) -> Encoded:
    collection = {"type": "FeatureCollection", "attribution": bron, "features": [*_features(niveau)]}
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
    return Encoded(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:32])


def _features(niveau: str) -> Iterable[dict[str, Any]]:
    match niveau:
        case "gebied":
            return [_feature(gebied, gebied) for gebied in Gebied.objects.current()]
        case "wijk":
            return [_feature(wijk, wijk.gebied) for wijk in Wijk.objects.with_borders()]
        case _:
            return [_feature(buurt, buurt.wijk.gebied) for buurt in Buurt.objects.with_borders()]


def _feature(area: Gebied | Wijk | Buurt, gebied: Gebied) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "naam": area.naam,
            "slug": area.slug,
            "gebied": gebied.slug,
            "kleur": gebied.kleur,
            "url": area.get_absolute_url(),
            "label": [area.label_lon, area.label_lat],
            "inwoners": area.inwoners,
        },
        "geometry": area.grens,
    }
