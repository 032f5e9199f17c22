"""Filters of the lists and the map."""

from __future__ import annotations

from functools import cache as once
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from gebieden.keuzes import gebied_choices, wijk_choices
from gebieden.models import Area, Buurt, Gebied, Wijk
from meldingen.forms.keuzes import categorie_choices
from meldingen.models import Categorie, MeldingQuerySet
from meldingen.rules import Status


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
    gebied = forms.ChoiceField(label=_("Gebied"), required=False)
    wijk = forms.ChoiceField(label=_("Wijk"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        # Asked for when they are shown or a value has to be among them: most questions of the map have no filter.
        self.fields["gebied"].choices = once(lambda: gebied_choices(_("Heel Alkmaar")))  # type: ignore[attr-defined]
        self.fields["categorie"].choices = once(  # type: ignore[attr-defined]
            lambda: categorie_choices(Categorie.objects.public(), _("Alle onderwerpen"))
        )
        self.fields["wijk"].choices = once(lambda: wijk_choices(_("Alle wijken")))  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        """The chosen filters in one word, the same for the same choice; call it on a valid form."""
        return ",".join(self.cleaned_data[name] for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """A wijk says more than a gebied: with both chosen it is the wijk that counts, and its gebied is shown."""
        super().clean()
        if self.cleaned_data.get("wijk") and self.cleaned_data.get("gebied"):
            wijk = Wijk.objects.for_choice().get(slug=self.cleaned_data["wijk"])
            self.cleaned_data["gebied"] = wijk.gebied.slug
            self.data = {**dict(self.data.items()), "gebied": wijk.gebied.slug}
        return self.cleaned_data

    def area(self) -> Area | None:
        """The wijk that was chosen, else the gebied; None for the whole municipality. Call it on a valid form."""
        if slug := self.cleaned_data["wijk"]:
            return Wijk.objects.for_choice().get(slug=slug)
        if slug := self.cleaned_data["gebied"]:
            return Gebied.objects.current().without_grens().get(slug=slug)
        return None

    def query(self) -> str:
        """What was chosen, as the query of an address; the map is asked for what the list shows. For a valid form."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    def gebieden(self) -> list[tuple[str, str]]:
        """Slug and name of the gebied that was chosen, or of all; asks nothing more than the form itself."""
        _none, *every = self.fields["gebied"].choices  # type: ignore[attr-defined]
        chosen = getattr(self, "cleaned_data", {}).get("gebied")
        return [choice for choice in every if chosen in (None, "", choice[0])]

    def apply(self, meldingen: MeldingQuerySet) -> MeldingQuerySet:
        """The meldingen that fit; call it on a valid form."""
        values = self.cleaned_data
        if values["categorie"]:
            meldingen = meldingen.filter(categorie__slug=values["categorie"])
        if values["gebied"]:
            meldingen = meldingen.filter(wijk__gebied__slug=values["gebied"])
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


class KaartFilter(MeldingFilter):
    """Which meldingen `kaart.json` shows: as the list, or only those in one buurt or dorp of a wijk."""

    buurt = forms.SlugField(required=False)

    def clean_buurt(self) -> str:
        """One that exists: what fits is kept by its name, and names of a visitor's making would fill the cache."""
        slug: str = self.cleaned_data["buurt"]
        if slug and not Buurt.objects.current().filter(slug=slug).exists():
            raise forms.ValidationError(_("Deze buurt bestaat niet."))
        return slug

    def apply(self, meldingen: MeldingQuerySet) -> MeldingQuerySet:
        """The meldingen that fit; call it on a valid form."""
        found = super().apply(meldingen)
        buurt = self.cleaned_data["buurt"]
        return found.filter(buurt__slug=buurt) if buurt else found
