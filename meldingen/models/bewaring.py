"""What was destroyed of meldingen, and the e-mail address that a reporter wants instead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meldingen.rules import UITKOMSTEN, Doel, Status


class VernietigingQuerySet(models.QuerySet["Vernietiging"]):
    """Reads of what was destroyed, and the one way to add to it."""

    def add(self, *, op: date, doel: Doel, uitkomst: Status, termijn: int, aantal: int) -> None:
        """Count `aantal` more, in the transaction that destroys them; nothing for none."""
        if aantal:
            row, _new = self.get_or_create(op=op, doel=doel, uitkomst=uitkomst, termijn_dagen=termijn)
            self.filter(pk=row.pk).update(aantal=F("aantal") + aantal)

    def since(self, first: date) -> Self:
        """What was destroyed on this local date or later, newest first."""
        return self.filter(op__gte=first)

    def totals(self) -> dict[str, int]:
        """How many in all, by what they were kept for."""
        return dict(self.order_by().values_list("doel").annotate(number=Sum("aantal")))


class Vernietiging(models.Model):
    """That the portal destroyed something in a night because its term was over: how many, never whose."""

    op = models.DateField(_("vernietigd op"))
    doel = models.CharField(_("wat"), max_length=10, choices=Doel.choices)
    uitkomst = models.CharField(
        _("melding is"), max_length=20, choices=[(status.value, status.label) for status in UITKOMSTEN]
    )
    #: As it was set that night, in days after closing.
    termijn_dagen = models.PositiveIntegerField(_("termijn in dagen"))
    #: Photos, and for the others the meldingen that had something to destroy.
    aantal = models.PositiveIntegerField(_("aantal"), default=0)

    objects = VernietigingQuerySet.as_manager()

    class Meta:
        ordering = ["-op", "doel", "uitkomst", "termijn_dagen"]
        verbose_name = _("vernietiging")
        verbose_name_plural = _("vernietigingen")
        constraints = [
            models.UniqueConstraint(
                fields=["op", "doel", "uitkomst", "termijn_dagen"], name="vernietiging_once_a_night"
            ),
            models.CheckConstraint(
                condition=Q(doel__in=Doel.values, uitkomst__in=sorted(UITKOMSTEN)), name="vernietiging_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.doel} {self.uitkomst}"


class EmailwijzigingQuerySet(models.QuerySet["Emailwijziging"]):
    """Reads of addresses that wait for their owner's yes."""

    def asked_before(self, moment: datetime) -> Self:
        """Those that nobody confirmed since this moment."""
        return self.filter(created_at__lt=moment)


class Emailwijziging(models.Model):
    """Another e-mail address for a melding, from the reporter, until whoever reads mail there says yes."""

    melding = models.OneToOneField("meldingen.Melding", on_delete=models.CASCADE, related_name="emailwijziging")
    email = models.EmailField(_("e-mailadres"))
    created_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)

    objects = EmailwijzigingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wijziging van een e-mailadres")
        verbose_name_plural = _("wijzigingen van e-mailadressen")

    def __str__(self) -> str:
        return f"{self.melding_id}"
