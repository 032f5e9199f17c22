"""The searches that a behandelaar keeps."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis.formulieren import ActionForm
from gebruikers.models import Afdeling, Gebruiker
from meldingen import actions
from meldingen.forms.verdelen import ZoekopdrachtForm, ZoekopdrachtNaamForm
from meldingen.forms.werklijst import WorkListFilter
from meldingen.models import Zoekopdracht
from meldingen.toegang import behandelaar_required, own_afdelingen


@behandelaar_required
@never_cache
@require_safe
def zoekopdrachten(request: HttpRequest) -> HttpResponse:
    """All that one keeps, to rename or take away."""
    context = {"bewaard": Zoekopdracht.objects.of(request.user), **_place()}
    return render(request, "meldingen/zoekopdrachten.html", context)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def zoekopdracht_nieuw(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now, under a name."""
    if request.method == "POST":
        form = ZoekopdrachtForm(request.POST)
        query = _checked(request, form["query"].value() or "")
    else:
        query = _checked(request, request.GET.urlencode())
        form = ZoekopdrachtForm(initial={"query": query or ""})
    if query is None:
        context = {"form": form, "unknown": True, **_place(_("Bewaren"))}
        return render(request, "meldingen/zoekopdracht.html", context, status=422 if form.is_bound else 400)
    if form.is_valid():
        form.cleaned_data["query"] = query
        if form.try_action(actions.save_zoekopdracht, by=request.user):
            messages.success(request, _("Uw zoekopdracht staat nu boven de lijst."))
            return redirect(form.result)
    return _form(request, form, _("Zoekopdracht bewaren"))


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def zoekopdracht_wijzigen(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for what one keeps."""
    kept = _own(request, pk)
    form = ZoekopdrachtNaamForm(request.POST if request.method == "POST" else None, initial={"naam": kept.naam})
    if form.is_valid() and form.try_action(actions.rename_zoekopdracht, zoekopdracht_id=kept.pk, by=request.user):
        messages.success(request, _("De nieuwe naam is bewaard."))
        return redirect("zoekopdrachten")
    return _form(request, form, _("Zoekopdracht hernoemen"))


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def zoekopdracht_verwijderen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away what one keeps, after a question."""
    kept = _own(request, pk)
    form = ActionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.try_action(actions.remove_zoekopdracht, zoekopdracht_id=kept.pk, by=request.user):
        messages.success(request, _("De zoekopdracht is verwijderd."))
        return redirect("zoekopdrachten")
    context = {"form": form, "zoekopdracht": kept, **_place(_("Verwijderen"))}
    return render(request, "meldingen/zoekopdracht_verwijderen.html", context, status=422 if form.is_bound else 200)


def _own(request: HttpRequest, pk: int) -> Zoekopdracht:
    return get_object_or_404(Zoekopdracht.objects.of(request.user), pk=pk)


def _checked(request: HttpRequest, query: str) -> str | None:
    """The choices in `query` as the filter of the list writes them; None when it does not know them."""
    afdelingen = list(Afdeling.objects.filter(pk__in=own_afdelingen(request)))
    found = WorkListFilter(QueryDict(query), by=cast(Gebruiker, request.user), afdelingen=afdelingen)
    return found.query if found.is_valid() else None


def _form(request: HttpRequest, form: ActionForm, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading, **_place(heading)}
    return render(request, "meldingen/zoekopdracht.html", context, status=422 if form.is_bound else 200)


def _place(here: str = "") -> dict[str, Any]:
    """The way back to the list."""
    crumbs = [{"label": _("Behandelen"), "url": reverse("behandelen")}]
    kept = {"label": _("Bewaarde zoekopdrachten")}
    if here:
        crumbs += [{**kept, "url": reverse("zoekopdrachten")}, {"label": here}]
    else:
        crumbs.append(kept)
    return {"crumbs": crumbs, "section": "behandelen"}
