"""What is asked to find out whether something was reported already, and to follow it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH, ActionForm
from gebruikers.models import Gebruiker
from meldingen.forms.contact import BAD_EMAIL
from meldingen.models import Categorie, Melding


class NearbyForm(forms.Form):
    """A pin and a category."""

    lat = forms.FloatField(min_value=-85, max_value=85)
    lon = forms.FloatField(min_value=-180, max_value=180)
    categorie = forms.ModelChoiceField(queryset=Categorie.objects.filter(actief=True), to_field_name="slug")

    def found(self) -> list[Melding]:
        """Open public meldingen near the pin that may be the same, the nearest first; call it on a valid form."""
        asked = self.cleaned_data
        return Melding.objects.maybe_same(asked["categorie"], asked["lat"], asked["lon"])


class FollowForm(ActionForm):
    """The address that wants to be told; who is signed in gives none, for theirs is known."""

    email = forms.EmailField(
        label=_("E-mailadres"),
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": BAD_EMAIL, "invalid": BAD_EMAIL, "max_length": BAD_EMAIL},
    )

    def __init__(self, *args: Any, user: Gebruiker | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user:
            del self.fields["email"]

    def action_arguments(self) -> dict[str, Any]:
        """What `berichten.actions.follow` takes of this form."""
        return {"email": self.user.email if self.user else self.cleaned_data["email"]}
