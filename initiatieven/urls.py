"""Addresses of initiatieven."""

from django.urls import path

from initiatieven.views import gebiedsteam, maken, openbaar

TEAM = "gebiedsteam/initiatieven/"

urlpatterns = [
    path("initiatieven/", openbaar.initiatieven, name="initiatieven"),
    path("initiatieven/kaart.json", openbaar.kaart_json, name="initiatieven_kaart"),
    path("initiatieven/nieuw/", maken.initiatief_nieuw, name="initiatief_nieuw"),
    path("initiatieven/mijn/", openbaar.initiatieven_mijn, name="initiatieven_mijn"),
    path("initiatieven/foto/<uuid:uuid>.jpg", openbaar.foto, name="initiatief_foto"),
    path("initiatieven/foto/<uuid:uuid>-klein.jpg", openbaar.foto, {"klein": True}, name="initiatief_foto_klein"),
    path("initiatieven/<nummer:nummer>/", openbaar.initiatief, name="initiatief"),
    path("initiatieven/<nummer:nummer>/wijzigen/", maken.initiatief_wijzigen, name="initiatief_wijzigen"),
    path("initiatieven/<nummer:nummer>/aanbieden/", maken.initiatief_aanbieden, name="initiatief_aanbieden"),
    path("initiatieven/<nummer:nummer>/intrekken/", maken.initiatief_intrekken, name="initiatief_intrekken"),
    path(TEAM, gebiedsteam.initiatieven, name="gebiedsteam_initiatieven"),
    path(f"{TEAM}<nummer:nummer>/", gebiedsteam.initiatief, name="gebiedsteam_initiatief"),
    path(f"{TEAM}<nummer:nummer>/plaatsen/", gebiedsteam.plaatsen, name="gebiedsteam_plaatsen"),
    path(f"{TEAM}<nummer:nummer>/teruggeven/", gebiedsteam.teruggeven, name="gebiedsteam_teruggeven"),
    path(f"{TEAM}<nummer:nummer>/foto/<uuid:uuid>/", gebiedsteam.foto, name="gebiedsteam_foto"),
]
