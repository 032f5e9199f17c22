"""What behandelaars fill in to divide the work: for one melding, for many at once, and for the searches they keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import ActionForm
from basis.nummers import NUMMER_LENGTH
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.forms.behandelen import AfdelingForm, StatusForm
from meldingen.forms.dossier import ChangeForm, toelichting_field
from meldingen.forms.keuzes import colleagues
from meldingen.models import Melding
from meldingen.rules import MAX_SAMEN, ZOEKOPDRACHT_LENGTH, Prioriteit, Status


def behandelaar_field() -> forms.ModelChoiceField:
    """Whose it becomes; nobody's when it stays empty."""
    return forms.ModelChoiceField(
        label=_("Van wie wordt het?"),
        queryset=Gebruiker.objects.none(),
        required=False,
        empty_label=_("Niemand"),
        error_messages={"invalid_choice": _("Deze collega handelt hier geen meldingen meer af. Kies iemand anders.")},
    )


class ToewijzenForm(ChangeForm):
    """Whose melding this is."""

    behandelaar = behandelaar_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["behandelaar"] = melding.behandelaar_id
        super().__init__(*args, melding=melding, **kwargs)
        self.fields["behandelaar"].sometimes = True  # type: ignore[attr-defined]
        self.fields["behandelaar"].queryset = colleagues([melding.afdeling])  # type: ignore[attr-defined]


class PrioriteitForm(ChangeForm):
    """How much a melding presses."""

    prioriteit = forms.TypedChoiceField(
        label=_("Hoeveel haast heeft het?"),
        choices=Prioriteit.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies een prioriteit."), "invalid_choice": _("Kies een prioriteit.")},
    )

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["prioriteit"] = melding.prioriteit
        super().__init__(*args, melding=melding, **kwargs)


def chosen_field() -> forms.MultipleChoiceField:
    """The numbers of meldingen, each with the version that was seen: `20261121.3`."""
    return ChosenField(
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": _("Kies in de lijst eerst een of meer meldingen."),
            "too_many": _("Kies hoogstens %(limit)d meldingen tegelijk.") % {"limit": MAX_SAMEN},
        },
    )


class ChosenField(forms.MultipleChoiceField):
    """Meldingen that were chosen in the list, as a dict of number → version."""

    def to_python(self, value: Any) -> Any:
        """What was chosen; whatever is no number with its version is left out, as nobody can choose it."""
        chosen = {}
        for part in super().to_python(value):
            nummer, _dot, versie = part.partition(".")
            if len(nummer) == NUMMER_LENGTH and all(
                digits.isascii() and digits.isdecimal() and len(digits) < _DIGITS for digits in (nummer, versie)
            ):
                chosen[nummer] = int(versie)
        return chosen

    def validate(self, value: Any) -> None:
        """At least one, and no more than can be changed together."""
        if not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(value) > MAX_SAMEN:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")


_DIGITS = 10


class SamenKeuze(forms.Form):
    """What was chosen in the list, and what is to be done with it; from the address of the page."""

    WAT = [("toewijzen", _("Toewijzen")), ("status", _("Status wijzigen")), ("afdeling", _("Overdragen"))]

    wat = forms.ChoiceField(
        choices=WAT,
        error_messages={
            "required": _("Kies onder de lijst wat u wilt doen."),
            "invalid_choice": _("Kies onder de lijst wat u wilt doen."),
        },
    )
    m = chosen_field()
    #: The query of the list that one comes from, and goes back to.
    terug = forms.CharField(required=False, max_length=1000)


class SamenForm(ActionForm):
    """What happens to many meldingen together."""

    #: What is asked of every melding before it may be changed in this way; those that fail are left as they are.
    check = staticmethod(rules.check_divisible)

    def __init__(
        self, *args: Any, meldingen: Sequence[Melding], afdelingen: Collection[Afdeling], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choose(meldingen, afdelingen)

    def choose(self, meldingen: Sequence[Melding], afdelingen: Collection[Afdeling]) -> None:
        """Offer what fits all of these meldingen."""


class SamenToewijzen(SamenForm):
    """Let them be somebody's."""

    behandelaar = behandelaar_field()

    def choose(self, meldingen: Sequence[Melding], afdelingen: Collection[Afdeling]) -> None:
        """Offer the colleagues of these afdelingen; the action refuses who is none of the melding's own."""
        self.fields["behandelaar"].sometimes = True  # type: ignore[attr-defined]
        self.fields["behandelaar"].queryset = colleagues(afdelingen)  # type: ignore[attr-defined]


class SamenStatus(SamenForm):
    """Give them another status, with one explanation for all."""

    check = staticmethod(rules.check_movable)

    status = forms.ChoiceField(
        label=_("Nieuwe status"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Kies de nieuwe status."),
            "invalid_choice": _("Deze status kan nu niet. Kies een andere."),
        },
    )
    reden = StatusForm.base_fields["reden"]
    beloofd_op = StatusForm.base_fields["beloofd_op"]
    toelichting = toelichting_field()

    def choose(self, meldingen: Sequence[Melding], afdelingen: Collection[Afdeling]) -> None:
        """Offer what each of them may become."""
        possible = rules.statuses_for_all(meldingen)
        self.fields["status"].choices = [(status.value, status.label) for status in possible]  # type: ignore[attr-defined]
        if Status.NIET_OPGELOST in possible:
            self.fields["reden"].widget.attrs["data-alleen-bij"] = Status.NIET_OPGELOST
            self.fields["reden"].sometimes = True  # type: ignore[attr-defined]
        else:
            del self.fields["reden"]

    @property
    def is_possible(self) -> bool:
        """Whether there is a status that fits all of them."""
        return bool(self.fields["status"].choices)  # type: ignore[attr-defined]


class SamenAfdeling(SamenForm):
    """Hand them over to another afdeling."""

    check = staticmethod(rules.check_changeable)

    afdeling = AfdelingForm.base_fields["afdeling"]
    toelichting = toelichting_field()


class ZoekopdrachtNaamForm(ActionForm):
    """The name of a search that is kept."""

    naam = forms.CharField(
        label=_("Naam"),
        max_length=ZOEKOPDRACHT_LENGTH,
        help_text=_("Kort, zodat u hem boven de lijst herkent. Alleen u ziet deze naam."),
    )


class ZoekopdrachtForm(ZoekopdrachtNaamForm):
    """A new search to keep; its choices come along hidden, and the view has the filter check them."""

    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
