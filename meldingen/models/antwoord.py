"""What reporters answer to what they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class AntwoordQuerySet(models.QuerySet["Antwoord"]):
    """Reads of what reporters answered."""

    def to_closing_of(self, melding: Melding) -> Self:
        """What the reporter said of how `melding` was closed the last time; none while it is open."""
        return self.filter(stap__melding=melding, at__gte=melding.closed_at) if melding.closed_at else self.none()


class Antwoord(models.Model):
    """The reporter's answer to a step that asked something: words to a question, or whether it is solved.

    For behandelaars and the reporter alone; the public is told only that there was an answer.
    """

    stap = models.OneToOneField("meldingen.Stap", on_delete=models.CASCADE, related_name="antwoord")
    #: Whether it is solved, where that was asked.
    opgelost = models.BooleanField(_("opgelost volgens de melder"), null=True)
    tekst = models.TextField(_("antwoord"), blank=True)
    at = models.DateTimeField(_("wanneer"), default=timezone.now)
    #: Whether the words were destroyed; that there was an answer, and which, stays for the figures.
    gewist = models.BooleanField(default=False, db_default=False, editable=False)

    objects = AntwoordQuerySet.as_manager()

    class Meta:
        verbose_name = _("antwoord van een melder")
        verbose_name_plural = _("antwoorden van melders")
        constraints = [
            models.CheckConstraint(
                condition=Q(opgelost=True) | Q(gewist=True) | ~Q(tekst=""), name="antwoord_has_words"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="antwoord_at", condition=Q(opgelost__isnull=False))]

    def __str__(self) -> str:
        return f"{self.stap_id}"
