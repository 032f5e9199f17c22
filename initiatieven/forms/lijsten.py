"""Filters of the list and the map."""

from __future__ import annotations

from functools import cache as once
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from gebieden.keuzes import gebied_choices, wijk_choices
from gebieden.models import Area, Gebied, Wijk
from gebieden.themas import Thema
from initiatieven.models import InitiatiefQuerySet
from initiatieven.rules import HIDDEN, Status


class InitiatiefFilter(forms.Form):
    """Which initiatieven the list and the map show; the same names in the page and in `kaart.json`."""

    RUNNING, ENDED, ALL = "lopend", "geeindigd", "alle"

    thema = forms.ChoiceField(label=_("Thema"), required=False, choices=[("", _("Alle thema’s")), *Thema.choices])
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            (RUNNING, _("Alles wat loopt")),
            (ENDED, _("Alles wat is geëindigd")),
            (ALL, _("Alles")),
            (_("Precies"), [(status.value, status.label) for status in Status if status not in HIDDEN]),
        ],
    )
    gebied = forms.ChoiceField(label=_("Gebied"), required=False)
    wijk = forms.ChoiceField(label=_("Wijk"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["gebied"].choices = once(lambda: gebied_choices(_("Heel Alkmaar")))  # type: ignore[attr-defined]
        self.fields["wijk"].choices = once(lambda: wijk_choices(_("Alle wijken")))  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        """The chosen filters in one word, the same for the same choice; call it on a valid form."""
        return ",".join(self.cleaned_data[name] for name in self.fields)

    def area(self) -> Area | None:
        """The wijk that was chosen, else the gebied; None for the whole municipality. Call it on a valid form."""
        if slug := self.cleaned_data["wijk"]:
            return Wijk.objects.for_choice().get(slug=slug)
        if slug := self.cleaned_data["gebied"]:
            return Gebied.objects.current().without_grens().get(slug=slug)
        return None

    def query(self) -> str:
        """What was chosen, as the query of an address. For a valid form."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    def apply(self, initiatieven: InitiatiefQuerySet) -> InitiatiefQuerySet:
        """The initiatieven that fit; a wijk says more than a gebied. Call it on a valid form."""
        values = self.cleaned_data
        if values["thema"]:
            initiatieven = initiatieven.filter(thema=values["thema"])
        if values["wijk"]:
            initiatieven = initiatieven.filter(wijk__slug=values["wijk"])
        elif values["gebied"]:
            initiatieven = initiatieven.filter(gebied__slug=values["gebied"])
        match values["status"] or self.RUNNING:
            case self.RUNNING:
                return initiatieven.running()
            case self.ENDED:
                return initiatieven.ended()
            case self.ALL:
                return initiatieven
            case status:
                return initiatieven.filter(status=status)


class KaartFilter(InitiatiefFilter):
    """Which initiatieven `kaart.json` shows: as the list, or only those in one buurt or dorp of a wijk."""

    buurt = forms.SlugField(required=False)

    def apply(self, initiatieven: InitiatiefQuerySet) -> InitiatiefQuerySet:
        """The initiatieven that fit; none for a buurt that does not exist. Call it on a valid form."""
        found = super().apply(initiatieven)
        buurt = self.cleaned_data["buurt"]
        return found.filter(buurt__slug=buurt) if buurt else found


class TeamFilter(forms.Form):
    """Which ideas the list of the Gebiedsteam shows."""

    SHOW = [("", _("Wacht op ons")), ("geplaatst", _("Op de site")), ("alle", _("Alles"))]

    toon = forms.ChoiceField(required=False, choices=SHOW, widget=forms.HiddenInput)

    @property
    def shown(self) -> str:
        """Which of the buttons on top is pressed."""
        return str(self.cleaned_data.get("toon", ""))

    def apply(self, initiatieven: InitiatiefQuerySet) -> InitiatiefQuerySet:
        """The ideas that fit, what is due first on top; call it on a valid form."""
        match self.shown:
            case "":
                return initiatieven.waiting().for_team()
            case "geplaatst":
                return initiatieven.public().for_list()
            case _all:
                return initiatieven.for_list().order_by("-offered_at", "-pk")
