"""What staff note in the file of a melding, for each other alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation

if TYPE_CHECKING:
    from meldingen.models import Notitie

MAX_NOTITIE = 2000
#: For so long who wrote a note may correct it or take it away; after that others have read it and gone by it.
CORRECT_WITHIN = timedelta(days=1)


def check_notitie(tekst: str) -> None:
    """Raise RuleViolation unless something is noted."""
    if not tekst.strip():
        raise RuleViolation(_("Schrijf op wat uw collega’s moeten weten."), field="tekst")


def can_correct(notitie: Notitie, by_id: int | None, now: datetime) -> bool:
    """Whether the medewerker with this id may correct or remove `notitie`: the own one, within a day."""
    return notitie.door_id is not None and notitie.door_id == by_id and now < notitie.at + CORRECT_WITHIN


def check_correct(notitie: Notitie, by_id: int | None, now: datetime) -> None:
    """Raise PermissionDenied for somebody else's note, RuleViolation for an own one that stands for over a day."""
    if notitie.door_id is None or notitie.door_id != by_id:
        raise PermissionDenied
    if not can_correct(notitie, by_id, now):
        raise RuleViolation(_("Deze notitie staat er al langer dan een dag. Schrijf een nieuwe."))
