"""What maps and address fields ask: borders, and addresses of PDOK."""

from __future__ import annotations

import re
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from basis.limieten import limited
from gebieden import grenzen as borders
from gebieden import pdok
from gebieden.forms import AdresVraag


@require_safe
def grenzen(request: HttpRequest) -> HttpResponseBase:
    """The borders of all gebieden, wijken or buurten as GeoJSON; 400 with a reason for another `niveau`."""
    niveau = request.GET.get("niveau", "")
    if niveau not in borders.NIVEAUS:
        return JsonResponse({"fout": _("niveau moet gebied, wijk of buurt zijn.")}, status=400)
    found = borders.encoded(niveau)
    zipped = re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")) is not None
    response = HttpResponse(found.compressed if zipped else found.body, content_type="application/geo+json")
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = f'"{found.digest}-gzip"' if zipped else f'"{found.digest}"'
    response["Cache-Control"] = "public, max-age=3600"
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@require_safe
@limited("adressen")
def adressen(request: HttpRequest) -> HttpResponse:
    """At most 8 addresses for the words `q`, or the nearest to `lat`, `lon`.

    400 with a reason for a question that is none, 429 for too many of them, 503 with a sentence when PDOK does not
    answer.
    """
    question = AdresVraag(request.GET)
    if not question.is_valid():
        return JsonResponse({"fout": question.reason()}, status=400)
    try:
        found = _answers(question.cleaned_data)
    except pdok.PdokUnavailable:
        sentence = _("We kunnen nu geen adressen opzoeken. Typ het adres zelf helemaal in.")
        return JsonResponse({"fout": sentence}, status=503, headers={"Cache-Control": "no-store"})
    # What people look for is theirs: no shared cache keeps it.
    return JsonResponse(
        {"adressen": [asdict(adres) for adres in found]}, headers={"Cache-Control": "private, max-age=300"}
    )


def _answers(question: dict[str, object]) -> list[pdok.Adres]:
    match question:
        case {"q": str(text)} if text:
            return pdok.suggest(text)
        case {"lat": float(lat), "lon": float(lon)}:
            nearest = pdok.reverse(lat, lon)
            return [nearest] if nearest else []
    return []
