"""The maker's own pages: a new idea, changing, offering and taking back."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis import fotos, limieten, via
from basis.fotolimiet import count_fotos, refuse_fotos
from basis.intake import takes_files
from basis.limieten import LimitReached
from basis.regels import RuleViolation
from gebieden.kaart import MUNICIPALITY
from initiatieven import actions, rules
from initiatieven.actions import Maker
from initiatieven.forms.maken import ConceptForm, IdeeForm, IntrekkenForm
from initiatieven.models import Foto, Initiatief
from initiatieven.rules import OWN_LINK, Partij, Status
from initiatieven.toegang import as_maker, keep_in_session


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def initiatief_nieuw(request: HttpRequest) -> HttpResponse:
    """The form; the photos of a form with errors are kept under its `inzending`."""
    if request.method != "POST":
        return _show(request, IdeeForm(initial=_initial(request)))
    form = cast(IdeeForm, _read(request, IdeeForm))
    if form.is_valid() and _keep(request, form):
        found, is_new = form.result
        if not is_new:
            messages.info(request, _("Dit idee hadden we al bewaard."))
        via.remember(request, OWN_LINK, found.pk, found.via_versie)
        return _go_on(request, found)
    return _show(request, form)


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def initiatief_wijzigen(request: HttpRequest, nummer: str) -> HttpResponse:
    """Change what a concept says."""
    found, maker = _own(request, nummer)
    if not rules.can_edit(found):
        messages.info(request, _("Uw idee is al aangeboden. Wilt u iets wijzigen? Bel uw Gebiedsteam."))
        return redirect(found)
    if request.method != "POST":
        return _show(request, ConceptForm(initiatief=found), found)
    form = _read(request, ConceptForm, initiatief=found)
    if form.is_valid() and form.try_action(actions.edit_concept, initiatief_id=found.pk, maker=maker):
        return _go_on(request, form.result)
    if form.is_behind(found.versie):
        form.catch_up(found.versie)
    return _show(request, form, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def initiatief_aanbieden(request: HttpRequest, nummer: str) -> HttpResponse:
    """Offer an idea to the Gebiedsteam; who comes here without sending goes to the idea."""
    found, maker = _own(request, nummer)
    if request.method == "POST":
        _offer(request, found, maker)
    return redirect(found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def initiatief_intrekken(request: HttpRequest, nummer: str) -> HttpResponse:
    """Ask whether somebody really takes the idea back, and do so."""
    found, maker = _own(request, nummer)
    if not rules.can_move(found, Status.INGETROKKEN, Partij.MAKER):
        messages.info(request, _("Dit idee kunt u niet meer intrekken. Bel uw Gebiedsteam als u iets wilt wijzigen."))
        return redirect(found)
    form = IntrekkenForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.try_action(actions.withdraw, initiatief_id=found.pk, maker=maker):
        messages.success(request, _("Uw idee is ingetrokken."))
        return redirect(found)
    context = {"form": form, "initiatief": found, "crumbs": _crumbs(found), "section": "initiatieven"}
    return render(request, "initiatieven/intrekken.html", context, status=422 if form.is_bound else 200)


def _go_on(request: HttpRequest, found: Initiatief) -> HttpResponse:
    """To the idea, which is offered at once when the maker asked for that and may."""
    maker = as_maker(request, found)
    if "aanbieden" in request.POST and maker:
        _offer(request, found, maker)
    else:
        messages.success(request, _("Uw idee is bewaard."))
    return redirect(found)


def _offer(request: HttpRequest, found: Initiatief, maker: Maker) -> None:
    try:
        actions.offer(initiatief_id=found.pk, maker=maker)
    except RuleViolation as violation:
        messages.error(request, str(violation))
    else:
        messages.success(request, _("Uw idee is aangeboden. Het Gebiedsteam bekijkt het binnen twee werkdagen."))


def _keep(request: HttpRequest, form: IdeeForm) -> bool:
    """Whether what is in order was kept; only what is new counts."""
    maker = request.user if request.user.is_authenticated else None
    try:
        with limieten.place("initiatief", by=maker, to=form.cleaned_data["email"]) as place:
            kept = form.try_action(actions.save_concept, maker=maker)
            place.done = kept and form.result[1]
            return kept
    except LimitReached as reached:
        if Initiatief.objects.filter(inzending=form.inzending_value()).exists():
            return form.try_action(actions.save_concept, maker=maker)
        form.refuse(
            reached,
            _("Er kwamen net veel ideeën binnen. Uw idee is nog niet bewaard. Verstuur het om %(clock)s uur opnieuw."),
        )
        return False


def _read(request: HttpRequest, form_class: type[IdeeForm], **arguments: Any) -> Any:
    """What was sent, with its photos kept; those beyond the limit are not even looked at."""
    limit = count_fotos(request)
    form = form_class(request.POST, None if limit else request.FILES, **arguments)
    form.is_valid()
    if limit:
        refuse_fotos(form, limit)
    inzending = form.cleaned_data.get("inzending")
    if not inzending:
        return form
    actions.drop_kept_fotos(inzending=inzending, uuids=form.cleaned_data.get("foto_weg", []))
    try:
        for prepared in form.accepted_fotos:
            actions.keep_foto(inzending=inzending, prepared=prepared)
            keep_in_session(request, inzending)
    except RuleViolation as violation:
        form.add_error("foto", str(violation))
    except fotos.FotoStorageError as fault:
        form.fotos_out = True
        form.add_error("foto", str(fault))
    return form


def _show(request: HttpRequest, form: IdeeForm, found: Initiatief | None = None) -> HttpResponse:
    context = {
        "form": form,
        "initiatief": found,
        "kept": Foto.objects.kept_for(form.inzending_value()),
        "begrenzing": MUNICIPALITY,
        "crumbs": _crumbs(found) if found else None,
        "section": "initiatieven",
    }
    status = (503 if form.fotos_out else 422) if form.is_bound else 200
    response = render(request, "initiatieven/nieuw.html", context, status=status)
    # Not stored by others, asked for again each time; but kept for the way back, with what was typed.
    response["Cache-Control"] = "private, no-cache"
    return form.limit.on(response) if form.limit else response


def _initial(request: HttpRequest) -> dict[str, Any]:
    """A fresh `inzending`, one's own address when signed in, and the place that a link to the form names."""
    initial: dict[str, Any] = {"inzending": uuid4(), "bereik": rules.Bereik.STRAAT, "soort": rules.MakerSoort.BEWONER}
    if request.user.is_authenticated:
        initial |= {"naam": request.user.naam, "email": request.user.email or ""}
    if "wijk" in request.GET:
        initial["waar"] = f"wijk {request.GET['wijk'][:60]}"
    elif "gebied" in request.GET:
        initial["waar"] = f"gebied {request.GET['gebied'][:60]}"
    return initial


def _own(request: HttpRequest, nummer: str) -> tuple[Initiatief, Maker]:
    found = get_object_or_404(Initiatief.objects.for_page(), nummer=nummer)
    maker = as_maker(request, found)
    if maker is None:
        raise Http404
    return found, maker


def _crumbs(found: Initiatief) -> list[dict[str, str]]:
    return [
        {"label": _("Initiatieven"), "url": reverse("initiatieven")},
        {"label": found.titel, "url": found.get_absolute_url()},
        {"label": _("Wijzigen")},
    ]
