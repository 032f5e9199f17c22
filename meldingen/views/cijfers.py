"""The figures about meldingen, for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from basis.counted import Counted, counted
from basis.grafieken import staafdiagram
from basis.kept_pages import same_for_everybody
from basis.limieten import limited
from basis.spreadsheets import csv_file
from gebieden.models import Gebied, Wijk
from meldingen.forms.cijfers import CijferFilter
from meldingen.models import Categorie, Jaarcijfers, Melding
from meldingen.rules import Cijfers

Rows = list[tuple[str, Cijfers]]


@same_for_everybody("gebied", "jaar")
@require_safe
def meldingen_cijfers(request: HttpRequest) -> HttpResponse:
    """How much was reported in a year and how fast it was solved, per gebied or wijk, category and month."""
    form = CijferFilter(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "crumbs": [{"label": _("Meldingen"), "url": reverse("meldingen")}, {"label": _("Cijfers")}],
        "section": "meldingen",
    }
    if not form.is_valid():
        return render(request, "meldingen/cijfers.html", context, status=400)
    gebied, year = form.gebied_chosen(), form.year()
    found = _counted(gebied, year)
    figures = found.value
    tables = _tables(gebied, figures)
    context |= {
        "gebied": gebied,
        "jaar": year,
        "totaal": figures.totaal,
        "kerncijfers": _key_figures(figures.totaal),
        "counted_at": found.at,
        "tabellen": tables,
        "diagrammen": _diagrams(areas=tables[0]["rijen"], months=tables[-1]["rijen"]),
        "query": urlencode({name: value for name, value in form.cleaned_data.items() if value}),
    }
    return render(request, "meldingen/cijfers.html", context)


@require_safe
@limited("lezen")
def cijfers_csv(request: HttpRequest) -> HttpResponseBase:
    """The tables of the figures as a file for a spreadsheet; 400 with a sentence for what there is not."""
    form = CijferFilter(request.GET)
    if not form.is_valid():
        return HttpResponse(_("Deze cijfers hebben we niet."), status=400, content_type="text/plain; charset=utf-8")
    gebied, year = form.gebied_chosen(), form.year()
    head = [
        *(_("Soort"), _("Naam"), _("Gemeld"), _("Afgesloten"), _("Op tijd"), _("Mediaan in dagen")),
        *(_("Volgens melder opgelost"), _("Heropend")),
    ]
    rows = (
        [
            *(table["soort"], name, row.gemeld, row.afgesloten, row.op_tijd, row.mediaan_dagen),
            *(row.opgelost, row.heropend),
        ]
        for table in _tables(gebied, _counted(gebied, year).value)
        for name, row in table["rijen"]
    )
    return csv_file(f"cijfers-{gebied.slug if gebied else 'alkmaar'}-{year}.csv", head, rows)


def _tables(gebied: Gebied | None, figures: Jaarcijfers) -> list[dict[str, Any]]:
    """The figures per gebied (or per wijk of the one that was chosen), per category and per month."""
    areas = _per_wijk(gebied, figures) if gebied else _per_gebied(figures)
    months = [(date_format(month, "F"), figures.maanden[month]) for month in sorted(figures.maanden)]
    return [
        {
            "kop": _("Per wijk") if gebied else _("Per gebied"),
            "soort": _("Wijk") if gebied else _("Gebied"),
            "rijen": areas,
        },
        {"kop": _("Per categorie"), "soort": _("Categorie"), "rijen": _per_categorie(figures)},
        {"kop": _("Per maand"), "soort": _("Maand"), "rijen": months},
    ]


def _key_figures(total: Cijfers) -> list[dict[str, str]]:
    """As `_onderdelen/kerncijfers.html` shows them; what nothing is known of is left out."""
    figures = [
        (number_format(total.gemeld, force_grouping=True), _("gemeld")),
        (number_format(total.afgesloten, force_grouping=True), _("afgesloten")),
    ]
    if total.deel_op_tijd is not None and total.mediaan_dagen is not None:
        figures.append((f"{total.deel_op_tijd}%", _("op tijd afgesloten")))
        days = ngettext("%(days)d dag", "%(days)d dagen", total.mediaan_dagen) % {"days": total.mediaan_dagen}
        figures.append((days, _("waarin de helft klaar was")))
    if total.deel_opgelost is not None:
        answered = ngettext(
            "opgelost volgens %(number)s melder die antwoordde",
            "opgelost volgens de %(number)s melders die antwoordden",
            total.beantwoord,
        ) % {"number": number_format(total.beantwoord, force_grouping=True)}
        figures.append((f"{total.deel_opgelost}%", answered))
        figures.append((number_format(total.heropend, force_grouping=True), _("weer geopend")))
    return [{"number": number, "label": label} for number, label in figures]


def _counted(gebied: Gebied | None, year: int) -> Counted[Jaarcijfers]:
    meldingen = Melding.objects.public()
    if gebied:
        return counted(f"cijfers:{gebied.pk}:{year}", lambda: meldingen.in_gebied(gebied).cijfers(year))
    return counted(f"cijfers:alkmaar:{year}", lambda: meldingen.cijfers(year))


def _per_gebied(figures: Jaarcijfers) -> Rows:
    rows: dict[str, Cijfers] = {}
    for pk, gebied in Wijk.objects.in_order().values_list("pk", "gebied__naam"):
        rows.setdefault(gebied, Cijfers()).add(figures.wijken[pk])
    return list(rows.items())


def _per_wijk(gebied: Gebied, figures: Jaarcijfers) -> Rows:
    wijken = Wijk.objects.in_order().filter(gebied=gebied).values_list("pk", "naam")
    return [(naam, figures.wijken[pk]) for pk, naam in wijken]


def _per_categorie(figures: Jaarcijfers) -> Rows:
    """What something was counted of, the most reported first."""
    names = Categorie.objects.public().values_list("pk", "naam")
    rows = [(naam, figures.categorieen[pk]) for pk, naam in names if not figures.categorieen[pk].is_empty]
    return sorted(rows, key=lambda row: -row[1].gemeld)


def _diagrams(areas: Rows, months: Rows) -> list[Any]:
    """What people would rather look at; the figures stand in the tables as well."""
    return [
        staafdiagram(
            [(label, row.gemeld) for label, row in months],
            title=_("Gemeld per maand"),
            label_head=_("Maand"),
            value_head=_("Meldingen"),
        ),
        *_shares(areas, "deel_op_tijd", _("Op tijd afgesloten, in procenten")),
        *_shares(areas, "deel_opgelost", _("Opgelost volgens de melders, in procenten")),
    ]


def _shares(areas: Rows, name: str, title: str) -> Iterable[Any]:
    """A chart of shares where there are any."""
    shares = [(label, getattr(row, name)) for label, row in areas if getattr(row, name) is not None]
    if shares:
        yield staafdiagram(shares, title=title, label_head=_("Gebied of wijk"), value_head=_("Procent"), full=100)
