"""Who stands before an abonnement: its owner, by the private link or signed in with that address."""

from django.http import Http404, HttpRequest
from django.urls import reverse

from basis import via
from berichten.models import Abonnement
from berichten.rules import ABONNEMENT_LINK, ABONNEMENT_LINK_VERSION


def open_abonnement(request: HttpRequest, pk: int, version: int) -> str:
    """Open the private link of an abonnement: remember it in the session and go to its clean address."""
    if not Abonnement.objects.filter(pk=pk).exists():
        raise Http404
    via.remember(request, ABONNEMENT_LINK, pk, version)
    return reverse("volgen_een", args=[pk])


def is_own(request: HttpRequest, abonnement: Abonnement) -> bool:
    """Whether this visitor came in by the link of `abonnement`, or is signed in with its address."""
    if request.user.is_authenticated and request.user.email == abonnement.email:
        return True
    return via.has_opened(request, ABONNEMENT_LINK, abonnement.pk, ABONNEMENT_LINK_VERSION)
