"""Choices that several forms offer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from gebieden.models import Gebied, Wijk
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
