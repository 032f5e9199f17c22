"""Who stands before a view: somebody of a Gebiedsteam, or the maker of an idea."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from basis import via
from gebieden.models import Gebied
from gebruikers.toegang import medewerker_required
from initiatieven.actions import Maker
from initiatieven.models import Initiatief
from initiatieven.rules import MAIL_LINK, OWN_LINK

View = Callable[..., HttpResponseBase]


def own_gebieden(request: HttpRequest) -> list[Gebied]:
    """The gebieden whose ideas this visitor judges, asked once in a request.

    For what a page shows. Actions ask `gebieden.rules.can_edit` anew, once they hold the lock.
    """
    known = vars(request)
    if "own_gebieden" not in known:
        user = request.user
        known["own_gebieden"] = list(Gebied.objects.editable_by(user)) if user.is_authenticated else []
    return list(known["own_gebieden"])


def gebiedsteam_required(view: View) -> View:
    """Let Gebiedsteams in; anonymous visitors go to the sign-in of staff, everybody else gets 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not own_gebieden(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return medewerker_required(never_cache(guarded))


def open_own(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link of an idea as it stood on the page after sending."""
    return _opened(request, pk, version).get_absolute_url()


def open_from_mail(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link from the mail: whoever reads that mail owns the address."""
    initiatief = _opened(request, pk, version)
    via.remember(request, MAIL_LINK, pk, version)
    return initiatief.get_absolute_url()


def _opened(request: HttpRequest, pk: int, version: int) -> Initiatief:
    initiatief = Initiatief.objects.filter(pk=pk, via_versie=version).first()
    if initiatief is None:
        raise Http404
    via.remember(request, OWN_LINK, pk, version)
    return initiatief


def as_maker(request: HttpRequest, initiatief: Initiatief) -> Maker | None:
    """This visitor as the maker of `initiatief`; None for who is not."""
    user = request.user if request.user.is_authenticated else None
    is_account = user is not None and initiatief.maker_id == user.pk
    versie = initiatief.via_versie
    has_link = via.has_opened(request, OWN_LINK, initiatief.pk, versie)
    if not is_account and not has_link:
        return None
    by_mail = via.has_opened(request, MAIL_LINK, initiatief.pk, versie)
    return Maker(user if is_account else None, versie if has_link else None, by_mail)


def keep_in_session(request: HttpRequest, inzending: UUID) -> None:
    """Note that this visitor sent photos with the form `inzending`."""
    kept = request.session.get("inzendingen", [])
    if str(inzending) not in kept:
        request.session["inzendingen"] = [*kept[-9:], str(inzending)]


def kept_in_session(request: HttpRequest, inzending: UUID) -> bool:
    """Whether this visitor sent photos with the form `inzending`."""
    return str(inzending) in request.session.get("inzendingen", [])
