"""Choices of areas that several forms offer."""

from __future__ import annotations

from typing import Any

from gebieden.models import Gebied, Wijk

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
