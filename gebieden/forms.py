"""What people fill in about areas: texts, teams, and questions for an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH, ActionForm, PlainText, VersieForm
from gebieden.models import Teamlid
from gebieden.pdok import MAX_QUERY
from gebieden.rules import INLEIDING_MAX_LENGTH, Rol


class InleidingForm(VersieForm):
    """The introduction of a gebied, wijk or dorp."""

    inleiding = PlainText(
        label=_("Inleiding"),
        required=False,
        max_length=INLEIDING_MAX_LENGTH,
        help_text=_("Schrijf gewone tekst, zonder opmaak. Een lege regel begint een nieuwe alinea."),
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "max_length": _("De inleiding is te lang: hoogstens %(limit_value)d tekens. U heeft er %(show_value)d.")
        },
    )


class TeamlidForm(ActionForm):
    """Function and public contact of somebody in a Gebiedsteam."""

    rol = forms.ChoiceField(
        label=_("Functie"),
        choices=[("", _("Kies een functie")), *Rol.choices],
        error_messages={
            "required": _("Kies de functie in het Gebiedsteam."),
            "invalid_choice": _("Kies een van de functies uit de lijst."),
        },
    )
    naam = forms.CharField(
        label=_("Naam"),
        required=False,
        max_length=80,
        help_text=_("Iedereen ziet deze naam. Laat leeg als u alleen de functie wilt noemen."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mailadres"),
        required=False,
        max_length=EMAIL_LENGTH,
        help_text=_("Het adres van de functie of het team, niet een privéadres."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Vul een e-mailadres in zoals team@alkmaar.nl.")},
    )
    telefoon = forms.CharField(
        label=_("Telefoonnummer"),
        required=False,
        max_length=20,
        help_text=_("Bijvoorbeeld 14 072."),
        validators=Teamlid._meta.get_field("telefoon").validators[:1],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    bereikbaar = forms.CharField(
        label=_("Bereikbaar"),
        required=False,
        max_length=120,
        help_text=_("Bijvoorbeeld: maandag tot en met donderdag, of: elke dinsdag om 10 uur in het wijkcentrum."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TeamlidWijzigenForm(VersieForm, TeamlidForm):
    """The same for somebody who is in the team already."""


class VerplaatsForm(ActionForm):
    """Which way a teamlid moves in the list."""

    richting = forms.ChoiceField(choices=[("omhoog", _("Omhoog")), ("omlaag", _("Omlaag"))])

    def action_arguments(self) -> dict[str, Any]:
        """Whether it goes up."""
        return {"up": self.cleaned_data["richting"] == "omhoog"}


class AdresVraag(forms.Form):
    """A question for addresses: by the words `q`, or at the point `lat`, `lon` (degrees, WGS84)."""

    q = forms.CharField(
        required=False,
        max_length=MAX_QUERY,
        error_messages={"max_length": _("q mag hoogstens %(limit_value)d tekens hebben.")},
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)

    def clean(self) -> dict[str, Any]:
        """Either words or a whole point."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        point = cleaned.get("lat") is not None and cleaned.get("lon") is not None
        if bool(cleaned.get("q")) == point:
            raise forms.ValidationError(_("Geef q mee met een deel van een adres, of lat en lon van een punt."))
        return cleaned

    def reason(self) -> str | Promise:
        """Why the question can't be answered, in one sentence."""
        if "lat" in self.errors or "lon" in self.errors:
            return _("lat en lon moeten getallen zijn: lat van -90 tot 90, lon van -180 tot 180.")
        return next(str(error) for errors in self.errors.values() for error in errors)
