"""What behandelaars and organisations fill in about a melding that is handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from basis.formulieren import PlainText
from basis.fotovelden import TakesFotos
from gebieden.models import Organisatie
from meldingen import rules
from meldingen.forms.behandelen import promise_field
from meldingen.forms.dossier import ChangeForm, ExplainedForm, toelichting_field
from meldingen.models import Foto, Melding, Overdracht
from meldingen.rules import Besluit

_WRONG_FOTO = _("Deze foto is er niet meer. Open de pagina opnieuw.")


class DoorzetForm(ExplainedForm):
    """To which organisation, what is asked of it, and what it gets to see."""

    organisatie = forms.ModelChoiceField(
        label=_("Organisatie"),
        help_text=_("Staat de organisatie er niet bij? De beheerder kan die toevoegen, met een e-mailadres."),
        queryset=Organisatie.objects.none(),
        to_field_name="slug",
        empty_label=_("Kies …"),
        error_messages={
            "required": _("Kies een organisatie."),
            "invalid_choice": _("Deze organisatie is niet meer te kiezen. Kies een andere."),
        },
    )
    vraag = PlainText(
        label=_("Wat vraagt u de organisatie?"),
        help_text=_("Alleen de organisatie leest dit, in de mail en op haar eigen pagina."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_VRAAG,
        error_messages={"required": _("Schrijf wat u de organisatie vraagt te doen.")},
    )
    deelt_omschrijving = forms.BooleanField(
        label=_(
            "Deel de omschrijving, en wat de melder over de plek schreef. "
            "Lees eerst of er geen namen of telefoonnummers in staan."
        ),
        required=False,
    )
    fotos = forms.TypedMultipleChoiceField(
        label=_("Deel deze foto’s"),
        help_text=_("Deel alleen wat de organisatie nodig heeft."),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _WRONG_FOTO},
    )
    deelt_contact = forms.BooleanField(
        label=_(
            "Deel naam, e-mailadres en telefoonnummer van de melder. "
            "Doe dit alleen als de organisatie de melder echt moet bereiken, en de melder dat weet."
        ),
        required=False,
    )
    beloofd_op = promise_field(required=False)
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        #: In the order in which the choices number them.
        self.foto_rows = fotos = list(Foto.objects.of(melding))
        # Photos that everybody sees whole are ticked. Words are not: the organisation would read them as they were
        # typed, with what is blacked out and with the spot in the reporter's words.
        kwargs["initial"] = {
            "fotos": [str(foto.uuid) for foto in fotos if foto.is_openbaar and not foto.vlakken],
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, melding=melding, **kwargs)
        self.fields["organisatie"].queryset = Organisatie.objects.takes_meldingen()  # type: ignore[attr-defined]
        self.fields["fotos"].choices = [  # type: ignore[attr-defined]
            (str(foto.uuid), _name(number, foto, melding)) for number, foto in enumerate(fotos, start=1)
        ]
        if not fotos:
            del self.fields["fotos"]
        if not melding.has_contact:
            del self.fields["deelt_contact"]
        if melding.is_overdue:
            self.fields["beloofd_op"].help_text = _("De beloofde datum is voorbij. Geef een nieuwe datum.")


class NavraagAntwoordForm(ChangeForm):
    """The answer to what an organisation asked."""

    tekst = PlainText(
        label=_("Uw antwoord"),
        help_text=_("Alleen de organisatie leest dit. Noem de melder niet."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_VRAAG,
        error_messages={"required": _("Schrijf uw antwoord in een of twee zinnen.")},
    )


class OverdrachtForm(ChangeForm):
    """A form of the organisation; it carries the version of the overdracht, not that of the melding."""

    def __init__(self, *args: Any, overdracht: Overdracht, **kwargs: Any) -> None:
        self.overdracht = overdracht
        super().__init__(*args, melding=overdracht.melding, **kwargs)

    @property
    def newest(self) -> int:
        """The version of what this form changes."""
        return self.overdracht.versie


class AannemenForm(OverdrachtForm):
    """That the organisation takes it."""

    toelichting = toelichting_field()
    beloofd_op = promise_field(required=False)
    kenmerk = forms.CharField(
        label=_("Uw eigen nummer"),
        help_text=_("Het nummer van deze melding in uw eigen systeem. Alleen de behandelaar ziet dit."),
        required=False,
        max_length=rules.MAX_KENMERK,
    )

    def __init__(self, *args: Any, overdracht: Overdracht, **kwargs: Any) -> None:
        kwargs["initial"] = {"toelichting": _("We hebben uw melding aangenomen en gaan ermee aan de slag.")}
        super().__init__(*args, overdracht=overdracht, **kwargs)
        self.fields["beloofd_op"].label = _("Wanneer is het klaar?")
        told = {"datum": date_format(overdracht.melding.beloofd_op, "l j F Y")}
        hint = _("De melder is %(datum)s beloofd. Vul alleen een andere datum in als die niet klopt.")
        if overdracht.melding.is_overdue:
            hint = _("De melder was %(datum)s beloofd, en die datum is voorbij. Geef een nieuwe datum.")
            self.fields["beloofd_op"].required = True
        self.fields["beloofd_op"].help_text = hint % told


class VraagForm(OverdrachtForm):
    """What the organisation asks the behandelaar."""

    tekst = PlainText(
        label=_("Uw vraag"),
        help_text=_("Alleen de behandelaar leest dit. U krijgt een mail met het antwoord."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_VRAAG,
        error_messages={"required": _("Schrijf in een of twee zinnen wat u wilt weten.")},
    )


class GereedForm(TakesFotos, OverdrachtForm):
    """That it is done, perhaps with photos."""

    toelichting = toelichting_field()
    field_order = ["toelichting", "foto"]


class TeruggevenForm(OverdrachtForm):
    """Why it goes back to the municipality."""

    toelichting = toelichting_field()

    def __init__(self, *args: Any, overdracht: Overdracht, **kwargs: Any) -> None:
        super().__init__(*args, overdracht=overdracht, **kwargs)
        self.fields["toelichting"].label = _("Waarom geeft u de melding terug?")


def _name(number: int, foto: Foto, melding: Melding) -> str:
    """What a photo is called beside its box: its number on the page of the melding, and whether everybody sees it."""
    if foto.vlakken and not (foto.is_openbaar and melding.categorie.openbaar):
        return _("Foto %(number)d (heeft zwarte vlakken: de organisatie ziet de foto pas als die openbaar is)") % {
            "number": number
        }
    if foto.besluit == Besluit.BESLOTEN:
        return _("Foto %(number)d (niet openbaar)") % {"number": number}
    return _("Foto %(number)d") % {"number": number}
