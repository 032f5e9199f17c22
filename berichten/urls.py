"""Addresses of following, and of the mailbox of the embedded portal."""

from django.urls import path

from berichten.views import postvak, volgen

urlpatterns = [
    path("volgen/", volgen.volgen, name="volgen"),
    path("volgen/<int:pk>/", volgen.volgen_een, name="volgen_een"),
    path("volgen/<int:pk>/bevestigen/", volgen.volgen_bevestigen, name="volgen_bevestigen"),
    path("volgen/<int:pk>/stoppen/", volgen.volgen_stoppen, name="volgen_stoppen"),
    path("postvak/", postvak.postvak, name="postvak"),
    path("postvak/<slug:name>/", postvak.postvak_bericht, name="postvak_bericht"),
    path("postvak/<slug:name>/opgemaakt/", postvak.postvak_opgemaakt, name="postvak_opgemaakt"),
]
