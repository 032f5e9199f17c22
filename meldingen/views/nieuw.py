"""Sending a melding: the form, and what stands there after sending."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis import fotos, limieten, via
from basis.fotolimiet import count_fotos, refuse_fotos
from basis.intake import takes_files
from basis.limieten import LimitReached
from basis.regels import RuleViolation
from gebieden.kaart import MUNICIPALITY
from meldingen import actions
from meldingen.bevestiging import may_confirm
from meldingen.forms.melden import MeldingForm
from meldingen.models import Foto, Melding
from meldingen.rules import OWN_LINK
from meldingen.toegang import is_own, keep_in_session

FormT = TypeVar("FormT", bound=MeldingForm)

NOT_CONFIRMED = gettext_lazy(
    "We sturen nu geen bevestiging: dit e-mailadres kreeg er net al veel. Uw melding is wel ontvangen. "
    "Bewaar uw eigen link, die staat hieronder."
)


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def melding_nieuw(request: HttpRequest) -> HttpResponse:
    """The form; the photos of a form with errors are kept under its `inzending`."""
    if request.method != "POST":
        return show_form(request, MeldingForm(initial=_initial(request)), "meldingen/nieuw.html")
    form = read(request, MeldingForm)
    if "kijk" in request.POST:
        return look(request, form, "meldingen/nieuw.html")
    if form.is_valid() and _send(request, form):
        melding, is_new = form.result
        if not is_new:
            messages.info(request, _already_sent(melding, form))
        via.remember(request, OWN_LINK, melding.pk, melding.via_versie)
        return redirect("melding_verstuurd", nummer=melding.nummer)
    response = show_form(request, form, "meldingen/nieuw.html", status_of(form))
    return form.limit.on(response) if form.limit else response


@never_cache
@require_safe
def melding_verstuurd(request: HttpRequest, nummer: str) -> HttpResponse:
    """Thanks, with number, promised date and private link; only for whoever sent it."""
    melding = get_object_or_404(Melding.objects.for_page(), nummer=nummer)
    if not is_own(request, melding):
        raise Http404
    link = via.address(OWN_LINK, melding.pk, melding.via_versie)
    return render(request, "meldingen/verstuurd.html", {"melding": melding, "link": link, "section": "meldingen"})


def look(request: HttpRequest, form: MeldingForm, template: str) -> HttpResponse:
    """The form as it was typed, with what was reported nearby: the way for who has no scripts. Nothing is sent yet."""
    plaats, categorie = form.plaats, form.cleaned_data.get("categorie")
    looked: dict[str, Any] = {"gekeken": True}
    if plaats and plaats.lat is not None and plaats.lon is not None and categorie:
        looked["nabij"] = Melding.objects.maybe_same(categorie, plaats.lat, plaats.lon)
    typed = type(form)(initial={**request.POST.dict(), "inzending": form.inzending_value()})
    # What is still missing is said when it is sent; a photo that could not be kept would be missed only later.
    for refused in form.errors.get("foto", []):
        messages.error(request, str(refused))
    response = show_form(request, typed, template, status_of(form) if "foto" in form.errors else 200, **looked)
    return form.limit.on(response) if form.limit else response


def status_of(form: MeldingForm) -> int:
    """How a form that is not in order is answered."""
    return 503 if form.fotos_out else 422


def show_form(request: HttpRequest, form: MeldingForm, template: str, status: int = 200, **more: Any) -> HttpResponse:
    """The page with the form, and the photos that were kept under its `inzending`."""
    context = {
        "section": "meldingen",
        **more,
        "form": form,
        "kept": Foto.objects.kept_for(form.inzending_value()),
        "begrenzing": MUNICIPALITY,
    }
    response = render(request, template, context, status=status)
    # Not stored by others, asked for again each time; but kept for the way back, with what was typed.
    response["Cache-Control"] = "private, no-cache"
    return response


def read(request: HttpRequest, form_class: type[FormT]) -> FormT:
    """What was sent, with its photos kept; those beyond the limit are not even looked at."""
    limit = count_fotos(request)
    form = form_class(request.POST, None if limit else request.FILES)
    form.is_valid()
    if limit:
        refuse_fotos(form, limit)
    _keep_fotos(request, form)
    return form


def _send(request: HttpRequest, form: MeldingForm) -> bool:
    """Whether what is in order was taken in; only what is new counts."""
    melder = request.user if request.user.is_authenticated else None
    try:
        with limieten.place("melding", by=melder) as place:
            confirm = may_confirm(form.cleaned_data["email"], melder)
            is_sent = form.try_action(actions.send_melding, melder=melder, confirm=confirm)
            place.done = is_sent and form.result[1]
    except LimitReached as reached:
        if Melding.objects.filter(inzending=form.inzending_value()).exists():
            return form.try_action(actions.send_melding, melder=melder)
        form.refuse(reached, _too_many(request, reached))
        return False
    if place.done and not confirm:
        messages.warning(request, NOT_CONFIRMED)
    return is_sent


def _too_many(request: HttpRequest, reached: LimitReached) -> str:
    """What to say to who sends more than the limit; `%(clock)s` is when there is a place again."""
    is_account = request.user.is_authenticated and reached.kind == "visitor"
    why = _("U deed net veel meldingen.") if is_account else _("Via uw internetverbinding kwamen net veel meldingen.")
    sentence = _(
        "Deze melding is nog niet verstuurd. Verstuur die om %(clock)s uur opnieuw. "
        "Kunt u niet wachten? Bel 14 072. Is er gevaar? Bel 112."
    )
    if is_account or reached.kind != "visitor":
        return f"{why} {sentence}"
    shared = _("Deelt u de verbinding, bijvoorbeeld op school? Kopieer uw tekst en log in. Dan kunt u meteen verder.")
    return f"{why} {sentence} {shared}"


def _keep_fotos(request: HttpRequest, form: MeldingForm) -> None:
    """Keep the photos that are fit, whatever else is wrong with the form, and drop those that were crossed off."""
    inzending = form.cleaned_data.get("inzending")
    if not inzending:
        return
    actions.drop_kept_fotos(inzending=inzending, uuids=form.cleaned_data.get("foto_weg", []))
    try:
        for prepared in form.accepted_fotos:
            actions.keep_foto(inzending=inzending, prepared=prepared)
            keep_in_session(request, inzending)
    except RuleViolation as violation:
        form.add_error("foto", str(violation))
    except fotos.FotoStorageError as fault:
        form.fotos_out = True
        form.add_error("foto", str(fault))


def _already_sent(melding: Melding, form: MeldingForm) -> str:
    """What to say to who sends a form again: the same, or something else in the same form."""
    sent = form.cleaned_data
    is_same = (melding.categorie, melding.omschrijving) == (sent["categorie"], sent["omschrijving"])
    # A photo that came later lies under the form, and not with the melding.
    if is_same and not Foto.objects.kept_for(melding.inzending).exists():
        return _("Deze melding hadden we al ontvangen. U hoeft niets meer te doen.")
    return _(
        "Met dit formulier deed u deze melding al. Wat u nu schreef, is niet verstuurd. "
        "Gaat het om iets anders? Kies dan ‘Nog een melding doen’."
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """As `initial_place`, with one's own address when signed in."""
    initial = initial_place(request)
    if request.user.is_authenticated:
        initial |= {"naam": request.user.naam, "email": request.user.email or ""}
    return initial


def initial_place(request: HttpRequest) -> dict[str, Any]:
    """A fresh `inzending`, and the place that a link to the form names."""
    initial: dict[str, Any] = {"inzending": uuid4()}
    for name in ("wijk", "adres", "categorie", "lat", "lon"):
        if name in request.GET:
            initial[name] = request.GET[name][:200]
    return initial
