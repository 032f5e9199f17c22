"""The photos with meldingen."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from basis import fotos
from basis.fotos import Vlak
from meldingen.rules import Besluit

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class FotoQuerySet(models.QuerySet["Foto"]):
    """Reads of photos."""

    def of(self, melding: Melding) -> Self:
        """The photos with `melding`, as they were sent."""
        return self.filter(melding=melding)

    def kept_for(self, inzending: uuid.UUID | None) -> Self:
        """Photos that came with a form that was not accepted yet."""
        return self.filter(inzending=inzending, melding__isnull=True)

    def unsent_since(self, moment: datetime) -> Self:
        """Photos of forms that were never sent, older than `moment`."""
        return self.filter(melding__isnull=True, created_at__lt=moment)

    def file_names(self) -> set[str]:
        """The name of every file that a row stands for: each photo, and the public copy of those released."""
        rows = list(self.values_list("naam", "besluit"))
        released = {fotos.public_name(naam) for naam, besluit in rows if besluit == Besluit.OPENBAAR}
        return {naam for naam, _besluit in rows} | released

    def public(self) -> Self:
        """Photos that a behandelaar released, of meldingen that the public may see."""
        return self.filter(besluit=Besluit.OPENBAAR, melding__categorie__openbaar=True)

    def first_of(self, meldingen: Collection[Melding]) -> dict[int, Foto]:
        """Of these photos the first one of each of `meldingen`, by the id of the melding: one query."""
        latest_first = self.filter(melding__in=meldingen).order_by("-pk")
        return {foto.melding_id: foto for foto in latest_first if foto.melding_id}


class Foto(models.Model):
    """A photo with a melding, re-encoded; `besloten` until a behandelaar releases it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Which form it came with; photos of a form with errors have no melding yet and are kept for a day.
    inzending = models.UUIDField(editable=False, db_index=True)
    melding = models.ForeignKey("meldingen.Melding", on_delete=models.CASCADE, null=True, related_name="fotos")
    naam = models.CharField(max_length=120, unique=True, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)
    besluit = models.CharField(_("foto is"), max_length=10, choices=Besluit.choices, blank=True)
    #: What is black in the copy that everybody may see: `Vlak`, each as a list of its four numbers.
    vlakken = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = FotoQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["melding"], condition=Q(besluit=""), name="foto_undecided")]
        constraints = [
            models.CheckConstraint(condition=Q(besluit__in=["", *Besluit.values]), name="foto_besluit"),
            models.UniqueConstraint(fields=["inzending", "sha256"], name="foto_once_a_form"),
        ]

    def __str__(self) -> str:
        return self.naam

    @property
    def blacked_out(self) -> list[Vlak]:
        """What is black in the copy that everybody may see."""
        return [Vlak(*numbers) for numbers in self.vlakken]

    @property
    def is_openbaar(self) -> bool:
        """Whether a behandelaar released it."""
        return self.besluit == Besluit.OPENBAAR

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: released, and with a melding of a public category."""
        return self.is_openbaar and self.melding is not None and self.melding.categorie.openbaar
