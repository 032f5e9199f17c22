"""Which figures are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gebieden.keuzes import gebied_choices
from gebieden.models import Gebied
from meldingen.models import Melding


class CijferFilter(forms.Form):
    """The gebied and the year of the figures; without them all of Alkmaar, this year."""

    gebied = forms.ChoiceField(label=_("Gebied"), required=False)
    jaar = forms.TypedChoiceField(label=_("Jaar"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.years = Melding.objects.public().years()
        self.fields["gebied"].choices = gebied_choices(_("Heel Alkmaar"))  # type: ignore[attr-defined]
        self.fields["jaar"].choices = [(year, str(year)) for year in self.years]  # type: ignore[attr-defined]

    def year(self) -> int:
        """The year that was chosen, else this one; call it on a valid form."""
        return self.cleaned_data["jaar"] or self.years[0]

    def gebied_chosen(self) -> Gebied | None:
        """The gebied that was chosen; None for the whole municipality. Call it on a valid form."""
        if slug := self.cleaned_data["gebied"]:
            return Gebied.objects.current().without_grens().get(slug=slug)
        return None
