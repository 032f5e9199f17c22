"""What comes in with a melding, and how it is shown to everybody."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation


class Kanaal(models.TextChoices):
    """By which way a melding came in."""

    PORTAAL = "portaal", _("portaal")
    TELEFOON = "telefoon", _("14 072")
    BALIE = "balie", _("balie")
    MAIL = "mail", _("mail")
    STRAAT = "straat", _("straat")
    OPEN311 = "open311", _("Open311")


#: The ways by which staff take a melding in for somebody else.
ENTERED_BY_STAFF = (Kanaal.TELEFOON, Kanaal.BALIE, Kanaal.MAIL, Kanaal.STRAAT)

STREET_LENGTH = 120
MIN_OMSCHRIJVING = 10
MAX_OMSCHRIJVING = 3000


def check_enter(afdelingen: Collection[int], kanaal: str) -> None:
    """Raise PermissionDenied unless a behandelaar of `afdelingen` enters a melding, RuleViolation for another way."""
    if not afdelingen:
        raise PermissionDenied
    if kanaal not in ENTERED_BY_STAFF:
        raise RuleViolation(_("Kies hoe de melding bij u kwam."), field="kanaal")
