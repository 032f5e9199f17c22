"""Which afdeling gets a melding: the first rule of the municipality that fits, else that of its category.

A word fits where a word in the text begins with it, without regard to case and accents: "olie" finds "olielek" and not
"petrolie".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation

MIN_WOORD, MAX_WOORDEN = 3, 30


@dataclass(frozen=True)
class Route:
    """One rule: what it asks of a melding (None and no words ask nothing), and the id of the afdeling that gets it."""

    afdeling: int
    categorie: int | None = None
    wijk: int | None = None
    woorden: tuple[str, ...] = ()
    naam: str = ""


def plain(text: str) -> str:
    """`text` in small letters, without accents, its words with one space between."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(char for char in letters if not unicodedata.combining(char))))


def words_in(text: str) -> tuple[str, ...]:
    """The words or phrases that stand in `text` with commas between, each once, as they are compared."""
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := plain(part))))


def has_word(text: str, woord: str) -> bool:
    """Whether a word of `text` begins with `woord`; both as `plain` gives them."""
    return f" {woord}" in f" {text}"


def fits(route: Route, *, categorie: int, wijk: int, text: str) -> bool:
    """Whether `route` is for a melding of this category and wijk (their ids) with this text."""
    if route.categorie not in (None, categorie) or route.wijk not in (None, wijk):
        return False
    words = plain(text)
    return not route.woorden or any(has_word(words, woord) for woord in route.woorden)


def first_fit(routes: Iterable[Route], *, categorie: int, wijk: int, text: str) -> Route | None:
    """The first of `routes` that fits, if any."""
    return next((one for one in routes if fits(one, categorie=categorie, wijk=wijk, text=text)), None)


def is_shadowed(route: Route, earlier: Sequence[Route]) -> bool:
    """Whether every melding that `route` is for goes by one of the `earlier` ones already."""
    wider = [one for one in earlier if one.categorie in (None, route.categorie) and one.wijk in (None, route.wijk)]
    if any(not one.woorden for one in wider):
        return True
    taken = [woord for one in wider for woord in one.woorden]
    return bool(route.woorden) and all(any(has_word(woord, short) for short in taken) for woord in route.woorden)


def check_route(route: Route, earlier: Sequence[Route], later: Sequence[Route]) -> None:
    """Raise RuleViolation for a rule that cannot work, or after which a `later` one would never work."""
    if route.categorie is None and route.wijk is None and not route.woorden:
        raise RuleViolation(_("Kies een categorie of een wijk, of geef woorden. Anders gaat elke melding hierheen."))
    if len(route.woorden) > MAX_WOORDEN:
        raise RuleViolation(_("Geef hoogstens %(max)d woorden.") % {"max": MAX_WOORDEN}, field="woorden")
    short = next((woord for woord in route.woorden if len(woord) < MIN_WOORD), None)
    if short is not None:
        raise RuleViolation(
            _("‘%(woord)s’ is te kort. Geef woorden van minstens %(min)d letters.")
            % {"woord": short, "min": MIN_WOORD},
            field="woorden",
        )
    if is_shadowed(route, earlier):
        raise RuleViolation(
            _("Deze regel werkt nooit: regels met een lagere volgorde gaan altijd voor. Zet hem eerder."),
            field="volgorde",
        )
    for position, one in enumerate(later):
        if is_shadowed(one, [*earlier, route, *later[:position]]):
            raise RuleViolation(
                _("Door deze regel werkt ‘%(andere)s’ nooit meer. Zet die eerder, of zet die uit.")
                % {"andere": one.naam},
                field="volgorde",
            )
