"""Who is in a Gebiedsteam, who changes what people read about a gebied, and what kinds of outside bodies there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis import spoor
from basis.regels import RuleViolation
from gebruikers.rules import check_can_get_role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gebieden.models import Gebied, Teamlid
    from gebruikers.models import Gebruiker

#: The longest introduction of an area, in characters: two screens of a phone.
INLEIDING_MAX_LENGTH = 2000


class Rol(models.TextChoices):
    """The four functions in a Gebiedsteam (nota 2021, section 3.2.3)."""

    GEBIEDSREGISSEUR = "gebiedsregisseur", _("Gebiedsregisseur")
    GEBIEDSMEDEWERKER_OOV = "gebiedsmedewerker_oov", _("Gebiedsmedewerker openbare orde en veiligheid")
    GEBIEDSHANDHAVER = "gebiedshandhaver", _("Gebiedshandhaver")
    WIJKAGENT = "wijkagent", _("Wijkagent")


class OrganisatieSoort(models.TextChoices):
    """What kind of outside body an organisatie is."""

    AFVAL = "afval", _("Afval en reiniging")
    NUTSBEDRIJF = "nutsbedrijf", _("Nutsbedrijf of netbeheerder")
    OVERHEID = "overheid", _("Andere overheid")
    VERVOER = "vervoer", _("Openbaar vervoer en spoor")
    WONINGCORPORATIE = "woningcorporatie", _("Woningcorporatie")
    OVERIG = "overig", _("Overig")


class Handeling(spoor.Handeling):
    """What a medewerker does with areas, teams and outside bodies."""

    INGELEZEN = "gebied.ingelezen", _("grenzen ingelezen vanaf de server")
    INLEIDING_GEWIJZIGD = "gebied.inleiding_gewijzigd", _("inleiding gewijzigd")
    TEAMLID_TOEGEVOEGD = "teamlid.toegevoegd", _("teamlid toegevoegd")
    TEAMLID_GEWIJZIGD = "teamlid.gewijzigd", _("teamlid gewijzigd")
    TEAMLID_VERPLAATST = "teamlid.verplaatst", _("volgorde van een team gewijzigd")
    TEAMLID_VERWIJDERD = "teamlid.verwijderd", _("teamlid verwijderd")
    ACCOUNT_GEKOPPELD = "teamlid.account_gekoppeld", _("account aan een teamlid gekoppeld of losgemaakt")
    ORGANISATIE_BEWAARD = "organisatie.bewaard", _("organisatie bewaard")


#: The daily core of a Gebiedsteam (nota 2021, section 3.2.3).
KERN = frozenset({Rol.GEBIEDSREGISSEUR, Rol.GEBIEDSMEDEWERKER_OOV})

#: One letter for each function that tells them apart: V for veiligheid, as two of them begin with the same word.
INITIALS = {
    Rol.GEBIEDSREGISSEUR: "G",
    Rol.GEBIEDSMEDEWERKER_OOV: "V",
    Rol.GEBIEDSHANDHAVER: "H",
    Rol.WIJKAGENT: "W",
}


def can_edit(user: Gebruiker | AnonymousUser, gebied: Gebied) -> bool:
    """Whether `user` may change texts and team of `gebied`: a medewerker in its Gebiedsteam, or a beheerder."""
    if not user.is_authenticated or not user.is_active or not user.is_medewerker:
        return False
    return user.is_beheerder or gebied.has_in_team(user)


def can_link_account(user: Gebruiker | AnonymousUser) -> bool:
    """Whether `user` may say which account belongs to a Teamlid; it gives that account the right to edit."""
    return bool(user.is_authenticated and user.is_active and user.is_beheerder)


def check_edit(user: Gebruiker, gebied: Gebied) -> None:
    """Raise PermissionDenied unless `user` may change texts and team of `gebied`."""
    if not can_edit(user, gebied):
        raise PermissionDenied


def check_link(user: Gebruiker, now: Gebruiker | None, wanted: Gebruiker | None) -> None:
    """Raise unless `user` may change the account of a Teamlid from `now` to `wanted`.

    Raises PermissionDenied for who is no beheerder, and RuleViolation for an account that is no active medewerker.
    """
    if now == wanted:
        return
    if not can_link_account(user):
        raise PermissionDenied
    if wanted is not None:
        check_can_get_role(wanted)


def shuts_out(user: Gebruiker | AnonymousUser, teamlid: Teamlid) -> bool:
    """Whether `user`, who may edit the gebied, would take away their own access by removing `teamlid`."""
    return user.is_authenticated and teamlid.gebruiker_id == user.pk and not user.is_beheerder


def check_removal(user: Gebruiker, teamlid: Teamlid) -> None:
    """Raise RuleViolation when `user` would take away their own access by removing `teamlid`."""
    if shuts_out(user, teamlid):
        raise RuleViolation(
            _("U kunt uzelf niet uit het Gebiedsteam halen. Vraag het aan een collega of aan de beheerder.")
        )
