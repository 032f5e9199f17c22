"""The form of `/meldingen/nieuw/`."""

from __future__ import annotations

from functools import cache as once
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from basis import fotos
from basis.formulieren import ActionForm, PlainText
from basis.fotos import PreparedFoto
from basis.fotovelden import Fotos, FotosField, UuidsField
from basis.regels import RuleViolation
from gebieden import pdok
from gebieden.keuzes import wijk_choices
from gebieden.models import Wijk
from gebieden.pdok import PdokUnavailable
from gebieden.plaatsen import buurt_at, street_at
from meldingen import rules
from meldingen.actions import Plaats
from meldingen.forms.contact import email_field, naam_field, telefoon_field
from meldingen.forms.keuzes import categorie_choices
from meldingen.forms.plaatsen import outside
from meldingen.models import Categorie, Foto

NO_PLACE = _("Zeg waar het is: vul een adres in, of kies een wijk en beschrijf de plek.")
#: The same where there is a map, which takes scripts.
NO_PLACE_WITH_MAP = _("Zeg waar het is: zet een speld op de kaart, vul een adres in, of kies een wijk.")
NO_LOOKUP = _("We kunnen dit adres nu niet opzoeken. Kies ook de wijk.")
NO_WIJK = _("Kies de wijk waar het is.")
NO_PLEK = _("Beschrijf de plek in de wijk, zodat we die kunnen vinden.")
NO_CATEGORIE = _("Kies waar uw melding over gaat.")
DESCRIBE = _("Beschrijf in minstens één zin wat u ziet, zodat we weten wie we moeten sturen.")


