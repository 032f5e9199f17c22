"""What a beheerder sets up about which afdeling gets a melding."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import RuleViolation
from gebieden.models import Wijk
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.rules import check_manages
from meldingen.models import Behandelaar, Routeregel
from meldingen.rules import Handeling
from meldingen.rules.routeren import check_route


@transaction.atomic
def save_routeregel(*, routeregel: Routeregel, by: Gebruiker) -> None:
    """Keep a new or changed rule; meldingen that are there stay where they are.

    Raises PermissionDenied unless `by` is a beheerder, RuleViolation for a rule that is on and cannot work.
    """
    check_manages(by)
    _wait_for_others()
    others = [row for row in Routeregel.objects.in_use() if row.pk != routeregel.pk]
    if routeregel.actief:
        _check_targets(routeregel)
        place = (routeregel.volgorde, routeregel.pk or float("inf"))
        routes = [((row.volgorde, row.pk), replace(row.route, naam=str(row))) for row in others]
        check_route(
            routeregel.route,
            earlier=[route for key, route in routes if key < place],
            later=[route for key, route in routes if key > place],
        )
    routeregel.save()
    spoor.record(Handeling.ROUTEREGEL_BEWAARD, by=by, about=routeregel)


@transaction.atomic
def remove_routeregel(*, routeregel: Routeregel, by: Gebruiker) -> None:
    """Take a rule away; raises PermissionDenied unless `by` is a beheerder."""
    check_manages(by)
    # While it still has its key.
    spoor.record(Handeling.ROUTEREGEL_VERWIJDERD, by=by, about=routeregel)
    routeregel.delete()


def _wait_for_others() -> None:
    """Let one at a time change the rules, or two at once could each make the other useless.

    By a row that is always there, for a first rule has no rows of its own to lock; in a statement apart, for one that
    waits goes on with the rows as they were before. Who reports something waits for nothing (`no_key`).
    """
    Afdeling.objects.order_by("pk").select_for_update(no_key=True).first()


def _check_targets(routeregel: Routeregel) -> None:
    """Raise RuleViolation when what the rule names is not in use, or nobody would handle what it sends."""
    if routeregel.categorie and not routeregel.categorie.actief:
        raise RuleViolation(_("Deze categorie is niet te kiezen. Geen nieuwe melding heeft die."), field="categorie")
    if routeregel.wijk_id and not Wijk.objects.current().filter(pk=routeregel.wijk_id).exists():
        raise RuleViolation(_("Deze wijk is er niet meer."), field="wijk")
    if not Behandelaar.objects.active_in(routeregel.afdeling_id).exists():
        raise RuleViolation(_("Deze afdeling heeft geen behandelaar. Maak eerst iemand behandelaar."), field="afdeling")
