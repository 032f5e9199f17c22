"""What staff note in the file of a melding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class NotitieQuerySet(models.QuerySet["Notitie"]):
    """Reads of notes."""

    def of(self, melding: Melding) -> Self:
        """The notes in the file of `melding`, oldest first, each with who wrote it."""
        return self.filter(melding=melding).select_related("door").order_by("at", "pk")


class Notitie(models.Model):
    """A note among staff in the file of a melding: never public, never mailed."""

    #: Tells notes from the steps that they stand among.
    is_notitie = True
    #: Whether who looks at the file may correct it (`views.dossier`).
    is_correctable = False

    melding = models.ForeignKey("meldingen.Melding", on_delete=models.CASCADE, related_name="notities", db_index=False)
    door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("door")
    )
    tekst = models.TextField(_("notitie"))
    at = models.DateTimeField(_("wanneer"), default=timezone.now)
    corrected_at = models.DateTimeField(_("verbeterd op"), null=True)

    objects = NotitieQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("notitie")
        verbose_name_plural = _("notities")
        indexes = [models.Index(fields=["melding", "at"], name="notitie_melding_at")]
        constraints = [models.CheckConstraint(condition=~Q(tekst=""), name="notitie_has_words")]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.pk}"
