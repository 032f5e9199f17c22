"""Where a Gebiedsteam keeps the texts of its gebied, wijken and dorpen, and its own team."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from basis.formulieren import ActionForm
from gebieden import actions, rules
from gebieden.forms import InleidingForm, TeamlidForm, TeamlidWijzigenForm, VerplaatsForm
from gebieden.models import Buurt, Gebied, Teamlid, Wijk
from gebruikers.toegang import medewerker_required

View = Callable[..., HttpResponseBase]


def gebiedsteam_required(view: View) -> View:
    """Hand the gebied to `view` for who may edit it; anonymous visitors go to sign-in, everybody else gets 403.

    Not 404, as for what lies outside somebody's scope: everybody knows that the gebied is there, and reads its page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, gebied: str, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(Gebied.objects.current().without_grens(), slug=gebied)
        if not rules.can_edit(request.user, found):
            raise PermissionDenied
        return view(request, found, **kwargs)

    return medewerker_required(never_cache(guarded))


@gebiedsteam_required
@require_safe
def overzicht(request: HttpRequest, gebied: Gebied) -> HttpResponse:
    """All texts and the team of a gebied, each with who changed it last."""
    whole = Gebied.objects.for_editing().get(pk=gebied.pk)
    context = {
        "gebied": whole,
        "removable": {lid.pk for lid in whole.teamleden.all() if not rules.shuts_out(request.user, lid)},
        "can_link": rules.can_link_account(request.user),
    }
    return render(request, "gebieden/bewerken.html", context | _place(whole))


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def gebied_inleiding(request: HttpRequest, gebied: Gebied) -> HttpResponse:
    """The introduction of the gebied itself."""
    return _inleiding(request, gebied)


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def wijk_inleiding(request: HttpRequest, gebied: Gebied, wijk: str) -> HttpResponse:
    """The introduction of one of its wijken."""
    return _inleiding(request, get_object_or_404(Wijk.objects.for_choice().of(gebied), slug=wijk))


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def dorp_inleiding(request: HttpRequest, gebied: Gebied, wijk: str, dorp: str) -> HttpResponse:
    """The introduction of one of its dorpen."""
    found = get_object_or_404(Buurt.objects.for_page(), slug=dorp, wijk__slug=wijk, wijk__gebied=gebied)
    return _inleiding(request, found)


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def teamlid_nieuw(request: HttpRequest, gebied: Gebied) -> HttpResponse:
    """Add somebody to the team."""
    form = TeamlidForm(_sent(request))
    if form.is_valid() and form.try_action(actions.add_teamlid, gebied=gebied, by=request.user):
        messages.success(request, _("Het teamlid is toegevoegd."))
        return redirect("gebied_bewerken", gebied.slug)
    context = {"gebied": gebied, "form": form}
    return _show(request, "gebieden/teamlid.html", context | _place(gebied, _("Teamlid toevoegen")))


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def teamlid_wijzigen(request: HttpRequest, gebied: Gebied, pk: int) -> HttpResponse:
    """Change function and contact of somebody in the team."""
    teamlid = get_object_or_404(Teamlid.objects.of(gebied), pk=pk)
    form = TeamlidWijzigenForm(_sent(request), initial=teamlid.as_initial())
    if form.is_valid() and form.try_action(actions.update_teamlid, teamlid=teamlid, by=request.user):
        messages.success(request, _("Het teamlid is gewijzigd."))
        return redirect("gebied_bewerken", gebied.slug)
    behind = form.is_behind(teamlid.versie)
    if behind:
        form.catch_up(teamlid.versie)
    context = {"gebied": gebied, "form": form, "teamlid": teamlid, "behind": behind}
    return _show(request, "gebieden/teamlid.html", context | _place(gebied, str(teamlid)))


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def teamlid_verwijderen(request: HttpRequest, gebied: Gebied, pk: int) -> HttpResponse:
    """Ask whether somebody really goes, and take them out of the team."""
    teamlid = get_object_or_404(Teamlid.objects.of(gebied), pk=pk)
    form = ActionForm(_sent(request))
    if form.is_valid() and form.try_action(actions.remove_teamlid, teamlid=teamlid, by=request.user):
        messages.success(request, _("Het teamlid is verwijderd."))
        return redirect("gebied_bewerken", gebied.slug)
    context = {"gebied": gebied, "form": form, "teamlid": teamlid}
    return _show(request, "gebieden/teamlid_verwijderen.html", context | _place(gebied, _("Teamlid verwijderen")))


@gebiedsteam_required
@require_POST
def teamlid_verplaatsen(request: HttpRequest, gebied: Gebied, pk: int) -> HttpResponse:
    """Move somebody one place up or down in the list; an unknown direction changes nothing."""
    teamlid = get_object_or_404(Teamlid.objects.of(gebied), pk=pk)
    form = VerplaatsForm(request.POST)
    if form.is_valid():
        form.try_action(actions.move_teamlid, teamlid=teamlid, by=request.user)
    return redirect(reverse("gebied_bewerken", args=[gebied.slug]) + "#team")


def _sent(request: HttpRequest) -> QueryDict | None:
    """What came with the request for its form; also when that is nothing at all."""
    return request.POST if request.method == "POST" else None


def _inleiding(request: HttpRequest, area: Gebied | Wijk | Buurt) -> HttpResponse:
    form = InleidingForm(_sent(request), initial={"inleiding": area.inleiding, "versie": area.versie})
    if form.is_valid() and form.try_action(actions.update_inleiding, area=area, by=request.user):
        messages.success(
            request, _("De inleiding van %(soort)s %(naam)s is bewaard.") % {"soort": area.soort, "naam": area.naam}
        )
        return redirect("gebied_bewerken", area.kept_by.slug)
    behind = form.is_behind(area.versie)
    if behind:
        form.catch_up(area.versie)
    context = {"gebied": area.kept_by, "area": area, "form": form, "behind": behind}
    label = _("Inleiding van %(soort)s %(naam)s") % {"soort": area.soort, "naam": area.naam}
    return _show(request, "gebieden/inleiding.html", context | _place(area.kept_by, label))


def _show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form; 422 when what was sent could not be done."""
    return render(request, template, context, status=422 if context["form"].is_bound else 200)


def _place(gebied: Gebied, label: str = "") -> dict[str, Any]:
    """Where a page stands in the portal; `label` names it below the overview."""
    crumbs = [
        {"label": _("Gebieden"), "url": reverse("gebieden")},
        {"label": gebied.heading, "url": gebied.get_absolute_url()},
        {"label": _("Teksten en team"), "url": reverse("gebied_bewerken", args=[gebied.slug])},
    ]
    return {"section": "gebieden", "crumbs": [*crumbs, {"label": label, "url": ""}] if label else crumbs}
