"""The statuses of a melding, what may follow what, and who may do it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation

if TYPE_CHECKING:
    from meldingen.models import Melding


class Status(models.TextChoices):
    """Where a melding stands, in the words that everybody sees."""

    GEMELD = "gemeld", _("Gemeld")
    IN_BEHANDELING = "in_behandeling", _("In behandeling")
    INGEPLAND = "ingepland", _("Ingepland")
    WACHT_OP_MELDER = "wacht_op_melder", _("Wacht op melder")
    DOORGEZET = "doorgezet", _("Doorgezet")
    DUBBEL = "dubbel", _("Dubbel")
    OPGELOST = "opgelost", _("Opgelost")
    NIET_OPGELOST = "niet_opgelost", _("Niet opgelost")
    HEROPEND = "heropend", _("Heropend")


class Reden(models.TextChoices):
    """Why something is not solved: an honest reason that everybody sees."""

    NIET_GEVONDEN = "niet_gevonden", _("We hebben het niet gevonden.")
    NIETS_AAN_DE_HAND = "niets_aan_de_hand", _("Er was niets (meer) aan de hand.")
    GEEN_ANTWOORD = "geen_antwoord", _("We kregen geen antwoord op onze vraag.")
    GEEN_GELD = "geen_geld", _("Er is nu geen geld of menskracht voor.")
    ONDERHOUD = "onderhoud", _("Het gaat mee met groot onderhoud, later.")
    BELEID = "beleid", _("De regels van de gemeente staan dit niet toe.")
    PARTICULIER = "particulier", _("Het is van een bewoner of bedrijf, die het zelf moet oplossen.")


#: Statuses in which nothing more is to be done.
CLOSED = frozenset({Status.DUBBEL, Status.OPGELOST, Status.NIET_OPGELOST})
OPEN = frozenset(Status) - CLOSED
#: Statuses in which the promised date counts: while we wait for the reporter it does not.
RUNNING = OPEN - {Status.WACHT_OP_MELDER}
_FROM_IN_BEHANDELING = frozenset(
    {
        Status.INGEPLAND,
        Status.WACHT_OP_MELDER,
        Status.DOORGEZET,
        Status.DUBBEL,
        Status.OPGELOST,
        Status.NIET_OPGELOST,
    }
)
#: What may follow what. `docs/melding.md` draws it; a test compares the two.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.GEMELD: frozenset(
        {Status.IN_BEHANDELING, Status.DOORGEZET, Status.DUBBEL, Status.OPGELOST, Status.NIET_OPGELOST}
    ),
    Status.IN_BEHANDELING: _FROM_IN_BEHANDELING,
    Status.INGEPLAND: frozenset({Status.IN_BEHANDELING, Status.DOORGEZET, Status.OPGELOST, Status.NIET_OPGELOST}),
    Status.WACHT_OP_MELDER: frozenset({Status.IN_BEHANDELING, Status.NIET_OPGELOST}),
    Status.DOORGEZET: frozenset({Status.IN_BEHANDELING, Status.OPGELOST, Status.NIET_OPGELOST}),
    Status.DUBBEL: frozenset({Status.IN_BEHANDELING}),
    Status.OPGELOST: frozenset({Status.HEROPEND}),
    Status.NIET_OPGELOST: frozenset({Status.HEROPEND}),
    Status.HEROPEND: _FROM_IN_BEHANDELING | {Status.IN_BEHANDELING},
}
#: Only whoever reported it may say that it is not solved after all; everything else is for behandelaars.
BY_MELDER = frozenset({Status.HEROPEND})
#: A behandelaar comes here on a page of its own, for it wants an organisation and what is shared with it.
BY_OVERDRACHT = frozenset({Status.DOORGEZET})
MAX_TOELICHTING = 2000


def can_handle(afdelingen: Collection[int], melding: Melding) -> bool:
    """Whether a behandelaar of these afdelingen (their ids) may see the file of `melding` and change it."""
    return melding.afdeling_id in afdelingen


def check_handle(afdelingen: Collection[int], melding: Melding) -> None:
    """Raise PermissionDenied unless a behandelaar of these afdelingen may change `melding`."""
    if not can_handle(afdelingen, melding):
        raise PermissionDenied


def next_statuses(melding: Melding) -> list[Status]:
    """What a behandelaar may choose for `melding`, in the order of the life-cycle."""
    possible = TRANSITIONS[Status(melding.status)] - BY_MELDER - BY_OVERDRACHT
    return [status for status in Status if status in possible]


def can_hand_over(melding: Melding) -> bool:
    """Whether `melding` can be handed over to an organisation."""
    return Status.DOORGEZET in TRANSITIONS[Status(melding.status)]


def check_can_hand_over(melding: Melding) -> None:
    """Raise RuleViolation unless `melding` can be handed over to an organisation."""
    if not can_hand_over(melding):
        raise RuleViolation(
            _("Bij de status ‘%(status)s’ kunt u de melding niet doorzetten.")
            % {"status": Status(melding.status).label}
        )


def check_not_handed_over(to: Status) -> None:
    """Raise RuleViolation when `to` is a status that handing over alone leads to."""
    if to in BY_OVERDRACHT:
        raise RuleViolation(_("Doorzetten doet u op de pagina ‘Doorzetten’."), field="status")


#: What asks for something of its own for each melding (of which it is a double, who takes it over): one by one.
ONE_BY_ONE = frozenset({Status.DUBBEL, Status.DOORGEZET})


def statuses_for_all(meldingen: Collection[Melding]) -> list[Status]:
    """What a behandelaar may choose for all of `meldingen` at once, in the order of the life-cycle."""
    together = frozenset(Status) - ONE_BY_ONE
    for melding in meldingen:
        together &= frozenset(next_statuses(melding))
    return [status for status in Status if status in together]


def check_transition(melding: Melding, to: Status, afdelingen: Collection[int]) -> None:
    """Raise PermissionDenied or RuleViolation unless a behandelaar of `afdelingen` may move `melding` to `to`."""
    check_handle(afdelingen, melding)
    if to in BY_MELDER:
        raise PermissionDenied
    if to not in TRANSITIONS[Status(melding.status)]:
        raise RuleViolation(
            _("Van ‘%(van)s’ naar ‘%(naar)s’ kan niet.")
            % {"van": Status(melding.status).label, "naar": Status(to).label},
            field="status",
        )


def check_movable(melding: Melding) -> None:
    """Raise RuleViolation when no behandelaar can give `melding` another status."""
    if not next_statuses(melding):
        raise RuleViolation(_("Deze melding is afgesloten. De status staat vast."))


def check_toelichting(toelichting: str) -> None:
    """Raise RuleViolation unless there is an explanation: every step carries one that the public can read."""
    if not toelichting.strip():
        raise RuleViolation(
            _("Schrijf in een of twee zinnen wat er gebeurt. De melder krijgt dit ook."), field="toelichting"
        )


def checked_reden(to: Status, reden: str) -> str:
    """The reason that goes with a step to `to`; raises RuleViolation when ‘niet opgelost’ has none."""
    if to != Status.NIET_OPGELOST:
        return ""
    if reden not in Reden.values:
        raise RuleViolation(_("Kies waarom het niet is opgelost."), field="reden")
    return reden


def check_changeable(melding: Melding) -> None:
    """Raise RuleViolation when `melding` is closed: then its category and afdeling stay as they were."""
    if melding.status in CLOSED:
        raise RuleViolation(_("Deze melding is afgesloten. De categorie en de afdeling staan vast."))
