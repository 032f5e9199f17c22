"""Addresses of Open311. What is asked for in another format than ours gets its answer too, hence `extension`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from meldingen.open311 import views


class AnythingConverter(StringConverter):
    """Whatever else an address says, line ends and slashes too."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "anything")

urlpatterns = [
    path("open311/", views.open311, name="open311"),
    path("open311/v2/", RedirectView.as_view(pattern_name="open311"), name="open311_v2"),
    path("open311/v2/discovery.<str:extension>", views.discovery, name="open311_discovery"),
    path("open311/v2/services.<str:extension>", views.services, name="open311_services"),
    path("open311/v2/services/<str:code>.<str:extension>", views.service, name="open311_service"),
    path("open311/v2/requests.<str:extension>", views.requests, name="open311_requests"),
    path("open311/v2/requests/<str:nummer>.<str:extension>", views.one_request, name="open311_request"),
    path("open311/v2/tokens/<str:token>.<str:extension>", views.token, name="open311_token"),
    path("open311/v2/servicerequestupdates.<str:extension>", views.updates, name="open311_updates"),
    path("open311/v2/<anything:rest>", views.unknown, name="open311_unknown"),
]
