"""The form of `/initiatieven/nieuw/`, which changes a concept too."""

from __future__ import annotations

from functools import cache as once
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH, ActionForm, PlainText, VersieForm
from basis.fotos import PreparedFoto
from basis.fotovelden import Fotos, FotosField, UuidsField
from gebieden import pdok
from gebieden.keuzes import Choices
from gebieden.models import Buurt, Gebied, Wijk
from gebieden.pdok import PdokUnavailable
from gebieden.plaatsen import buurt_at, street_at
from gebieden.themas import Thema
from initiatieven.actions import Idee, Plaats
from initiatieven.models import Initiatief
from initiatieven.rules import MAX_KORT, MAX_TEKST, MAX_TITEL, Bereik, MakerSoort

OUTSIDE = _("Deze plek ligt niet in de gemeente Alkmaar. Kies een plek in Alkmaar.")
BAD_PIN = _("De speld staat niet goed. Zet die opnieuw op de kaart, of kies hieronder een wijk of dorp.")
NO_PLACE = _("Zeg voor waar uw idee is: kies een gebied, wijk of dorp, of vul een adres in.")
BAD_EMAIL = _("Dit e-mailadres klopt niet. Schrijf het zoals naam@voorbeeld.nl.")


def area_choices() -> Choices:
    """Every gebied with its wijken and dorpen, after a first line that stands for none."""
    found: Choices = [("", _("Kies …"))]
    for gebied in Gebied.objects.for_page().order_by("volgorde"):
        lines: Choices = [(f"gebied {gebied.slug}", gebied.heading)]
        for wijk in gebied.wijken.all():
            lines.append((f"wijk {wijk.slug}", wijk.heading))
            lines += [(f"dorp {wijk.slug} {dorp.slug}", dorp.naam) for dorp in wijk.dorpen()]
        found.append((gebied.naam, lines))
    return found


