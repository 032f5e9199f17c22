"""The addresses of the portal behind that of the bare view."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from alkmaar_portal.urls import urlpatterns as of_the_portal
from bench import BARE_PATH


def bare(request: HttpRequest) -> HttpResponse:
    """The least that Django can do."""
    return HttpResponse(b"ok", content_type="text/plain")


urlpatterns = [path(BARE_PATH, bare), *of_the_portal]
