"""The lock that every deed of a behandelaar begins with."""

from __future__ import annotations

from basis.regels import check_versie
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.models import Behandelaar, Melding


def locked_for(gebruiker: Gebruiker, melding_id: int, versie: int) -> Melding:
    """The locked row, once it is certain that `gebruiker` may change it and saw its last version.

    Raises PermissionDenied, StaleVersion and Melding.DoesNotExist.
    """
    melding = Melding.objects.filter(pk=melding_id).locked().for_mail().select_related("afdeling").get()
    rules.check_handle(Behandelaar.objects.afdelingen_of(gebruiker), melding)
    check_versie(melding.versie, versie)
    return melding
