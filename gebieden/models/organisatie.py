"""Outside bodies that the municipality works with."""

from __future__ import annotations

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gebieden.rules import OrganisatieSoort


class OrganisatieQuerySet(models.QuerySet["Organisatie"]):
    """Reads of organisations."""

    def takes_meldingen(self) -> Self:
        """Those that a melding can be handed over to: in use, and with an address for it."""
        return self.filter(actief=True).exclude(email_meldingen="")


class Organisatie(models.Model):
    """An outside body: who keeps the power grid, a dike, dwellings. Whatever a floor does with it hangs on this row."""

    naam = models.CharField(_("naam"), max_length=120, unique=True, help_text=_("Zoals iedereen die leest."))
    slug = models.SlugField(_("naam in adressen"), max_length=120, unique=True)
    soort = models.CharField(_("soort"), max_length=20, choices=OrganisatieSoort.choices)
    email_meldingen = models.EmailField(
        _("e-mailadres voor meldingen"),
        blank=True,
        help_text=_("Hierheen gaat een melding die wordt doorgezet, met een link die alleen voor hen is."),
    )
    website = models.URLField(_("website"), blank=True)
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
    actief = models.BooleanField(_("te kiezen"), default=True)

    objects = OrganisatieQuerySet.as_manager()

    class Meta:
        ordering = ["naam"]
        verbose_name = _("organisatie")
        verbose_name_plural = _("organisaties")
        constraints = [
            models.CheckConstraint(condition=Q(soort__in=OrganisatieSoort.values), name="organisatie_soort"),
        ]

    def __str__(self) -> str:
        return self.naam
