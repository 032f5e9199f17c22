"""Notes in the file of a melding, by who may see it. They change nothing in the melding, so its version stays."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from basis import spoor
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.models import Behandelaar, Deeltaak, Melding, Notitie
from meldingen.rules import Handeling


@transaction.atomic
def add_notitie(*, melding_id: int, tekst: str, by: Gebruiker) -> Notitie:
    """Add a note for staff to the file of a melding; raises RuleViolation for an empty one, and PermissionDenied."""
    melding = _locked_seen(melding_id, by)
    rules.check_notitie(tekst)
    if melding.woorden_vernietigd_op:
        # Words that came after the others were destroyed have a term too.
        melding.woorden_vernietigd_op = None
        melding.save(update_fields=["woorden_vernietigd_op"])
    notitie = Notitie.objects.create(melding=melding, door=by, tekst=tekst)
    spoor.record(Handeling.NOTITIE_GESCHREVEN, by=by, about=melding, notitie=notitie.pk)
    return notitie


@transaction.atomic
def correct_notitie(*, melding_id: int, notitie_id: int, tekst: str, by: Gebruiker) -> Notitie:
    """Write an own note anew, within a day.

    Raises RuleViolation later than that and for an empty one, PermissionDenied, and Notitie.DoesNotExist.
    """
    melding = _locked_seen(melding_id, by)
    notitie = _locked(melding, notitie_id, by)
    rules.check_notitie(tekst)
    notitie.tekst, notitie.corrected_at = tekst, timezone.now()
    notitie.save(update_fields=["tekst", "corrected_at"])
    spoor.record(Handeling.NOTITIE_VERBETERD, by=by, about=melding, notitie=notitie.pk)
    return notitie


@transaction.atomic
def remove_notitie(*, melding_id: int, notitie_id: int, by: Gebruiker) -> None:
    """Take an own note away, within a day; raises RuleViolation, PermissionDenied and Notitie.DoesNotExist."""
    melding = _locked_seen(melding_id, by)
    notitie = _locked(melding, notitie_id, by)
    spoor.record(Handeling.NOTITIE_VERWIJDERD, by=by, about=melding, notitie=notitie.pk)
    notitie.delete()


def _locked_seen(melding_id: int, by: Gebruiker) -> Melding:
    """The locked melding, for who may see its file: what destroys its words must not pass by a note unseen."""
    melding = Melding.objects.filter(pk=melding_id).locked().get()
    rules.check_see(Behandelaar.objects.afdelingen_of(by), melding, Deeltaak.objects.taking_part(melding))
    return melding


def _locked(melding: Melding, notitie_id: int, by: Gebruiker) -> Notitie:
    """The locked note, once it is certain that `by` may still change it."""
    notitie = Notitie.objects.select_for_update().get(pk=notitie_id, melding=melding)
    rules.check_correct(notitie, by.pk, timezone.now())
    return notitie
