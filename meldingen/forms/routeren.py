"""Trying which afdeling a melding would go to."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import PlainText, speak_plainly
from gebieden.keuzes import wijk_choices
from gebieden.models import Wijk
from meldingen import rules
from meldingen.forms.keuzes import categorie_choices
from meldingen.models import Categorie


class RouteVraagForm(forms.Form):
    """A melding that is not there: what the rules would ask of it."""

    categorie = forms.ChoiceField(label=_("Categorie"))
    wijk = forms.ChoiceField(label=_("Wijk"))
    woorden = PlainText(
        label=_("Woorden"),
        help_text=_("Wat de melder schrijft: de omschrijving, en de plek. Mag leeg blijven. We bewaren dit niet."),
        required=False,
        max_length=rules.MAX_OMSCHRIJVING,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self._choice("categorie").choices = categorie_choices(Categorie.objects.in_use(), _("Kies een categorie"))
        self._choice("wijk").choices = wijk_choices(_("Kies een wijk"))
        speak_plainly(self.fields)

    def _choice(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def chosen(self) -> tuple[Categorie, Wijk, str]:
        """Category with its afdeling, wijk and words; call it on a valid form."""
        values = self.cleaned_data
        categorie = Categorie.objects.in_use().select_related("afdeling").get(slug=values["categorie"])
        return categorie, Wijk.objects.for_choice().get(slug=values["wijk"]), values["woorden"]
