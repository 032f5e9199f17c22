"""What every answer says to browsers and search engines, whatever address is added to the portal."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from basis import via
from meldingen.models import Foto, Melding
from tests.alkmaar_portal.test_middleware import KEPT, OF_ROWS, rows
from tests.factories import BehandelaarFactory, FotoFactory
from tests.gebruikers.test_enforcement import ADDRESSES
from tests.inloggen import sign_in
from tests.test_settings import ROOT, production_variables

__all__ = ["rows"]
pytestmark = pytest.mark.django_db

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
NOT_ALLOWED = {"camera", "display-capture", "microphone", "midi", "payment", "usb"}
#: Of what is answered by somebody else's view, or by none.
OTHERS = [
    "/bestaat-niet/",
    "/static/css/basis.css",
    "/static/img/logo.svg",
    "/static/errors/503.html",
    "/static/weg.css",
]


def policy(response: HttpResponse) -> dict[str, set[str]]:
    """The Content-Security-Policy, by directive."""
    directives = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in directives}


def check(path: str, response: HttpResponse) -> None:
    for name, value in HEADERS.items():
        if (name, path) != ("Referrer-Policy", "/via/1/"):
            assert response.get(name) == value, (path, name)
    allowed = dict(part.strip().split("=") for part in response["Permissions-Policy"].split(","))
    assert allowed == {"geolocation": "(self)", **dict.fromkeys(NOT_ALLOWED, "()")}, path
    csp = policy(response)
    assert csp["default-src"] == {"'none'"}, path
    if "sandbox" not in csp:
        assert csp["base-uri"] == csp["frame-ancestors"] == {"'none'"}, path
        assert csp["form-action"] == {"'self'"}, path
    sources = set[str]().union(*csp.values())
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & sources, path
    # Cookies are no script's business, and come along only from our own pages and by links.
    for cookie in response.cookies.values():
        if cookie["max-age"] == 0:
            continue  # taken away
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/"), (path, cookie.key)


@pytest.fixture(params=["visitor", "beheerder"])
def anybody(request: pytest.FixtureRequest, client: Client, rows: None) -> Client:
    if request.param == "beheerder":
        afdeling = Melding.objects.get().afdeling
        sign_in(
            client,
            BehandelaarFactory(
                afdeling=afdeling, gebruiker__is_medewerker=True, gebruiker__is_beheerder=True
            ).gebruiker,
        )
    return client


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_answer_is_guarded(method: str, anybody: Client) -> None:
    anybody.raise_request_exception = False
    statuses = set()
    paths = [path for path in [*ADDRESSES, *OF_ROWS, *KEPT, *OTHERS] if path != "/uitloggen/"]
    for path in [*paths, "/uitloggen/"]:
        response = getattr(anybody, method)(path)
        statuses.add(response.status_code)
        check(path, response)
    assert statuses >= ({200, 302, 404} if method == "get" else {302, 404, 405})
    assert 500 not in statuses


def test_a_page_can_load_what_the_portal_serves_itself_and_tiles(client: Client) -> None:
    csp = policy(client.get("/hulp/"))
    assert csp["script-src"] == csp["style-src"] == csp["connect-src"] == {"'self'"}
    assert csp["img-src"] == {"'self'", "data:", "blob:", portal.TILES_ORIGIN}


class TestUploads:
    """Photos come from strangers: a browser shows them as a picture or not at all."""

    @pytest.fixture
    def foto(self) -> Foto:
        return FotoFactory(stored=True, besluit="openbaar")

    @pytest.mark.parametrize("name", ["melding_foto", "melding_foto_klein"])
    def test_a_photo_is_nothing_but_a_picture(self, name: str, foto: Foto, client: Client) -> None:
        response = client.get(reverse(name, args=[foto.uuid]))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Content-Disposition"] == f'inline; filename="foto-{foto.uuid}.jpg"'
        # Pages elsewhere show what Open311 tells them of.
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_no_file_has_an_address_of_its_own(self, foto: Foto, client: Client, settings: Settings) -> None:
        folder = Path(settings.MEDIA_ROOT)
        stored = [file.relative_to(folder).as_posix() for file in folder.rglob("*.jpg")]
        assert len(stored) == 4
        for name in stored:
            for before in ["/", "/media/", "/static/", "/static/../media/", "/static/%2e%2e/media/", "/files/"]:
                assert client.get(before + name).status_code == 404
            assert finders.find(name) is None
        for served in [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]:
            assert not folder.is_relative_to(served)
            assert not Path(served).is_relative_to(folder)


class TestSearchEngines:
    PRIVATE = ["/inloggen/", "/inloggen/medewerkers/", "/wachtwoord/vergeten/", "/health/ready/", "/postvak/"]

    def test_what_is_private_is_not_to_be_shown(self, client: Client, rows: None) -> None:
        melding = Melding.objects.get()
        opened = client.get(via.address("melding", melding.pk, melding.via_versie))
        assert opened.status_code == 302
        own = [f"/meldingen/{melding.nummer}/", f"/meldingen/{melding.nummer}/verstuurd/"]
        for response in [opened, *(client.get(path) for path in [*self.PRIVATE, *own])]:
            assert response.get("X-Robots-Tag") == "noindex", response.request["PATH_INFO"]

    def test_what_is_for_everybody_may_be_found(self, client: Client, rows: None) -> None:
        for path in ["/", "/gebieden/", "/meldingen/", "/meldingen/10000000/", "/hulp/", "/privacy/"]:
            response = client.get(path)
            assert response.status_code == 200
            assert "X-Robots-Tag" not in response, path

    def test_robots_are_kept_off_rooms_of_staff(self, client: Client) -> None:
        response = client.get("/robots.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        first, *rest = response.text.splitlines()
        assert first == "User-agent: *"
        paths = {re.fullmatch(r"Disallow: (/\S+)", line)[1] for line in rest}  # type: ignore[index]
        assert {"/beheer/", "/behandelen/", "/via/", "/inloggen/", "/account/"} <= paths
        assert not {"/", "/meldingen/", "/gebieden/"} & paths


ASK = """
import django, json, sys
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
client = Client(headers={"X-Forwarded-Proto": "https", "Host": sys.argv[1]})
response = client.get("/inloggen/medewerkers/")
plain = Client(headers={"Host": sys.argv[1]}).get("/inloggen/medewerkers/")
print(json.dumps({
    "status": response.status_code,
    "headers": dict(response.headers),
    "cookies": response.cookies.output(header="").split("\\n"),
    "plain": [plain.status_code, plain["Location"]],
    "session": {name: getattr(settings, name) for name in dir(settings) if name.startswith("SESSION_COOKIE_")},
}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a server that was set up by filling in .env.example answers behind its proxy."""
    environment = {
        **production_variables(tmp_path_factory.mktemp("var")),
        "DJANGO_SETTINGS_MODULE": "alkmaar_portal.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", ASK, environment["ALLOWED_HOSTS"]]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    yield json.loads(result.stdout)


class TestProduction:
    def test_it_speaks_tls_and_nothing_else(self, production: dict[str, Any]) -> None:
        assert production["status"] == 200
        assert production["plain"] == [301, "https://portaal.voorbeeld.example/inloggen/medewerkers/"]
        assert production["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert "upgrade-insecure-requests" in production["headers"]["Content-Security-Policy"]

    def test_cookies_belong_to_this_host_alone(self, production: dict[str, Any]) -> None:
        (cookie,) = production["cookies"]
        name, *attributes = (part.strip() for part in cookie.split(";"))
        assert name.startswith("__Host-csrftoken=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"} <= set(attributes)
        assert not [one for one in attributes if one.lower().startswith("domain")]
        session = production["session"]
        assert session["SESSION_COOKIE_NAME"] == "__Host-sessionid"
        assert (session["SESSION_COOKIE_SECURE"], session["SESSION_COOKIE_HTTPONLY"]) == (True, True)
        assert (session["SESSION_COOKIE_SAMESITE"], session["SESSION_COOKIE_PATH"]) == ("Lax", "/")
        assert session["SESSION_COOKIE_DOMAIN"] is None


def test_a_wrong_method_gets_a_page_that_helps(client: Client) -> None:
    response = client.post("/hulp/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "Ga één pagina terug" in response.text


def test_nothing_but_views_answers() -> None:
    """No address serves a folder: Django's own `serve` is not among them."""
    names = {str(getattr(entry, "lookup_str", "")) for entry in get_resolver().url_patterns}
    assert not [name for name in names if "serve" in name]
