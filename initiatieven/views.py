"""Pages of initiatieven."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gebieden.models import Gebied


@require_safe
def initiatieven(request: HttpRequest) -> HttpResponse:
    """Where an idea for the neighbourhood can go as long as it cannot be sent in here: the Gebiedsteams."""
    context = {"gebieden": Gebied.objects.for_home().with_team(), "section": "initiatieven"}
    return render(request, "initiatieven/initiatieven.html", context)
