"""What reporters do with their own melding: answer a question, say whether it is solved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from basis.fotolimiet import count_fotos, refuse_fotos
from basis.fotos import FotoStorageError
from basis.intake import takes_files
from basis.limieten import LimitReached
from meldingen import actions, rules
from meldingen.forms.melder import AntwoordForm, OordeelForm
from meldingen.models import Melding, Stap
from meldingen.rules import Status
from meldingen.toegang import own_melding


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def melding_antwoord(request: HttpRequest, nummer: str) -> HttpResponse:
    """The answer to the question of a behandelaar."""
    melding = own_melding(request, nummer)
    if not rules.can_answer(melding):
        messages.info(request, _("De behandelaar wacht niet meer op uw antwoord."))
        return redirect(melding)
    return _answer(request, melding, AntwoordForm, actions.answer_question, "meldingen/antwoord.html")


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def melding_oordeel(request: HttpRequest, nummer: str) -> HttpResponse:
    """Whether it is solved."""
    melding = own_melding(request, nummer)
    if not rules.can_judge(melding, timezone.localdate()):
        messages.info(request, _("U kunt nu niet zeggen of het is opgelost. Klopt er iets niet? Bel 14 072."))
        return redirect(melding)
    form = partial(OordeelForm, solved=melding.status == Status.OPGELOST)
    return _answer(request, melding, form, actions.judge_solved, "meldingen/oordeel.html")


def _answer(
    request: HttpRequest,
    melding: Melding,
    make_form: Callable[..., AntwoordForm],
    action: Callable[..., Melding],
    template: str,
) -> HttpResponse:
    """One form of the reporter: show it, or run its action and go to the melding."""
    limit = count_fotos(request)
    form = make_form(*_sent(request, limit))
    if limit:
        refuse_fotos(form, limit)
    status = 422 if form.is_bound else 200
    try:
        if form.is_valid() and form.try_action(action, melding_id=melding.pk, via_versie=melding.via_versie):
            messages.success(request, _thanks(form.result))
            return redirect(melding)
    except FotoStorageError as fault:
        form.fotos_out = True
        form.add_error("foto", str(fault))
    asked: dict[str, Any] = {
        "form": form,
        "melding": melding,
        "vraag": Stap.objects.of(melding).that_came_to(Status(melding.status)).last(),
        "crumbs": [
            {"label": _("Meldingen"), "url": reverse("meldingen")},
            {"label": melding.nummer_leesbaar, "url": melding.get_absolute_url()},
        ],
        "section": "meldingen",
    }
    response = render(request, template, asked, status=503 if form.fotos_out else status)
    return form.limit.on(response) if form.limit else response


def _thanks(melding: Melding) -> str:
    """What the reporter reads after answering: that it goes on, and until when, where it does."""
    if not melding.is_open:
        return _("Dank u wel. Uw antwoord is bewaard.")
    return _("Dank u wel. De behandelaar gaat verder met uw melding. Uiterlijk klaar: %(datum)s.") % {
        "datum": date_format(melding.beloofd_op, "l j F Y")
    }


def _sent(request: HttpRequest, limit: LimitReached | None) -> tuple[Any, Any]:
    """What came along with a form, also when it is empty; nothing when the page is only looked at."""
    if request.method != "POST":
        return None, None
    return request.POST, None if limit else request.FILES
