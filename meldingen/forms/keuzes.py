"""Choices that several forms offer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from gebieden.models import Gebied, Wijk
from gebruikers.models import Afdeling, Gebruiker, GebruikerQuerySet
from meldingen.models import Categorie

Choices = list[tuple[str, Any]]


def gebied_choices(empty: object) -> Choices:
    """The gebieden, after a first line that stands for none."""
    names = Gebied.objects.current().order_by("volgorde").values_list("slug", "naam")
    return [("", empty), *names]


def wijk_choices(empty: object) -> Choices:
    """All wijken under their gebied, after a first line that stands for none."""
    groups: dict[str, Choices] = {}
    for gebied, slug, naam in Wijk.objects.in_order().values_list("gebied__naam", "slug", "naam"):
        groups.setdefault(gebied, []).append((slug, naam))
    return [("", empty), *groups.items()]


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
