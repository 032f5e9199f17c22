"""Addresses of the areas that need no other app; they stand before the roof's `/gebieden/<gebied>/<wijk>/`."""

from django.urls import path

from gebieden.views import bewerken, kaart

BEWERKEN = "gebieden/<slug:gebied>/bewerken/"

urlpatterns = [
    path("gebieden/grenzen.json", kaart.grenzen, name="grenzen"),
    path("adressen.json", kaart.adressen, name="adressen"),
    path(BEWERKEN, bewerken.overzicht, name="gebied_bewerken"),
    path(f"{BEWERKEN}inleiding/", bewerken.gebied_inleiding, name="gebied_inleiding"),
    path(f"{BEWERKEN}inleiding/<slug:wijk>/", bewerken.wijk_inleiding, name="wijk_inleiding"),
    path(f"{BEWERKEN}inleiding/<slug:wijk>/<slug:dorp>/", bewerken.dorp_inleiding, name="dorp_inleiding"),
    path(f"{BEWERKEN}team/nieuw/", bewerken.teamlid_nieuw, name="teamlid_nieuw"),
    path(f"{BEWERKEN}team/<int:pk>/", bewerken.teamlid_wijzigen, name="teamlid_wijzigen"),
    path(f"{BEWERKEN}team/<int:pk>/verwijderen/", bewerken.teamlid_verwijderen, name="teamlid_verwijderen"),
    path(f"{BEWERKEN}team/<int:pk>/verplaatsen/", bewerken.teamlid_verplaatsen, name="teamlid_verplaatsen"),
]
