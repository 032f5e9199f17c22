"""Blacking out before release: words of the description, parts of a photo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis import fotos
from meldingen import actions
from meldingen.forms.dossier import ChangeForm
from meldingen.forms.lakken import FotoLakkenForm, TekstLakkenForm
from meldingen.models import Foto, Melding
from meldingen.toegang import behandelaar_required
from meldingen.views.dossier import crumbs_of, own_melding


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tekst_lakken(request: HttpRequest, nummer: str) -> HttpResponse:
    """Take words out of the description and release what is left."""
    melding = own_melding(request, nummer)
    form = TekstLakkenForm(request.POST if request.method == "POST" else None, melding=melding)
    if form.is_valid() and form.try_action(actions.black_out_tekst, melding_id=melding.pk, by=request.user):
        messages.success(request, _("De omschrijving is openbaar, zonder de weggelakte woorden."))
        return redirect("behandelen_melding", nummer=nummer)
    return _show(request, melding, form, "meldingen/tekst_lakken.html", 422 if form.is_bound else 200)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def foto_lakken(request: HttpRequest, nummer: str, uuid: UUID) -> HttpResponse:
    """Put black rectangles over parts of a photo and release it."""
    melding = own_melding(request, nummer)
    foto = get_object_or_404(Foto.objects.of(melding), uuid=uuid)
    form = FotoLakkenForm(request.POST if request.method == "POST" else None, melding=melding, foto=foto)
    status = 422 if form.is_bound else 200
    try:
        if form.is_valid() and form.try_action(
            actions.black_out_foto, melding_id=melding.pk, foto_uuid=uuid, by=request.user
        ):
            black = form.result.vlakken
            messages.success(
                request,
                _("De foto is openbaar, met de zwarte vlakken.") if black else _("De hele foto is openbaar."),
            )
            return redirect("behandelen_melding", nummer=nummer)
    except fotos.FotoStorageError:
        status = 503
        form.add_error(None, _("We kunnen deze foto nu niet openbaar maken. Probeer het straks nog eens."))
    return _show(request, melding, form, "meldingen/foto_lakken.html", status, foto=foto)


@behandelaar_required
@never_cache
@require_safe
def foto_origineel(request: HttpRequest, nummer: str, uuid: UUID) -> FileResponse:
    """A photo as it was sent, for who decides what everybody sees of it."""
    foto = get_object_or_404(Foto.objects.of(own_melding(request, nummer)), uuid=uuid)
    try:
        file = default_storage.open(foto.naam)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, filename=f"origineel-{uuid}.jpg", content_type="image/jpeg")
    # Opened by itself it is a picture and nothing else, whatever a browser makes of its bytes.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _show(
    request: HttpRequest, melding: Melding, form: ChangeForm, template: str, status: int, **more: Any
) -> HttpResponse:
    crumbs = [*crumbs_of(melding), {"label": _("Weglakken")}]
    context = {**more, "form": form, "melding": melding, "crumbs": crumbs, "section": "behandelen"}
    return render(request, template, context, status=status)
