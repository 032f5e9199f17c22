"""What behandelaars fill in about one melding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from gebruikers.models import Afdeling
from meldingen import rules
from meldingen.forms.dossier import ChangeForm, ExplainedForm, toelichting_field
from meldingen.forms.keuzes import categorie_choices
from meldingen.models import Categorie, Melding
from meldingen.rules import Reden, Status

_DECIDE = _("Kies of iedereen dit mag zien, of niet.")


def promise_field(*, required: bool) -> forms.DateField:
    """A new date to promise."""
    wrong = _("Dit is geen datum. Schrijf die zoals 31-12-2026.")
    return forms.DateField(
        label=_("Nieuwe datum"),
        help_text=_("Alleen als de beloofde datum verandert. De melder krijgt deze datum ook."),
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Kies een datum."), "invalid": wrong},
    )


class DatumForm(ExplainedForm):
    """Another promised date, and why."""

    beloofd_op = promise_field(required=True)
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        self.fields["beloofd_op"].help_text = _("Nu is %(datum)s beloofd.") % {
            "datum": date_format(melding.beloofd_op, "l j F Y")
        }


class StatusForm(ExplainedForm):
    """Another status with its explanation."""

    #: What is asked only with one status; a script hides it with the others.
    ONLY_WITH = {"eerste": Status.DUBBEL, "reden": Status.NIET_OPGELOST}

    status = forms.ChoiceField(
        label=_("Nieuwe status"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Kies de nieuwe status."),
            "invalid_choice": _("Deze status kan nu niet. Kies een andere."),
        },
    )
    eerste = forms.CharField(
        label=_("Nummer van de eerste melding"),
        help_text=_("Alleen bij ‘Dubbel’: van welke melding is dit een dubbele?"),
        required=False,
        max_length=9,
    )
    reden = forms.ChoiceField(
        label=_("Waarom niet opgelost?"),
        help_text=_("Alleen bij ‘Niet opgelost’. Iedereen ziet deze reden."),
        required=False,
        choices=[("", _("Kies …")), *Reden.choices],
        error_messages={"invalid_choice": _("Kies waarom het niet is opgelost.")},
    )
    beloofd_op = promise_field(required=False)
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        possible = rules.next_statuses(melding)
        if melding.is_overdue:
            self.fields["beloofd_op"].help_text = _(
                "De beloofde datum is voorbij. Is het nog niet klaar? Geef dan een nieuwe datum."
            )
        for name, status in self.ONLY_WITH.items():
            self.fields[name].widget.attrs["data-alleen-bij"] = status
            self.fields[name].sometimes = True  # type: ignore[attr-defined]
        self.fields["status"].choices = [(status.value, status.label) for status in possible]  # type: ignore[attr-defined]
        for name, status in self.ONLY_WITH.items():
            if status not in possible:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A double is one of some melding: whoever leaves its number out is asked for it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("status") == Status.DUBBEL
            and not cleaned.get("eerste", "").strip()
            and not self.has_error("eerste")
        ):
            self.add_error("eerste", _("Vul het nummer van de eerste melding in."))
        return cleaned


class CategorieForm(ExplainedForm):
    """Another category, with its afdeling and term."""

    categorie = forms.ModelChoiceField(
        label=_("Nieuwe categorie"),
        help_text=_("De melding gaat naar de afdeling die hierbij hoort en krijgt de termijn van deze categorie."),
        queryset=Categorie.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={
            "required": _("Kies een categorie."),
            "invalid_choice": _("Deze categorie is er niet meer. Kies een andere."),
        },
    )
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        field = self.fields["categorie"]
        field.queryset = Categorie.objects.in_use()  # type: ignore[attr-defined]
        field.choices = categorie_choices(field.queryset, _("Kies …"))  # type: ignore[attr-defined]


class AfdelingForm(ExplainedForm):
    """Another afdeling of the municipality."""

    afdeling = forms.ModelChoiceField(
        label=_("Nieuwe afdeling"),
        queryset=Afdeling.objects.all(),
        to_field_name="slug",
        empty_label=_("Kies …"),
        error_messages={
            "required": _("Kies een afdeling."),
            "invalid_choice": _("Deze afdeling is er niet meer. Kies een andere."),
        },
    )
    toelichting = toelichting_field()


class BesluitForm(ChangeForm):
    """Whether the text or a photo is shown to everybody."""

    besluit = forms.ChoiceField(
        choices=[("openbaar", _("Openbaar")), ("besloten", _("Niet openbaar"))],
        error_messages={"required": _DECIDE, "invalid_choice": _DECIDE},
    )
