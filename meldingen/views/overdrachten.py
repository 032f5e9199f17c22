"""Handing over to an organisation: the pages of the behandelaar, and those that the organisation opens by its link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis import limieten
from basis.fotolimiet import count_fotos, refuse_fotos
from basis.fotos import FotoStorageError
from basis.intake import takes_files
from basis.limieten import LimitReached
from meldingen import actions, rules
from meldingen.forms.dossier import ChangeForm
from meldingen.forms.overdrachten import (
    AannemenForm,
    DoorzetForm,
    GereedForm,
    NavraagAntwoordForm,
    OverdrachtForm,
    TeruggevenForm,
    VraagForm,
)
from meldingen.models import Melding, Overdracht, Stap
from meldingen.rules import OverdrachtStatus
from meldingen.toegang import behandelaar_required, has_overdracht_link
from meldingen.views.behandelen import change_melding
from meldingen.views.dossier import crumbs_of, own_melding


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_doorzetten(request: HttpRequest, nummer: str) -> HttpResponse:
    """Hand a melding over to an organisation."""
    done = _("De melding is doorgezet. De organisatie krijgt een mail met een link.")
    return change_melding(
        request, nummer, DoorzetForm, actions.hand_over, rules.check_can_hand_over, done, "meldingen/doorzetten.html"
    )


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_navraag(request: HttpRequest, nummer: str) -> HttpResponse:
    """Answer what an organisation asked."""
    done = _("Uw antwoord is verstuurd naar de organisatie.")
    return _tell(request, nummer, NavraagAntwoordForm, actions.answer_navraag, done, "meldingen/navraag.html")


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behandelen_link(request: HttpRequest, nummer: str) -> HttpResponse:
    """Send the organisation a new link."""
    done = _("De organisatie krijgt een nieuwe link. De vorige werkt niet meer.")
    return _tell(request, nummer, ChangeForm, actions.repeat_link, done, "meldingen/link.html")


def _tell(
    request: HttpRequest,
    nummer: str,
    form_class: type[ChangeForm],
    action: Callable[..., Melding],
    done: str,
    template: str,
) -> HttpResponse:
    """One form of the behandelaar for the organisation that has the melding: show it, or run its action."""
    melding = own_melding(request, nummer)
    overdracht = next((one for one in Overdracht.objects.for_file(melding) if one.is_running), None)
    form = form_class(request.POST if request.method == "POST" else None, melding=melding)
    if form.is_valid() and form.try_action(action, melding_id=melding.pk, by=request.user):
        messages.success(request, done)
        return redirect("behandelen_melding", nummer=nummer)
    context = {
        "form": form,
        "melding": melding,
        "overdracht": overdracht,
        "navraag": overdracht.open_navraag if overdracht else None,
        "fixed": "" if overdracht or form.is_bound else _("Deze melding ligt niet bij een organisatie."),
        "crumbs": [*crumbs_of(melding), {"label": _("Organisatie")}],
        "section": "behandelen",
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def overdracht(request: HttpRequest, nummer: str) -> HttpResponse:
    """What the organisation sees: what is asked, what was shared with it, and what it can do."""
    mine = _mine(request, nummer)
    melding = mine.melding
    context = {
        "overdracht": mine,
        "melding": melding,
        "can_take": rules.can_take_step(mine, OverdrachtStatus.AANGENOMEN),
        "can_ask": rules.can_ask(mine, has_open_navraag=mine.open_navraag is not None),
        "navragen": mine.navragen.all(),
        "fotos": mine.fotos.for_organisatie() if mine.is_running else [],
        "stappen": Stap.objects.for_story(melding).public(),
        "section": "overdracht",
    }
    return render(request, "meldingen/overdracht.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overdracht_aannemen(request: HttpRequest, nummer: str) -> HttpResponse:
    """The organisation takes it."""
    words = {"heading": _("De melding aannemen"), "button": _("Neem de melding aan")}
    done = _("Dank u wel. De melder krijgt bericht dat u ermee aan de slag gaat.")
    return _do(request, nummer, AannemenForm, actions.take_overdracht, done, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overdracht_vraag(request: HttpRequest, nummer: str) -> HttpResponse:
    """The organisation asks the behandelaar something."""
    words = {"heading": _("Een vraag stellen aan de gemeente"), "button": _("Verstuur mijn vraag")}
    done = _("Uw vraag is verstuurd. U krijgt een mail met het antwoord.")
    return _do(request, nummer, VraagForm, actions.ask_about_overdracht, done, words)


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overdracht_gereed(request: HttpRequest, nummer: str) -> HttpResponse:
    """The organisation says that it is done."""
    words = {"heading": _("Gereed melden"), "button": _("Meld gereed")}
    done = _("Dank u wel. De melder krijgt bericht, en kan zeggen of het is opgelost.")
    return _do(request, nummer, GereedForm, actions.finish_overdracht, done, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overdracht_teruggeven(request: HttpRequest, nummer: str) -> HttpResponse:
    """The organisation gives it back."""
    words = {"heading": _("De melding teruggeven"), "button": _("Geef de melding terug")}
    done = _("De melding ligt weer bij de gemeente. U hoeft niets meer te doen.")
    return _do(request, nummer, TeruggevenForm, actions.return_overdracht, done, words)


def _do(
    request: HttpRequest,
    nummer: str,
    form_class: type[OverdrachtForm],
    action: Callable[..., Overdracht],
    done: str,
    words: dict[str, str],
) -> HttpResponse:
    """One form of the organisation: show it, or run its action and go back to the melding."""
    mine = _mine(request, nummer)
    if request.method != "POST":
        if not mine.is_running:
            messages.info(request, _("Deze melding ligt niet meer bij u. U hoeft niets te doen."))
            return redirect(mine)
        return _show(request, mine, form_class(overdracht=mine), words, 200)
    too_many_fotos = count_fotos(request)
    form = form_class(request.POST, None if too_many_fotos else request.FILES, overdracht=mine)
    if too_many_fotos:
        refuse_fotos(form, too_many_fotos)
    status = 422
    try:
        sent = {"overdracht_id": mine.pk, "via_versie": mine.via_versie}
        if form.is_valid() and _has_room(request, form) and form.try_action(action, **sent):
            messages.success(request, done)
            return redirect(mine)
    except FotoStorageError as fault:
        status = 503
        form.add_error("foto", str(fault))
    response = _show(request, mine, form, words, 503 if getattr(form, "fotos_out", False) else status)
    return form.limit.on(response) if form.limit else response


def _show(
    request: HttpRequest, mine: Overdracht, form: OverdrachtForm, words: dict[str, str], status: int
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "overdracht": mine, "melding": mine.melding, "section": "overdracht"}
    return render(request, "meldingen/overdracht_doen.html", {**context, **words}, status=status)


def _has_room(request: HttpRequest, form: OverdrachtForm) -> bool:
    """Count what is sent by link: each brings mail to others."""
    try:
        limieten.count("overdracht", by=request.user)
    except LimitReached as reached:
        form.refuse(reached, _("U heeft dit in korte tijd vaak gedaan. Probeer het om %(clock)s uur opnieuw."))
    return form.limit is None


def _mine(request: HttpRequest, nummer: str) -> Overdracht:
    """The last overdracht of this melding that the visitor holds a link to which still works; raises Http404."""
    for found in Overdracht.objects.of_nummer(nummer):
        if has_overdracht_link(request, found, timezone.localdate()):
            return found
    raise Http404
