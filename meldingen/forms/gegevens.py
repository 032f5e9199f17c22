"""What reporters change of what we hold of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from basis.formulieren import ActionForm
from meldingen.forms.contact import email_field, naam_field, telefoon_field
from meldingen.models import Melding


class ContactForm(ActionForm):
    """How the reporter can be reached; empty is fine."""

    naam = naam_field()
    email = email_field(
        _("Een nieuw adres gebruiken we pas als u het bevestigt. We sturen er een mail heen. Leeg: u krijgt geen mail.")
    )
    telefoon = telefoon_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(melding, name) for name in ("naam", "email", "telefoon")}
        super().__init__(*args, **kwargs)
        self.melding = melding

    def needs_proof(self, proven: str) -> bool:
        """Whether it is another address than now, and not the one that the visitor proved to own (`proven`)."""
        new = self.cleaned_data["email"].lower()
        return new not in ("", self.melding.email.lower(), proven.lower())
