"""What the portal destroyed because its term was over: for everybody, for it says nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from basis.limieten import limited
from basis.spreadsheets import csv_file
from meldingen.models import Vernietiging
from meldingen.rules import Doel

PAGE_SIZE = 50
#: The sums above the list are those of so many days.
SUM_DAYS = 365


@require_safe
def vernietigd(request: HttpRequest) -> HttpResponse:
    """What went in which night, newest first, and the sums of a year."""
    totals = Vernietiging.objects.since(timezone.localdate() - timedelta(days=SUM_DAYS)).totals()
    context = {
        "page_obj": Paginator(Vernietiging.objects.all(), PAGE_SIZE).get_page(request.GET.get("pagina")),
        "totals": [(doel.label, totals.get(doel.value, 0)) for doel in Doel],
    }
    return render(request, "meldingen/vernietigd.html", context)


@require_safe
@limited("lezen")
def vernietigd_csv(request: HttpRequest) -> HttpResponseBase:
    """The same, all of it, for a spreadsheet or an archive."""
    head = [_("vernietigd op"), _("wat"), _("melding is"), _("termijn in dagen"), _("aantal")]
    rows = Vernietiging.objects.values_list("op", "doel", "uitkomst", "termijn_dagen", "aantal")
    return csv_file("vernietigd.csv", head, rows.iterator())
