"""Standard texts for what behandelaars explain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from gebruikers.models import Afdeling
from meldingen.rules import MAX_TOELICHTING, Status

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


def check_statussen(value: Any) -> None:
    """Raise ValidationError unless `value` is a list of statuses."""
    if not isinstance(value, list) or not all(one in Status.values for one in value):
        raise ValidationError(_("Kies statussen uit de lijst."))


class TekstblokQuerySet(models.QuerySet["Tekstblok"]):
    """Reads of standard texts."""

    def offered_for(self, melding: Melding) -> Self:
        """What behandelaars of the afdeling of `melding` may use: their own, then those of everybody."""
        mine = self.filter(Q(afdeling=melding.afdeling_id) | Q(afdeling=None))
        return mine.order_by(models.F("afdeling").asc(nulls_last=True), "titel", "pk")


class Tekstblok(models.Model):
    """A standard text for the explanation of a step, which a behandelaar makes fit before sending it."""

    afdeling = models.ForeignKey(
        Afdeling,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("afdeling"),
        help_text=_("Leeg: voor alle afdelingen."),
    )
    titel = models.CharField(_("titel"), max_length=80, help_text=_("Hieraan herkent een behandelaar de tekst."))
    tekst = models.TextField(
        _("tekst"),
        max_length=MAX_TOELICHTING,
        help_text=_(
            "Iedereen kan dit lezen. Noem geen namen. Op de plek van {nummer} komt het nummer van de melding, "
            "op die van {datum} de dag van vandaag."
        ),
    )
    #: Empty: with each of them.
    statussen = models.JSONField(_("bij welke status"), default=list, blank=True, validators=[check_statussen])

    objects = TekstblokQuerySet.as_manager()

    class Meta:
        ordering = ["titel", "pk"]
        verbose_name = _("standaardtekst")
        verbose_name_plural = _("standaardteksten")
        constraints = [
            models.UniqueConstraint(
                fields=["afdeling", "titel"],
                name="tekstblok_once",
                nulls_distinct=False,
                violation_error_message=_("Deze afdeling heeft al een standaardtekst met deze titel."),
            )
        ]

    def __str__(self) -> str:
        return self.titel

    def fits(self, status: str) -> bool:
        """Whether it is offered with this status."""
        return not self.statussen or status in self.statussen

    def filled_in(self, melding: Melding, today: date) -> str:
        """The text for `melding`, on local date `today`; what looks like another placeholder stays as it is."""
        return self.tekst.replace("{nummer}", melding.nummer_leesbaar).replace("{datum}", date_format(today, "j F Y"))
