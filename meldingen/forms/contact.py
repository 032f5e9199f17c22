"""How somebody can be reached: the same three fields wherever they are asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH

BAD_EMAIL = _("Dit e-mailadres klopt niet. Schrijf het zoals naam@voorbeeld.nl.")


def naam_field() -> forms.CharField:
    """A name, as somebody wants to be called."""
    return forms.CharField(
        label=_("Naam"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


def email_field(help_text: Any) -> forms.EmailField:
    """An e-mail address."""
    return forms.EmailField(
        label=_("E-mailadres"),
        help_text=help_text,
        required=False,
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "data-fout": BAD_EMAIL}),
        error_messages={"invalid": BAD_EMAIL, "max_length": BAD_EMAIL},
    )


def telefoon_field() -> forms.CharField:
    """A phone number."""
    return forms.CharField(
        label=_("Telefoonnummer"),
        help_text=_("We bellen alleen als we iets niet begrijpen."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(r"^\+?[0-9 ()\-]{8,20}$", _("Dit telefoonnummer klopt niet. Schrijf het zoals 06 12345678."))
        ],
    )
