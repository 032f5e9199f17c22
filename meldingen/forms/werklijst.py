"""What the work list shows, and what behandelaars fill in about meldingen in it, one or many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from basis.paging import KeyOrder, in_words
from gebieden.keuzes import wijk_choices
from gebruikers.models import Afdeling, Gebruiker
from meldingen.forms.keuzes import categorie_choices, collega_choices
from meldingen.forms.lijsten import MeldingFilter
from meldingen.models import Categorie, MeldingQuerySet
from meldingen.rules import Prioriteit, Status

#: Priorities as addresses name them.
PRIORITEITEN = {choice.name.lower(): choice for choice in Prioriteit}


class WorkListFilter(forms.Form):
    """Which meldingen of the own afdelingen the work list, its map and its file show."""

    SHOW = [
        ("open", _("Alle open")),
        ("van_mij", _("Van mij")),
        ("van_niemand", _("Van niemand")),
        ("heropend", _("Heropend")),
        ("te_laat", _("Te laat")),
        ("te_beoordelen", _("Te beoordelen")),
        ("afgesloten", _("Afgesloten")),
    ]
    #: What the page says when nothing stands behind a button.
    EMPTY = {
        "open": _("Er is nu niets open. Mooi."),
        "van_mij": _("Er staat nu niets op uw naam."),
        "van_niemand": _("Alles wat open is, is al van iemand."),
        "heropend": _("Er is nu niets heropend."),
        "te_laat": _("Er is nu niets te laat."),
        "te_beoordelen": _("Er is nu geen tekst of foto te beoordelen."),
        "afgesloten": _("Er is nog niets afgesloten."),
    }
    #: Each order: its name, itself, and how the page tells it in a sentence.
    ORDERS = {
        "": (
            _("Termijn: te laat eerst"),
            KeyOrder({"reopened_first": int, "beloofd_op": date, "prioriteit": int, "id": int}),
            _("Heropend staat bovenaan, dan wat te laat is, dan op beloofde datum. Op dezelfde dag gaat hoog voor."),
        ),
        "prioriteit": (
            _("Hoogste prioriteit eerst"),
            KeyOrder({"prioriteit": int, "beloofd_op": date, "id": int}),
            _("Hoog staat bovenaan, dan normaal, dan laag; daarbinnen op beloofde datum."),
        ),
        "nieuw": (
            _("Nieuwste eerst"),
            KeyOrder({"created_at": datetime, "id": int}, descending=True),
            _("Wat het laatst is gemeld, staat bovenaan."),
        ),
        "oud": (
            _("Oudste eerst"),
            KeyOrder({"created_at": datetime, "id": int}),
            _("Wat het langst geleden is gemeld, staat bovenaan."),
        ),
    }

    toon = forms.ChoiceField(required=False, choices=SHOW, widget=forms.HiddenInput)
    kaart = forms.ChoiceField(required=False, choices=[("", ""), ("1", "")], widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Nummer, woord of straat"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    wie = forms.ChoiceField(label=_("Van"), required=False)
    afdeling = forms.ChoiceField(label=_("Afdeling"), required=False)
    wijk = forms.ChoiceField(label=_("Wijk"), required=False)
    categorie = forms.ChoiceField(label=_("Categorie"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Alle statussen")), *Status.choices])
    prioriteit = forms.ChoiceField(
        label=_("Prioriteit"),
        required=False,
        choices=[("", _("Elke prioriteit")), *((name, choice.label) for name, choice in PRIORITEITEN.items())],
    )
    periode = forms.ChoiceField(label=_("Gemeld in"), required=False, choices=MeldingFilter.PERIODS)
    volgorde = forms.ChoiceField(
        label=_("Volgorde"), required=False, choices=[(key, label) for key, (label, *_more) in ORDERS.items()]
    )
    #: Filters that stand behind "Meer filters" until one of them is used.
    MORE = ("wie", "afdeling", "status", "prioriteit", "periode")
    #: How the list is shown, rather than what is in it.
    VIEW = ("kaart",)

    def __init__(self, *args: Any, by: Gebruiker, afdelingen: Collection[Afdeling], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.by, self.afdelingen = by, afdelingen
        self.fields["wijk"].choices = wijk_choices(_("Alle wijken"))  # type: ignore[attr-defined]
        self.fields["categorie"].choices = categorie_choices(  # type: ignore[attr-defined]
            Categorie.objects.select_related("groep"), _("Alle categorieën")
        )
        self.fields["wie"].choices = collega_choices(afdelingen, _("Iedereen"))  # type: ignore[attr-defined]
        own = [(afdeling.slug, afdeling.naam) for afdeling in afdelingen]
        if len(own) > 1:
            self.fields["afdeling"].choices = [("", _("Alle afdelingen")), *own]  # type: ignore[attr-defined]
        else:
            del self.fields["afdeling"]

    @property
    def shown(self) -> str:
        """Which of the buttons on top is pressed."""
        return self.cleaned_data.get("toon") or "open"

    @property
    def with_map(self) -> bool:
        """Whether the map stands beside the list."""
        return bool(self.cleaned_data.get("kaart"))

    @property
    def order(self) -> KeyOrder:
        """The order that was chosen."""
        return self.ORDERS[self.cleaned_data.get("volgorde") or ""][1]

    @property
    def order_in_words(self) -> str:
        """The order that was chosen, as people read it."""
        return str(self.ORDERS[self.cleaned_data.get("volgorde") or ""][2])

    @property
    def is_narrowed(self) -> bool:
        """Whether more was chosen than a button on top, an order and a way to show it."""
        beside = {"toon", "volgorde", *self.VIEW}
        return any(value for name, value in self.cleaned_data.items() if name not in beside)

    @property
    def empty_text(self) -> str:
        """What the page says when nothing stands behind the button that is pressed."""
        return str(self.EMPTY[self.shown])

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The filters that everybody uses."""
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The other filters."""
        return [field for field in self.visible_fields() if field.name in self.MORE]

    @property
    def uses_more(self) -> bool:
        """Whether one of the other filters was chosen."""
        return any(self.cleaned_data.get(name) for name in self.MORE)

    @cached_property
    def query(self) -> str:
        """What was chosen, as the query of an address, without how it is shown. For a valid form."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value and name not in self.VIEW})

    @cached_property
    def full_query(self) -> str:
        """What was chosen and how it is shown, as the query of an address. For a valid form."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    def chips(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        """The buttons on top, with how many stand behind each; closed ones are not counted."""
        return [
            {
                "value": value,
                "label": label,
                "number": in_words(counts[value]) if value in counts else "",
                "current": value == self.shown,
            }
            for value, label in self.SHOW
        ]

    def apply(self, meldingen: MeldingQuerySet, today: date) -> MeldingQuerySet:
        """The meldingen that fit, in no order; call it on a valid form."""
        values = self.cleaned_data
        meldingen = self._shown(meldingen, today)
        if values["q"]:
            meldingen = meldingen.with_words(values["q"])
        if values["status"]:
            meldingen = meldingen.filter(status=values["status"])
        for name in ("wijk", "categorie", "afdeling"):
            if values.get(name):
                meldingen = meldingen.filter(**{f"{name}__slug": values[name]})
        if values["wie"]:
            meldingen = meldingen.filter(behandelaar__isnull=False, behandelaar=int(values["wie"]))
        if values["prioriteit"]:
            meldingen = meldingen.filter(prioriteit=PRIORITEITEN[values["prioriteit"]])
        if values["periode"]:
            meldingen = meldingen.since(int(values["periode"]))
        return meldingen

    def _shown(self, meldingen: MeldingQuerySet, today: date) -> MeldingQuerySet:
        """What stands behind the button that is pressed."""
        match self.shown:
            case "open" | "afgesloten" if self.cleaned_data["status"]:
                # Who asks for a status means that one, whichever button is pressed.
                return meldingen
            case "van_mij":
                return meldingen.open().of_behandelaar(self.by)
            case "van_niemand":
                return meldingen.open().of_nobody()
            case "heropend":
                return meldingen.reopened()
            case "te_laat":
                return meldingen.overdue(today)
            case "te_beoordelen":
                return meldingen.to_release()
            case "afgesloten":
                return meldingen.closed()
            case _open:
                return meldingen.open()
