"""The photos with initiatieven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from basis import models as basis
from basis.besluiten import Besluit
from initiatieven.rules import HIDDEN, Status

if TYPE_CHECKING:
    from initiatieven.models.initiatief import Initiatief

#: In which statuses of an initiatief nobody sees its photos, whatever was decided about them.
UNSEEN = HIDDEN | {Status.INGETROKKEN}


class IdeeFotoQuerySet(basis.FotoRijen):
    """Reads of photos."""

    def of(self, initiatief: Initiatief) -> Self:
        """The photos with `initiatief`, as they were sent."""
        return self.filter(initiatief=initiatief)

    def undecided(self) -> Self:
        """Those on which nobody decided yet."""
        return self.filter(besluit="")

    def public(self) -> Self:
        """Photos that the Gebiedsteam released, of initiatieven that show what they hold."""
        return self.filter(besluit=Besluit.OPENBAAR).exclude(initiatief__status__in=UNSEEN)


class Foto(basis.Foto):
    """A photo with an initiatief; `besloten` until the Gebiedsteam releases it."""

    OWNER, FOLDER = "initiatief", "initiatieven"

    initiatief = models.ForeignKey("initiatieven.Initiatief", on_delete=models.CASCADE, null=True, related_name="fotos")

    objects = IdeeFotoQuerySet.as_manager()

    class Meta(basis.Foto.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(besluit__in=["", *Besluit.values]), name="initiatief_foto_besluit"),
            models.UniqueConstraint(fields=["inzending", "sha256"], name="initiatief_foto_once_a_form"),
        ]

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.is_openbaar and self.initiatief is not None and self.initiatief.status not in UNSEEN
