"""What meldingen are about, and who handles them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gebieden.themas import Thema
from gebruikers.models import Afdeling, Gebruiker


class Groep(models.Model):
    """A heading under which categories stand together in the form."""

    naam = models.CharField(_("naam"), max_length=60, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=60, unique=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    class Meta:
        ordering = ["volgorde", "naam"]
        verbose_name = _("groep categorieën")
        verbose_name_plural = _("groepen categorieën")

    def __str__(self) -> str:
        return self.naam


class CategorieQuerySet(models.QuerySet["Categorie"]):
    """Reads of categories."""

    def in_use(self) -> Self:
        """What can be chosen in the form, by group."""
        return self.filter(actief=True).select_related("groep").order_by("groep__volgorde", "volgorde", "naam")

    def public(self) -> Self:
        """Categories whose meldingen the public may see."""
        return self.filter(openbaar=True).select_related("groep").order_by("groep__volgorde", "volgorde", "naam")


class Categorie(models.Model):
    """What a melding is about, with the afdeling that handles it and the term that is promised."""

    groep = models.ForeignKey(Groep, on_delete=models.PROTECT, related_name="categorieen", verbose_name=_("groep"))
    naam = models.CharField(_("naam"), max_length=80, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=80, unique=True)
    voorbeelden = models.CharField(_("voorbeelden"), max_length=200, blank=True)
    afdeling = models.ForeignKey(Afdeling, on_delete=models.PROTECT, related_name="+", verbose_name=_("afdeling"))
    termijn_werkdagen = models.PositiveSmallIntegerField(_("termijn in werkdagen"))
    thema = models.CharField(_("thema"), max_length=20, choices=Thema.choices)
    gevaar = models.CharField(
        _("bij gevaar"), max_length=200, blank=True, help_text=_("Wat iemand eerst moet doen, zoals 112 bellen.")
    )
    openbaar = models.BooleanField(_("openbaar"), default=True)
    actief = models.BooleanField(_("te kiezen"), default=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    objects = CategorieQuerySet.as_manager()

    class Meta:
        ordering = ["groep__volgorde", "volgorde", "naam"]
        verbose_name = _("categorie")
        verbose_name_plural = _("categorieën")
        constraints = [
            models.CheckConstraint(condition=Q(termijn_werkdagen__range=(1, 260)), name="categorie_term"),
            models.CheckConstraint(condition=Q(thema__in=Thema.values), name="categorie_thema"),
        ]

    def __str__(self) -> str:
        return self.naam


class BehandelaarQuerySet(models.QuerySet["Behandelaar"]):
    """Reads of who handles what."""

    def afdelingen_of(self, user: Gebruiker | AnonymousUser) -> frozenset[int]:
        """The ids of the afdelingen that `user` handles meldingen for at this moment: one query, none for residents."""
        if not isinstance(user, Gebruiker) or not (user.is_active and user.is_medewerker):
            return frozenset()
        rows = self.filter(gebruiker=user, gebruiker__is_active=True, gebruiker__is_medewerker=True)
        return frozenset(rows.values_list("afdeling_id", flat=True))

    def active_in(self, afdeling: int) -> Self:
        """Who handles meldingen of this afdeling (its id) at this moment."""
        return self.filter(afdeling=afdeling, gebruiker__is_active=True, gebruiker__is_medewerker=True)

    def mailboxes_of(self, afdeling: Afdeling) -> list[str]:
        """Where mail to an afdeling goes: to its own address where it has one, else to each active behandelaar."""
        if afdeling.email:
            return [afdeling.email]
        rows = self.active_in(afdeling.pk).exclude(gebruiker__email=None)
        return list(rows.values_list("gebruiker__email", flat=True))


class Behandelaar(models.Model):
    """A medewerker who handles the meldingen of an afdeling."""

    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="behandelt", verbose_name=_("medewerker")
    )
    afdeling = models.ForeignKey(
        Afdeling, on_delete=models.CASCADE, related_name="behandelaars", verbose_name=_("afdeling")
    )

    objects = BehandelaarQuerySet.as_manager()

    class Meta:
        verbose_name = _("behandelaar")
        verbose_name_plural = _("behandelaars")
        constraints = [models.UniqueConstraint(fields=["gebruiker", "afdeling"], name="behandelaar_once")]

    def __str__(self) -> str:
        return f"{self.gebruiker} – {self.afdeling}"
