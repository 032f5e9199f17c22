"""What residents and behandelaars fill in; validates, never saves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from basis import fotos
from basis.formulieren import ActionForm
from basis.regels import RuleViolation, StaleVersion
from gebieden import pdok
from gebieden.models import Gebied, Wijk
from gebieden.pdok import PdokUnavailable
from gebieden.plaatsen import buurt_at
from gebruikers.models import Afdeling
from meldingen import rules
from meldingen.actions import Plaats
from meldingen.models import Categorie, Foto, Melding
from meldingen.rules import Status

Choices = list[tuple[str, Any]]

def wijk_choices(empty: object) -> Choices:
    """All wijken under their gebied, after a first line that stands for none."""
    gebieden = Gebied.objects.for_home()
    return [("", empty), *((str(g), [(w.slug, w.naam) for w in g.wijken.all()]) for g in gebieden)]


def categorie_choices(categorieen: Iterable[Categorie], empty: object) -> Choices:
    """These categories under their group, after a first line that stands for none."""
    groups: dict[str, Choices] = {}
    for categorie in categorieen:
        groups.setdefault(categorie.groep.naam, []).append((categorie.slug, categorie.naam))
    return [("", empty), *groups.items()]


# Said by the server, and before that by the page itself, which finds them in `data-fout`.
NO_PLACE = _("Zeg waar het is: zet een speld op de kaart, vul een adres in, of kies een wijk.")
NO_WIJK = _("Kies de wijk waar het is.")
NO_PLEK = _("Beschrijf de plek in de wijk, zodat we hem kunnen vinden.")
NO_CATEGORIE = _("Kies waar uw melding over gaat.")
DESCRIBE = _("Beschrijf in minstens één zin wat u ziet, zodat we weten wie we moeten sturen.")
BAD_EMAIL = _("Dit e-mailadres klopt niet. Schrijf het zoals naam@voorbeeld.nl.")


class MultipleFotoInput(forms.ClearableFileInput):
    """A file field that takes several photos, also straight from the camera of a phone."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


@dataclass(frozen=True)
class Fotos:
    """What came of the photos in a form: those that are fit, and for each other one a sentence."""

    accepted: list[fotos.PreparedFoto]
    refused: list[str]


class FotosField(forms.FileField):
    """None to three photos, each re-encoded; gives `Fotos`, so that one bad photo does not lose the good ones."""

    widget = MultipleFotoInput(
        attrs={
            "accept": "image/jpeg,image/png,image/webp,image/heic,image/heif",
            "data-max-aantal": settings.FOTO_MAX_NUMBER,
            "data-max-bytes": settings.FOTO_MAX_BYTES,
        }
    )

    def clean(self, data: Any, initial: Any = None) -> Fotos:
        """Prepare every photo that came along."""
        uploads = [upload for upload in (data or []) if upload]
        accepted, refused = [], []
        for upload in uploads[: settings.FOTO_MAX_NUMBER + 1]:
            try:
                accepted.append(fotos.prepare(upload))
            except fotos.FotoRefused as refusal:
                refused.append(f"{upload.name}: {refusal}" if len(uploads) > 1 else str(refusal))
        return Fotos(accepted, refused)


