"""The statuses of an initiatief, what may follow what, and who may do it (DESIGN, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation

if TYPE_CHECKING:
    from initiatieven.models import Initiatief


class Status(models.TextChoices):
    """Where an initiatief stands, in the words that everybody sees."""

    CONCEPT = "concept", _("Concept")
    AANGEBODEN = "aangeboden", _("Aangeboden")
    IDEE = "idee", _("Idee")
    INGEDIEND = "ingediend", _("Subsidie gevraagd")
    AANVULLING_GEVRAAGD = "aanvulling_gevraagd", _("Aanvulling gevraagd")
    ONTVANKELIJK = "ontvankelijk", _("Aanvraag compleet")
    BUITEN_BEHANDELING = "buiten_behandeling", _("Buiten behandeling")
    IN_STEMMING = "in_stemming", _("In stemming")
    GESTEMD = "gestemd", _("Gestemd")
    TOEGEKEND = "toegekend", _("Toegekend")
    AFGEWEZEN = "afgewezen", _("Afgewezen")
    IN_UITVOERING = "in_uitvoering", _("In uitvoering")
    VERANTWOORD = "verantwoord", _("Verantwoord")
    VASTGESTELD = "vastgesteld", _("Klaar, subsidie vastgesteld")
    AFGEROND = "afgerond", _("Klaar")
    GEANNULEERD = "geannuleerd", _("Gaat niet door")
    INGETROKKEN = "ingetrokken", _("Ingetrokken")


class Partij(models.TextChoices):
    """Who moves an initiatief on."""

    MAKER = "maker", _("maker")
    GEBIEDSTEAM = "gebiedsteam", _("Gebiedsteam")
    SUBSIDIEBUREAU = "subsidiebureau", _("subsidiebureau")
    REGIEGROEP = "regiegroep", _("regiegroep")
    SYSTEEM = "systeem", _("systeem")


Table = Mapping[Status, Mapping[Status, frozenset[Partij]]]


def _by(*parties: Partij) -> frozenset[Partij]:
    return frozenset(parties)


_MAKER, _TEAM, _BUREAU = _by(Partij.MAKER), _by(Partij.GEBIEDSTEAM), _by(Partij.SUBSIDIEBUREAU)
_REGIEGROEP, _SYSTEEM = _by(Partij.REGIEGROEP), _by(Partij.SYSTEEM)

#: What may follow what, and who may do it. `docs/initiatief.md` draws it; a test compares the two.
TRANSITIONS: Table = {
    Status.CONCEPT: {Status.AANGEBODEN: _MAKER, Status.INGETROKKEN: _MAKER},
    Status.AANGEBODEN: {Status.CONCEPT: _TEAM, Status.IDEE: _TEAM, Status.INGETROKKEN: _MAKER},
    Status.IDEE: {Status.INGEDIEND: _MAKER, Status.IN_UITVOERING: _MAKER, Status.INGETROKKEN: _MAKER},
    Status.INGEDIEND: {
        Status.AANVULLING_GEVRAAGD: _BUREAU,
        Status.ONTVANKELIJK: _BUREAU,
        Status.BUITEN_BEHANDELING: _BUREAU,
        Status.AFGEWEZEN: _BUREAU,
        Status.INGETROKKEN: _MAKER,
    },
    Status.AANVULLING_GEVRAAGD: {
        Status.INGEDIEND: _MAKER,
        Status.BUITEN_BEHANDELING: _BUREAU,
        Status.INGETROKKEN: _MAKER,
    },
    Status.ONTVANKELIJK: {Status.IN_STEMMING: _REGIEGROEP, Status.INGETROKKEN: _MAKER},
    Status.BUITEN_BEHANDELING: {Status.IDEE: _MAKER},
    # Closing at its time computes the outcome; nobody decides when that is.
    Status.IN_STEMMING: {Status.GESTEMD: _SYSTEEM},
    Status.GESTEMD: {
        Status.ONTVANKELIJK: _SYSTEEM,
        Status.TOEGEKEND: _BUREAU,
        Status.AFGEWEZEN: _BUREAU,
    },
    Status.TOEGEKEND: {
        Status.IN_UITVOERING: _by(Partij.MAKER, Partij.SYSTEEM),
        Status.GEANNULEERD: _by(Partij.MAKER, Partij.SUBSIDIEBUREAU),
    },
    Status.AFGEWEZEN: {Status.IDEE: _MAKER},
    Status.IN_UITVOERING: {
        Status.VERANTWOORD: _MAKER,
        Status.VASTGESTELD: _BUREAU,
        Status.AFGEROND: _MAKER,
        Status.GEANNULEERD: _by(Partij.MAKER, Partij.SUBSIDIEBUREAU),
    },
    Status.VERANTWOORD: {Status.VASTGESTELD: _BUREAU},
    Status.VASTGESTELD: {},
    Status.AFGEROND: {},
    Status.GEANNULEERD: {},
    Status.INGETROKKEN: {},
}
#: Statuses before which nobody but the maker and the Gebiedsteam knows of it.
HIDDEN = frozenset({Status.CONCEPT, Status.AANGEBODEN})
#: Statuses in which nothing more comes.
ENDED = frozenset(status for status, after in TRANSITIONS.items() if not after)
RUNNING = frozenset(Status) - ENDED
MAX_TOELICHTING = 2000


def can_move(initiatief: Initiatief, to: Status, by: Partij) -> bool:
    """Whether `by` may move `initiatief` to `to` now."""
    return by in TRANSITIONS[Status(initiatief.status)].get(to, frozenset())


def check_transition(initiatief: Initiatief, to: Status, by: Partij) -> None:
    """Raise RuleViolation when `initiatief` cannot become `to` now, and PermissionDenied when `by` may not do that."""
    allowed = TRANSITIONS[Status(initiatief.status)].get(to)
    if allowed is None:
        raise RuleViolation(
            _("Van ‘%(van)s’ naar ‘%(naar)s’ kan niet.")
            % {"van": Status(initiatief.status).label, "naar": Status(to).label}
        )
    if by not in allowed:
        raise PermissionDenied


def check_toelichting(toelichting: str, sentence: str) -> None:
    """Raise RuleViolation with `sentence` unless there is an explanation."""
    if not toelichting.strip():
        raise RuleViolation(sentence, field="toelichting")
