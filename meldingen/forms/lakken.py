"""Blacking out words and parts of a photo."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from basis.formulieren import PlainText
from basis.fotos import Vlak
from meldingen import rules
from meldingen.forms.dossier import ChangeForm
from meldingen.models import Foto, Melding

#: Four numbers, with a comma or a point, between spaces or semicolons.
_NUMBERS = re.compile(r"\s*[;\s]\s*")


class TekstLakkenForm(ChangeForm):
    """What everybody may read: the words of the reporter, without those that were taken out."""

    tekst = PlainText(
        label=_("Wat iedereen leest"),
        help_text=_(
            "Haal woorden weg die niet openbaar mogen zijn, zoals namen, telefoonnummers en kentekens. "
            "Op die plek komt [weggelakt]. Andere woorden toevoegen kan niet."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "data-lakken-tekst": ""}),
        # Each mark is longer than the shortest word. As a validator: how much is left to type is no help here.
        validators=[MaxLengthValidator(rules.MAX_OMSCHRIJVING * 4)],
        error_messages={"required": _("Er blijft niets te lezen over. Kies dan ‘Niet openbaar’.")},
    )

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        kwargs["initial"] = {"tekst": melding.openbare_omschrijving, **kwargs.get("initial", {})}
        super().__init__(*args, melding=melding, **kwargs)
        # For the script that puts all of it back.
        self.fields["tekst"].widget.attrs["data-origineel"] = melding.omschrijving


class VlakkenField(forms.CharField):
    """Rectangles in percents, a line for each: left, top, width, height; gives a list of `Vlak`."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The rectangles as people write them."""
        if isinstance(value, list):
            return "\n".join(" ".join(f"{number:g}".replace(".", ",") for number in vlak) for vlak in value)
        return value

    def clean(self, value: Any) -> list[Vlak]:
        """The rectangles; raises ValidationError for a line that is none, and for one beside the photo."""
        found = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if line.strip():
                found.append(self._vlak(line.strip(), number))
        return found

    def _vlak(self, line: str, number: int) -> Vlak:
        parts = _NUMBERS.split(line)
        try:
            numbers = [float(part.replace(",", ".")) for part in parts]
        except ValueError:
            numbers = []
        if len(numbers) != 4 or not all(0 <= one <= 100 for one in numbers):
            raise forms.ValidationError(
                _("Regel %(regel)d is geen vlak. Schrijf vier getallen van 0 tot en met 100, zoals: 40 25 10 5."),
                params={"regel": number},
            )
        return Vlak(*(round(one, 3) for one in numbers))


class FotoLakkenForm(ChangeForm):
    """What becomes black in the photo that everybody sees."""

    vlakken = VlakkenField(
        label=_("Zwarte vlakken"),
        help_text=_(
            "Een regel voor elk vlak, met vier getallen in procenten: vanaf links, vanaf boven, breedte en hoogte. "
            "Bijvoorbeeld: 40 25 10 5."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-lakken-vlakken": ""}),
    )

    def __init__(self, *args: Any, foto: Foto, **kwargs: Any) -> None:
        kwargs["initial"] = {"vlakken": foto.blacked_out, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
