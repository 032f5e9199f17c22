"""The Gebiedsteam: who works in a gebied, and how people reach them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gebieden.models.areas import Gebied
from gebieden.rules import INITIALS, KERN, Rol
from gebruikers.models import Gebruiker


class TeamlidQuerySet(models.QuerySet["Teamlid"]):
    """Reads of Gebiedsteams."""

    def of(self, gebied: Gebied) -> Self:
        """The team of `gebied` in its own order: one query."""
        return self.filter(gebied=gebied)

    def with_gebied(self) -> Self:
        """With the gebied, without its border: one query."""
        return self.select_related("gebied").defer("gebied__grens")

    def with_account(self) -> Self:
        """The teamleden who can sign in now."""
        return self.filter(gebruiker__is_active=True, gebruiker__is_medewerker=True)

    def linked_to(self, gebruiker: Gebruiker) -> Self:
        """The teamleden whose account this is, at most one in a gebied."""
        return self.filter(gebruiker=gebruiker)


class Teamlid(models.Model):
    """Somebody in the Gebiedsteam of a gebied, with how the public reaches the function.

    Whose account is linked may edit texts and team of the gebied (`rules.can_edit`).
    """

    gebied = models.ForeignKey(Gebied, on_delete=models.CASCADE, related_name="teamleden", verbose_name=_("gebied"))
    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="teamlidmaatschappen",
        verbose_name=_("account"),
        help_text=_("Wie hier staat, mag de teksten en het team van het gebied wijzigen."),
    )
    rol = models.CharField(_("functie"), max_length=30, choices=Rol.choices)
    naam = models.CharField(_("naam"), max_length=80, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    telefoon = models.CharField(
        _("telefoonnummer"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(
                r"^\+?[0-9][0-9 ()-]*$", _("Vul een telefoonnummer in met cijfers, spaties en streepjes, zoals 14 072.")
            )
        ],
    )
    bereikbaar = models.CharField(_("bereikbaar"), max_length=120, blank=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    updated_at = models.DateTimeField(_("bijgewerkt op"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("bijgewerkt door"),
    )
    versie = models.PositiveIntegerField(default=0, editable=False)

    objects = TeamlidQuerySet.as_manager()

    class Meta:
        ordering = ["volgorde", "pk"]
        verbose_name = _("teamlid")
        verbose_name_plural = _("teamleden")
        constraints = [
            models.CheckConstraint(condition=Q(rol__in=Rol.values), name="teamlid_rol_known"),
            models.UniqueConstraint(
                fields=["gebied", "gebruiker"],
                name="teamlid_account_once_in_gebied",
                violation_error_message=_("Dit account hoort al bij iemand anders in dit Gebiedsteam."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.naam}, {self.get_rol_display()}" if self.naam else self.get_rol_display()

    @property
    def initial(self) -> str:
        """The letter that stands for the function beside it."""
        return INITIALS[Rol(self.rol)]

    @property
    def is_kern(self) -> bool:
        """Whether this is one of the daily core."""
        return self.rol in KERN

    @property
    def telefoon_link(self) -> str:
        """The number as it stands behind `tel:`."""
        return "".join(char for char in self.telefoon if char.isdigit() or char == "+")

    def as_initial(self) -> dict[str, str | int]:
        """What a form about this row starts with."""
        return {
            "rol": self.rol,
            "naam": self.naam,
            "email": self.email,
            "telefoon": self.telefoon,
            "bereikbaar": self.bereikbaar,
            "versie": self.versie,
        }

    def write(self, *, rol: str, naam: str, email: str, telefoon: str, bereikbaar: str, by: Gebruiker) -> None:
        """Set function and contact, with who wrote it and when."""
        self.rol = rol
        self.naam = naam
        self.email = email
        self.telefoon = telefoon
        self.bereikbaar = bereikbaar
        self.updated_at = timezone.now()
        self.updated_by = by
        self.versie += 1
        self.save()
