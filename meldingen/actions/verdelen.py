"""Who does what first: whose a melding is, how much it presses, and the same for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from basis import spoor
from basis.fotos import FotoStorageError
from basis.regels import RuleViolation
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.actions.locks import locked_for
from meldingen.models import Behandelaar, Melding
from meldingen.rules import Handeling, Prioriteit


@transaction.atomic
def assign(*, melding_id: int, versie: int, behandelaar: Gebruiker | None, by: Gebruiker) -> Melding:
    """Let a melding be the work of one person of its afdeling, oneself or a colleague, or of nobody (None).

    No step: to the reporter and the public it is the afdeling that answers. Raises RuleViolation (StaleVersion when
    somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    rules.check_divisible(melding)
    is_colleague = behandelaar is not None and melding.afdeling_id in Behandelaar.objects.afdelingen_of(behandelaar)
    rules.check_assignee(melding, behandelaar, is_colleague=is_colleague)
    spoor.record(
        Handeling.TOEGEWEZEN,
        by=by,
        about=melding,
        van=melding.behandelaar_id,
        naar=behandelaar.pk if behandelaar else None,
    )
    melding.behandelaar = behandelaar
    melding.store("behandelaar")
    return melding


@transaction.atomic
def set_prioriteit(*, melding_id: int, versie: int, prioriteit: int, by: Gebruiker) -> Melding:
    """Say how much a melding presses; raises RuleViolation (StaleVersion when somebody was first), PermissionDenied."""
    melding = locked_for(by, melding_id, versie)
    rules.check_divisible(melding)
    rules.check_prioriteit(melding, Prioriteit(prioriteit))
    spoor.record(
        Handeling.PRIORITEIT_GEWIJZIGD, by=by, about=melding, van=melding.prioriteit, naar=int(Prioriteit(prioriteit))
    )
    melding.prioriteit = Prioriteit(prioriteit)
    melding.store("prioriteit")
    return melding


@transaction.atomic
def note_export(*, aantal: int, by: Gebruiker) -> None:
    """Leave a line that `by` took a list of meldingen along as a file; `aantal` as `paging.counted` counts.

    Raises PermissionDenied.
    """
    rules.check_handles_something(Behandelaar.objects.afdelingen_of(by))
    spoor.record(Handeling.LIJST_GEEXPORTEERD, by=by, aantal=aantal)


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: done, or why not (a sentence)."""

    melding: Melding
    why_not: str = ""


def run_each(meldingen: Iterable[Melding], act: Callable[[Melding], object]) -> list[Outcome]:
    """Do `act`, an action, with each of `meldingen`, each in a transaction of its own.

    What is refused leaves the others alone and comes back with the reason.
    """
    return [Outcome(melding, _tried(melding, act)) for melding in meldingen]


def _tried(melding: Melding, act: Callable[[Melding], object]) -> str:
    """Do `act` with `melding`; the reason when it is refused, or empty."""
    try:
        act(melding)
    except RuleViolation as violation:
        return rules.why_not(violation)
    except (PermissionDenied, Melding.DoesNotExist):
        # Handed over, or gone, since the page was made.
        return _("Deze melding is niet meer van uw afdeling.")
    except FotoStorageError:
        return _("We kunnen de foto’s nu niet weghalen. Probeer het straks nog eens.")
    return ""
