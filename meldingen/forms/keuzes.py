"""Choices that several forms offer."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from gebieden.keuzes import Choices
from gebruikers.models import Afdeling, Gebruiker, GebruikerQuerySet
from meldingen.models import Categorie


def categorie_choices(categorieen: QuerySet[Categorie], empty: object) -> Choices:
    """These categories under their group, after a first line that stands for none."""
    groups: dict[str, Choices] = {}
    for groep, slug, naam in categorieen.values_list("groep__naam", "slug", "naam"):
        groups.setdefault(groep, []).append((slug, naam))
    return [("", empty), *groups.items()]


def colleagues(afdelingen: Collection[Afdeling]) -> GebruikerQuerySet:
    """The active behandelaars of these afdelingen, by name."""
    return Gebruiker.objects.medewerkers().filter(behandelt__afdeling__in=afdelingen).distinct()


def collega_choices(afdelingen: Collection[Afdeling], empty: object) -> Choices:
    """The same to choose from, after a first line that stands for everybody."""
    people = colleagues(afdelingen).values_list("pk", "naam", "email")
    return [("", empty), *((str(pk), naam or email) for pk, naam, email in people)]
