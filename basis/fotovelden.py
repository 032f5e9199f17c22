"""Fields for photos with a form."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from basis import fotos
from basis.fotos import PreparedFoto
from basis.regels import RuleViolation


class MultipleFotoInput(forms.FileInput):
    """A file field that takes several photos, also straight from the camera of a phone."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class Fotos:
    """What came of the photos in a form: those that are fit, and for each other one a sentence."""

    accepted: list[fotos.PreparedFoto]
    refused: list[str]
    #: Whether it lies with us: photos cannot be handled now.
    out: bool = False


class FotosField(forms.FileField):
    """None to three photos, each re-encoded; gives `Fotos`, so that one bad photo does not lose the good ones."""

    widget = MultipleFotoInput(
        attrs={
            "accept": "image/jpeg,image/png,image/webp,image/heic,image/heif",
            "data-max-aantal": settings.FOTO_MAX_NUMBER,
            "data-max-bytes": settings.FOTO_MAX_BYTES,
        }
    )

    def clean(self, data: Any, initial: Any = None) -> Fotos:
        """Prepare every photo that came along."""
        uploads = [upload for upload in (data or []) if upload]
        try:
            fotos.check_number(len(uploads))
        except RuleViolation as violation:
            return Fotos([], [str(violation)])
        accepted, refused = [], []
        for upload in uploads:
            try:
                accepted.append(fotos.prepare(upload))
            except fotos.FotoRefused as refusal:
                refused.append(f"{upload.name}: {refusal}" if len(uploads) > 1 else str(refusal))
            except fotos.FotoStorageError as fault:
                return Fotos(accepted, [*refused, str(fault)], out=True)
        return Fotos(accepted, refused)


class TakesFotos(forms.Form):
    """A form that takes photos, and refuses those that are not fit."""

    foto = FotosField(
        label=_("Foto"), required=False, help_text=_("Tot 3 foto’s, elk hoogstens 10 MB, JPEG, PNG, WebP of HEIC.")
    )
    #: Whether photos cannot be handled now, which is not the sender's fault.
    fotos_out = False

    def clean_foto(self) -> list[PreparedFoto]:
        """The photos that are fit; one that is not is refused with its sentence."""
        new: Fotos = self.cleaned_data["foto"]
        self.fotos_out = new.out
        if new.refused:
            raise forms.ValidationError(new.refused)
        return new.accepted


class UuidsField(forms.Field):
    """Any number of UUIDs under one name."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        """The UUIDs; whatever is none is left out, for it names nothing."""
        found = []
        for text in value or []:
            with suppress(ValueError):
                found.append(UUID(text))
        return found
