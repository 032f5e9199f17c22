"""Addresses of meldingen."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from meldingen.rules import NUMMER_LENGTH
from meldingen.views import (
    behandelen,
    cijfers,
    deeltaken,
    dossier,
    dubbelen,
    feeds,
    gegevens,
    invoeren,
    lakken,
    melder,
    nieuw,
    notities,
    openbaar,
    overdrachten,
    verdelen,
    vernietigd,
    werklijst,
    zelfde,
    zoekopdrachten,
)


class NummerConverter(StringConverter):
    """The number of a melding in an address: whatever is none is not found, before the database is asked."""

    regex = f"[0-9]{{{NUMMER_LENGTH}}}"


register_converter(NummerConverter, "nummer")

urlpatterns = [
    path("meldingen/", openbaar.meldingen, name="meldingen"),
    path("meldingen/cijfers.csv", cijfers.cijfers_csv, name="meldingen_cijfers_csv"),
    path("meldingen/cijfers/", cijfers.meldingen_cijfers, name="meldingen_cijfers"),
    path("meldingen/kaart.json", openbaar.kaart_json, name="meldingen_kaart"),
    path("meldingen/nieuw/", nieuw.melding_nieuw, name="melding_nieuw"),
    path("meldingen/nabij/", zelfde.nabij, name="meldingen_nabij"),
    path("meldingen/mijn/", openbaar.meldingen_mijn, name="meldingen_mijn"),
    path("meldingen/foto/<uuid:uuid>.jpg", openbaar.foto, name="melding_foto"),
    path("meldingen/foto/<uuid:uuid>-klein.jpg", openbaar.foto, {"klein": True}, name="melding_foto_klein"),
    path("meldingen/<nummer:nummer>/", openbaar.melding, name="melding"),
    path("meldingen/<nummer:nummer>/verstuurd/", nieuw.melding_verstuurd, name="melding_verstuurd"),
    path("meldingen/<nummer:nummer>/volgen/", zelfde.melding_volgen, name="melding_volgen"),
    path("gebieden/<slug:gebied>/meldingen.rss", feeds.rss, name="gebied_rss"),
    path("gebieden/<slug:gebied>/meldingen.geojson", feeds.geojson, name="gebied_geojson"),
    path("gebieden/<slug:gebied>/<slug:wijk>/meldingen.rss", feeds.rss, name="wijk_rss"),
    path("gebieden/<slug:gebied>/<slug:wijk>/meldingen.geojson", feeds.geojson, name="wijk_geojson"),
    path("", include("meldingen.open311.urls")),
    path("meldingen/<nummer:nummer>/antwoord/", melder.melding_antwoord, name="melding_antwoord"),
    path("meldingen/<nummer:nummer>/oordeel/", melder.melding_oordeel, name="melding_oordeel"),
    path("meldingen/<nummer:nummer>/gegevens/", gegevens.melding_gegevens, name="melding_gegevens"),
    path("meldingen/<nummer:nummer>/gegevens.json", gegevens.melding_gegevens_json, name="melding_gegevens_json"),
    path("meldingen/<nummer:nummer>/gegevens/contact/", gegevens.melding_contact, name="melding_contact"),
    path("meldingen/<nummer:nummer>/gegevens/wissen/<slug:doel>/", gegevens.melding_wissen, name="melding_wissen"),
    path("meldingen/email/<int:pk>/", gegevens.melding_email, name="melding_email"),
    path("privacy/vernietigd/", vernietigd.vernietigd, name="vernietigd"),
    path("privacy/vernietigd.csv", vernietigd.vernietigd_csv, name="vernietigd_csv"),
    path("behandelen/", werklijst.behandelen, name="behandelen"),
    path("behandelen/kaart.json", werklijst.behandelen_kaart, name="behandelen_kaart"),
    path("behandelen/meldingen.csv", werklijst.behandelen_csv, name="behandelen_csv"),
    path("behandelen/samen/", verdelen.behandelen_samen, name="behandelen_samen"),
    path("behandelen/zoekopdrachten/", zoekopdrachten.zoekopdrachten, name="zoekopdrachten"),
    path("behandelen/zoekopdrachten/nieuw/", zoekopdrachten.zoekopdracht_nieuw, name="zoekopdracht_nieuw"),
    path("behandelen/zoekopdrachten/<int:pk>/", zoekopdrachten.zoekopdracht_wijzigen, name="zoekopdracht_wijzigen"),
    path(
        "behandelen/zoekopdrachten/<int:pk>/verwijderen/",
        zoekopdrachten.zoekopdracht_verwijderen,
        name="zoekopdracht_verwijderen",
    ),
    path("behandelen/<nummer:nummer>/toewijzen/", verdelen.behandelen_toewijzen, name="behandelen_toewijzen"),
    path("behandelen/<nummer:nummer>/prioriteit/", verdelen.behandelen_prioriteit, name="behandelen_prioriteit"),
    path("behandelen/nieuw/", invoeren.behandelen_nieuw, name="behandelen_nieuw"),
    path("behandelen/deeltaken/", deeltaken.deeltaken, name="deeltaken"),
    path("behandelen/<nummer:nummer>/", dossier.behandelen_melding, name="behandelen_melding"),
    path("behandelen/<nummer:nummer>/status/", behandelen.behandelen_status, name="behandelen_status"),
    path("behandelen/<nummer:nummer>/datum/", behandelen.behandelen_datum, name="behandelen_datum"),
    path("behandelen/<nummer:nummer>/categorie/", behandelen.behandelen_categorie, name="behandelen_categorie"),
    path("behandelen/<nummer:nummer>/afdeling/", behandelen.behandelen_afdeling, name="behandelen_afdeling"),
    path("behandelen/<nummer:nummer>/tekst/", behandelen.behandelen_tekst, name="behandelen_tekst"),
    path("behandelen/<nummer:nummer>/foto/<uuid:uuid>/", behandelen.behandelen_foto, name="behandelen_foto"),
    path("behandelen/<nummer:nummer>/doorzetten/", overdrachten.behandelen_doorzetten, name="behandelen_doorzetten"),
    path("behandelen/<nummer:nummer>/navraag/", overdrachten.behandelen_navraag, name="behandelen_navraag"),
    path("behandelen/<nummer:nummer>/link/", overdrachten.behandelen_link, name="behandelen_link"),
    path("overdracht/<nummer:nummer>/", overdrachten.overdracht, name="overdracht"),
    path("overdracht/<nummer:nummer>/aannemen/", overdrachten.overdracht_aannemen, name="overdracht_aannemen"),
    path("overdracht/<nummer:nummer>/vraag/", overdrachten.overdracht_vraag, name="overdracht_vraag"),
    path("overdracht/<nummer:nummer>/gereed/", overdrachten.overdracht_gereed, name="overdracht_gereed"),
    path("overdracht/<nummer:nummer>/teruggeven/", overdrachten.overdracht_teruggeven, name="overdracht_teruggeven"),
    path("behandelen/<nummer:nummer>/foto/<uuid:uuid>/origineel.jpg", lakken.foto_origineel, name="foto_origineel"),
    path("behandelen/<nummer:nummer>/foto/<uuid:uuid>/lakken/", lakken.foto_lakken, name="foto_lakken"),
    path("behandelen/<nummer:nummer>/tekst/lakken/", lakken.tekst_lakken, name="tekst_lakken"),
    path("behandelen/<nummer:nummer>/notitie/", notities.notitie_nieuw, name="notitie_nieuw"),
    path("behandelen/<nummer:nummer>/notitie/<int:pk>/", notities.notitie_verbeteren, name="notitie_verbeteren"),
    path("behandelen/<nummer:nummer>/deeltaak/", deeltaken.deeltaak_vragen, name="deeltaak_vragen"),
    path("behandelen/<nummer:nummer>/deeltaak/<int:pk>/", deeltaken.deeltaak_gereed, name="deeltaak_gereed"),
    path(
        "behandelen/<nummer:nummer>/deeltaak/<int:pk>/intrekken/",
        deeltaken.deeltaak_intrekken,
        name="deeltaak_intrekken",
    ),
    path("behandelen/<nummer:nummer>/samenvoegen/", dubbelen.samenvoegen, name="samenvoegen"),
]
