"""What is destroyed of meldingen: in the night when its term is over, and at once when the reporter wants it.

The row of a melding stays, with category, wijk, buurt, dates, status and steps: the figures go on (ADR 18).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from basis import fotos
from meldingen import rules
from meldingen.models import (
    Aanlevering,
    Antwoord,
    Besluit,
    Deeltaak,
    Emailwijziging,
    Foto,
    Melding,
    Navraag,
    Notitie,
    Overdracht,
    Stap,
    Vernietiging,
)
from meldingen.rules import Doel, Status

if TYPE_CHECKING:
    from meldingen.models.foto import FotoQuerySet

#: So many meldingen a transaction: short enough for whoever waits for one of their rows.
BATCH = 200


def purge_bewaard(*, today: date) -> int:
    """Destroy what meldingen hold of people once its term is over on local date `today`; gives how many it handled.

    In batches, each one transaction with what it adds to the report (`Vernietiging`): who is killed in the middle goes
    on the next time, and reports nothing twice. Open meldingen are left alone, also doubles of open ones.
    """
    before = timezone.now() - rules.UNCONFIRMED_EMAIL_TERM
    Emailwijziging.objects.asked_before(before).delete()
    handled = 0
    for doel in Doel:
        for uitkomst in rules.UITKOMSTEN:
            while number := _purge_batch(doel, uitkomst, today):
                handled += number
    return handled


@transaction.atomic
def _purge_batch(doel: Doel, uitkomst: Status, today: date) -> int:
    """One batch; gives how many meldingen there were to look at, 0 when nothing is left."""
    found = list(Melding.objects.due(doel, uitkomst, today).values_list("pk", "eerste_id")[:BATCH])
    # Locked with the firsts, so that none is opened again meanwhile; and looked at once more with that certainty.
    Melding.objects.filter(pk__in={pk for pair in found for pk in pair if pk}).locked()
    due = list(
        Melding.objects.filter(pk__in=[pk for pk, _first in found])
        .due(doel, uitkomst, today)
        .values_list("pk", flat=True)
    )
    aantal = _DESTROY[doel](due)
    if doel == Doel.CONTACT:
        # By what other systems know who it was; open ones are still sent again under it.
        Aanlevering.objects.filter(melding__in=due).update(eigen_nummer="", kenmerk="")
    elif doel == Doel.WOORDEN:
        _destroy_hidden_places(due)
    if doel != Doel.FOTOS:
        Melding.objects.filter(pk__in=due).update(**{f"{doel}_vernietigd_op": today})
    Vernietiging.objects.add(op=today, doel=doel, uitkomst=uitkomst, termijn=rules.term(doel, uitkomst), aantal=aantal)
    return len(found)


def destroy_contact(pks: Collection[int]) -> int:
    """Forget how to reach the reporters of these locked meldingen; gives of how many there was something."""
    meldingen = Melding.objects.filter(pk__in=pks)
    held = meldingen.exclude(naam="", email="", telefoon="", melder=None).count()
    meldingen.update(naam="", email="", telefoon="", melder=None)
    Emailwijziging.objects.filter(melding__in=pks).delete()
    return held


def destroy_own_words(pks: Collection[int]) -> int:
    """Destroy what the reporters of these locked meldingen typed; gives of how many meldingen there was something."""
    meldingen = Melding.objects.filter(pk__in=pks)
    answers = Antwoord.objects.filter(stap__melding__in=pks).exclude(tekst="")
    notes = Stap.objects.own_notes(pks)
    held = set(meldingen.exclude(omschrijving="", adres="", plek="").values_list("pk", flat=True))
    held |= {*answers.values_list("stap__melding", flat=True), *notes.values_list("melding", flat=True)}
    # Nobody has to decide about words that are not there.
    meldingen.update(omschrijving="", omschrijving_gelakt="", adres="", plek="", tekst_besluit=Besluit.BESLOTEN)
    answers.update(tekst="", gewist=True)
    notes.update(toelichting="")
    return len(held)


def destroy_words(pks: Collection[int]) -> int:
    """Destroy all that only staff and the reporter could read of these locked meldingen; what was public stays."""
    held = destroy_own_words(pks)
    Navraag.objects.filter(overdracht__melding__in=pks).delete()
    Overdracht.objects.filter(melding__in=pks).update(vraag="", kenmerk="")
    Stap.objects.filter(melding__in=pks, openbaar=False).exclude(toelichting="").update(toelichting="")
    Notitie.objects.filter(melding__in=pks).delete()
    Deeltaak.objects.filter(melding__in=pks).delete()
    return held


def destroy_fotos(pks: Collection[int]) -> int:
    """Destroy all photos of these locked meldingen, rows and files; gives how many."""
    return _destroy_fotos(Foto.objects.filter(melding__in=pks))


def destroy_own_fotos(pks: Collection[int]) -> int:
    """Destroy the photos that the reporters of these locked meldingen sent, rows and files; gives how many."""
    return _destroy_fotos(Foto.objects.filter(melding__in=pks, namens=None))


def _destroy_fotos(gone: FotoQuerySet) -> int:
    """Destroy these photos of locked meldingen; gives how many.

    The files go once the rows are gone. What a crash leaves in between has no row, and the task of the night for such
    files finds it.
    """
    names = list(gone.values_list("naam", flat=True))
    gone.delete()
    for naam in names:
        transaction.on_commit(partial(fotos.delete, naam), robust=True)
    return len(names)


def _destroy_hidden_places(pks: Collection[int]) -> None:
    """Forget pin and street of meldingen that were never public: they may point at somebody's home."""
    hidden = Melding.objects.filter(pk__in=pks, categorie__openbaar=False).filter(~Q(cel=None) | ~Q(straat=""))
    hidden.update(lat=None, lon=None, cel=None, straat="")


_DESTROY: dict[Doel, Callable[[Collection[int]], int]] = {
    Doel.CONTACT: destroy_contact,
    Doel.WOORDEN: destroy_words,
    Doel.FOTOS: destroy_fotos,
}