class IdeeForm(ActionForm):
    """What an idea is, for where, and whose it is. Only the title, the place and the address must be there at once."""

    inzending = forms.UUIDField(widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    titel = forms.CharField(
        label=_("Hoe heet uw idee?"),
        help_text=_("Kort en duidelijk, zoals: Geveltuintjes in onze straat."),
        max_length=MAX_TITEL,
        error_messages={"required": _("Geef uw idee een titel.")},
    )
    wat = PlainText(
        label=_("Wat wilt u doen?"),
        help_text=_("Schrijf geen namen of telefoonnummers op. Deze tekst komt op de site."),
        required=False,
        max_length=MAX_TEKST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    waarom = PlainText(
        label=_("Waarom is dat goed voor de buurt?"),
        required=False,
        max_length=MAX_TEKST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    thema = forms.ChoiceField(
        label=_("Waar past het bij?"), required=False, choices=[("", _("Kies …")), *Thema.choices]
    )
    doelgroep = forms.CharField(
        label=_("Voor wie is het?"),
        help_text=_("Bijvoorbeeld: kinderen tot 12 jaar, of wie in de Arubastraat woont."),
        required=False,
        max_length=MAX_KORT,
    )
    hulp = forms.CharField(
        label=_("Welke hulp zoekt u?"),
        help_text=_("Bijvoorbeeld: handige handen op een zaterdag, gereedschap, een ruimte."),
        required=False,
        max_length=MAX_KORT,
    )
    bereik = forms.ChoiceField(
        label=_("Hoe ver reikt het?"), choices=Bereik.choices, initial=Bereik.STRAAT, widget=forms.RadioSelect
    )
    waar = forms.ChoiceField(
        label=_("Gebied, wijk of dorp"),
        required=False,
        error_messages={"invalid_choice": _("Kies een gebied, wijk of dorp uit de lijst.")},
    )
    adres = forms.CharField(
        label=_("Adres of straat"),
        help_text=_("Bijvoorbeeld: Arubastraat 12. Op de site staat alleen de straat."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    plek = forms.CharField(
        label=_("Beschrijf de plek"),
        help_text=_("Bijvoorbeeld: het grasveld achter de school."),
        required=False,
        max_length=MAX_KORT,
    )
    foto = FotosField(
        label=_("Foto"),
        required=False,
        help_text=_(
            "Tot 3 foto’s, elk hoogstens 10 MB, JPEG, PNG, WebP of HEIC. We halen de plaats en tijd uit de foto weg."
        ),
    )
    #: Which photos of an earlier try of this form are to be dropped.
    foto_weg = UuidsField(required=False)
    soort = forms.ChoiceField(
        label=_("U maakt dit"), choices=MakerSoort.choices, initial=MakerSoort.BEWONER, widget=forms.RadioSelect
    )
    organisatie_naam = forms.CharField(
        label=_("Naam van de organisatie"),
        help_text=_("Alleen als u het voor een organisatie doet. Deze naam komt op de site."),
        required=False,
        max_length=120,
    )
    naam = forms.CharField(
        label=_("Uw naam"),
        help_text=_("Alleen voor het Gebiedsteam."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Uw e-mailadres"),
        help_text=_("Alleen voor het Gebiedsteam. U krijgt een mail met een link naar uw idee."),
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Vul uw e-mailadres in. Daarmee vindt u uw idee terug."),
            "invalid": BAD_EMAIL,
            "max_length": BAD_EMAIL,
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["waar"].choices = once(area_choices)  # type: ignore[attr-defined]
        attrs = {"data-alleen-bij": MakerSoort.ORGANISATIE, "data-alleen-bij-veld": "soort"}
        self.fields["organisatie_naam"].widget.attrs |= attrs
        # Not before it is offered: the page says so on top.
        for name in ("organisatie_naam", "wat", "waarom", "thema", "naam"):
            self.fields[name].sometimes = True  # type: ignore[attr-defined]
        #: Photos to keep, whatever else is wrong with the form.
        self.accepted_fotos: list[PreparedFoto] = []
        #: Whether photos cannot be handled now, which is not the sender's fault.
        self.fotos_out = False

    def inzending_value(self) -> UUID:
        """The `inzending` this form carries, or a fresh one when it came back without."""
        if not self.is_bound:
            return self.initial["inzending"]
        if "inzending" not in self.cleaned_data:
            self.cleaned_data["inzending"] = uuid4()
            self.replace("inzending", self.cleaned_data["inzending"])
        return self.cleaned_data["inzending"]

    def clean_foto(self) -> list[PreparedFoto]:
        """The new photos that are fit."""
        new: Fotos = self.cleaned_data["foto"]
        self.accepted_fotos, self.fotos_out = new.accepted, new.out
        if new.refused:
            raise forms.ValidationError(new.refused)
        return new.accepted

    def clean(self) -> dict[str, Any]:
        """Find the place."""
        super().clean()
        if "inzending" in self.errors:
            del self.errors["inzending"]
            self.add_error(None, _("De pagina was niet helemaal geladen. Verstuur uw idee nog een keer."))
        plaats = self._plaats()
        if plaats:
            self.cleaned_data["plaats"] = plaats
        return self.cleaned_data

    def idee(self) -> Idee:
        """What the maker wrote."""
        return Idee(**{name: self.cleaned_data.get(name, "") for name in Idee.__dataclass_fields__})

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.save_concept` takes."""
        names = ("inzending", "email", "plaats")
        return {"idee": self.idee(), **{name: self.cleaned_data[name] for name in names}}

    def _plaats(self) -> Plaats | None:
        """For where it is, or None with an error at the field that helps on: pin, else address, else area."""
        broken = {"lat", "lon"} & self.errors.keys()
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        if broken or (lat is None) != (lon is None):
            for name in broken:
                del self.errors[name]
            self.add_error("lat", BAD_PIN)
            return None
        if lat is not None and lon is not None:
            return self._at(lat, lon, "lat", None if self.errors else street_at(lat, lon))
        if "waar" in self.errors:
            return None
        area = self._area(self.cleaned_data.get("waar", ""))
        if adres := self.cleaned_data.get("adres"):
            return self._at_address(adres, area)
        if area is None:
            self.add_error("waar", NO_PLACE)
        return area

    def _at(self, lat: float, lon: float, field: str, straat: str | None) -> Plaats | None:
        buurt = buurt_at(lat, lon)
        if buurt is None:
            self.add_error(field, OUTSIDE)
            return None
        return Plaats(buurt.wijk.gebied, buurt.wijk, buurt, lat, lon, straat or "")

    def _at_address(self, text: str, area: Plaats | None) -> Plaats | None:
        """At an address; where it cannot be looked up the chosen area is enough."""
        try:
            found = next((adres for adres in pdok.find(text) if adres.straat), None)
        except PdokUnavailable:
            found = None
        if found is None:
            if area is None:
                self.add_error("adres", _("We vinden dit adres niet. Kijk of het klopt, of kies ook een wijk of dorp."))
            return area
        return self._at(found.lat, found.lon, "adres", found.straat)

    def _area(self, choice: str) -> Plaats | None:
        match choice.split():
            case ["gebied", slug]:
                return Plaats(Gebied.objects.current().without_grens().get(slug=slug))
            case ["wijk", slug]:
                wijk = Wijk.objects.for_choice().get(slug=slug)
                return Plaats(wijk.gebied, wijk)
            case ["dorp", wijk_slug, slug]:
                dorp = Buurt.objects.for_page().get(wijk__slug=wijk_slug, slug=slug)
                return Plaats(dorp.wijk.gebied, dorp.wijk, dorp)
        return None


class ConceptForm(IdeeForm, VersieForm):
    """The same for a concept: the address that gets the mails stands fast."""

    def __init__(self, *args: Any, initiatief: Initiatief, **kwargs: Any) -> None:
        kwargs["initial"] = {**as_initial(initiatief), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        del self.fields["email"]
        self.initiatief = initiatief

    def clean(self) -> dict[str, Any]:
        """The form belongs to this concept, whatever it says itself."""
        self.cleaned_data["inzending"] = self.initiatief.inzending
        self.errors.pop("inzending", None)
        return super().clean()

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.edit_concept` takes."""
        return {"idee": self.idee(), "plaats": self.cleaned_data["plaats"], "versie": self.cleaned_data["versie"]}


def as_initial(initiatief: Initiatief) -> dict[str, Any]:
    """What a form about a concept starts with."""
    initial = {name: getattr(initiatief, name) for name in Idee.__dataclass_fields__}
    if initiatief.lat is None:
        if initiatief.buurt and initiatief.wijk:
            initial["waar"] = f"dorp {initiatief.wijk.slug} {initiatief.buurt.slug}"
        elif initiatief.wijk:
            initial["waar"] = f"wijk {initiatief.wijk.slug}"
        else:
            initial["waar"] = f"gebied {initiatief.gebied.slug}"
    place = {"lat": initiatief.lat, "lon": initiatief.lon, "adres": initiatief.straat}
    return {**initial, **place, "inzending": initiatief.inzending, "versie": initiatief.versie}


class IntrekkenForm(ActionForm):
    """Taking an idea back, with a word for who followed it."""

    toelichting = PlainText(
        label=_("Waarom trekt u het in?"),
        help_text=_("Iedereen kan dit lezen als uw idee al op de site stond."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
