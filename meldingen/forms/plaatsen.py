"""What PDOK knows of a place that somebody points at."""

from __future__ import annotations

from django.utils.translation import gettext

from gebieden import pdok
from gebieden.pdok import PdokUnavailable


def outside(lat: float, lon: float) -> str:
    """Who does help with a place outside Alkmaar: its own municipality, by name where PDOK knows it."""
    try:
        found = pdok.reverse(lat, lon)
    except PdokUnavailable:
        found = None
    if found and found.gemeente and found.gemeente != "Alkmaar":
        return gettext("Deze plek ligt in de gemeente %(gemeente)s. Meld het daar. Bij gevaar: bel 112.") % {
            "gemeente": found.gemeente
        }
    return gettext(
        "Deze plek ligt buiten Alkmaar. Meld het bij de gemeente waar de plek ligt. Welke dat is, vindt u op "
        "organisaties.overheid.nl/Gemeenten. Bij gevaar: bel 112."
    )
