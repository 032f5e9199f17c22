"""The locks that deeds begin with: first that of a category where one is needed, then those of meldingen."""

from __future__ import annotations

from basis.regels import check_versie
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.models import Behandelaar, Categorie, Melding


def locked_for(gebruiker: Gebruiker, melding_id: int, versie: int) -> Melding:
    """The locked row, once it is certain that `gebruiker` may change it and saw its last version.

    Raises PermissionDenied, StaleVersion and Melding.DoesNotExist.
    """
    melding = Melding.objects.filter(pk=melding_id).locked().for_mail().select_related("afdeling").get()
    rules.check_handle(Behandelaar.objects.afdelingen_of(gebruiker), melding)
    check_versie(melding.versie, versie)
    return melding


def lock_categorie(pk: int | None) -> Categorie | None:
    """The locked row of a category with its afdeling, None where there is none.

    Who lets a melding of it have doubles waits for who puts it out of sight, and the other way round; who reports
    something waits for neither.
    """
    rows = Categorie.objects.select_related("afdeling").select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=pk).first() if pk is not None else None
