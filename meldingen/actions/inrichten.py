"""What a beheerder starts with: the first afdelingen and categories."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from gebruikers.models import Afdeling
from meldingen.models import Categorie, Groep


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
    return added
