"""What a resident does: send a melding, with photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from basis import fotos, spoor
from basis.termijnen import local_date
from gebieden.models import Buurt, Wijk
from gebieden.tegels import cel
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.actions import announce
from meldingen.models import Behandelaar, Categorie, Foto, Melding, Routeregel
from meldingen.rules import STREET_LENGTH, Handeling, Kanaal, Status


@dataclass(frozen=True)
class Plaats:
    """Where a melding is: the wijk always, the rest as far as it is known."""

    wijk: Wijk
    buurt: Buurt | None = None
    lat: float | None = None
    lon: float | None = None
    straat: str = ""
    adres: str = ""
    plek: str = ""


@transaction.atomic
def send_melding(
    *,
    inzending: UUID,
    categorie: Categorie,
    plaats: Plaats,
    omschrijving: str,
    naam: str = "",
    email: str = "",
    telefoon: str = "",
    melder: Gebruiker | None = None,
    kanaal: Kanaal = Kanaal.PORTAAL,
    door: Gebruiker | None = None,
    confirm: bool = True,
) -> tuple[Melding, bool]:
    """Take in a melding and, with `confirm`, confirm it by mail; gives the melding and whether it is new.

    `door` is who of the staff entered it for somebody else. The same `inzending` again gives the first melding and
    changes nothing. Photos that were kept under it go along.
    """
    now = timezone.now()
    melding = Melding(
        inzending=inzending,
        kanaal=kanaal,
        categorie=categorie,
        afdeling_id=Routeregel.objects.afdeling_for(categorie, plaats.wijk, f"{omschrijving} {plaats.plek}"),
        wijk=plaats.wijk,
        buurt=plaats.buurt,
        lat=plaats.lat,
        lon=plaats.lon,
        cel=None if plaats.lat is None or plaats.lon is None else cel(plaats.lat, plaats.lon),
        straat=plaats.straat[:STREET_LENGTH],
        adres=plaats.adres,
        plek=plaats.plek,
        omschrijving=omschrijving,
        naam=naam,
        email=email,
        telefoon=telefoon,
        melder=melder,
        created_at=now,
        beloofd_op=rules.promised_date(local_date(now), categorie.termijn_werkdagen),
    )
    if not melding.insert():
        return Melding.objects.for_mail().get(inzending=inzending), False
    melding.stappen.create(van="", naar=Status.GEMELD, door=door, at=now, openbaar=categorie.openbaar)
    # Two tabs that send at once can have kept more than may go along; those stay behind, and go after a day.
    kept = list(Foto.objects.kept_for(inzending)[: settings.FOTO_MAX_NUMBER])
    Foto.objects.filter(pk__in=[foto.pk for foto in kept]).update(melding=melding)
    if confirm:
        announce.received(melding)
    return melding, True


@transaction.atomic
def enter_melding(*, kanaal: str, by: Gebruiker, **melding: Any) -> tuple[Melding, bool]:
    """Take in a melding that somebody told by phone, at the desk, by mail or in the street; as `send_melding`.

    `melding` is what that takes. Raises PermissionDenied unless `by` is a behandelaar, and RuleViolation for a way
    that leads past staff.
    """
    rules.check_enter(Behandelaar.objects.afdelingen_of(by), kanaal)
    found, is_new = send_melding(kanaal=Kanaal(kanaal), door=by, **melding)
    spoor.record(Handeling.INGEVOERD, by=by, about=found, kanaal=Kanaal(kanaal), nieuw=int(is_new))
    return found, is_new


def keep_foto(*, inzending: UUID, prepared: fotos.PreparedFoto) -> Foto:
    """Keep a photo under the form it came with; raises RuleViolation when the form has enough of them.

    Raises FotoStorageError.
    """
    fotos.check_number(Foto.objects.kept_for(inzending).exclude(sha256=prepared.sha256).count() + 1)
    return Foto.add(prepared, inzending=inzending, owner=None)


def drop_kept_fotos(*, inzending: UUID, uuids: Iterable[UUID]) -> None:
    """Throw away photos that somebody took out of a form before sending it."""
    Foto.objects.kept_for(inzending).filter(uuid__in=list(uuids)).destroy_unsent()


def purge_unsent_fotos(*, before: datetime) -> int:
    """Destroy photos of forms that were not sent before `before`; gives how many."""
    return Foto.objects.unsent_since(before).destroy_unsent()


def purge_orphan_fotos(*, older_than: timedelta) -> int:
    """Destroy files that a crash left without a row at least `older_than` ago; gives how many."""
    return fotos.purge_orphans(Foto.FOLDER, known=Foto.objects.file_names(), older_than=older_than)
