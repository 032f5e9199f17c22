"""Searches that a behandelaar keeps: one's own, and nobody else's business."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import RuleViolation
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.models import Behandelaar, Zoekopdracht
from meldingen.rules import Handeling


@transaction.atomic
def save_zoekopdracht(*, naam: str, query: str, by: Gebruiker) -> Zoekopdracht:
    """Keep a search under a name.

    Raises RuleViolation when there are twenty, or one of this name, or when it is too long; and PermissionDenied.
    """
    rules.check_handles_something(Behandelaar.objects.afdelingen_of(by))
    rules.check_keuzes(query)
    own = _locked_own(by)
    rules.check_room_for_zoekopdracht(len(own))
    _check_free(own, naam)
    kept = Zoekopdracht.objects.create(gebruiker=by, naam=naam, query=query)
    spoor.record(Handeling.ZOEKOPDRACHT_BEWAARD, by=by, about=kept)
    return kept


@transaction.atomic
def rename_zoekopdracht(*, zoekopdracht_id: int, naam: str, by: Gebruiker) -> Zoekopdracht:
    """Give one's own kept search another name.

    Raises RuleViolation when there is one of this name, and Zoekopdracht.DoesNotExist when it is not one's own.
    """
    own = _locked_own(by)
    kept = Zoekopdracht.objects.of(by).get(pk=zoekopdracht_id)
    _check_free([one for one in own if one != kept], naam)
    spoor.record(Handeling.ZOEKOPDRACHT_BEWAARD, by=by, about=kept)
    kept.naam = naam
    kept.save(update_fields=["naam"])
    return kept


@transaction.atomic
def remove_zoekopdracht(*, zoekopdracht_id: int, by: Gebruiker) -> None:
    """Forget one's own kept search; raises Zoekopdracht.DoesNotExist when it is not one's own."""
    kept = Zoekopdracht.objects.of(by).get(pk=zoekopdracht_id)
    spoor.record(Handeling.ZOEKOPDRACHT_VERWIJDERD, by=by, about=kept)
    kept.delete()


def _locked_own(by: Gebruiker) -> list[Zoekopdracht]:
    """All kept searches of `by`, whose account is locked: two forms at once keep no twenty-first."""
    Gebruiker.objects.select_for_update().get(pk=by.pk)
    return list(Zoekopdracht.objects.of(by))


def _check_free(others: list[Zoekopdracht], naam: str) -> None:
    if naam.casefold() in {one.naam.casefold() for one in others}:
        raise RuleViolation(_("U heeft al een zoekopdracht met deze naam. Kies een andere."), field="naam")
