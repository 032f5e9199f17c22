"""What a Gebiedsteam keeps itself: the texts of its gebied, wijken and dorpen, and its own team."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from basis import spoor
from basis.regels import RuleViolation, check_versie
from gebieden import rules
from gebieden.models import Buurt, Gebied, Teamlid, Wijk
from gebieden.rules import Handeling
from gebruikers.models import Gebruiker


@transaction.atomic
def update_inleiding(*, area: Gebied | Wijk | Buurt, inleiding: str, versie: int, by: Gebruiker) -> None:
    """Replace the introduction of a gebied, wijk or dorp, opened with version `versie`.

    Raises PermissionDenied for who may not edit the gebied, StaleVersion when somebody else was first.
    """
    locked = type(area).objects.with_keeper().select_for_update(of=("self",)).get(pk=area.pk)
    rules.check_edit(by, locked.kept_by)
    check_versie(locked.versie, versie)
    locked.write_inleiding(inleiding, by=by)
    spoor.record(Handeling.INLEIDING_GEWIJZIGD, by=by, about=locked)


@transaction.atomic
def add_teamlid(
    *, gebied: Gebied, rol: str, naam: str, email: str, telefoon: str, bereikbaar: str, by: Gebruiker
) -> Teamlid:
    """Add somebody at the end of the team of `gebied`. Raises PermissionDenied for who may not edit the gebied."""
    locked = _locked_team(gebied.pk, by)
    last = Teamlid.objects.of(locked).last()
    teamlid = Teamlid(gebied=locked, volgorde=last.volgorde + 1 if last else 0)
    teamlid.write(rol=rol, naam=naam, email=email, telefoon=telefoon, bereikbaar=bereikbaar, by=by)
    locked.touch_team(by=by)
    spoor.record(Handeling.TEAMLID_TOEGEVOEGD, by=by, about=teamlid, gebied=locked.pk)
    return teamlid


@transaction.atomic
def update_teamlid(
    *, teamlid: Teamlid, rol: str, naam: str, email: str, telefoon: str, bereikbaar: str, versie: int, by: Gebruiker
) -> None:
    """Change function and contact of a teamlid that was opened with version `versie`.

    Raises PermissionDenied for who may not edit the gebied, StaleVersion when somebody else was first.
    """
    gebied = _locked_team(teamlid.gebied_id, by)
    locked = Teamlid.objects.select_for_update().get(pk=teamlid.pk)
    check_versie(locked.versie, versie)
    locked.write(rol=rol, naam=naam, email=email, telefoon=telefoon, bereikbaar=bereikbaar, by=by)
    gebied.touch_team(by=by)
    spoor.record(Handeling.TEAMLID_GEWIJZIGD, by=by, about=locked, gebied=gebied.pk)


@transaction.atomic
def link_account(*, teamlid: Teamlid, gebruiker: Gebruiker | None, by: Gebruiker) -> None:
    """Say whose account a teamlid is, and so who may edit the gebied; None takes that away.

    Raises PermissionDenied for who is no beheerder, RuleViolation for an account that is no active medewerker or
    already belongs to the team.
    """
    gebied = _locked_team(teamlid.gebied_id, by)
    locked = Teamlid.objects.select_for_update().get(pk=teamlid.pk)
    rules.check_link(by, now=locked.gebruiker, wanted=gebruiker)
    if gebruiker is not None and Teamlid.objects.of(gebied).linked_to(gebruiker).exclude(pk=locked.pk):
        raise RuleViolation(_("Dit account hoort al bij iemand anders in dit Gebiedsteam."), field="gebruiker")
    spoor.record(
        Handeling.ACCOUNT_GEKOPPELD,
        by=by,
        about=locked,
        gebied=gebied.pk,
        van=locked.gebruiker_id,
        naar=gebruiker.pk if gebruiker else None,
    )
    locked.gebruiker = gebruiker
    locked.save(update_fields=["gebruiker"])
    gebied.touch_team(by=by)


@transaction.atomic
def remove_teamlid(*, teamlid: Teamlid, by: Gebruiker) -> None:
    """Take somebody out of the team, and with that the right to edit of a linked account.

    Raises PermissionDenied for who may not edit the gebied, RuleViolation for who would shut themselves out.
    """
    gebied = _locked_team(teamlid.gebied_id, by)
    locked = Teamlid.objects.select_for_update().get(pk=teamlid.pk)
    rules.check_removal(by, locked)
    # While it still has its key.
    spoor.record(Handeling.TEAMLID_VERWIJDERD, by=by, about=locked, gebied=gebied.pk, account=locked.gebruiker_id)
    locked.delete()
    gebied.touch_team(by=by)


@transaction.atomic
def move_teamlid(*, teamlid: Teamlid, up: bool, by: Gebruiker) -> None:
    """Move a teamlid one place up or down in the order of the team; at the end of the list nothing happens.

    Raises PermissionDenied for who may not edit the gebied.
    """
    gebied = _locked_team(teamlid.gebied_id, by)
    team = list(Teamlid.objects.of(gebied).select_for_update())
    place = team.index(teamlid)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(team):
        return
    team[place], team[other] = team[other], team[place]
    for volgorde, member in enumerate(team):
        if member.volgorde != volgorde:
            member.volgorde = volgorde
            member.save(update_fields=["volgorde"])
    gebied.touch_team(by=by)
    spoor.record(Handeling.TEAMLID_VERPLAATST, by=by, about=teamlid, gebied=gebied.pk)


def _locked_team(gebied_id: int, by: Gebruiker) -> Gebied:
    """The gebied, locked, so that its team changes one thing at a time; raises PermissionDenied."""
    gebied = Gebied.objects.without_grens().select_for_update().get(pk=gebied_id)
    rules.check_edit(by, gebied)
    return gebied
