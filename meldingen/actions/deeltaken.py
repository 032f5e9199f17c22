"""Parts of a melding for other afdelingen: asked, done, taken back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from basis import spoor
from basis.regels import check_versie
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.actions import announce
from meldingen.actions.locks import locked_for
from meldingen.models import Behandelaar, Deeltaak, Melding
from meldingen.rules import DeeltaakStatus, Handeling


@transaction.atomic
def ask_deeltaak(
    *, melding_id: int, versie: int, afdeling: Afdeling, wat: str, gereed_voor: date, by: Gebruiker
) -> Deeltaak:
    """Ask another afdeling to do a part of a melding before `gereed_voor`; tells it by mail.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    rules.check_ask_part(
        melding,
        afdeling_id=afdeling.pk,
        wat=wat,
        gereed_voor=gereed_voor,
        today=timezone.localdate(),
        open_parts=Deeltaak.objects.of(melding).open().count(),
    )
    deeltaak = Deeltaak.objects.create(
        melding=melding, afdeling=afdeling, wat=wat, gereed_voor=gereed_voor, asked_by=by
    )
    melding.store()
    spoor.record(Handeling.DEELTAAK_GEVRAAGD, by=by, about=melding, afdeling=afdeling.pk)
    announce.asked_part(deeltaak, Behandelaar.objects.mailboxes_of(afdeling))
    return deeltaak


@transaction.atomic
def finish_deeltaak(*, melding_id: int, deeltaak_id: int, versie: int, uitleg: str, by: Gebruiker) -> Deeltaak:
    """Say that the own part is done, and how; tells the afdeling of the melding by mail.

    Raises RuleViolation (StaleVersion when somebody was first), PermissionDenied and Deeltaak.DoesNotExist.
    """
    melding = _locked(melding_id)
    deeltaak = Deeltaak.objects.of(melding).get(pk=deeltaak_id)
    rules.check_close(rules.can_finish(Behandelaar.objects.afdelingen_of(by), deeltaak), deeltaak, uitleg)
    check_versie(melding.versie, versie)
    deeltaak.close(DeeltaakStatus.GEREED, by=by, uitleg=uitleg)
    melding.store()
    spoor.record(Handeling.DEELTAAK_GEREED, by=by, about=melding, afdeling=deeltaak.afdeling_id)
    still_open = Deeltaak.objects.of(melding).open().count()
    announce.finished_part(deeltaak, melding, still_open, Behandelaar.objects.mailboxes_of(melding.afdeling))
    return deeltaak


@transaction.atomic
def withdraw_deeltaak(*, melding_id: int, deeltaak_id: int, versie: int, uitleg: str, by: Gebruiker) -> Deeltaak:
    """Take back what another afdeling was asked, with the reason; tells it by mail, and it sees the file no longer.

    Raises RuleViolation (StaleVersion when somebody was first), PermissionDenied and Deeltaak.DoesNotExist.
    """
    melding = _locked(melding_id)
    deeltaak = Deeltaak.objects.of(melding).get(pk=deeltaak_id)
    rules.check_close(rules.can_withdraw(Behandelaar.objects.afdelingen_of(by), melding, deeltaak), deeltaak, uitleg)
    check_versie(melding.versie, versie)
    deeltaak.close(DeeltaakStatus.INGETROKKEN, by=by, uitleg=uitleg)
    melding.store()
    spoor.record(Handeling.DEELTAAK_INGETROKKEN, by=by, about=melding, afdeling=deeltaak.afdeling_id)
    announce.withdrawn_part(deeltaak, melding, Behandelaar.objects.mailboxes_of(deeltaak.afdeling))
    return deeltaak


def _locked(melding_id: int) -> Melding:
    """The locked melding: while a part is asked or finished nobody closes the whole."""
    return Melding.objects.filter(pk=melding_id).locked().for_mail().select_related("afdeling").get()
