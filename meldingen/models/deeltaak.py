"""Parts of a melding that other afdelingen do."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gebruikers.models import Afdeling
from meldingen.rules import OPEN, DeeltaakStatus

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class DeeltaakQuerySet(models.QuerySet["Deeltaak"]):
    """Reads of parts."""

    def of(self, melding: Melding) -> Self:
        """The parts of `melding`, oldest first, with who was asked and who asked."""
        return self.filter(melding=melding).select_related("afdeling", "asked_by", "closed_by").order_by("pk")

    def open(self) -> Self:
        """What is still to be done."""
        return self.filter(status=DeeltaakStatus.OPEN)

    def of_afdelingen(self, afdelingen: Collection[int]) -> Self:
        """What these afdelingen (their ids) were asked."""
        return self.filter(afdeling__in=afdelingen)

    def giving_sight(self) -> Self:
        """Those that let their afdeling see the file: not taken back, of a melding that is open."""
        return self.exclude(status=DeeltaakStatus.INGETROKKEN).filter(melding__status__in=OPEN)

    def taking_part(self, melding: Melding) -> frozenset[int]:
        """The ids of the afdelingen that do, or did, a part of `melding`."""
        rows = self.filter(melding=melding).exclude(status=DeeltaakStatus.INGETROKKEN)
        return frozenset(rows.values_list("afdeling_id", flat=True))

    def for_list(self) -> Self:
        """What a row of the list shows; what is to be done first stands on top."""
        related = self.select_related("melding__categorie", "melding__wijk", "melding__afdeling", "afdeling")
        return related.defer("melding__wijk__grens").order_by("gereed_voor", "pk")


class Deeltaak(models.Model):
    """What another afdeling was asked to do for a melding, with a term of its own; the melding closes after it."""

    melding = models.ForeignKey("meldingen.Melding", on_delete=models.CASCADE, related_name="deeltaken")
    afdeling = models.ForeignKey(Afdeling, on_delete=models.PROTECT, related_name="+", verbose_name=_("afdeling"))
    wat = models.TextField(_("wat er moet gebeuren"))
    gereed_voor = models.DateField(_("uiterlijk klaar"))
    status = models.CharField(_("status"), max_length=12, choices=DeeltaakStatus.choices, default=DeeltaakStatus.OPEN)
    uitleg = models.TextField(_("uitleg"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("gevraagd door"),
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("afgesloten door"),
    )
    closed_at = models.DateTimeField(_("afgesloten op"), null=True)

    objects = DeeltaakQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("deeltaak")
        verbose_name_plural = _("deeltaken")
        indexes = [
            models.Index(
                fields=["afdeling", "gereed_voor", "id"],
                condition=Q(status=DeeltaakStatus.OPEN),
                name="deeltaak_open_of_afdeling",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DeeltaakStatus.values), name="deeltaak_status"),
            models.CheckConstraint(
                condition=Q(status=DeeltaakStatus.OPEN, closed_at__isnull=True)
                | (~Q(status=DeeltaakStatus.OPEN) & Q(closed_at__isnull=False) & ~Q(uitleg="")),
                name="deeltaak_closed_says_how",
            ),
            models.CheckConstraint(condition=~Q(wat=""), name="deeltaak_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.afdeling_id}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status == DeeltaakStatus.OPEN

    @property
    def is_late(self) -> bool:
        """Whether it should have been done before today."""
        return self.is_open and self.gereed_voor < timezone.localdate()

    def close(self, status: DeeltaakStatus, *, by: models.Model, uitleg: str) -> None:
        """Store that this part ended, how, and by whom."""
        self.status, self.uitleg, self.closed_at = status, uitleg, timezone.now()
        self.closed_by_id = by.pk
        self.save(update_fields=["status", "uitleg", "closed_at", "closed_by"])
