"""What everybody sees: the list and the map, one melding, its released photos."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from basis.foto_response import foto_response
from basis.kept_pages import same_for_everybody
from basis.paging import ShortPaginator, counted, in_words
from gebieden.kaart import MUNICIPALITY, BadMapQuery, parse_map_query
from gebruikers.models import Gebruiker
from meldingen import kaart
from meldingen.forms.lijsten import KaartFilter, MeldingFilter
from meldingen.models import Antwoord, Foto, Melding, Stap
from meldingen.rules import can_answer, can_handle, can_judge
from meldingen.toegang import can_see_file, is_own, is_shared, kept_in_session, own_afdelingen

PAGE_SIZE = 20


@same_for_everybody("categorie", "status", "periode", "gebied", "wijk")
@require_safe
def meldingen(request: HttpRequest) -> HttpResponse:
    """List and map of what was reported, with filters."""
    form = MeldingFilter(request.GET)
    is_valid = form.is_valid()
    found = form.apply(Melding.objects.public()) if is_valid else Melding.objects.none()
    area = form.area() if is_valid else None
    context = {
        "form": form,
        "page_obj": ShortPaginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("pagina")),
        "without_pin": in_words(number) if (number := counted(found.without_pin())) else "",
        "area": area,
        "bron": f"{reverse('meldingen_kaart')}?{form.query()}" if is_valid else "",
        "begrenzing": area.bbox if area else MUNICIPALITY,
        "feeds": form.gebieden(),
        "section": "meldingen",
    }
    return render(request, "meldingen/lijst.html", context, status=200 if is_valid else 400)


@require_safe
def kaart_json(request: HttpRequest) -> HttpResponse:
    """Clusters of meldingen in a box, as GeoJSON; 400 with a reason for whatever is not understood."""
    form = KaartFilter(request.GET)
    try:
        query = parse_map_query(request.GET)
    except BadMapQuery as reason:
        return JsonResponse({"fout": str(reason)}, status=400)
    if not form.is_valid():
        return JsonResponse({"fout": _("Dit filter bestaat niet.")}, status=400)
    found = kaart.drawn(form.apply(Melding.objects.public()), query, filters=form.key)
    headers = {"Cache-Control": "public, max-age=60", "Age": str(found.age)}
    return HttpResponse(found.body, content_type="application/json", headers=headers)


@require_safe
def melding(request: HttpRequest, nummer: str) -> HttpResponse:
    """One melding: place, category, steps, promised date; text and photos once released, or to whoever sent it."""
    found = get_object_or_404(Melding.objects.for_page(), nummer=nummer)
    own, story = is_own(request, found), Stap.objects.for_story(found)
    if not (found.categorie.openbaar or own):
        raise Http404
    context = {
        "melding": found,
        "crumbs": [{"label": _("Meldingen"), "url": reverse("meldingen")}, {"label": found.nummer_leesbaar}],
        "own": own,
        "can_handle": can_handle(own_afdelingen(request), found),
        "can_answer": own and can_answer(found),
        "can_judge": own and can_judge(found, timezone.localdate()),
        "is_judged": own and Antwoord.objects.to_closing_of(found).exists(),
        "stappen": story.select_related("antwoord") if own else story.public(),
        "fotos": Foto.objects.for_melder(found) if own else Foto.objects.of(found).public(),
        "section": "meldingen",
    }
    response = render(request, "meldingen/melding.html", context)
    if own:
        response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def meldingen_mijn(request: HttpRequest) -> HttpResponse:
    """What somebody reported: while signed in, or with the address that the account proved to own."""
    mine = Melding.objects.reported_by(request.user).for_list()
    context = {
        "page_obj": ShortPaginator(mine, PAGE_SIZE).get_page(request.GET.get("pagina")),
        "with_address": isinstance(request.user, Gebruiker) and request.user.proven_email,
        "section": "meldingen",
    }
    return render(request, "meldingen/mijn.html", context)


@require_safe
def foto(request: HttpRequest, uuid: UUID, klein: bool = False) -> FileResponse:
    """A photo: for everybody once released, before that for its sender, its afdeling and whom that shared it with."""
    found = get_object_or_404(Foto.objects.select_related("melding__categorie"), uuid=uuid)
    if not (found.is_public or _may_see_unreleased(request, found)):
        raise Http404
    response = foto_response(found.naam, uuid, is_public=found.is_public, klein=klein)
    if found.is_public:
        # Systems that follow meldingen over Open311 show the photo in pages of their own.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _may_see_unreleased(request: HttpRequest, found: Foto) -> bool:
    if found.melding is None:
        return kept_in_session(request, found.inzending)
    is_theirs = found.namens_id is None and is_own(request, found.melding)
    return is_theirs or can_see_file(request, found.melding) or is_shared(request, found)
