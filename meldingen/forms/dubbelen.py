"""Joining a double to the first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from basis.nummers import NUMMER_LENGTH, readable
from meldingen.forms.dossier import ChangeForm
from meldingen.rules import Status

NO_NUMMER = gettext_lazy("Er is geen melding met dit nummer. Kijk het nummer na.")


class SamenvoegenForm(ChangeForm):
    """Of which melding this one is a double; what everybody reads of it are our words."""

    eerste = forms.RegexField(
        rf"^[0-9]{{{NUMMER_LENGTH}}}$", error_messages={"required": NO_NUMMER, "invalid": NO_NUMMER}
    )

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.change_status` takes."""
        eerste = self.cleaned_data["eerste"]
        told = _("Deze melding gaat over hetzelfde als melding %(nummer)s. U krijgt bericht als daar iets verandert.")
        nummer = readable(eerste)
        return {**super().action_arguments(), "status": Status.DUBBEL, "toelichting": told % {"nummer": nummer}}
