"""Entering what somebody told by phone, at the desk, by mail or in the street."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis import limieten
from basis.intake import takes_files
from basis.limieten import LimitReached
from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.bevestiging import may_confirm
from meldingen.forms.invoeren import InvoerForm
from meldingen.toegang import behandelaar_required, own_afdelingen
from meldingen.views.nieuw import initial_place, look, read, show_form, status_of


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_nieuw(request: HttpRequest) -> HttpResponse:
    """The form of residents with the way by which it came; the photos of a form with errors are kept."""
    if request.method != "POST":
        return _show(request, InvoerForm(initial=initial_place(request)))
    form = read(request, InvoerForm)
    if "kijk" in request.POST:
        return look(request, form, "meldingen/invoeren.html")
    if form.is_valid() and _enter(request, form):
        melding, is_new = form.result
        nummer = {"nummer": melding.nummer_leesbaar}
        if is_new:
            messages.success(request, _("De melding is ingevoerd. Het nummer is %(nummer)s.") % nummer)
        else:
            messages.info(request, _("Deze melding was al ingevoerd. Het nummer is %(nummer)s.") % nummer)
        if melding.afdeling_id in own_afdelingen(request):
            return redirect("behandelen_melding", nummer=melding.nummer)
        return redirect(melding if melding.categorie.openbaar else "behandelen")
    response = _show(request, form, status_of(form))
    return form.limit.on(response) if form.limit else response


def _show(request: HttpRequest, form: InvoerForm, status: int = 200) -> HttpResponse:
    crumbs = [{"label": _("Behandelen"), "url": reverse("behandelen")}, {"label": _("Voer een melding in")}]
    return show_form(request, form, "meldingen/invoeren.html", status, section="behandelen", crumbs=crumbs)


def _enter(request: HttpRequest, form: InvoerForm) -> bool:
    """Whether what is in order was taken in; only what is new counts."""
    by = cast(Gebruiker, request.user)
    try:
        with limieten.place("invoeren", by=by) as place:
            confirm = may_confirm(form.cleaned_data["email"])
            is_entered = form.try_action(actions.enter_melding, by=by, confirm=confirm)
            place.done = is_entered and form.result[1]
    except LimitReached as reached:
        sentence = _(
            "U voerde net erg veel meldingen in. Deze is nog niet verstuurd. Verstuur die om %(clock)s uur opnieuw."
        )
        form.refuse(reached, sentence)
        return False
    if place.done and not confirm:
        messages.warning(request, _("De melder krijgt nu geen bevestiging: dit e-mailadres kreeg er net al veel."))
    return is_entered
