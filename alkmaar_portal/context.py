"""What every template may use."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from leaflet import app_settings as leaflet

from initiatieven.toegang import own_gebieden
from meldingen.toegang import own_afdelingen


class Link(NamedTuple):
    """A way to somewhere, with its words."""

    label: str
    url: str


def portal(request: HttpRequest) -> dict[str, Any]:
    """Whether this is the embedded portal, where map tiles come from, and the ways to the visitor's own rooms.

    `has_session` tells whether the visitor brought the cookie of a session; only then the menu asks who it is.
    `work_links` is asked for by the menu of who is signed in, and costs nothing elsewhere.
    """
    _name, tiles, options = leaflet["TILES"][0]
    return {
        "EMBEDDED": settings.EMBEDDED,
        "TILES_URL": tiles,
        "TILES_ATTRIBUTION": options["attribution"],
        "has_session": settings.SESSION_COOKIE_NAME in request.COOKIES,
        "work_links": lambda: work_links(request),
    }


def work_links(request: HttpRequest) -> list[Link]:
    """The ways to the rooms where this visitor has work; none for who is no medewerker."""
    user = request.user
    found = []
    if own_afdelingen(request):
        found.append(Link(_("Behandelen"), reverse("behandelen")))
    if own_gebieden(request):
        found.append(Link(_("Ideeën van het Gebiedsteam"), reverse("gebiedsteam_initiatieven")))
    if user.is_authenticated and user.is_beheerder:
        found.append(Link(_("Beheer"), reverse("admin:index")))
    elif user.is_authenticated:
        found += [
            Link(_("%(gebied)s bewerken") % {"gebied": gebied.naam}, reverse("gebied_bewerken", args=[gebied.slug]))
            for gebied in own_gebieden(request)
        ]
    return found
