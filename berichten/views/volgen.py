"""What somebody follows: a list for who is signed in, and one abonnement for who has its link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from berichten import actions, onderwerpen
from berichten.models import Abonnement
from berichten.toegang import is_own

PAGE_SIZE = 25


@login_required
@never_cache
@require_safe
def volgen(request: HttpRequest) -> HttpResponse:
    """Everything that the visitor's own address follows."""
    followed = Abonnement.objects.of_user(request.user).confirmed()
    page = Paginator(followed, PAGE_SIZE).get_page(request.GET.get("pagina"))
    found = onderwerpen.find_many([(row.soort, row.onderwerp) for row in page])
    rows = [{"abonnement": row, "onderwerp": found.get((row.soort, row.onderwerp))} for row in page]
    return render(request, "volgen/volgen.html", {"page_obj": page, "rows": rows})


@never_cache
@require_safe
def volgen_een(request: HttpRequest, pk: int) -> HttpResponse:
    """One abonnement: to confirm it, or to end it."""
    abonnement = _own(request, pk)
    onderwerp = onderwerpen.find(abonnement.soort, abonnement.onderwerp)
    return render(request, "volgen/een.html", {"abonnement": abonnement, "onderwerp": onderwerp})


@require_POST
def volgen_bevestigen(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner of the address says yes."""
    try:
        abonnement = actions.confirm_follow(abonnement_id=_own(request, pk).pk)
    except Abonnement.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Gelukt. U krijgt bericht bij elke stap."))
    onderwerp = onderwerpen.find(abonnement.soort, abonnement.onderwerp)
    return redirect(onderwerp.url if onderwerp else reverse("volgen_een", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def volgen_stoppen(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner of the address wants to hear no more of it; asks once, and goes to the subject."""
    abonnement = _own(request, pk)
    if request.method != "POST":
        return redirect("volgen_een", pk=pk)
    onderwerp = onderwerpen.find(abonnement.soort, abonnement.onderwerp)
    actions.end_follow(abonnement_id=abonnement.pk)
    messages.success(request, _("U krijgt hierover geen berichten meer."))
    return redirect(onderwerp.url if onderwerp else "home")


def _own(request: HttpRequest, pk: int) -> Abonnement:
    abonnement = get_object_or_404(Abonnement, pk=pk)
    if not is_own(request, abonnement):
        raise Http404
    return abonnement
