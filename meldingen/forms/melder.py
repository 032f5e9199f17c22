"""What reporters fill in about their own melding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import ActionForm, PlainText
from basis.fotovelden import TakesFotos
from basis.regels import RuleViolation
from meldingen import rules

TOO_LONG = _("Uw tekst is te lang. Maak die korter dan %(limit_value)d tekens.")


class AntwoordForm(TakesFotos, ActionForm):
    """An answer to the question of a behandelaar."""

    tekst = PlainText(
        label=_("Uw antwoord"),
        help_text=_("Alleen de behandelaar leest dit. Het komt niet op de site."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_ANTWOORD,
        error_messages={"required": _("Schrijf in een of twee zinnen wat u ziet of weet."), "max_length": TOO_LONG},
    )
    field_order = ["tekst", "foto"]


class OordeelForm(AntwoordForm):
    """Whether it is solved; a "no" wants words."""

    JA, NEE = "ja", "nee"

    opgelost = forms.ChoiceField(
        label=_("Is het opgelost?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Kies of het is opgelost."),
            "invalid_choice": _("Kies of het is opgelost."),
        },
    )
    field_order = ["opgelost", "tekst", "foto"]

    def __init__(self, *args: Any, solved: bool, **kwargs: Any) -> None:
        """`solved` says whether the behandelaar closed it as solved."""
        super().__init__(*args, **kwargs)
        choices = [(self.JA, _("Ja, het is opgelost")), (self.NEE, _("Nee, het is niet opgelost"))]
        if not solved:
            self.fields["opgelost"].label = _("Bent u het hiermee eens?")
            choices = [(self.JA, _("Ja, het is goed zo")), (self.NEE, _("Nee, er moet nog iets gebeuren"))]
        self.fields["opgelost"].choices = choices  # type: ignore[attr-defined]
        self.fields["tekst"].required = False
        self.fields["tekst"].label = _("Wat is er nog aan de hand?")
        self.fields["tekst"].help_text = _("Alleen bij ‘nee’. De behandelaar leest dit. Het komt niet op de site.")

    def clean(self) -> dict[str, Any]:
        """A "no" without words helps nobody on."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["opgelost"] = cleaned.get("opgelost") == self.JA
        if "opgelost" not in self.errors and not cleaned["opgelost"] and "tekst" not in self.errors:
            try:
                rules.check_antwoord(cleaned.get("tekst", ""))
            except RuleViolation as violation:
                self.add_error("tekst", str(violation))
        return cleaned
