"""What everybody sees: the list and the map, one initiatief, its released photos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from basis.foto_response import foto_response
from basis.kept_pages import same_for_everybody
from basis.paging import ShortPaginator, counted, in_words
from gebieden.kaart import MUNICIPALITY, BadMapQuery, parse_map_query
from initiatieven import kaart, rules
from initiatieven.forms.lijsten import InitiatiefFilter, KaartFilter
from initiatieven.models import Foto, Initiatief, Stap
from initiatieven.rules import Partij, Status
from initiatieven.toegang import as_maker, kept_in_session, own_gebieden

PAGE_SIZE = 20


@same_for_everybody("thema", "status", "gebied", "wijk")
@require_safe
def initiatieven(request: HttpRequest) -> HttpResponse:
    """List and map of what people want to do, with filters."""
    form = InitiatiefFilter(request.GET)
    is_valid = form.is_valid()
    found = form.apply(Initiatief.objects.public()) if is_valid else Initiatief.objects.none()
    area = form.area() if is_valid else None
    context = {
        "form": form,
        "page_obj": ShortPaginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("pagina")),
        "without_pin": in_words(number) if (number := counted(found.without_pin())) else "",
        "area": area,
        "bron": f"{reverse('initiatieven_kaart')}?{form.query()}" if is_valid else "",
        "begrenzing": area.bbox if area else MUNICIPALITY,
        "section": "initiatieven",
    }
    return render(request, "initiatieven/lijst.html", context, status=200 if is_valid else 400)


@require_safe
def kaart_json(request: HttpRequest) -> HttpResponse:
    """Clusters of initiatieven in a box, as GeoJSON; 400 with a reason for whatever is not understood."""
    form = KaartFilter(request.GET)
    try:
        query = parse_map_query(request.GET)
    except BadMapQuery as reason:
        return JsonResponse({"fout": str(reason)}, status=400)
    if not form.is_valid():
        return JsonResponse({"fout": _("Dit filter bestaat niet.")}, status=400)
    found = kaart.drawn(form.apply(Initiatief.objects.public()), query, filters=form.key)
    headers = {"Cache-Control": "public, max-age=60", "Age": str(found.age)}
    return HttpResponse(found.body, content_type="application/json", headers=headers)


@require_safe
def initiatief(request: HttpRequest, nummer: str) -> HttpResponse:
    """One initiatief: for everybody from idea on, and for its maker always, who sees what is expected."""
    found = get_object_or_404(Initiatief.objects.for_page(), nummer=nummer)
    maker = as_maker(request, found)
    if not (found.is_public or maker):
        raise Http404
    stappen = Stap.objects.of(found)
    context: dict[str, Any] = {
        "initiatief": found,
        "own": maker is not None,
        "shows_words": found.shows_words or maker is not None,
        "stappen": stappen if maker else stappen.public(),
        "fotos": Foto.objects.of(found) if maker else Foto.objects.of(found).public(),
        "can_judge": found.gebied in own_gebieden(request) and found.offered_at is not None,
        "crumbs": [{"label": _("Initiatieven"), "url": reverse("initiatieven")}, {"label": found.titel}],
        "section": "initiatieven",
    }
    if maker:
        context |= {
            "can_edit": rules.can_edit(found),
            "can_offer": rules.can_move(found, Status.AANGEBODEN, Partij.MAKER),
            "can_withdraw": rules.can_move(found, Status.INGETROKKEN, Partij.MAKER),
            "proved": maker.proved(found),
            "is_whole": not rules.missing(found),
            "sent_back": stappen.sent_back().last() if found.is_concept else None,
        }
    response = render(request, "initiatieven/initiatief.html", context)
    if maker:
        response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def initiatieven_mijn(request: HttpRequest) -> HttpResponse:
    """What somebody made while signed in."""
    mine = Initiatief.objects.made_by(request.user).for_list().order_by("-created_at", "-pk")
    page = ShortPaginator(mine, PAGE_SIZE).get_page(request.GET.get("pagina"))
    return render(request, "initiatieven/mijn.html", {"page_obj": page, "section": "initiatieven"})


@require_safe
def foto(request: HttpRequest, uuid: UUID, klein: bool = False) -> FileResponse:
    """A photo: for everybody once released, before that for its maker and for the Gebiedsteam."""
    found = get_object_or_404(
        Foto.objects.select_related("initiatief__gebied").defer("initiatief__gebied__grens"), uuid=uuid
    )
    if not (found.is_public or _may_see_unreleased(request, found)):
        raise Http404
    return foto_response(found.naam, uuid, is_public=found.is_public, klein=klein)


def _may_see_unreleased(request: HttpRequest, found: Foto) -> bool:
    if found.initiatief is None:
        return kept_in_session(request, found.inzending)
    if as_maker(request, found.initiatief):
        return True
    return found.initiatief.offered_at is not None and found.initiatief.gebied in own_gebieden(request)
