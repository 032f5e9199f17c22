"""The work list of the own afdelingen: as a page, as points on a map, and as a file."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from basis.paging import BadKey, KeyPage, counted, in_words, key_page
from basis.regels import listed
from basis.spreadsheets import csv_file
from gebieden.kaart import MUNICIPALITY, BadMapQuery, parse_map_query
from gebruikers.models import Afdeling, Gebruiker
from meldingen import aanwezig, actions, kaart
from meldingen.forms.werklijst import WorkListFilter
from meldingen.models import Deeltaak, Melding, MeldingQuerySet, Zoekopdracht
from meldingen.toegang import behandelaar_required, own_afdelingen

#: As many can be changed together (`rules.MAX_SAMEN`).
PAGE_SIZE = 100
#: So many rows come from the database at a time; the file itself is as long as it has to be.
CHUNK = 1000


@behandelaar_required
@never_cache
@require_safe
def behandelen(request: HttpRequest) -> HttpResponse:
    """The work list of the own afdelingen."""
    by, today = cast(Gebruiker, request.user), timezone.localdate()
    form = work_list_filter(request)
    mine = Melding.objects.handled_by(own_afdelingen(request))
    found = form.apply(mine, today) if form.is_valid() else mine.none()
    page = _page(request, form, found)
    people, counts = aanwezig.others(page.rows, by), mine.work_counts(today, by, found)
    context = {
        "form": form,
        "page": page,
        "rows": [(melding, people.get(melding.pk, ())) for melding in page.rows],
        "found": in_words(counts["found"]),
        "chips": form.chips(counts),
        "bewaard": Zoekopdracht.objects.of(by),
        "alles": "alles" in request.GET,
        "deeltaken_aantal": counted(Deeltaak.objects.open().of_afdelingen(own_afdelingen(request))),
        "afdelingen_tekst": listed(form.afdelingen),
        "bron": f"{reverse('behandelen_kaart')}?{form.query}" if form.is_valid() else "",
        "begrenzing": MUNICIPALITY,
        "section": "behandelen",
    }
    return render(request, "meldingen/behandelen.html", context, status=200 if form.is_valid() else 400)


@behandelaar_required
@never_cache
@require_safe
def behandelen_kaart(request: HttpRequest) -> HttpResponse:
    """Clusters of what the work list shows, as GeoJSON; 400 with a reason for whatever is not understood."""
    try:
        query = parse_map_query(request.GET)
    except BadMapQuery as reason:
        return JsonResponse({"fout": str(reason)}, status=400)
    form = work_list_filter(request)
    if not form.is_valid():
        return JsonResponse({"fout": _("Dit filter bestaat niet.")}, status=400)
    mine = Melding.objects.handled_by(own_afdelingen(request))
    found = kaart.drawn(form.apply(mine, timezone.localdate()), query, filters=None)
    return HttpResponse(found.body, content_type="application/json")


@behandelaar_required
@never_cache
@require_safe
def behandelen_csv(request: HttpRequest) -> HttpResponseBase:
    """What the work list shows, all of it, as a file for a spreadsheet; 400 with a sentence for an unknown filter."""
    form = work_list_filter(request)
    if not form.is_valid():
        return HttpResponse(_("Dit filter bestaat niet."), status=400, content_type="text/plain; charset=utf-8")
    found = form.apply(Melding.objects.handled_by(own_afdelingen(request)), timezone.localdate())
    if request.method != "HEAD":
        actions.note_export(aantal=counted(found), by=cast(Gebruiker, request.user))
    rows = found.for_export().order_by(*form.order.ordering())
    head = [
        *(_("Nummer"), _("Categorie"), _("Status"), _("Prioriteit"), _("Van"), _("Afdeling"), _("Wijk")),
        *(_("Straat"), _("Gemeld op"), _("Beloofd op"), _("Afgesloten op"), _("Via")),
    ]
    # From a cursor on the server: a hundred thousand rows take no more memory.
    cells = (_cells(melding) for melding in rows.iterator(chunk_size=CHUNK))
    return csv_file(f"meldingen-{timezone.localdate()}.csv", head, cells)


def work_list_filter(request: HttpRequest) -> WorkListFilter:
    """The filter of the work list, with what stands in the address."""
    afdelingen = list(Afdeling.objects.filter(pk__in=own_afdelingen(request)))
    return WorkListFilter(request.GET, by=cast(Gebruiker, request.user), afdelingen=afdelingen)


def _page(request: HttpRequest, form: WorkListFilter, found: MeldingQuerySet) -> KeyPage[Melding]:
    """The part of the list that the address asks for; the top, and an error of `form`, when it names no place."""
    after, before = request.GET.get("na", ""), request.GET.get("voor", "")
    rows = found.for_work_list()
    try:
        return key_page(rows, form.order, PAGE_SIZE, after=after, before=before)
    except BadKey:
        form.add_error(None, _("Deze plek in de lijst is er niet."))
        return KeyPage([], None, None)


def _cells(melding: Melding) -> list[object]:
    """One row: nothing about the reporter."""
    return [
        melding.nummer,
        melding.categorie.naam,
        melding.get_status_display(),
        melding.get_prioriteit_display(),
        str(melding.behandelaar or ""),
        melding.afdeling.naam,
        melding.wijk.naam,
        melding.straat,
        melding.created_at,
        melding.beloofd_op,
        melding.closed_at,
        melding.get_kanaal_display(),
    ]