class MeldingForm(ActionForm):
    """The form of `/meldingen/nieuw/`: where it is, what is the matter, and how the sender can be reached.

    The place comes from the pin, else from the address, else from the wijk and words for the spot. `kept` are the
    photos that came with an earlier try of the same form.
    """

    inzending = forms.UUIDField(widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    adres = forms.CharField(
        label=_("Adres of straat"),
        help_text=_("Bijvoorbeeld: Langestraat 97 of 1811 JG 97."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-fout": NO_PLACE_WITH_MAP}),
    )
    wijk = forms.ChoiceField(
        label=_("Wijk"),
        required=False,
        widget=forms.Select(attrs={"data-fout": NO_WIJK, "data-fout-storing": NO_LOOKUP}),
        error_messages={"invalid_choice": _("Kies de wijk uit de lijst.")},
    )
    plek = forms.CharField(
        label=_("Beschrijf de plek"),
        help_text=_("Bijvoorbeeld: naast de ingang van de speeltuin."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"data-fout": NO_PLEK}),
    )
    categorie = forms.ChoiceField(
        label=_("Waar gaat het over?"),
        help_text=_("Kies wat het best past. We zetten het zelf goed als het anders blijkt."),
        widget=forms.Select(attrs={"data-fout": NO_CATEGORIE, "data-waarschuwt": ""}),
        error_messages={
            "required": NO_CATEGORIE,
            "invalid_choice": _("Deze keuze is er niet meer. Kies opnieuw waar uw melding over gaat."),
        },
    )
    omschrijving = PlainText(
        label=_("Omschrijving"),
        help_text=_("Schrijf hier geen namen of telefoonnummers op. De behandelaar kan deze tekst op de site zetten."),
        widget=forms.Textarea(attrs={"rows": 5, "data-fout": DESCRIBE}),
        max_length=rules.MAX_OMSCHRIJVING,
        min_length=rules.MIN_OMSCHRIJVING,
        error_messages={
            "required": DESCRIBE,
            "min_length": DESCRIBE,
            "max_length": _("Uw tekst is te lang. Maak die korter dan %(limit_value)d tekens."),
        },
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
    naam = naam_field()
    email = email_field(_("Dan krijgt u bericht bij elke stap."))
    telefoon = telefoon_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categorie"].choices = once(  # type: ignore[attr-defined]
            lambda: categorie_choices(Categorie.objects.in_use(), _("Kies …"))
        )
        self.fields["wijk"].choices = once(lambda: wijk_choices(_("Kies een wijk …")))  # type: ignore[attr-defined]
        #: Photos to keep, whatever else is wrong with the form.
        self.accepted_fotos: list[PreparedFoto] = []
        #: Where it is, as soon as that is clear, whatever else is wrong with the form.
        self.plaats: Plaats | None = None
        #: Whether photos cannot be handled now, which is not the sender's fault.
        self.fotos_out = False

    @cached_property
    def categorieen(self) -> list[Categorie]:
        """What can be chosen, with the examples that the page shows."""
        return list(Categorie.objects.in_use())

    def inzending_value(self) -> UUID:
        """The `inzending` this form carries, or a fresh one when it came back without."""
        if not self.is_bound:
            return self.initial["inzending"]
        if "inzending" not in self.cleaned_data:
            self.cleaned_data["inzending"] = uuid4()
            self.replace("inzending", self.cleaned_data["inzending"])
        return self.cleaned_data["inzending"]

    def clean_categorie(self) -> Categorie:
        """The category itself."""
        found = Categorie.objects.in_use().filter(slug=self.cleaned_data["categorie"]).first()
        if found is None:  # taken out of use a moment ago
            raise forms.ValidationError(self.fields["categorie"].error_messages["invalid_choice"])
        return found

    def clean_foto(self) -> list[PreparedFoto]:
        """The new photos, counted together with those that were kept before."""
        new: Fotos = self.cleaned_data["foto"]
        self.accepted_fotos, self.fotos_out = new.accepted, new.out
        if new.refused:
            raise forms.ValidationError(new.refused)
        return new.accepted

    def clean(self) -> dict[str, Any]:
        """Count the photos, find the place, and look up its street once everything else is in order."""
        super().clean()
        if "inzending" in self.errors:
            del self.errors["inzending"]
            self.add_error(None, _("De pagina was niet helemaal geladen. Verstuur uw melding nog een keer."))
        self._count_fotos()
        self.plaats = self._plaats()
        if self.plaats and not self.errors:
            self.cleaned_data["plaats"] = self.plaats
        return self.cleaned_data

    def _count_fotos(self) -> None:
        """Refuse the new photos when there would be too many, together with those of an earlier try.

        The same photo sent again, as after an answer that never came, is one.
        """
        if not self.accepted_fotos:
            return
        kept = Foto.objects.kept_for(self.cleaned_data.get("inzending"))
        again = [prepared.sha256 for prepared in self.accepted_fotos]
        left = kept.exclude(uuid__in=self.cleaned_data.get("foto_weg", [])).exclude(sha256__in=again).count()
        try:
            fotos.check_number(left + len(self.accepted_fotos))
        except RuleViolation as violation:
            self.accepted_fotos = []
            self.add_error("foto", str(violation))

    def action_arguments(self) -> dict[str, Any]:
        """What `actions.send_melding` takes."""
        names = ("inzending", "categorie", "plaats", "omschrijving", "naam", "email", "telefoon")
        return {name: self.cleaned_data[name] for name in names}

    def _plaats(self) -> Plaats | None:
        """Where it is, or None with an error at the field that helps on."""
        if "lat" in self.errors or "lon" in self.errors:
            self.errors.pop("lat", None)
            self.errors.pop("lon", None)
            self.add_error("lat", _("De speld staat niet goed. Zet die opnieuw op de kaart, of vul een adres in."))
            return None
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        if (lat is None) != (lon is None):
            self.add_error("lat", _("De speld staat niet goed. Zet die opnieuw op de kaart, of vul een adres in."))
            return None
        if lat is not None and lon is not None:
            return self._at_pin(lat, lon)
        if self.cleaned_data.get("adres"):
            return self._at_address(self.cleaned_data["adres"])
        return self._in_words()

    def _at_pin(self, lat: float, lon: float) -> Plaats | None:
        buurt = buurt_at(lat, lon)
        if buurt is None:
            self.add_error("lat", outside(lat, lon))
            return None
        return Plaats(
            wijk=buurt.wijk,
            buurt=buurt,
            lat=lat,
            lon=lon,
            straat="" if self.errors else street_at(lat, lon),
            adres=self.cleaned_data.get("adres", ""),
            plek=self.cleaned_data.get("plek", ""),
        )

    def _at_address(self, text: str) -> Plaats | None:
        try:
            # A postcode or a whole village is no spot to send somebody to.
            found = next((adres for adres in pdok.find(text) if adres.straat), None)
        except PdokUnavailable:
            return self._in_words(NO_LOOKUP, at="wijk")
        if found is None:
            return self._in_words(
                _("We vinden dit adres niet in Alkmaar. Kijk of het klopt. Of kies de wijk en beschrijf de plek.")
            )
        buurt = buurt_at(found.lat, found.lon)
        if buurt is None:
            self.add_error("adres", outside(found.lat, found.lon))
            return None
        return Plaats(
            wijk=buurt.wijk,
            buurt=buurt,
            lat=found.lat,
            lon=found.lon,
            straat=found.straat,
            adres=text,
            plek=self.cleaned_data.get("plek", ""),
        )

    def _in_words(self, no_address: object = "", at: str = "adres") -> Plaats | None:
        """By wijk and words; `no_address` is what to say when only an address was given and it could not be used."""
        slug, plek, adres = (self.cleaned_data.get(name, "") for name in ("wijk", "plek", "adres"))
        if not slug:
            if no_address:
                self.add_error(at, str(no_address))
            elif plek and "wijk" not in self.errors:
                self.add_error("wijk", NO_WIJK)
            elif "wijk" not in self.errors:
                self.add_error("adres", NO_PLACE)
            return None
        if not plek and not adres:
            self.add_error("plek", NO_PLEK)
            return None
        return Plaats(wijk=Wijk.objects.without_grens().get(slug=slug), adres=adres, plek=plek)
