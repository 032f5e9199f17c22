"""The file of one melding in the room of the behandelaar, with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis import fotos
from basis.regels import RuleViolation
from berichten.models import Bericht
from gebruikers.models import Gebruiker
from meldingen import aanwezig, actions, rules
from meldingen.forms.behandelen import AfdelingForm, BesluitForm, CategorieForm, ChangeForm, DatumForm, StatusForm
from meldingen.models import Aanlevering, Foto, Melding, Overdracht, Stap
from meldingen.toegang import behandelaar_required, own_afdelingen


@behandelaar_required
@never_cache
@require_safe
def behandelen_melding(request: HttpRequest, nummer: str) -> HttpResponse:
    """One melding with its history, contact and what can be done."""
    melding = own_melding(request, nummer)
    if request.method == "GET":
        aanwezig.note(melding, cast(Gebruiker, request.user))
    return show_file(request, melding)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_status(request: HttpRequest, nummer: str) -> HttpResponse:
    """Another status, with an explanation that is mailed to the reporter."""
    done = _("De status is gewijzigd.")
    return change_melding(
        request, nummer, StatusForm, actions.change_status, rules.check_movable, done, "meldingen/status.html"
    )


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_datum(request: HttpRequest, nummer: str) -> HttpResponse:
    """Another promised date, with the reason."""
    done = _("De nieuwe datum is bewaard.")
    return change_melding(
        request, nummer, DatumForm, actions.change_promise, rules.check_can_promise, done, "meldingen/datum.html"
    )


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_categorie(request: HttpRequest, nummer: str) -> HttpResponse:
    """Another category, with its afdeling and term."""
    done = _("De categorie is gewijzigd.")
    return change_melding(
        request,
        nummer,
        CategorieForm,
        actions.change_categorie,
        rules.check_changeable,
        done,
        "meldingen/categorie.html",
    )


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_afdeling(request: HttpRequest, nummer: str) -> HttpResponse:
    """Another afdeling of the municipality."""
    done = _("De melding is overgedragen.")
    return change_melding(
        request, nummer, AfdelingForm, actions.change_afdeling, rules.check_changeable, done, "meldingen/afdeling.html"
    )


@behandelaar_required
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_tekst(request: HttpRequest, nummer: str) -> HttpResponse:
    """Show the description to everybody, or not."""
    return _decide(request, nummer, actions.decide_tekst)


@behandelaar_required
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_foto(request: HttpRequest, nummer: str, uuid: UUID) -> HttpResponse:
    """Show a photo to everybody, or not."""
    try:
        return _decide(request, nummer, actions.decide_foto, foto_uuid=uuid)
    except Foto.DoesNotExist as error:
        raise Http404 from error


def own_melding(request: HttpRequest, nummer: str) -> Melding:
    """The melding with this number, of an afdeling of this visitor; raises Http404."""
    return get_object_or_404(Melding.objects.handled_by(own_afdelingen(request)).for_page(), nummer=nummer)


def show_file(request: HttpRequest, melding: Melding, status: int = 200) -> HttpResponse:
    """The page with everything about a melding; leaves a line where it shows how to reach the reporter."""
    # What is asked for is on its way to the reader, also where a browser only prepares; HEAD brings nothing.
    if melding.has_contact and request.method != "HEAD":
        actions.note_contact_seen(melding=melding, by=cast(Gebruiker, request.user))
    overdrachten = Overdracht.objects.for_file(melding)
    running = next((one for one in overdrachten if one.is_running), None)
    context = {
        "melding": melding,
        "crumbs": crumbs_of(melding),
        "versie": melding.versie,
        "aanwezig": aanwezig.others([melding], cast(Gebruiker, request.user)).get(melding.pk),
        "can_divide": melding.is_open,
        "can_promise": rules.can_promise(melding),
        "can_move": bool(rules.next_statuses(melding)),
        "first_is_mine": bool(melding.eerste and rules.can_handle(own_afdelingen(request), melding.eerste)),
        "tekst_naam": _("de omschrijving"),
        "stappen": Stap.objects.for_story(melding).select_related("door", "antwoord"),
        "fotos": Foto.objects.of(melding),
        "running": running,
        "link_failed": running is not None and Bericht.objects.has_failed(running.link_key),
        "ended": [one for one in overdrachten if not one.is_running],
        "can_hand_over": rules.can_hand_over(melding),
        "aanlevering": Aanlevering.objects.of(melding),
        "section": "behandelen",
    }
    return render(request, "meldingen/behandelen_melding.html", context, status=status)


def crumbs_of(melding: Melding) -> list[dict[str, str]]:
    """The way back: the work list, and this melding."""
    return [
        {"label": _("Behandelen"), "url": reverse("behandelen")},
        {"label": melding.nummer_leesbaar, "url": reverse("behandelen_melding", args=[melding.nummer])},
    ]


def change_melding(
    request: HttpRequest,
    nummer: str,
    form_class: type[ChangeForm],
    action: Callable[..., Melding],
    check: Callable[[Melding], None],
    done: str,
    template: str,
) -> HttpResponse:
    """One form with an explanation: show it, or run its action and go back to the melding, or to the list."""
    melding = own_melding(request, nummer)
    form = form_class(request.POST if request.method == "POST" else None, melding=melding)
    status = 422 if form.is_bound else 200
    try:
        if form.is_valid() and form.try_action(action, melding_id=melding.pk, by=request.user):
            told = _("De melder krijgt bericht.") if melding.email else _("De melder liet geen e-mailadres achter.")
            messages.success(request, f"{done} {told}")
            if form.result.afdeling_id in own_afdelingen(request):
                return redirect("behandelen_melding", nummer=nummer)
            return redirect("behandelen")
    except fotos.FotoStorageError:
        # Another category can put photos out of sight that stood on the site.
        status = 503
        form.add_error(None, _("We kunnen de foto’s bij deze melding nu niet weghalen. Probeer het straks nog eens."))
    crumbs = [*crumbs_of(melding), {"label": _("Wijzigen")}]
    context = {"form": form, "melding": melding, "crumbs": crumbs, "section": "behandelen"}
    if not form.is_bound:
        context["fixed"] = _why_fixed(melding, check)
    return render(request, template, context, status=status)


def _why_fixed(melding: Melding, check: Callable[[Melding], None]) -> str:
    """Why nothing can be changed here, which `check` says; empty when it can."""
    try:
        check(melding)
    except RuleViolation as violation:
        return str(violation)
    return ""


def _decide(request: HttpRequest, nummer: str, action: Callable[..., Any], **arguments: Any) -> HttpResponse:
    """One decision about a text or a photo; who comes here from the sign-in goes back to the melding."""
    melding = own_melding(request, nummer)
    if request.method != "POST":
        return redirect("behandelen_melding", nummer=nummer)
    form = BesluitForm(request.POST, melding=melding)
    try:
        if form.is_valid() and form.try_action(action, melding_id=melding.pk, by=request.user, **arguments):
            messages.success(request, _("Uw keuze is bewaard."))
            return redirect("behandelen_melding", nummer=nummer)
    except fotos.FotoStorageError:
        messages.error(
            request, _("We kunnen deze foto nu niet openbaar maken of weghalen. Probeer het straks nog eens.")
        )
        return show_file(request, melding, status=503)
    for error in (error for errors in form.errors.values() for error in errors):
        messages.error(request, str(error))
    return show_file(request, melding, status=422)
