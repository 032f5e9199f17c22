"""Searches that a behandelaar keeps."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gebruikers.models import Gebruiker
from meldingen.rules import MAX_KEUZES, ZOEKOPDRACHT_LENGTH


class ZoekopdrachtQuerySet(models.QuerySet["Zoekopdracht"]):
    """Reads of kept searches."""

    def of(self, gebruiker: Gebruiker | AnonymousUser) -> Self:
        """Those of one person, by name."""
        return self.filter(gebruiker=gebruiker.pk).order_by("naam")


class Zoekopdracht(models.Model):
    """What somebody looks for in the work list again and again, under a name; seen by nobody else."""

    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("medewerker")
    )
    naam = models.CharField(_("naam"), max_length=ZOEKOPDRACHT_LENGTH)
    #: The choices of the filter as the query of an address, checked by the form when it is kept.
    query = models.CharField(_("keuzes"), max_length=MAX_KEUZES, blank=True)

    objects = ZoekopdrachtQuerySet.as_manager()

    class Meta:
        verbose_name = _("zoekopdracht")
        verbose_name_plural = _("zoekopdrachten")
        constraints = [models.UniqueConstraint(fields=["gebruiker", "naam"], name="zoekopdracht_once")]

    def __str__(self) -> str:
        return self.naam

    def get_absolute_url(self) -> str:
        """The work list with these choices."""
        return f"{reverse('behandelen')}?{self.query}"
