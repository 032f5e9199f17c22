"""When two meldingen are about the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from basis.regels import RuleViolation
from meldingen.rules.statussen import CLOSED, Status

if TYPE_CHECKING:
    from meldingen.models import Categorie, Melding

#: Open meldingen of the same group within this many metres may be about the same, and are shown before sending.
NEARBY_METRES = 100
MAX_NEARBY = 5
#: So many meldingen are named where doubles stand in the way of something.
MAX_NAMED = 5


def check_categorie(categorie: Categorie, *, has_doubles: bool) -> None:
    """Raise RuleViolation when a melding with doubles would no longer be public: their reporters follow it."""
    if has_doubles and not categorie.openbaar:
        raise RuleViolation(
            _("Andere meldingen zijn een dubbele van deze, en deze categorie is niet openbaar. Maak die eerst los."),
            field="categorie",
        )


def check_can_be_hidden(nummers: Sequence[str], number: int) -> None:
    """Raise RuleViolation when a category cannot be put out of sight: `number` of its meldingen have doubles.

    Their reporters would hear no more. `nummers` are those of the first of these meldingen, as people read them.
    """
    if number:
        raise RuleViolation(
            ngettext(
                "%(number)d melding in deze categorie heeft dubbele meldingen. De melders daarvan zouden niets meer "
                "horen. Maak de dubbele los, of geef de melding een andere categorie: %(nummers)s.",
                "%(number)d meldingen in deze categorie hebben dubbele meldingen. De melders daarvan zouden niets meer "
                "horen. Maak de dubbele los, of geef de meldingen een andere categorie. De oudste: %(nummers)s.",
                number,
            )
            % {"number": number, "nummers": ", ".join(nummers)},
            field="openbaar",
        )


def check_first(melding: Melding, first: Melding | None, *, has_doubles: bool) -> Melding:
    """`first`, when `melding` can be a double of it; raises RuleViolation with what to do when it can't."""
    problem = None
    if first is None:
        problem = _("Er is geen melding met dit nummer. Kijk het nummer na.")
    elif first.pk == melding.pk:
        problem = _("Dit is het nummer van deze melding zelf.")
    elif has_doubles:
        problem = _("Andere meldingen zijn een dubbele van deze. Maak die eerst los.")
    elif first.status == Status.DUBBEL:
        problem = _("Die melding is zelf een dubbele. Neem het nummer van de eerste melding.")
    elif first.status in CLOSED:
        problem = _("Die melding is al afgesloten. Sluit deze ook af, met uw eigen uitleg.")
    elif not first.categorie.openbaar:
        # What stands with it is for its own reporter alone: that of the double would never hear of it again.
        problem = _("Die melding is niet openbaar. Behandel ze apart.")
    if problem or first is None:
        raise RuleViolation(problem or "", field="eerste")
    return first
