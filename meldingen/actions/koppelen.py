"""What other systems do over Open311, and what a beheerder does with their keys."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import RuleViolation
from gebruikers.models import Gebruiker
from gebruikers.rules import check_manages
from meldingen import rules
from meldingen.actions.melden import send_melding
from meldingen.actions.melder import go_on, reopen
from meldingen.models import Aanlevering, Koppeling, Melding, Stap
from meldingen.rules import Handeling, Kanaal

#: The key of the example portal, where everybody may know it.
EXAMPLE_SLEUTEL = "voorbeeld-sleutel-alleen-voor-het-voorbeeldportaal"


@transaction.atomic
def deliver_melding(
    *,
    koppeling: Koppeling,
    kenmerk: str,
    eigen_nummer: str,
    inzending: UUID,
    media_urls: Collection[str] = (),
    **melding: Any,
) -> Melding:
    """Take in a melding that another system sends, and remember by what to know it when it is sent again.

    `melding` is what `send_melding` takes. The same `inzending` again gives the first one and changes nothing.
    """
    found, is_new = send_melding(inzending=inzending, kanaal=Kanaal.OPEN311, **melding)
    if is_new:
        Aanlevering.objects.create(koppeling=koppeling, melding=found, eigen_nummer=eigen_nummer, kenmerk=kenmerk)
        if media_urls:
            _add_note(found, _("Adressen van foto’s, van %(van)s.") % {"van": koppeling}, "\n".join(media_urls))
    return found


@transaction.atomic
def add_aanvulling(
    *,
    koppeling: Koppeling,
    melding: Melding,
    update_id: str,
    tekst: str = "",
    media_urls: Collection[str] = (),
    email: str = "",
    reopens: bool = False,
) -> Stap:
    """Add what a reporter says through another system, for the behandelaar alone; gives the step it became.

    While a melding waits for its reporter this is the answer, and it goes on. With `reopens` it is what the reporter
    says of how it was closed, and it is opened again.
    The same `update_id` again gives the first step and changes nothing. Raises PermissionDenied for a melding that
    this system did not send, and RuleViolation.
    """
    locked = Melding.objects.filter(pk=melding.pk).locked().for_mail().get()
    if not Aanlevering.objects.filter(koppeling=koppeling, melding=locked).exists():
        raise PermissionDenied
    known = locked.aanvullingen.filter(update_id=update_id).select_related("stap__melding").first()
    if known:
        return known.stap
    words = "\n".join([tekst, *media_urls]).strip()
    if reopens:
        rules.check_is_melder(locked, email)
        rules.check_judge(locked, timezone.localdate())
        stap = reopen(locked, words or _("Zonder toelichting, via %(van)s.") % {"van": koppeling})
    elif not words:
        raise RuleViolation(_("Schrijf wat u wilt laten weten."), field="description")
    elif locked.waits_for_melder:
        stap = go_on(locked, words)
    else:
        stap = _add_note(locked, _("Aanvulling van de melder, via %(van)s.") % {"van": koppeling}, words)
    locked.aanvullingen.create(update_id=update_id, stap=stap)
    return stap


def note_use(*, koppeling: Koppeling, today: date) -> None:
    """Remember that `koppeling` was used on local date `today`: one write a day, however much it sends."""
    if koppeling.last_used_on != today:
        Koppeling.objects.filter(pk=koppeling.pk).exclude(last_used_on=today).update(last_used_on=today)


@transaction.atomic
def add_koppeling(*, koppeling: Koppeling, by: Gebruiker) -> None:
    """Keep a new koppeling, with a key that can be read from this object alone.

    Raises PermissionDenied unless `by` is a beheerder.
    """
    check_manages(by)
    koppeling.draw_sleutel()
    koppeling.save(force_insert=True)
    spoor.record(Handeling.SLEUTEL_GEMAAKT, by=by, about=koppeling)


@transaction.atomic
def change_koppeling(*, koppeling: Koppeling, by: Gebruiker) -> None:
    """Keep name, mail address and limit of a koppeling; raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    koppeling.save(update_fields=["naam", "email", "limiet_per_uur"])
    spoor.record(Handeling.KOPPELING_BEWAARD, by=by, about=koppeling)


@transaction.atomic
def renew_sleutel(*, koppeling: Koppeling, by: Gebruiker) -> Koppeling:
    """Give a koppeling a new key, to be read from the object that is returned; the old one ends at once.

    What it sent before stays known. Raises PermissionDenied unless `by` is a beheerder.
    """
    check_manages(by)
    locked = Koppeling.objects.select_for_update().get(pk=koppeling.pk)
    locked.draw_sleutel()
    locked.save(update_fields=["sleutel_begin", "sleutel_hash", "revoked_at"])
    spoor.record(Handeling.SLEUTEL_GEMAAKT, by=by, about=locked)
    return locked


@transaction.atomic
def revoke_sleutel(*, koppeling: Koppeling, by: Gebruiker) -> None:
    """End the key of a koppeling at once; raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    locked = Koppeling.objects.select_for_update().get(pk=koppeling.pk)
    locked.revoked_at = locked.revoked_at or timezone.now()
    locked.save(update_fields=["revoked_at"])
    spoor.record(Handeling.SLEUTEL_INGETROKKEN, by=by, about=locked)


def ensure_example_koppeling() -> Koppeling:
    """The koppeling of the example portal; raises PermissionDenied outside the embedded portal."""
    if not settings.EMBEDDED:
        raise PermissionDenied
    found = Koppeling.objects.filter(sleutel_hash=Koppeling.hash_of(EXAMPLE_SLEUTEL)).first()
    if found:
        return found
    # Who tries something out is not held up.
    koppeling = Koppeling(naam=_("Voorbeeldapp"), email="voorbeeldapp@voorbeeld.example", limiet_per_uur=100_000)
    koppeling.set_sleutel(EXAMPLE_SLEUTEL)
    koppeling.save()
    return koppeling


def _add_note(melding: Melding, title: str, words: str) -> Stap:
    """A step that only behandelaars and the reporter see; the status stays what it is."""
    note = melding.stappen.create(
        van=melding.status, naar=melding.status, wijziging=title, toelichting=words, openbaar=False
    )
    # Words that came after the others were destroyed have a term too.
    melding.woorden_vernietigd_op = None
    melding.store("woorden_vernietigd_op")
    return note
