"""Who does what first: the person a melding belongs to, its priority, and the searches that somebody keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation, StaleVersion
from meldingen.rules.statussen import CLOSED

if TYPE_CHECKING:
    from gebruikers.models import Gebruiker
    from meldingen.models import Melding


class Prioriteit(models.IntegerChoices):
    """How much it presses, as a behandelaar sees it; what presses most is the smallest, and so comes first."""

    HOOG = 1, _("Hoog")
    NORMAAL = 2, _("Normaal")
    LAAG = 3, _("Laag")


#: Who opened a file this many seconds ago or less counts as at work on it.
PRESENT_SECONDS = 5 * 60
#: So many can be changed together.
MAX_SAMEN = 100
#: So many searches can somebody keep; a longer row of links helps nobody.
MAX_ZOEKOPDRACHTEN = 20
ZOEKOPDRACHT_LENGTH = 60
MAX_KEUZES = 500


def check_divisible(melding: Melding) -> None:
    """Raise RuleViolation when `melding` is closed: then nobody has to do it any more, first or later."""
    if melding.status in CLOSED:
        raise RuleViolation(_("Deze melding is afgesloten. Toewijzen en prioriteit geven kan niet meer."))


def check_assignee(melding: Melding, to: Gebruiker | None, *, is_colleague: bool) -> None:
    """Raise RuleViolation unless `melding` can go to `to` (None: to nobody).

    `is_colleague` tells whether `to` handles meldingen of its afdeling at this moment.
    """
    if to and not is_colleague:
        raise RuleViolation(
            _("%(wie)s handelt geen meldingen van %(afdeling)s af. Kies iemand anders.")
            % {"wie": to, "afdeling": melding.afdeling},
            field="behandelaar",
        )
    if melding.behandelaar == to:
        words = _("Deze melding is al van %(wie)s.") if to else _("Deze melding is al van niemand.")
        raise RuleViolation(words % {"wie": to} if to else words, field="behandelaar")


def check_prioriteit(melding: Melding, prioriteit: Prioriteit) -> None:
    """Raise RuleViolation when `melding` has this priority already."""
    if melding.prioriteit == prioriteit:
        raise RuleViolation(_("Kies een andere prioriteit dan nu."), field="prioriteit")


def check_room_for_zoekopdracht(number: int) -> None:
    """Raise RuleViolation when somebody with `number` kept searches can keep no more."""
    if number >= MAX_ZOEKOPDRACHTEN:
        raise RuleViolation(
            _("U heeft er al %(number)d bewaard. Verwijder er eerst een.") % {"number": MAX_ZOEKOPDRACHTEN}
        )


def check_keuzes(query: str) -> None:
    """Raise RuleViolation when the choices of a search are too many to keep."""
    if len(query) > MAX_KEUZES:
        raise RuleViolation(_("Deze zoekopdracht is te lang om te bewaren. Zoek op minder woorden."))


def check_handles_something(afdelingen: Collection[int]) -> None:
    """Raise PermissionDenied unless somebody handles meldingen of some afdeling."""
    if not afdelingen:
        raise PermissionDenied


def why_not(violation: RuleViolation) -> str:
    """Why one of many was left as it was; without what only helps who filled in a form for that one alone."""
    if isinstance(violation, StaleVersion):
        return str(_("Iemand anders heeft deze melding intussen gewijzigd. Bekijk die eerst."))
    return str(violation)
