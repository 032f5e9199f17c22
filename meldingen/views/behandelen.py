"""What a behandelaar does to one melding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis import fotos
from basis.regels import RuleViolation
from meldingen import actions, rules
from meldingen.forms.behandelen import AfdelingForm, BesluitForm, CategorieForm, DatumForm, StatusForm
from meldingen.forms.dossier import ExplainedForm
from meldingen.models import Foto, Melding
from meldingen.toegang import behandelaar_required, own_afdelingen
from meldingen.views.dossier import crumbs_of, own_melding, show_file


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


def change_melding(
    request: HttpRequest,
    nummer: str,
    form_class: type[ExplainedForm],
    action: Callable[..., Melding],
    check: Callable[[Melding], None],
    done: str,
    template: str,
) -> HttpResponse:
    """One form with an explanation: show it, or run its action and go back to the melding, or to the list."""
    melding = own_melding(request, nummer)
    puts_in = "zet_in" in request.POST
    form = form_class(request.POST if request.method == "POST" and not puts_in else None, melding=melding)
    if puts_in:
        form.put_in(request.POST)
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
