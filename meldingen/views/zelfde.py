"""Is this the same? What was reported nearby already, and following it instead of reporting it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from basis import limieten
from basis.limieten import LimitReached
from berichten import actions
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.forms.zelfde import FollowForm, NearbyForm
from meldingen.models import Melding


@require_safe
def nabij(request: HttpRequest) -> HttpResponse:
    """Open meldingen near a pin that may be the same, a piece of a page for the melding form; 400 if asked badly."""
    form = NearbyForm(request.GET)
    if not form.is_valid():
        sentence = _("Geef lat en lon van een punt, en de slug van een categorie.")
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    response = render(request, "meldingen/_nabij.html", {"nabij": form.found()})
    # Where somebody stands is theirs: no shared cache keeps it.
    response["Cache-Control"] = "private, max-age=60"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def melding_volgen(request: HttpRequest, nummer: str) -> HttpResponse:
    """To see it too: be told of every step of an open melding; who is not signed in confirms by mail."""
    melding = get_object_or_404(Melding.objects.public().open().for_page(), nummer=nummer)
    user = request.user if isinstance(request.user, Gebruiker) and request.user.email else None
    form = FollowForm(request.POST if request.method == "POST" else None, user=user)
    subject = {"soort": rules.FOLLOWED_AS, "onderwerp": melding.pk, "proven": user is not None}
    if form.is_valid() and (user or _may_ask_by_mail(form)) and form.try_action(actions.follow, **subject):
        if user:
            messages.success(request, _("U volgt deze melding nu. U krijgt bericht bij elke stap."))
        else:
            messages.success(
                request,
                # The same to everybody, and true to everybody: who asked for it today already gets no second mail.
                _(
                    "Bijna klaar. Kijk in uw mail, en bevestig daarin dat u deze melding wilt volgen. "
                    "We sturen die mail hoogstens één keer per dag."
                ),
            )
        return redirect(melding)
    context = {"form": form, "melding": melding, "crumbs": _crumbs(melding), "section": "meldingen"}
    response = render(request, "meldingen/volgen.html", context, status=422 if form.errors else 200)
    return form.limit.on(response) if form.limit else response


def _may_ask_by_mail(form: FollowForm) -> bool:
    """Whether the address may be asked now if that is meant: nobody has a stranger's mailbox filled with questions."""
    try:
        limieten.count("volgen", to=form.cleaned_data["email"])
    except LimitReached as reached:
        form.refuse(reached, _("Dit is in korte tijd te vaak gevraagd. Probeer het om %(clock)s uur opnieuw."))
    return form.limit is None


def _crumbs(melding: Melding) -> list[dict[str, str]]:
    """The way back: the list, and the melding."""
    return [
        {"label": _("Meldingen"), "url": reverse("meldingen")},
        {"label": melding.nummer_leesbaar, "url": melding.get_absolute_url()},
        {"label": _("Volgen")},
    ]
