"""The photos with meldingen."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from basis import models as basis
from basis.besluiten import Besluit
from basis.fotos import Vlak
from gebieden.models import Organisatie

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


_PUBLIC = Q(besluit=Besluit.OPENBAAR, melding__categorie__openbaar=True)


class FotoQuerySet(basis.FotoRijen):
    """Reads of photos."""

    def of(self, melding: Melding) -> Self:
        """The photos with `melding`, as they were sent, and whose they are."""
        return self.filter(melding=melding).select_related("namens")

    def of_melder(self, melding: Melding) -> Self:
        """The photos that the reporter of `melding` sent."""
        return self.of(melding).filter(namens=None)

    def for_melder(self, melding: Melding) -> Self:
        """What the reporter of `melding` sees of its photos: the own ones, and of others those that everybody sees."""
        return self.of(melding).filter(Q(namens=None) | _PUBLIC)

    def public(self) -> Self:
        """Photos that a behandelaar released, of meldingen that the public may see."""
        return self.filter(_PUBLIC)

    def for_organisatie(self) -> Self:
        """Of photos that were ticked for an organisation those that it sees: black in parts only as everybody sees it.

        There is no black copy but the public one, and the original was not what was shared.
        """
        return self.filter(Q(vlakken=[]) | _PUBLIC)

    def first_of(self, meldingen: Collection[Melding]) -> dict[int, Foto]:
        """Of these photos the first one of each of `meldingen`, by the id of the melding: one query."""
        latest_first = self.filter(melding__in=meldingen).order_by("-pk")
        return {foto.melding_id: foto for foto in latest_first if foto.melding_id}


class Foto(basis.Foto):
    """A photo with a melding, re-encoded; `besloten` until a behandelaar releases it."""

    OWNER, FOLDER = "melding", "meldingen"

    melding = models.ForeignKey("meldingen.Melding", on_delete=models.CASCADE, null=True, related_name="fotos")
    #: The organisation that sent it with its work; then it is not the reporter's.
    namens = models.ForeignKey(
        Organisatie, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("namens")
    )
    #: What is black in the copy that everybody may see: `Vlak`, each as a list of its four numbers.
    vlakken = models.JSONField(default=list, db_default=[], blank=True, editable=False)

    objects = FotoQuerySet.as_manager()

    class Meta(basis.Foto.Meta):
        indexes = [models.Index(fields=["melding"], condition=Q(besluit=""), name="foto_undecided")]
        constraints = [
            models.CheckConstraint(condition=Q(besluit__in=["", *Besluit.values]), name="foto_besluit"),
            models.UniqueConstraint(fields=["inzending", "sha256"], name="foto_once_a_form"),
        ]

    @property
    def blacked_out(self) -> list[Vlak]:
        """What is black in the copy that everybody may see."""
        return [Vlak(*numbers) for numbers in self.vlakken]

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: released, and with a melding of a public category."""
        return self.is_openbaar and self.melding is not None and self.melding.categorie.openbaar
