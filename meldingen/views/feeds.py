"""Meldingen of an area for other programs: the newest as RSS, the open ones as GeoJSON; what everybody may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from basis.limieten import limited
from basis.programmas import absolute, for_programs, printable, readable_by_all
from gebieden.kaart import point
from gebieden.models import Gebied, Wijk
from meldingen.models import Melding, MeldingQuerySet

#: How many a feed tells, and a file holds at most.
FEED_ROWS, FILE_ROWS = 50, 2000
MAX_AGE = 300


@require_safe
@limited("lezen")
def rss(request: HttpRequest, gebied: str, wijk: str = "") -> HttpResponse:
    """The newest meldingen of a gebied or wijk as RSS 2.0."""
    area, meldingen = _area(gebied, wijk)
    feed = Rss201rev2Feed(
        title=_("Meldingen in %(area)s") % {"area": area.heading},
        link=absolute(area.get_absolute_url()),
        description=_("Wat bewoners meldden, en hoe het ervoor staat."),
        language="nl",
        feed_url=absolute(request.path),
    )
    for melding in meldingen[:FEED_ROWS]:
        url = absolute(melding.get_absolute_url())
        feed.add_item(
            title=printable(f"{melding.categorie.naam}, {melding.waar} ({melding.get_status_display().lower()})"),
            link=url,
            # Readers take it for HTML.
            description=escape(printable(melding.openbare_omschrijving)) if melding.tekst_is_openbaar else "",
            unique_id=url,
            pubdate=melding.created_at,
            categories=[melding.categorie.naam],
        )
    return _published(HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8"))


@require_safe
@limited("lezen")
def geojson(request: HttpRequest, gebied: str, wijk: str = "") -> HttpResponse:
    """The open meldingen of a gebied or wijk that have a pin, the newest ones when there are many."""
    _found, meldingen = _area(gebied, wijk)
    pinned = meldingen.open().filter(lat__isnull=False)[:FILE_ROWS]
    content = {"type": "FeatureCollection", "features": [_feature(melding) for melding in pinned]}
    return _published(JsonResponse(content, content_type="application/geo+json"))


def _area(gebied: str, wijk: str) -> tuple[Gebied | Wijk, MeldingQuerySet]:
    """The area of an address, and its meldingen that everybody may know of, newest first."""
    public = Melding.objects.public().for_feed()
    if wijk:
        found = get_object_or_404(Wijk.objects.current().with_keeper(), slug=wijk, gebied__slug=gebied)
        return found, public.in_wijk(found)
    area = get_object_or_404(Gebied.objects.current().without_grens(), slug=gebied)
    return area, public.in_gebied(area)


def _feature(melding: Melding) -> dict[str, Any]:
    assert melding.lat is not None and melding.lon is not None  # noqa: S101  (only those with a pin are asked for)
    properties = {
        "nummer": melding.nummer,
        "categorie": melding.categorie.slug,
        "categorie_tekst": melding.categorie.naam,
        "status": melding.status,
        "status_tekst": melding.get_status_display(),
        "waar": melding.waar,
        "gemeld_op": melding.created_at.isoformat(timespec="seconds"),
        "beloofd_op": melding.beloofd_op.isoformat(),
        "url": absolute(melding.get_absolute_url()),
    }
    return point(melding.lat, melding.lon, properties)


def _published(response: HttpResponse) -> HttpResponse:
    return readable_by_all(for_programs(response, max_age=MAX_AGE))
