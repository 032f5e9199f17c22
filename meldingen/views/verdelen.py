"""Dividing the work: whose one melding is and how much it presses, and the same step for many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis.regels import RuleViolation, check_versie
from gebruikers.models import Afdeling, Gebruiker
from meldingen import actions, rules
from meldingen.actions import Outcome
from meldingen.forms.dossier import ChangeForm
from meldingen.forms.verdelen import (
    PrioriteitForm,
    SamenAfdeling,
    SamenForm,
    SamenKeuze,
    SamenStatus,
    SamenToewijzen,
    ToewijzenForm,
)
from meldingen.models import Melding
from meldingen.toegang import behandelaar_required, own_afdelingen
from meldingen.views.dossier import crumbs_of, own_melding


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_toewijzen(request: HttpRequest, nummer: str) -> HttpResponse:
    """Whose melding this is; the melder and the public hear nothing of it."""
    return _divide(request, nummer, ToewijzenForm, actions.assign, "meldingen/toewijzen.html")


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_prioriteit(request: HttpRequest, nummer: str) -> HttpResponse:
    """How much this melding presses."""
    return _divide(request, nummer, PrioriteitForm, actions.set_prioriteit, "meldingen/prioriteit.html")


def _divide(
    request: HttpRequest, nummer: str, form_class: type[ChangeForm], action: Callable[..., Melding], template: str
) -> HttpResponse:
    """Show the form, or run its action and go back to the melding."""
    melding = own_melding(request, nummer)
    form = form_class(request.POST if request.method == "POST" else None, melding=melding)
    if form.is_valid() and form.try_action(action, melding_id=melding.pk, by=request.user):
        messages.success(request, _("Uw keuze is bewaard."))
        return redirect("behandelen_melding", nummer=nummer)
    context = {
        "form": form,
        "melding": melding,
        "fixed": "" if form.is_bound else _why_not(rules.check_divisible, melding),
        "crumbs": [*crumbs_of(melding), {"label": _("Verdelen")}],
        "section": "behandelen",
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


class Samen(NamedTuple):
    """One thing that can be done with many: its form and action, and what the page calls it."""

    form: type[SamenForm]
    action: Callable[..., Melding]
    heading: str | Promise
    button: str | Promise
    told: str | Promise


SAMEN = {
    "toewijzen": Samen(
        SamenToewijzen,
        actions.assign,
        gettext_lazy("Meldingen toewijzen"),
        gettext_lazy("Wijs toe"),
        gettext_lazy("De melders krijgen hier geen bericht van."),
    ),
    "status": Samen(
        SamenStatus,
        actions.change_status,
        gettext_lazy("Status van meldingen wijzigen"),
        gettext_lazy("Wijzig de status"),
        gettext_lazy("Elke melder met een e-mailadres krijgt uw toelichting per mail."),
    ),
    "afdeling": Samen(
        SamenAfdeling,
        actions.change_afdeling,
        gettext_lazy("Meldingen overdragen"),
        gettext_lazy("Draag over"),
        gettext_lazy("Ze zijn daarna van niemand. Elke melder met een e-mailadres krijgt uw toelichting per mail."),
    ),
}


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_samen(request: HttpRequest) -> HttpResponse:
    """The same for many at once: first what will happen to how many and what will not, then what was done.

    What was chosen stands in the address as numbers with the version that was seen, so that nothing changes unseen.
    """
    keuze = SamenKeuze(request.POST if request.method == "POST" else request.GET)
    if not keuze.is_valid():
        return render(request, "meldingen/samen.html", {"keuze": keuze, **_place(keuze)}, status=400)
    samen, chosen = SAMEN[keuze.cleaned_data["wat"]], keuze.cleaned_data["m"]
    able, refused = _sorted_out(request, samen.form, chosen)
    afdelingen = list(Afdeling.objects.filter(pk__in=own_afdelingen(request)))
    form = samen.form(request.POST if request.method == "POST" else None, meldingen=able, afdelingen=afdelingen)
    context = {"keuze": keuze, "samen": samen, "form": form, "refused": refused, **_place(keuze)}
    if able and form.is_valid():
        by, arguments = cast(Gebruiker, request.user), form.action_arguments()
        outcomes = actions.run_each(
            able,
            lambda one: samen.action(melding_id=one.pk, versie=chosen[one.nummer], by=by, **arguments),
        )
        context["done"] = [outcome.melding for outcome in outcomes if not outcome.why_not]
        context["refused"] = [*refused, *(outcome for outcome in outcomes if outcome.why_not)]
        return render(request, "meldingen/samen_klaar.html", context)
    context["able"] = able
    return render(request, "meldingen/samen.html", context, status=422 if form.is_bound else 200)


def _sorted_out(
    request: HttpRequest, form: type[SamenForm], chosen: dict[str, int]
) -> tuple[list[Melding], list[Outcome]]:
    """Of what was chosen the meldingen that can be changed in this way, and the others with the reason."""
    mine = Melding.objects.handled_by(own_afdelingen(request)).with_nummers(chosen).for_many()
    able: list[Melding] = []
    refused: list[Outcome] = []
    for melding in mine:
        why = _why_not(lambda one: check_versie(one.versie, chosen[one.nummer]), melding)
        if why := why or _why_not(form.check, melding):
            refused.append(Outcome(melding, why))
        else:
            able.append(melding)
    return able, refused


def _why_not(check: Callable[[Melding], Any], melding: Melding) -> str:
    """Why `check` says no; empty when it does not."""
    try:
        check(melding)
    except RuleViolation as violation:
        return rules.why_not(violation)
    return ""


def _place(keuze: SamenKeuze) -> dict[str, Any]:
    """Where one came from: the list as it was."""
    query = getattr(keuze, "cleaned_data", {}).get("terug", "")
    back = f"{reverse('behandelen')}?{query}" if query else reverse("behandelen")
    crumbs = [{"label": _("Behandelen"), "url": back}, {"label": _("Samen wijzigen")}]
    return {"back": back, "crumbs": crumbs, "section": "behandelen"}
