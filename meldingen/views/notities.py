"""Notes in the file of a melding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis.regels import RuleViolation
from meldingen import actions, rules
from meldingen.forms.notities import NotitieForm
from meldingen.models import Melding, Notitie
from meldingen.toegang import behandelaar_required
from meldingen.views.dossier import crumbs_of, seen_melding, show_file


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notitie_nieuw(request: HttpRequest, nummer: str) -> HttpResponse:
    """A note from the form in the file; who comes here from the sign-in goes back to the file."""
    melding = seen_melding(request, nummer)
    if request.method != "POST":
        return redirect("behandelen_melding", nummer=nummer)
    form = NotitieForm(request.POST)
    if form.is_valid() and form.try_action(actions.add_notitie, melding_id=melding.pk, by=request.user):
        messages.success(request, _("Uw notitie staat bij het verloop."))
        return redirect("behandelen_melding", nummer=nummer)
    return show_file(request, melding, status=422, notitie_form=form)


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notitie_verbeteren(request: HttpRequest, nummer: str, pk: int) -> HttpResponse:
    """Write an own note anew, or take it away."""
    melding = seen_melding(request, nummer)
    notitie = get_object_or_404(Notitie.objects.of(melding), pk=pk)
    if notitie.door_id != request.user.pk:
        raise PermissionDenied
    form = NotitieForm(request.POST if request.method == "POST" else None, initial={"tekst": notitie.tekst})
    if request.method == "POST" and _is_done(request, form, melding, notitie):
        return redirect("behandelen_melding", nummer=nummer)
    context = {
        "form": form,
        "melding": melding,
        "fixed": "" if form.is_bound else _why_fixed(request, notitie),
        "crumbs": [*crumbs_of(melding), {"label": _("Notitie")}],
        "section": "behandelen",
    }
    return render(request, "meldingen/notitie.html", context, status=422 if form.is_bound else 200)


def _is_done(request: HttpRequest, form: NotitieForm, melding: Melding, notitie: Notitie) -> bool:
    """Whether the note was taken away or written anew, as was asked."""
    arguments: dict[str, Any] = {"melding_id": melding.pk, "notitie_id": notitie.pk, "by": request.user}
    if "weg" in request.POST:
        form.is_valid()
        try:
            actions.remove_notitie(**arguments)
        except RuleViolation as violation:
            form.add_error(None, str(violation))
            return False
        messages.success(request, _("De notitie is weg."))
        return True
    if form.is_valid() and form.try_action(actions.correct_notitie, **arguments):
        messages.success(request, _("De notitie is verbeterd."))
        return True
    return False


def _why_fixed(request: HttpRequest, notitie: Notitie) -> str:
    """Why the own note can't be changed any more; empty when it can."""
    try:
        rules.check_correct(notitie, request.user.pk, timezone.now())
    except RuleViolation as violation:
        return str(violation)
    return ""
