"""Parts of a melding for other afdelingen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import PlainText
from gebruikers.models import Afdeling
from meldingen import rules
from meldingen.forms.dossier import ChangeForm
from meldingen.models import Melding


class DeeltaakForm(ChangeForm):
    """What another afdeling is asked to do, and until when."""

    afdeling = forms.ModelChoiceField(
        label=_("Welke afdeling?"),
        queryset=Afdeling.objects.none(),
        to_field_name="slug",
        empty_label=_("Kies …"),
        error_messages={
            "required": _("Kies een afdeling."),
            "invalid_choice": _("Deze afdeling kunt u niet vragen. Kies een andere."),
        },
    )
    wat = PlainText(
        label=_("Wat moet er gebeuren?"),
        help_text=_("Alleen medewerkers lezen dit. De afdeling krijgt het per mail."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_WAT,
        error_messages={"required": _("Schrijf op wat de andere afdeling moet doen.")},
    )
    gereed_voor = forms.DateField(
        label=_("Uiterlijk klaar"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Kies een datum."),
            "invalid": _("Dit is geen datum. Schrijf die zoals 31-12-2026."),
        },
    )

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        self.fields["afdeling"].queryset = Afdeling.objects.exclude(pk=melding.afdeling_id)  # type: ignore[attr-defined]


class UitlegForm(ChangeForm):
    """How a part ended."""

    uitleg = PlainText(
        label=_("Uitleg"),
        help_text=_("Alleen medewerkers lezen dit."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.MAX_UITLEG,
        error_messages={"required": _("Schrijf in een zin wat er is gedaan, of waarom het niet meer hoeft.")},
    )
