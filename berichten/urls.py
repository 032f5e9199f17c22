"""Addresses of the mailbox of the embedded portal."""

from django.urls import path

from berichten import views

urlpatterns = [
    path("postvak/", views.postvak, name="postvak"),
    path("postvak/<slug:name>/", views.postvak_bericht, name="postvak_bericht"),
    path("postvak/<slug:name>/opgemaakt/", views.postvak_opgemaakt, name="postvak_opgemaakt"),
]
