"""Parts of a melding that other afdelingen do: who asks, who finishes, and that all is closed together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation, listed
from basis.termijnen import is_working_day
from meldingen.rules.beloften import MAX_PROMISE_DAYS
from meldingen.rules.overdrachten import Partij
from meldingen.rules.statussen import CLOSED, OPEN, Status, can_handle

if TYPE_CHECKING:
    from meldingen.models import Deeltaak, Melding

MAX_WAT, MAX_UITLEG = 1000, 1000
#: More than this many open parts of one melding are a mistake.
MAX_OPEN_PARTS = 10


class DeeltaakStatus(models.TextChoices):
    """Where a part stands."""

    OPEN = "open", _("Open")
    GEREED = "gereed", _("Gereed")
    INGETROKKEN = "ingetrokken", _("Ingetrokken")


def can_see(afdelingen: Collection[int], melding: Melding, taking_part: Collection[int]) -> bool:
    """Whether a behandelaar of `afdelingen` (ids) may see the file of `melding` and write notes in it.

    Its own afdeling always; an afdeling that takes part (`taking_part`, ids) as long as the melding is open.
    """
    return can_handle(afdelingen, melding) or (
        melding.status in OPEN and not frozenset(afdelingen).isdisjoint(taking_part)
    )


def check_see(afdelingen: Collection[int], melding: Melding, taking_part: Collection[int]) -> None:
    """Raise PermissionDenied unless a behandelaar of `afdelingen` may see the file of `melding`."""
    if not can_see(afdelingen, melding, taking_part):
        raise PermissionDenied


def check_can_ask_part(melding: Melding) -> None:
    """Raise RuleViolation when nothing more can be asked of others for `melding`."""
    if melding.status in CLOSED:
        raise RuleViolation(_("Deze melding is afgesloten. U kunt geen andere afdeling meer vragen."))


def check_ask_part(
    melding: Melding, *, afdeling_id: int, wat: str, gereed_voor: date, today: date, open_parts: int
) -> None:
    """Raise RuleViolation unless the afdeling with this id can be asked to do `wat` before `gereed_voor`."""
    check_can_ask_part(melding)
    if afdeling_id == melding.afdeling_id:
        raise RuleViolation(_("Deze melding is al van die afdeling. Kies een andere."), field="afdeling")
    if not wat.strip():
        raise RuleViolation(_("Schrijf op wat de andere afdeling moet doen."), field="wat")
    if not today <= gereed_voor <= today + timedelta(days=MAX_PROMISE_DAYS):
        raise RuleViolation(_("Kies vandaag of een latere datum, binnen een jaar."), field="gereed_voor")
    if not is_working_day(gereed_voor):
        raise RuleViolation(_("Op deze dag werken we niet. Kies een werkdag."), field="gereed_voor")
    if open_parts >= MAX_OPEN_PARTS:
        raise RuleViolation(
            _("Er staan al %(aantal)d deeltaken open. Sluit er eerst een af.") % {"aantal": MAX_OPEN_PARTS}
        )


def can_finish(afdelingen: Collection[int], deeltaak: Deeltaak) -> bool:
    """Whether a behandelaar of `afdelingen` (ids) may say that this part is done: of the afdeling that was asked."""
    return deeltaak.status == DeeltaakStatus.OPEN and deeltaak.afdeling_id in afdelingen


def can_withdraw(afdelingen: Collection[int], melding: Melding, deeltaak: Deeltaak) -> bool:
    """Whether a behandelaar of `afdelingen` (ids) may take this part of `melding` back: of the afdeling that asks."""
    return deeltaak.status == DeeltaakStatus.OPEN and can_handle(afdelingen, melding)


def check_close(allowed: bool, deeltaak: Deeltaak, uitleg: str) -> None:
    """Raise PermissionDenied unless `allowed`, RuleViolation for a part that is closed already or without a word."""
    if deeltaak.status != DeeltaakStatus.OPEN:
        raise RuleViolation(_("Deze deeltaak is al afgesloten."))
    if not allowed:
        raise PermissionDenied
    if not uitleg.strip():
        raise RuleViolation(_("Schrijf in een zin wat er is gedaan, of waarom het niet meer hoeft."), field="uitleg")


def check_together(to: Status, open_parts: Sequence[Deeltaak], by: Partij = Partij.BEHANDELAAR) -> None:
    """Raise RuleViolation when a melding would be closed while a part of it is open.

    A behandelaar reads which part, and may take it back; an organisation that it was handed over to (`by`) sees no
    parts, and reads what it can do meanwhile.
    """
    if to not in CLOSED or not open_parts:
        return
    if by == Partij.ORGANISATIE:
        raise RuleViolation(
            _(
                "De gemeente doet zelf ook een deel, en dat is nog niet klaar. Meld deze melding later gereed. "
                "Wilt u weten wanneer dat kan? Stel ons dan een vraag."
            )
        )
    names = listed(dict.fromkeys(part.afdeling for part in open_parts))
    raise RuleViolation(
        _("Er staat nog een deeltaak open bij %(afdelingen)s. Wacht tot die gereed is, of trek die in.")
        % {"afdelingen": names},
        field="status",
    )
