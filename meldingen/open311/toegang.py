"""Which system stands before a view, and how often it may come."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import limieten
from basis.limieten import LimitReached
from meldingen import actions
from meldingen.models import Koppeling
from meldingen.open311.answers import Refused


def koppeling_of(request: HttpRequest) -> Koppeling:
    """The system whose key came with this request; raises Refused (403 without a good key, 429 beyond its limit).

    Only in the body: an address with a key in it would end up in logs.
    """
    sleutel = request.POST.get("api_key", "").strip()
    koppeling = Koppeling.objects.with_sleutel(sleutel) if sleutel else None
    if koppeling is None:
        raise Refused(403, _("De sleutel (api_key) ontbreekt of klopt niet. Stuur die mee als veld van het formulier."))
    _count(koppeling)
    actions.note_use(koppeling=koppeling, today=timezone.localdate())
    return koppeling


def count_reading() -> None:
    """Count one question of this visitor, which needs no key; raises Refused (429) for what is too much."""
    try:
        limieten.count("lezen")
    except LimitReached as reached:
        raise Refused(
            429, _("U vraagt in korte tijd te veel. Probeer het later opnieuw."), retry_after=reached.seconds
        ) from reached


def _count(koppeling: Koppeling) -> None:
    """Count one request of this system; raises Refused when that was one too many."""
    try:
        limieten.count_key("open311", f"koppeling {koppeling.pk}", number=koppeling.limiet_per_uur)
    except LimitReached as reached:
        raise Refused(
            429,
            _("U stuurde meer dan %(max)d keer in een uur. Probeer het later opnieuw.")
            % {"max": koppeling.limiet_per_uur},
            retry_after=reached.seconds,
        ) from reached
