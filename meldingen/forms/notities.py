"""A note among staff."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import ActionForm, PlainText
from meldingen import rules


class NotitieForm(ActionForm):
    """A note in the file. It carries no version: it changes nothing that somebody else could change meanwhile."""

    tekst = PlainText(
        label=_("Notitie"),
        help_text=_("Alleen medewerkers die aan deze melding werken, lezen dit. Schrijf op wat nodig is, meer niet."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.MAX_NOTITIE,
        error_messages={"required": _("Schrijf op wat uw collega’s moeten weten.")},
    )
