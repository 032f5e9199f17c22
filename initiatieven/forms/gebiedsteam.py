"""What a Gebiedsteam fills in about one idea."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.besluiten import Besluit
from basis.formulieren import PlainText, VersieForm
from basis.regels import StaleVersion
from initiatieven.models import Initiatief
from initiatieven.rules import MAX_TOELICHTING

_DECIDE = _("Kies of iedereen dit mag zien, of niet.")


class TeamForm(VersieForm):
    """A form of the Gebiedsteam on one idea."""

    def __init__(self, *args: Any, initiatief: Initiatief, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["versie"] = initiatief.versie
        super().__init__(*args, **kwargs)
        self.initiatief = initiatief

    def try_action(self, action: Callable[..., Any], **arguments: Any) -> bool:
        """As every form; who comes second keeps what was typed and may send it again, now knowing what changed."""
        if super().try_action(action, **arguments):
            return True
        if isinstance(self.violation, StaleVersion):
            self.catch_up(self.initiatief.versie)
        return False


class PlaatsenForm(TeamForm):
    """Putting an idea on the site."""

    toelichting = PlainText(
        label=_("Bericht bij het plaatsen"),
        help_text=_("Iedereen kan dit lezen, en de maker krijgt het per mail. Noem geen namen."),
        required=False,
        max_length=MAX_TOELICHTING,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TeruggevenForm(TeamForm):
    """Giving an idea back to its maker."""

    toelichting = PlainText(
        label=_("Wat moet er anders?"),
        help_text=_("De maker krijgt dit per mail. Het komt niet op de site."),
        max_length=MAX_TOELICHTING,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schrijf wat er anders moet. De maker krijgt dit per mail.")},
    )


class BesluitForm(TeamForm):
    """Whether a photo is shown to everybody."""

    besluit = forms.ChoiceField(
        choices=Besluit.choices, error_messages={"required": _DECIDE, "invalid_choice": _DECIDE}
    )
