"""Addresses of meldingen."""

from django.urls import path

from meldingen.views import behandelen, nieuw, openbaar

urlpatterns = [
    path("meldingen/", openbaar.meldingen, name="meldingen"),
    path("meldingen/kaart.json", openbaar.kaart_json, name="meldingen_kaart"),
    path("meldingen/nieuw/", nieuw.melding_nieuw, name="melding_nieuw"),
    path("meldingen/mijn/", openbaar.meldingen_mijn, name="meldingen_mijn"),
    path("meldingen/foto/<uuid:uuid>.jpg", openbaar.foto, name="melding_foto"),
    path("meldingen/foto/<uuid:uuid>-klein.jpg", openbaar.foto, {"klein": True}, name="melding_foto_klein"),
    path("meldingen/<str:nummer>/", openbaar.melding, name="melding"),
    path("meldingen/<str:nummer>/verstuurd/", nieuw.melding_verstuurd, name="melding_verstuurd"),
    path("behandelen/", behandelen.behandelen, name="behandelen"),
    path("behandelen/<str:nummer>/", behandelen.behandelen_melding, name="behandelen_melding"),
    path("behandelen/<str:nummer>/status/", behandelen.behandelen_status, name="behandelen_status"),
    path("behandelen/<str:nummer>/categorie/", behandelen.behandelen_categorie, name="behandelen_categorie"),
    path("behandelen/<str:nummer>/afdeling/", behandelen.behandelen_afdeling, name="behandelen_afdeling"),
    path("behandelen/<str:nummer>/tekst/", behandelen.behandelen_tekst, name="behandelen_tekst"),
    path("behandelen/<str:nummer>/foto/<uuid:uuid>/", behandelen.behandelen_foto, name="behandelen_foto"),
]
