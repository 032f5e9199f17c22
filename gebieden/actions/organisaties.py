"""What a beheerder keeps about outside bodies."""

from __future__ import annotations

from django.db import transaction

from basis import spoor
from gebieden.models import Organisatie
from gebieden.rules import Handeling
from gebruikers.models import Gebruiker
from gebruikers.rules import check_manages


@transaction.atomic
def save_organisatie(*, organisatie: Organisatie, by: Gebruiker) -> None:
    """Keep a new or changed organisation; raises PermissionDenied unless `by` is a beheerder.

    What it has in hand stays there, with the links that it got before.
    """
    check_manages(by)
    organisatie.save()
    spoor.record(Handeling.ORGANISATIE_BEWAARD, by=by, about=organisatie)
