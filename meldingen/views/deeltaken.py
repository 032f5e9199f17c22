"""Parts of meldingen: the list of an afdeling, asking for one, saying that it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis.paging import ShortPaginator
from basis.regels import RuleViolation
from meldingen import actions, rules
from meldingen.forms.deeltaken import DeeltaakForm, UitlegForm
from meldingen.models import Deeltaak, Melding
from meldingen.toegang import behandelaar_required, own_afdelingen
from meldingen.views.dossier import crumbs_of, own_melding, seen_melding

PAGE_SIZE = 50


@behandelaar_required
@never_cache
@require_safe
def deeltaken(request: HttpRequest) -> HttpResponse:
    """What the own afdelingen were asked to do for meldingen of others."""
    found = Deeltaak.objects.open().of_afdelingen(own_afdelingen(request)).for_list()
    context = {
        "page_obj": ShortPaginator(found, PAGE_SIZE).get_page(request.GET.get("pagina")),
        "crumbs": [{"label": _("Behandelen"), "url": reverse("behandelen")}, {"label": _("Deeltaken")}],
        "section": "behandelen",
    }
    return render(request, "meldingen/deeltaken.html", context)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deeltaak_vragen(request: HttpRequest, nummer: str) -> HttpResponse:
    """Ask another afdeling to do a part."""
    melding = own_melding(request, nummer)
    form = DeeltaakForm(request.POST if request.method == "POST" else None, melding=melding)
    if form.is_valid() and form.try_action(actions.ask_deeltaak, melding_id=melding.pk, by=request.user):
        messages.success(request, _("De andere afdeling krijgt bericht en kan deze melding zien."))
        return redirect("behandelen_melding", nummer=nummer)
    fixed = ""
    try:
        rules.check_can_ask_part(melding)
    except RuleViolation as violation:
        fixed = str(violation) if not form.is_bound else ""
    return _show(request, melding, form, "meldingen/deeltaak_vragen.html", fixed=fixed)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deeltaak_gereed(request: HttpRequest, nummer: str, pk: int) -> HttpResponse:
    """Say that the own part is done."""
    done = _("De deeltaak is gereed. De afdeling van de melding krijgt bericht.")
    return _close(request, seen_melding(request, nummer), pk, actions.finish_deeltaak, done)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deeltaak_intrekken(request: HttpRequest, nummer: str, pk: int) -> HttpResponse:
    """Take back what another afdeling was asked."""
    done = _("De deeltaak is ingetrokken. De andere afdeling krijgt bericht.")
    return _close(request, own_melding(request, nummer), pk, actions.withdraw_deeltaak, done, withdraws=True)


def _close(
    request: HttpRequest, melding: Melding, pk: int, action: Callable[..., Any], done: str, *, withdraws: bool = False
) -> HttpResponse:
    """The form with how a part ended, or running its action and going back to the file."""
    part = get_object_or_404(Deeltaak.objects.of(melding), pk=pk)
    afdelingen = own_afdelingen(request)
    if not withdraws and part.afdeling_id not in afdelingen:
        raise Http404
    form = UitlegForm(request.POST if request.method == "POST" else None, melding=melding)
    if form.is_valid() and form.try_action(action, melding_id=melding.pk, deeltaak_id=part.pk, by=request.user):
        messages.success(request, done)
        return redirect("behandelen_melding", nummer=melding.nummer)
    fixed = "" if part.is_open or form.is_bound else _("Deze deeltaak is al afgesloten.")
    return _show(request, melding, form, "meldingen/deeltaak.html", fixed=fixed, deeltaak=part, withdraws=withdraws)


def _show(request: HttpRequest, melding: Melding, form: Any, template: str, **more: Any) -> HttpResponse:
    context = {
        **more,
        "form": form,
        "melding": melding,
        "crumbs": [*crumbs_of(melding), {"label": _("Deeltaak")}],
        "section": "behandelen",
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
