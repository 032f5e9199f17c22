"""What a Gebiedsteam does with what is offered: put it on the site, or give it back with what to change."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import check_versie
from basis.termijnen import is_working_day
from gebieden.models import Gebied, Teamlid
from gebieden.rules import can_edit
from gebruikers.models import Gebruiker
from initiatieven import rules
from initiatieven.actions import announce
from initiatieven.models import Foto, Initiatief
from initiatieven.rules import Handeling, Partij, Status


@transaction.atomic
def publish(*, initiatief_id: int, versie: int, by: Gebruiker, toelichting: str = "") -> Initiatief:
    """Put an idea on the site with its text and the released photos, and tell its maker.

    Raises RuleViolation (StaleVersion when a colleague was first) and PermissionDenied.
    """
    initiatief = _locked(initiatief_id, by, versie)
    rules.check_transition(initiatief, Status.IDEE, Partij.GEBIEDSTEAM)
    rules.check_fotos_decided(Foto.objects.of(initiatief).undecided().count())
    spoor.record(Handeling.GEPLAATST, by=by, about=initiatief)
    initiatief.published_at = timezone.now()
    step = initiatief.record_step(Status.IDEE, by=by, toelichting=toelichting, changed=["published_at"])
    announce.looked_at(initiatief, step)
    return initiatief


@transaction.atomic
def send_back(*, initiatief_id: int, versie: int, by: Gebruiker, toelichting: str) -> Initiatief:
    """Give an idea back to its maker, with what to change; raises RuleViolation (StaleVersion), PermissionDenied."""
    initiatief = _locked(initiatief_id, by, versie)
    rules.check_transition(initiatief, Status.CONCEPT, Partij.GEBIEDSTEAM)
    rules.check_toelichting(toelichting, _("Schrijf wat er anders moet. De maker krijgt dit per mail."))
    spoor.record(Handeling.TERUGGEGEVEN, by=by, about=initiatief)
    step = initiatief.record_step(Status.CONCEPT, by=by, toelichting=toelichting)
    announce.looked_at(initiatief, step)
    return initiatief


@transaction.atomic
def decide_foto(*, initiatief_id: int, versie: int, foto_uuid: UUID, besluit: str, by: Gebruiker) -> Foto:
    """Show a photo with an idea to everybody, or not.

    Raises StaleVersion, PermissionDenied, Foto.DoesNotExist and FotoStorageError.
    """
    initiatief = _locked(initiatief_id, by, versie)
    foto: Foto = initiatief.fotos.select_for_update().get(uuid=foto_uuid)
    foto.decide(besluit)
    initiatief.store()
    spoor.record(Handeling.FOTO_BEOORDEELD, by=by, about=initiatief, foto=foto.pk, besluit=rules.Besluit(besluit))
    return foto


@transaction.atomic
def note_contact_seen(*, initiatief: Initiatief, by: Gebruiker) -> None:
    """Leave a line that `by` sees how to reach the maker of `initiatief`; before the page is made that shows it."""
    spoor.record(Handeling.CONTACT_BEKEKEN, by=by, about=initiatief)


@transaction.atomic
def announce_waiting(*, today: date) -> int:
    """Tell the Gebiedsteams in the morning what waits until today or is too late; gives how many initiatieven do.

    Nobody is told on a day off.
    """
    if not is_working_day(today):
        return 0
    number = 0
    due = Initiatief.objects.waiting().filter(beloofd_op__lte=today)
    for gebied in Gebied.objects.current().without_grens().filter(pk__in=due.values("gebied")):
        waiting = list(due.in_gebied(gebied).for_team())
        emails = Teamlid.objects.of(gebied).with_account().values_list("gebruiker__email", flat=True)
        announce.waiting(gebied, waiting, sorted({email for email in emails if email}), today)
        number += len(waiting)
    return number


def _locked(initiatief_id: int, by: Gebruiker, versie: int) -> Initiatief:
    """The locked row, once it is certain that `by` may judge it and saw its last version."""
    initiatief = Initiatief.objects.filter(pk=initiatief_id).locked().for_page().get()
    if not can_edit(by, initiatief.gebied):
        raise PermissionDenied
    check_versie(initiatief.versie, versie)
    return initiatief
