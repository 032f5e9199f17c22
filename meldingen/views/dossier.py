"""The file of one melding: everything that staff know of it, and the way to all that can be done."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from berichten.models import Bericht
from gebruikers.models import Gebruiker
from meldingen import aanwezig, actions, rules
from meldingen.forms.notities import NotitieForm
from meldingen.models import Aanlevering, Deeltaak, Foto, Melding, Notitie, Overdracht, Stap
from meldingen.rules import Status
from meldingen.toegang import behandelaar_required, own_afdelingen


@behandelaar_required
@never_cache
@require_safe
def behandelen_melding(request: HttpRequest, nummer: str) -> HttpResponse:
    """One melding with its history, contact and what can be done."""
    melding = seen_melding(request, nummer)
    if request.method == "GET":
        aanwezig.note(melding, cast(Gebruiker, request.user))
    return show_file(request, melding)


def own_melding(request: HttpRequest, nummer: str) -> Melding:
    """A melding of the own afdelingen, which this visitor may change; raises Http404 for any other."""
    return get_object_or_404(Melding.objects.handled_by(own_afdelingen(request)).for_page(), nummer=nummer)


def seen_melding(request: HttpRequest, nummer: str) -> Melding:
    """A melding whose file this visitor may see, if only for a part of it; raises Http404 for any other."""
    return get_object_or_404(Melding.objects.seen_by(own_afdelingen(request)).for_page(), nummer=nummer)


def show_file(
    request: HttpRequest, melding: Melding, status: int = 200, *, notitie_form: NotitieForm | None = None
) -> HttpResponse:
    """The file of `melding` as a page; who does only a part sees it without who reported it."""
    afdelingen = own_afdelingen(request)
    is_owner = rules.can_handle(afdelingen, melding)
    # What is asked for is on its way to the reader, also where a browser only prepares; HEAD brings nothing.
    if is_owner and melding.has_contact and request.method != "HEAD":
        actions.note_contact_seen(melding=melding, by=cast(Gebruiker, request.user))
    overdrachten = Overdracht.objects.for_file(melding) if is_owner else []
    running = next((one for one in overdrachten if one.is_running), None)
    context = {
        "melding": melding,
        "crumbs": crumbs_of(melding),
        "versie": melding.versie,
        "is_owner": is_owner,
        "aanwezig": aanwezig.others([melding], cast(Gebruiker, request.user)).get(melding.pk),
        "can_promise": is_owner and rules.can_promise(melding),
        "can_move": is_owner and bool(rules.next_statuses(melding)),
        "can_change": is_owner and melding.is_open,
        "can_take": is_owner and melding.is_open and melding.behandelaar_id != request.user.pk,
        "first_is_mine": bool(melding.eerste and rules.can_handle(afdelingen, melding.eerste)),
        "tekst_naam": _("de omschrijving"),
        "verloop": _history(request, melding, is_owner=is_owner),
        "notitie_form": notitie_form or NotitieForm(),
        "deeltaken": _parts(request, melding),
        "zelfde": _maybe_same(melding, afdelingen) if is_owner else [],
        "fotos": Foto.objects.of(melding),
        "running": running,
        "link_failed": running is not None and Bericht.objects.has_failed(running.link_key),
        "ended": [one for one in overdrachten if not one.is_running],
        "can_hand_over": is_owner and rules.can_hand_over(melding),
        "aanlevering": Aanlevering.objects.of(melding),
        "section": "behandelen",
    }
    return render(request, "meldingen/behandelen_melding.html", context, status=status)


def crumbs_of(melding: Melding) -> list[dict[str, str]]:
    """The way back: the work list, and this melding."""
    return [
        {"label": _("Behandelen"), "url": reverse("behandelen")},
        {"label": melding.nummer_leesbaar, "url": reverse("behandelen_melding", args=[melding.nummer])},
    ]


def _history(request: HttpRequest, melding: Melding, *, is_owner: bool) -> list[Stap | Notitie]:
    """What happened and what was noted, in the order of time; what only reporter and own afdeling read, for those."""
    notities = list(Notitie.objects.of(melding))
    for notitie in notities:
        notitie.is_correctable = rules.can_correct(notitie, request.user.pk, timezone.now())
    story = Stap.objects.for_story(melding).select_related("door", "antwoord")
    steps: list[Stap | Notitie] = list(story if is_owner else story.public())
    return sorted([*steps, *notities], key=lambda one: one.at)


def _parts(request: HttpRequest, melding: Melding) -> list[dict[str, Any]]:
    """The parts of `melding`, each with what this visitor may do with it."""
    afdelingen = own_afdelingen(request)
    return [
        {
            "deeltaak": deeltaak,
            "can_finish": rules.can_finish(afdelingen, deeltaak),
            "can_withdraw": rules.can_withdraw(afdelingen, melding, deeltaak),
        }
        for deeltaak in Deeltaak.objects.of(melding)
    ]


def _maybe_same(melding: Melding, afdelingen: frozenset[int]) -> list[dict[str, Any]]:
    """Open meldingen nearby that may be about the same, each with how the two can be joined, if they can.

    What came in later becomes a double of what came first. Whoever is moved must be of the own afdelingen.
    """
    if melding.lat is None or melding.lon is None or not melding.is_open or not melding.categorie.openbaar:
        return []
    found = []
    for other in Melding.objects.maybe_same(melding.categorie, melding.lat, melding.lon):
        if other.pk == melding.pk:
            continue
        first, double = sorted((melding, other), key=lambda one: (one.created_at, one.pk))
        can_join = Status.DUBBEL in rules.next_statuses(double) and rules.can_handle(afdelingen, double)
        found.append(
            {
                "melding": other,
                "is_mine": rules.can_handle(afdelingen, other),
                "first": first,
                "double": double,
                "can_join": can_join,
            }
        )
    return found
