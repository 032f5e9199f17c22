"""What somebody told by phone, at the desk, by mail or in the street."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meldingen.forms.melden import MeldingForm
from meldingen.rules import ENTERED_BY_STAFF

_CHOOSE = _("Kies hoe de melding bij u kwam.")


class InvoerForm(MeldingForm):
    """The form of residents, filled in by staff for somebody else."""

    kanaal = forms.ChoiceField(
        label=_("Hoe kwam de melding bij u?"),
        widget=forms.RadioSelect,
        choices=[(kanaal.value, kanaal.label) for kanaal in ENTERED_BY_STAFF],
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["omschrijving"].help_text = _(
            "Schrijf op wat de melder zegt, zonder namen of telefoonnummers. De behandelaar kan deze tekst op de site "
            "zetten."
        )
        self.fields["email"].help_text = _("Dan krijgt de melder een bevestiging, en bericht bij elke stap.")

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.enter_melding` takes."""
        return {**super().action_arguments(), "kanaal": self.cleaned_data["kanaal"]}
