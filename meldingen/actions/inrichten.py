"""What a beheerder sets up: what meldingen are about, and who handles them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import RuleViolation
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.rules import check_can_get_role, check_manages
from meldingen.actions.behandelen import forget_decisions
from meldingen.actions.locks import lock_categorie
from meldingen.models import Behandelaar, Categorie, Groep, Melding, Tekstblok
from meldingen.rules import MAX_NAMED, REOPEN_DAYS, Handeling, check_can_be_hidden


@transaction.atomic
def load_categorieen(data: dict[str, Any]) -> int:
    """Add the afdelingen, groups and categories of `data` that are missing; gives how many categories were added."""
    afdelingen = {
        slug: Afdeling.objects.get_or_create(slug=slug, defaults={"naam": naam})[0]
        for slug, naam in data["afdelingen"].items()
    }
    added = 0
    for place, group in enumerate(data["groepen"]):
        groep, _new = Groep.objects.get_or_create(
            slug=group["slug"], defaults={"naam": group["naam"], "volgorde": place}
        )
        for order, row in enumerate(group["categorieen"]):
            added += Categorie.objects.get_or_create(
                slug=row["slug"],
                defaults={
                    "groep": groep,
                    "naam": row["naam"],
                    "afdeling": afdelingen[row["afdeling"]],
                    "termijn_werkdagen": row["termijn"],
                    "thema": row["thema"],
                    "voorbeelden": row["voorbeelden"],
                    "gevaar": row.get("gevaar", ""),
                    "openbaar": row.get("openbaar", True),
                    "volgorde": order,
                },
            )[1]
    spoor.record(Handeling.CATEGORIEEN_GELADEN, by=None, toegevoegd=added)
    return added


@transaction.atomic
def save_groep(*, groep: Groep, by: Gebruiker) -> None:
    """Keep a new or changed heading of categories; raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    groep.save()
    spoor.record(Handeling.GROEP_BEWAARD, by=by, about=groep)


@transaction.atomic
def remove_groep(*, groep: Groep, by: Gebruiker) -> None:
    """Take away a heading without categories.

    Raises PermissionDenied unless `by` is a beheerder, RuleViolation while there are categories under it.
    """
    check_manages(by)
    locked = Groep.objects.select_for_update().get(pk=groep.pk)
    if locked.categorieen.exists():
        raise RuleViolation(
            _("Onder ‘%(groep)s’ staan nog categorieën. Zet die eerst onder een andere.") % {"groep": groep}
        )
    # While it still has its key.
    spoor.record(Handeling.GROEP_VERWIJDERD, by=by, about=locked)
    locked.delete()


@transaction.atomic
def save_categorie(*, categorie: Categorie, by: Gebruiker) -> None:
    """Keep a new or changed category; raises PermissionDenied unless `by` is a beheerder.

    Meldingen that are there keep their afdeling and promised date. What was decided about their words and photos while
    nobody saw them is forgotten when everybody will. Raises RuleViolation when a category would go out of sight while
    reporters of doubles still have something to hear, and FotoStorageError.
    """
    check_manages(by)
    was = lock_categorie(categorie.pk)
    if was and was.openbaar and not categorie.openbaar:
        _check_can_be_hidden(categorie)
    categorie.save()
    if was and not was.openbaar and categorie.openbaar:
        forget_decisions(Melding.objects.filter(categorie=categorie))
    spoor.record(Handeling.CATEGORIE_BEWAARD, by=by, about=categorie)


@transaction.atomic
def save_tekstblok(*, tekstblok: Tekstblok, by: Gebruiker) -> None:
    """Keep a new or changed standard text; raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    tekstblok.save()
    spoor.record(Handeling.TEKSTBLOK_BEWAARD, by=by, about=tekstblok)


@transaction.atomic
def remove_tekstblok(*, tekstblok: Tekstblok, by: Gebruiker) -> None:
    """Take away a standard text; what was written with it stays. Raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    # While it still has its key.
    spoor.record(Handeling.TEKSTBLOK_VERWIJDERD, by=by, about=tekstblok)
    tekstblok.delete()


@transaction.atomic
def appoint_behandelaar(*, gebruiker: Gebruiker, afdeling: Afdeling, by: Gebruiker) -> Behandelaar:
    """Let a medewerker handle the meldingen of `afdeling`; who does so already stays the same.

    Raises PermissionDenied unless `by` is a beheerder, RuleViolation for an account that is no active medewerker.
    """
    check_manages(by)
    check_can_get_role(gebruiker)
    spoor.record(Handeling.BEHANDELAAR_BENOEMD, by=by, about=gebruiker, afdeling=afdeling.pk)
    return Behandelaar.objects.get_or_create(gebruiker=gebruiker, afdeling=afdeling)[0]


@transaction.atomic
def dismiss_behandelaar(*, behandelaar: Behandelaar, by: Gebruiker) -> None:
    """Let somebody handle the meldingen of an afdeling no longer; what was theirs there is of nobody again.

    Raises PermissionDenied unless `by` is a beheerder.
    """
    check_manages(by)
    theirs = Melding.objects.open().handled_by([behandelaar.afdeling_id]).of_behandelaar(behandelaar.gebruiker)
    # Who comes second to one of these is told: the version goes up, as with every change.
    theirs.locked().update(behandelaar=None, versie=F("versie") + 1)
    behandelaar.delete()
    spoor.record(Handeling.BEHANDELAAR_ONTSLAGEN, by=by, about=behandelaar.gebruiker, afdeling=behandelaar.afdeling_id)


def _check_can_be_hidden(categorie: Categorie) -> None:
    """Raise RuleViolation while meldingen with doubles are open, or can still be opened again."""
    today = timezone.localdate()
    since = timezone.make_aware(datetime.combine(today - timedelta(days=REOPEN_DAYS), time.min))
    firsts = Melding.objects.firsts_that_may_go_on(categorie, since)
    check_can_be_hidden([melding.nummer_leesbaar for melding in firsts[:MAX_NAMED]], firsts.count())