class UuidsField(forms.Field):
    """Any number of UUIDs under one name."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        """The UUIDs; whatever is none is left out, for it names nothing."""
        found = []
        for text in value or []:
            with suppress(ValueError):
                found.append(UUID(text))
        return found


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
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-fout": NO_PLACE}),
    )
    wijk = forms.ChoiceField(
        label=_("Wijk"),
        required=False,
        widget=forms.Select(attrs={"data-fout": NO_WIJK}),
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
    omschrijving = forms.CharField(
        label=_("Omschrijving"),
        help_text=_("Schrijf hier geen namen of telefoonnummers op. De behandelaar kan deze tekst op de site zetten."),
        widget=forms.Textarea(attrs={"rows": 5, "data-fout": DESCRIBE}),
        max_length=rules.MAX_OMSCHRIJVING,
        min_length=rules.MIN_OMSCHRIJVING,
        error_messages={
            "required": DESCRIBE,
            "min_length": DESCRIBE,
            "max_length": _("Uw tekst is te lang. Maak hem korter dan %(limit_value)d tekens."),
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
    naam = forms.CharField(
        label=_("Naam"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mailadres"),
        help_text=_("Dan krijgt u bericht bij elke stap."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "data-fout": BAD_EMAIL}),
        error_messages={"invalid": BAD_EMAIL},
    )
    telefoon = forms.CharField(
        label=_("Telefoonnummer"),
        help_text=_("We bellen alleen als we iets niet begrijpen."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(r"^\+?[0-9 ()\-]{8,20}$", _("Dit telefoonnummer klopt niet. Schrijf het zoals 06 12345678."))
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categorieen = list(Categorie.objects.in_use())
        self.fields["categorie"].choices = categorie_choices(self.categorieen, _("Kies …"))  # type: ignore[attr-defined]
        self.fields["wijk"].choices = wijk_choices(_("Kies een wijk …"))  # type: ignore[attr-defined]
        #: Photos to keep, whatever else is wrong with the form.
        self.accepted_fotos: list[fotos.PreparedFoto] = []

    def inzending_value(self) -> UUID:
        """The `inzending` this form carries, or a fresh one when it came back without."""
        if not self.is_bound:
            return self.initial["inzending"]
        if "inzending" not in self.cleaned_data:
            self.data = self.data.copy()
            self.data["inzending"] = str(uuid4())
            self.cleaned_data["inzending"] = UUID(self.data["inzending"])
        return self.cleaned_data["inzending"]

    def clean_categorie(self) -> Categorie:
        """The category itself."""
        return next(c for c in self.categorieen if c.slug == self.cleaned_data["categorie"])

    def clean_foto(self) -> list[fotos.PreparedFoto]:
        """The new photos, counted together with those that were kept before."""
        new: Fotos = self.cleaned_data["foto"]
        self.accepted_fotos = new.accepted
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
        plaats = self._plaats()
        if plaats and not self.errors:
            self.cleaned_data["plaats"] = plaats
        return self.cleaned_data

    def _count_fotos(self) -> None:
        """Refuse the new photos when there would be too many, together with those of an earlier try."""
        kept = Foto.objects.kept_for(self.cleaned_data.get("inzending"))
        left = kept.exclude(uuid__in=self.cleaned_data.get("foto_weg", [])).count()
        try:
            rules.check_number_of_fotos(left + len(self.accepted_fotos))
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
            self.add_error("adres", _("De speld staat niet goed. Zet hem opnieuw op de kaart, of vul een adres in."))
            return None
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        if (lat is None) != (lon is None):
            self.add_error("adres", _("De speld staat niet goed. Zet hem opnieuw op de kaart, of vul een adres in."))
            return None
        if lat is not None and lon is not None:
            return self._at_pin(lat, lon)
        if self.cleaned_data.get("adres"):
            return self._at_address(self.cleaned_data["adres"])
        return self._in_words()

    def _at_pin(self, lat: float, lon: float) -> Plaats | None:
        buurt = buurt_at(lat, lon)
        if buurt is None:
            self.add_error("adres", _outside(lat, lon))
            return None
        return Plaats(
            wijk=buurt.wijk,
            buurt=buurt,
            lat=lat,
            lon=lon,
            straat="" if self.errors else _street_at(lat, lon),
            adres=self.cleaned_data.get("adres", ""),
            plek=self.cleaned_data.get("plek", ""),
        )

    def _at_address(self, text: str) -> Plaats | None:
        try:
            # A postcode or a whole village is no spot to send somebody to.
            found = next((adres for adres in pdok.find(text) if adres.straat), None)
        except PdokUnavailable:
            return self._in_words(_("We kunnen dit adres nu niet opzoeken. Kies ook de wijk."))
        if found is None:
            return self._in_words(
                _("We vinden dit adres niet in Alkmaar. Kijk of het klopt. Of kies de wijk en beschrijf de plek.")
            )
        buurt = buurt_at(found.lat, found.lon)
        if buurt is None:
            self.add_error("adres", _outside(found.lat, found.lon))
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

    def _in_words(self, no_address: object = "") -> Plaats | None:
        """By wijk and words; `no_address` is what to say when only an address was given and it could not be used."""
        slug, plek, adres = (self.cleaned_data.get(name, "") for name in ("wijk", "plek", "adres"))
        if not slug:
            if no_address:
                self.add_error("adres", str(no_address))
            elif plek and "wijk" not in self.errors:
                self.add_error("wijk", NO_WIJK)
            elif "wijk" not in self.errors:
                self.add_error("adres", NO_PLACE)
            return None
        if not plek and not adres:
            self.add_error("plek", NO_PLEK)
            return None
        return Plaats(wijk=Wijk.objects.get(slug=slug), adres=adres, plek=plek)


def _street_at(lat: float, lon: float) -> str:
    """The name of the street at a pin; empty when PDOK does not answer or knows none."""
    try:
        found = pdok.reverse(lat, lon)
    except PdokUnavailable:
        return ""
    return found.straat if found else ""


def _outside(lat: float, lon: float) -> str:
    """Who does help with a place outside Alkmaar: its own municipality, by name where PDOK knows it."""
    try:
        found = pdok.reverse(lat, lon)
    except PdokUnavailable:
        found = None
    if found and found.gemeente and found.gemeente != "Alkmaar":
        return _("Deze plek ligt in de gemeente %(gemeente)s. Meld het daar. Bij gevaar: bel 112.") % {
            "gemeente": found.gemeente
        }
    return _("Deze plek ligt buiten Alkmaar. Meld het bij de gemeente waar de plek ligt. Bij gevaar: bel 112.")


class MeldingFilter(forms.Form):
    """Which meldingen a list or map shows; the same names in the page and in `kaart.json`."""

    OPEN, CLOSED, ALL = "open", "afgesloten", "alle"
    PERIODS = [("", _("Altijd")), ("7", _("Laatste week")), ("30", _("Laatste maand")), ("365", _("Laatste jaar"))]

    categorie = forms.ChoiceField(label=_("Waarover"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            (OPEN, _("Alles wat open is")),
            (CLOSED, _("Alles wat is afgesloten")),
            (ALL, _("Alles")),
            (_("Precies"), Status.choices),
        ],
    )
    periode = forms.ChoiceField(label=_("Gemeld in"), required=False, choices=PERIODS)
    wijk = forms.ChoiceField(label=_("Wijk"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["categorie"].choices = categorie_choices(Categorie.objects.public(), _("Alle onderwerpen"))  # type: ignore[attr-defined]
        self.fields["wijk"].choices = wijk_choices(_("Alle wijken"))  # type: ignore[attr-defined]

    def apply(self, meldingen: Any) -> Any:
        """The meldingen that fit; call it on a valid form."""
        values = self.cleaned_data
        if values["categorie"]:
            meldingen = meldingen.filter(categorie__slug=values["categorie"])
        if values["wijk"]:
            meldingen = meldingen.filter(wijk__slug=values["wijk"])
        if values["periode"]:
            meldingen = meldingen.since(int(values["periode"]))
        match values["status"] or self.OPEN:
            case self.OPEN:
                return meldingen.open()
            case self.CLOSED:
                return meldingen.closed()
            case self.ALL:
                return meldingen
            case status:
                return meldingen.filter(status=status)


class WorkListFilter(forms.Form):
    """Which meldingen of the own afdelingen the work list shows."""

    SHOW = [
        ("open", _("Alle open")),
        ("te_laat", _("Te laat")),
        ("te_beoordelen", _("Te beoordelen")),
        ("afgesloten", _("Afgesloten")),
    ]
    ORDERS = {
        "": (_("Term: eerst te laat"), ("beloofd_op", "pk")),
        "nieuw": (_("Nieuwste eerst"), ("-created_at", "-pk")),
        "oud": (_("Oudste eerst"), ("created_at", "pk")),
    }

    toon = forms.ChoiceField(required=False, choices=SHOW, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Nummer, woord of straat"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    wijk = forms.ChoiceField(label=_("Wijk"), required=False)
    categorie = forms.ChoiceField(label=_("Categorie"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Alle statussen")), *Status.choices])
    volgorde = forms.ChoiceField(
        label=_("Volgorde"), required=False, choices=[(key, label) for key, (label, _order) in ORDERS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["wijk"].choices = wijk_choices(_("Alle wijken"))  # type: ignore[attr-defined]
        self.fields["categorie"].choices = categorie_choices(  # type: ignore[attr-defined]
            Categorie.objects.select_related("groep"), _("Alle categorieën")
        )

    @property
    def shown(self) -> str:
        """Which of the buttons on top is pressed."""
        return self.cleaned_data.get("toon") or "open"

    def chips(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        """The buttons on top, with how many stand behind each; closed ones are not counted."""
        return [
            {"value": value, "label": label, "number": counts.get(value), "current": value == self.shown}
            for value, label in self.SHOW
        ]

    def apply(self, meldingen: Any, today: Any) -> Any:
        """The meldingen that fit, in the chosen order; call it on a valid form."""
        values = self.cleaned_data
        match self.shown:
            case "te_laat":
                meldingen = meldingen.overdue(today)
            case "te_beoordelen":
                meldingen = meldingen.to_release()
            case "afgesloten":
                meldingen = meldingen.closed()
            case _open:
                meldingen = meldingen.open()
        if values["q"]:
            meldingen = meldingen.with_words(values["q"])
        for name, lookup in (("wijk", "wijk__slug"), ("categorie", "categorie__slug"), ("status", "status")):
            if values[name]:
                meldingen = meldingen.filter(**{lookup: values[name]})
        return meldingen.order_by(*self.ORDERS[values["volgorde"]][1])


class VersieForm(ActionForm):
    """A staff form on one melding, which carries the version it was opened with."""

    versie = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("Laad de pagina opnieuw."), "invalid": _("Laad de pagina opnieuw.")}
    )

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["versie"] = melding.versie
        super().__init__(*args, **kwargs)
        self.melding = melding

    def try_action(self, action: Callable[..., Any], **arguments: Any) -> bool:
        """As every form; who comes second keeps what was typed and may send it again, now knowing what changed."""
        if super().try_action(action, **arguments):
            return True
        if isinstance(self.violation, StaleVersion):
            self.data = self.data.copy()  # type: ignore[union-attr]
            self.data["versie"] = str(self.melding.versie)
        return False


def toelichting_field() -> forms.CharField:
    """The explanation that everybody can read and that is mailed to the reporter."""
    return forms.CharField(
        label=_("Toelichting"),
        help_text=_("Iedereen kan dit lezen, en de melder krijgt het per mail. Noem geen namen."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_TOELICHTING,
        error_messages={"required": _("Schrijf in een of twee zinnen wat er gebeurt. De melder krijgt dit ook.")},
    )


class StatusForm(VersieForm):
    """Another status with its explanation."""

    status = forms.ChoiceField(
        label=_("Nieuwe status"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies de nieuwe status."), "invalid_choice": _("Deze status kan nu niet. Kies een andere.")},
    )
    eerste = forms.CharField(
        label=_("Nummer van de eerste melding"),
        help_text=_("Alleen bij ‘Dubbel’: van welke melding is dit een dubbele?"),
        required=False,
        max_length=9,
    )
    doorgezet_naar = forms.CharField(
        label=_("Naar welke organisatie?"),
        help_text=_("Alleen bij ‘Doorgezet’: bijvoorbeeld het hoogheemraadschap of de provincie."),
        required=False,
        max_length=120,
    )
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        possible = rules.next_statuses(melding)
        self.fields["status"].choices = [(status.value, status.label) for status in possible]  # type: ignore[attr-defined]
        if Status.DUBBEL not in possible:
            del self.fields["eerste"]
        if Status.DOORGEZET not in possible:
            del self.fields["doorgezet_naar"]


class CategorieForm(VersieForm):
    """Another category, with its afdeling and term."""

    categorie = forms.ModelChoiceField(
        label=_("Nieuwe categorie"),
        help_text=_("De melding gaat naar de afdeling van deze categorie, met haar termijn."),
        queryset=Categorie.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={"required": _("Kies een categorie."), "invalid_choice": _("Deze categorie is er niet meer. Kies een andere.")},
    )
    toelichting = toelichting_field()

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        field = self.fields["categorie"]
        field.queryset = Categorie.objects.in_use()  # type: ignore[attr-defined]
        field.choices = categorie_choices(field.queryset, _("Kies …"))  # type: ignore[attr-defined]


class AfdelingForm(VersieForm):
    """Another afdeling of the municipality."""

    afdeling = forms.ModelChoiceField(
        label=_("Nieuwe afdeling"),
        queryset=Afdeling.objects.all(),
        to_field_name="slug",
        empty_label=_("Kies …"),
        error_messages={"required": _("Kies een afdeling."), "invalid_choice": _("Deze afdeling is er niet meer. Kies een andere.")},
    )
    toelichting = toelichting_field()


class BesluitForm(VersieForm):
    """Whether the text or a photo is shown to everybody."""

    besluit = forms.ChoiceField(choices=[("openbaar", _("Openbaar")), ("besloten", _("Niet openbaar"))])
