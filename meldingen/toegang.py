"""Who stands before a view: a behandelaar, whoever sent the melding, or the organisation that has it."""

from collections.abc import Callable, Collection
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from basis import via
from berichten.onderwerpen import Onderwerp
from gebruikers.models import Gebruiker
from gebruikers.toegang import medewerker_required
from meldingen.models import Behandelaar, Deeltaak, Emailwijziging, Foto, Melding, Overdracht
from meldingen.rules import (
    EMAIL_LINK,
    EMAIL_LINK_VERSION,
    OVERDRACHT_LINK,
    OWN_LINK,
    can_answer,
    can_judge,
    can_see,
    link_works,
)

View = Callable[..., HttpResponseBase]


def own_afdelingen(request: HttpRequest) -> frozenset[int]:
    """The ids of the afdelingen that this visitor handles meldingen for, asked once in a request.

    For what a page shows. Actions ask `Behandelaar.objects` anew, once they hold the lock.
    """
    known = vars(request)
    if "own_afdelingen" not in known:
        known["own_afdelingen"] = Behandelaar.objects.afdelingen_of(request.user)
    return frozenset(known["own_afdelingen"])


def can_see_file(request: HttpRequest, melding: Melding) -> bool:
    """Whether this visitor handles `melding`, or a part of it; residents cost no query."""
    afdelingen = own_afdelingen(request)
    return bool(afdelingen) and can_see(afdelingen, melding, Deeltaak.objects.taking_part(melding))


def behandelaar_required(view: View) -> View:
    """Let behandelaars in; anonymous visitors go to the sign-in of staff, everybody else gets 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not own_afdelingen(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return medewerker_required(guarded)


def open_own_melding(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link of a melding: remember it in the session and go to the public address."""
    return _opened(request, pk, version).get_absolute_url()


def open_question(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link to what the reporter is asked; leads to the melding when nothing is asked any more."""
    melding = _opened(request, pk, version)
    if can_answer(melding):
        return reverse("melding_antwoord", args=[melding.nummer])
    if can_judge(melding, timezone.localdate()):
        return reverse("melding_oordeel", args=[melding.nummer])
    return melding.get_absolute_url()


def _opened(request: HttpRequest, pk: int, version: int) -> Melding:
    melding = Melding.objects.filter(pk=pk, via_versie=version).first()
    if melding is None:
        raise Http404
    via.remember(request, OWN_LINK, pk, version)
    return melding


def open_overdracht(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link of an organisation: remember it in the session and go to its clean address."""
    overdracht = Overdracht.objects.filter(pk=pk, via_versie=version).select_related("melding").first()
    if overdracht is None or not link_works(overdracht, timezone.localdate()):
        raise Http404
    via.remember(request, OVERDRACHT_LINK, pk, version)
    return overdracht.get_absolute_url()


def has_overdracht_link(request: HttpRequest, overdracht: Overdracht, today: date) -> bool:
    """Whether this visitor came in by the link of `overdracht`, which still works on local date `today`."""
    is_opened = via.has_opened(request, OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie)
    return is_opened and link_works(overdracht, today)


def is_shared(request: HttpRequest, foto: Foto) -> bool:
    """Whether this visitor came in by the link of an organisation that has the melding, and may see `foto` with it.

    For a photo that is not public: what is black in parts has then no copy that an organisation may see.
    """
    opened = via.opened(request, OVERDRACHT_LINK)
    if not opened or foto.vlakken:
        return False
    return any(opened[found.pk] == found.via_versie for found in Overdracht.objects.that_share(foto, opened.keys()))


def followed_meldingen(pks: Collection[int]) -> dict[int, Onderwerp]:
    """What followers of these meldingen follow, without those that the public may not see: one query."""
    return {
        melding.pk: Onderwerp(f"{melding.categorie}, {melding.waar}", melding.get_absolute_url())
        for melding in Melding.objects.public().for_mail().filter(pk__in=pks)
    }


def is_own(request: HttpRequest, melding: Melding) -> bool:
    """Whether this visitor sent `melding`: came in by its private link, or is signed in as who sent it.

    That is the account that sent it, or one that proved to own the address it was sent with.
    """
    user = request.user
    if isinstance(user, Gebruiker):
        if melding.melder_id == user.pk:
            return True
        if user.proven_email and melding.email.lower() == user.proven_email:
            return True
    return via.has_opened(request, OWN_LINK, melding.pk, melding.via_versie)


def own_melding(request: HttpRequest, nummer: str) -> Melding:
    """The visitor's own melding with this number; raises Http404 for any other."""
    melding = get_object_or_404(Melding.objects.for_page(), nummer=nummer)
    if not is_own(request, melding):
        raise Http404
    return melding


def open_new_email(request: HttpRequest, pk: int, version: int) -> str:
    """Open the link in the mail to a new address: remember it, and go to the question whether it is theirs."""
    if not Emailwijziging.objects.filter(pk=pk).exists():
        raise Http404
    via.remember(request, EMAIL_LINK, pk, version)
    return reverse("melding_email", args=[pk])


def new_email(request: HttpRequest, pk: int) -> Emailwijziging:
    """The change that the link in this visitor's mail was about; raises Http404 for any other."""
    found = get_object_or_404(Emailwijziging.objects.select_related("melding"), pk=pk)
    if not via.has_opened(request, EMAIL_LINK, pk, EMAIL_LINK_VERSION):
        raise Http404
    return found


def keep_in_session(request: HttpRequest, inzending: UUID) -> None:
    """Note that this visitor sent photos with the form `inzending`."""
    kept = request.session.get("inzendingen", [])
    if str(inzending) not in kept:
        request.session["inzendingen"] = [*kept[-9:], str(inzending)]


def kept_in_session(request: HttpRequest, inzending: UUID) -> bool:
    """Whether this visitor sent photos with the form `inzending`."""
    return str(inzending) in request.session.get("inzendingen", [])
