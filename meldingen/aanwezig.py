"""Who has a file open now, so that two colleagues do not do the same work.

A convenience, kept in the cache for some minutes and nowhere else. Two who open the same file in the same instant may
miss each other until one of them looks again; the versions of the forms still keep them apart.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from django.core.cache import cache

from gebruikers.models import Gebruiker
from meldingen.models import Melding
from meldingen.rules import PRESENT_SECONDS


def note(melding: Melding, gebruiker: Gebruiker) -> None:
    """Remember that `gebruiker` opened the file of `melding` just now."""
    people = _recent(cache.get(_key(melding.pk)))
    people[gebruiker.pk] = (str(gebruiker), time.time())
    cache.set(_key(melding.pk), people, PRESENT_SECONDS)


def others(meldingen: Collection[Melding], gebruiker: Gebruiker) -> dict[int, list[str]]:
    """The names of colleagues who opened each of these files in the last minutes, by the id of the melding."""
    keys = {_key(melding.pk): melding.pk for melding in meldingen}
    found = cache.get_many(keys)
    names = {
        keys[key]: [naam for pk, (naam, _at) in _recent(people).items() if pk != gebruiker.pk]
        for key, people in found.items()
    }
    return {pk: people for pk, people in names.items() if people}


def _key(pk: int) -> str:
    return f"aanwezig:1:{pk}"


def _recent(people: dict[int, tuple[str, float]] | None) -> dict[int, tuple[str, float]]:
    since = time.time() - PRESENT_SECONDS
    return {pk: (naam, at) for pk, (naam, at) in (people or {}).items() if at > since}
