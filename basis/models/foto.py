"""The rows of photos that people send with a form: besloten until somebody of the staff releases them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from basis import fotos
from basis.besluiten import Besluit


class FotoRijen(models.QuerySet[Any]):
    """Reads of photos, and the end of those that were never sent."""

    @property
    def _unsent(self) -> dict[str, bool]:
        return {f"{self.model.OWNER}__isnull": True}

    def kept_for(self, inzending: UUID | None) -> Self:
        """Photos that came with a form that was not accepted yet."""
        return self.filter(inzending=inzending, **self._unsent)

    def unsent_since(self, moment: datetime) -> Self:
        """Photos of forms that were never sent, older than `moment`."""
        return self.filter(created_at__lt=moment, **self._unsent)

    def file_names(self) -> set[str]:
        """The name of every file that a row stands for: each photo, and the public copy of those released."""
        rows = list(self.values_list("naam", "besluit"))
        released = {fotos.public_name(naam) for naam, besluit in rows if besluit == Besluit.OPENBAAR}
        return {naam for naam, _besluit in rows} | released

    def destroy_unsent(self) -> int:
        """Destroy those of these photos that were not sent, with their files; gives how many."""
        number = 0
        for foto in self:
            gone, _rows = self.model._default_manager.filter(pk=foto.pk, **self._unsent).delete()
            if gone:
                # Robust: a file that cannot be removed now is found by the task of the night.
                transaction.on_commit(partial(fotos.delete, foto.naam), robust=True)
                number += 1
        return number


class Foto(models.Model):
    """A photo, re-encoded. A floor derives its own with a foreign key to what it belongs to, named in `OWNER`."""

    #: The name of the foreign key, and the folder of the files.
    OWNER: ClassVar[str]
    FOLDER: ClassVar[str]

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    #: Which form it came with; photos of a form with errors belong to nothing yet and are kept for a day.
    inzending = models.UUIDField(editable=False, db_index=True)
    naam = models.CharField(max_length=120, unique=True, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)
    besluit = models.CharField(_("foto is"), max_length=10, choices=Besluit.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.naam

    @property
    def is_openbaar(self) -> bool:
        """Whether somebody of the staff released it."""
        return self.besluit == Besluit.OPENBAAR

    @property
    def blacked_out(self) -> list[fotos.Vlak]:
        """What is black in the copy that everybody may see; nothing, unless a floor says so."""
        return []

    @classmethod
    def add(cls, prepared: fotos.PreparedFoto, *, inzending: UUID, owner: models.Model | None, **own: Any) -> Self:
        """Keep a photo, with what it belongs to where there is that; the same photo twice with one form is kept once.

        `own` are values of the fields that the floor gave its photos.

        The file is written first: a crash in between leaves a file without a row, which the nightly task removes,
        never a row without a file. Raises FotoStorageError.
        """
        rows: models.Manager[Self] = cls._default_manager
        known = rows.filter(inzending=inzending, sha256=prepared.sha256).first()
        if known:
            if owner and getattr(known, f"{cls.OWNER}_id") is None:
                # It came with the form too late to go along.
                setattr(known, cls.OWNER, owner)
                known.save(update_fields=[cls.OWNER])
            return known
        size = {"width": prepared.width, "height": prepared.height, "sha256": prepared.sha256}
        foto = cls(inzending=inzending, **size, **own, **{cls.OWNER: owner})
        foto.naam = fotos.store(prepared, folder=cls.FOLDER)
        try:
            with transaction.atomic():
                foto.save(force_insert=True)
        except IntegrityError:
            # The same form came twice at once: the other one kept it.
            fotos.delete(foto.naam)
            return rows.get(inzending=inzending, sha256=prepared.sha256)
        return foto

    def decide(self, besluit: str) -> None:
        """Show this photo to everybody, or not; raises FotoStorageError. The row is locked."""
        self.besluit = Besluit(besluit)
        # The copy stands before the row says so, and goes before the row says so: nothing is public by accident.
        if self.is_openbaar:
            fotos.release(self.naam, self.blacked_out)
        else:
            fotos.hide(self.naam)
        self.save(update_fields=["besluit"])
