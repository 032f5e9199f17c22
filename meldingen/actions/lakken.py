"""Blacking out before release: words of a description, parts of a photo. The originals stay besloten."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from basis import fotos, spoor
from basis.fotos import Vlak
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.actions.locks import locked_for
from meldingen.models import Besluit, Foto, Melding
from meldingen.rules import Handeling


@transaction.atomic
def black_out_tekst(*, melding_id: int, versie: int, tekst: str, by: Gebruiker) -> Melding:
    """Release the description with no more of its words than `tekst` has; all of them undo the blacking out.

    Raises RuleViolation for words that the reporter did not write (StaleVersion when somebody was first), and
    PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    shown = rules.blacked_out(melding.omschrijving, tekst)
    melding.omschrijving_gelakt = "" if shown == melding.omschrijving else shown
    melding.tekst_besluit = Besluit.OPENBAAR
    melding.store("omschrijving_gelakt", "tekst_besluit")
    spoor.record(Handeling.OMSCHRIJVING_GELAKT, by=by, about=melding)
    return melding


@transaction.atomic
def black_out_foto(*, melding_id: int, versie: int, foto_uuid: UUID, vlakken: Sequence[Vlak], by: Gebruiker) -> Foto:
    """Release a photo, black in `vlakken`; none of them takes back what was black before.

    Raises RuleViolation (StaleVersion when somebody was first), PermissionDenied, Foto.DoesNotExist and
    FotoStorageError.
    """
    melding = locked_for(by, melding_id, versie)
    foto = melding.fotos.select_for_update().get(uuid=foto_uuid)
    rules.check_vlakken(vlakken, had_some=bool(foto.vlakken))
    foto.vlakken, foto.besluit = [list(vlak) for vlak in vlakken], Besluit.OPENBAAR
    # The old copy goes first: what showed more must not be left when the new one fails.
    fotos.hide(foto.naam)
    fotos.release(foto.naam, vlakken)
    foto.save(update_fields=["vlakken", "besluit"])
    melding.store()
    spoor.record(Handeling.FOTO_GELAKT, by=by, about=melding, foto=foto.pk, vlakken=len(vlakken))
    return foto
