"""All addresses of the portal (DESIGN, section 8)."""

from django.contrib import admin
from django.urls import include, path

from alkmaar_portal import health, views
from alkmaar_portal.metrics import metrics
from alkmaar_portal.robots_txt import robots_txt
from alkmaar_portal.security_txt import security_txt
from basis.via import open_link

#: Asked by allauth, whose limits stand in ACCOUNT_RATE_LIMITS.
handler429 = "gebruikers.views.tried_too_often"
handler500 = "alkmaar_portal.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("zoeken/", views.zoeken, name="zoeken"),
    path("gebieden/", views.gebieden, name="gebieden"),
    path("", include("gebieden.urls")),
    path("gebieden/<slug:slug>/", views.gebied, name="gebied"),
    path("gebieden/<slug:gebied>/<slug:wijk>/", views.wijk, name="wijk"),
    path("gebieden/<slug:gebied>/<slug:wijk>/<slug:dorp>/", views.dorp, name="dorp"),
    path("", include("meldingen.urls")),
    path("", include("initiatieven.urls")),
    path("", include("agenda.urls")),
    path("", include("berichten.urls")),
    path("", include("gebruikers.urls")),
    path("hulp/", views.hulp, name="hulp"),
    path("toegankelijkheid/", views.toegankelijkheid, name="toegankelijkheid"),
    path("privacy/", views.privacy, name="privacy"),
    path("via/<str:token>/", open_link, name="via"),
    path("health/", include(health.urlpatterns)),
    path("metrics", metrics, name="metrics"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("robots.txt", robots_txt, name="robots_txt"),
    path("beheer/", admin.site.urls),
    path("favicon.ico", views.favicon),
]
