"""The room of the Gebiedsteam for ideas: what waits, and one idea with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from basis import fotos
from basis.paging import ShortPaginator, counted, in_words
from basis.regels import listed
from gebruikers.models import Gebruiker
from initiatieven import actions, rules
from initiatieven.forms.gebiedsteam import BesluitForm, PlaatsenForm, TeamForm, TeruggevenForm
from initiatieven.forms.lijsten import TeamFilter
from initiatieven.models import Foto, Initiatief, Stap
from initiatieven.rules import Partij, Status
from initiatieven.toegang import gebiedsteam_required, own_gebieden

PAGE_SIZE = 50


@gebiedsteam_required
@require_safe
def initiatieven(request: HttpRequest) -> HttpResponse:
    """The ideas of the own gebieden: what waits, late ones on top."""
    form = TeamFilter(request.GET)
    gebieden = own_gebieden(request)
    mine = Initiatief.objects.kept_by(gebieden)
    is_valid = form.is_valid()
    found = form.apply(mine) if is_valid else mine.none()
    context = {
        "form": form,
        "page_obj": ShortPaginator(found, PAGE_SIZE).get_page(request.GET.get("pagina")),
        "chips": [
            {"value": value or None, "label": label, "current": is_valid and value == form.shown}
            for value, label in form.SHOW
        ],
        "waiting": in_words(counted(mine.waiting())),
        "late": in_words(number) if (number := counted(mine.late(timezone.localdate()))) else "",
        "gebieden_tekst": listed(gebied.naam for gebied in gebieden),
        "section": "initiatieven",
    }
    return render(request, "initiatieven/gebiedsteam.html", context, status=200 if is_valid else 400)


@gebiedsteam_required
@require_safe
def initiatief(request: HttpRequest, nummer: str) -> HttpResponse:
    """One idea with its history, contact and what can be done."""
    return _show(request, _own(request, nummer))


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def plaatsen(request: HttpRequest, nummer: str) -> HttpResponse:
    """Put an idea on the site."""
    done = _("Het idee staat op de site. De maker krijgt bericht.")
    return _change(request, nummer, PlaatsenForm, Status.IDEE, actions.publish, done)


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def teruggeven(request: HttpRequest, nummer: str) -> HttpResponse:
    """Give an idea back to its maker."""
    done = _("Het idee is terug bij de maker, die bericht krijgt.")
    return _change(request, nummer, TeruggevenForm, Status.CONCEPT, actions.send_back, done)


@gebiedsteam_required
@require_http_methods(["GET", "HEAD", "POST"])
def foto(request: HttpRequest, nummer: str, uuid: UUID) -> HttpResponse:
    """Show a photo to everybody, or not; who comes here from the sign-in goes back to the idea."""
    found = _own(request, nummer)
    if request.method != "POST":
        return redirect("gebiedsteam_initiatief", nummer=nummer)
    form = BesluitForm(request.POST, initiatief=found)
    try:
        if form.is_valid() and form.try_action(
            actions.decide_foto, initiatief_id=found.pk, foto_uuid=uuid, by=request.user
        ):
            messages.success(request, _("Uw keuze is bewaard."))
            return redirect("gebiedsteam_initiatief", nummer=nummer)
    except Foto.DoesNotExist as error:
        raise Http404 from error
    except fotos.FotoStorageError:
        messages.error(
            request, _("We kunnen deze foto nu niet openbaar maken of weghalen. Probeer het straks nog eens.")
        )
        return _show(request, found, status=503)
    for sentence in (str(one) for errors in form.errors.values() for one in errors):
        messages.error(request, sentence)
    return _show(request, found, status=422)


def _own(request: HttpRequest, nummer: str) -> Initiatief:
    return get_object_or_404(Initiatief.objects.kept_by(own_gebieden(request)).for_page(), nummer=nummer)


def _show(request: HttpRequest, found: Initiatief, status: int = 200) -> HttpResponse:
    # What is asked for is on its way to the reader, also where a browser only prepares; HEAD brings nothing.
    if request.method != "HEAD":
        actions.note_contact_seen(initiatief=found, by=cast(Gebruiker, request.user))
    context = {
        "initiatief": found,
        "versie": found.versie,
        "can_publish": rules.can_move(found, Status.IDEE, Partij.GEBIEDSTEAM),
        "can_send_back": rules.can_move(found, Status.CONCEPT, Partij.GEBIEDSTEAM),
        "stappen": Stap.objects.of(found).select_related("door"),
        "fotos": Foto.objects.of(found),
        "crumbs": _crumbs(found),
        "section": "initiatieven",
    }
    return render(request, "initiatieven/gebiedsteam_idee.html", context, status=status)


def _change(
    request: HttpRequest,
    nummer: str,
    form_class: type[TeamForm],
    to: Status,
    action: Callable[..., Initiatief],
    done: str,
) -> HttpResponse:
    """One form with an explanation: show it, or run its action and go back to the list."""
    found = _own(request, nummer)
    form = form_class(request.POST if request.method == "POST" else None, initiatief=found)
    if form.is_valid() and form.try_action(action, initiatief_id=found.pk, by=request.user):
        messages.success(request, done)
        return redirect("gebiedsteam_initiatieven")
    context: dict[str, Any] = {
        "form": form,
        "initiatief": found,
        "publishes": to == Status.IDEE,
        "possible": rules.can_move(found, to, Partij.GEBIEDSTEAM),
        "undecided": Foto.objects.of(found).undecided().count() if to == Status.IDEE else 0,
        "crumbs": [*_crumbs(found), {"label": _("Plaatsen") if to == Status.IDEE else _("Teruggeven")}],
        "section": "initiatieven",
    }
    return render(request, "initiatieven/beoordelen.html", context, status=422 if form.is_bound else 200)


def _crumbs(found: Initiatief) -> list[dict[str, str]]:
    return [
        {"label": _("Ideeën van het Gebiedsteam"), "url": reverse("gebiedsteam_initiatieven")},
        {"label": found.nummer_leesbaar, "url": reverse("gebiedsteam_initiatief", args=[found.nummer])},
    ]
