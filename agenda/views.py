"""Pages of agendas."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gebieden.models import Gebied


@require_safe
def agendas(request: HttpRequest) -> HttpResponse:
    """Where a subject for the agenda can go as long as agendas are not kept here: the Gebiedsteams."""
    context = {"gebieden": Gebied.objects.for_home().with_team(), "section": "agenda"}
    return render(request, "agenda/agendas.html", context)
