"""Pages kept for everybody: as bytes, for a minute, and never anything of somebody."""

import gzip

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from basis.kept_pages import keep_public_pages
from basis.origin import REQUEST_ID_HEADER
from gebieden.models import Wijk
from meldingen.models import Melding
from tests.factories import BehandelaarFactory, BuurtFactory, GebruikerFactory, MeldingFactory
from tests.gebruikers.test_enforcement import ADDRESSES
from tests.inloggen import sign_in

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]

#: Every address that opts in, as a visitor asks for it; of all others nothing is kept.
KEPT = [
    "/",
    "/gebieden/",
    "/gebieden/noord/",
    "/gebieden/noord/de-mare/",
    "/hulp/",
    "/initiatieven/",
    "/meldingen/",
    "/meldingen/cijfers/",
    "/privacy/",
    "/toegankelijkheid/",
]


@pytest.fixture(autouse=True)
def for_a_minute(settings: Settings) -> None:
    settings.PUBLIC_PAGE_SECONDS = 60


@pytest.fixture
def melding() -> Melding:
    buurt = BuurtFactory(wijk__slug="de-mare", wijk__gebied__slug="noord")
    return MeldingFactory(nummer="10000000", wijk=buurt.wijk, omschrijving="Een geheim.", straat="Waagplein")


def keys() -> int:
    """How many answers are kept."""
    return sum(":page:" in key for key in cache._cache)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def memory(settings: Settings) -> None:
    """A cache that can be looked into; empty before each test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}}
    cache.clear()


@pytest.mark.parametrize("path", KEPT)
def test_a_second_visitor_gets_the_same_bytes_without_a_query(melding: Melding, path: str) -> None:
    first = Client().get(path)
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(path)
    assert len(queries) == 0
    assert second.content == first.content
    different = {REQUEST_ID_HEADER, "Age"}
    assert {name: value for name, value in second.items() if name not in different} == {
        name: value for name, value in first.items() if name not in different
    }
    assert second[REQUEST_ID_HEADER] != first[REQUEST_ID_HEADER]
    assert "default-src 'none'" in second["Content-Security-Policy"]
    assert second["Cache-Control"] == "public, max-age=60"
    assert int(second["Age"]) < 60
    assert {"Cookie", "Accept-Encoding"} <= {name.strip() for name in second["Vary"].split(",")}


def test_it_is_the_page_that_would_be_made(melding: Melding, settings: Settings) -> None:
    # What is counted says at what time.
    with time_machine.travel(timezone.now(), tick=False):
        kept = [Client().get(path).content for path in KEPT]
        settings.PUBLIC_PAGE_SECONDS = 0
        assert [Client().get(path).content for path in KEPT] == kept


def test_whoever_is_signed_in_neither_gets_nor_leaves_a_kept_page(melding: Melding) -> None:
    behandelaar = BehandelaarFactory(afdeling=melding.afdeling, gebruiker__naam="Bo Beheerder")
    behandelaar.gebruiker.is_beheerder = True
    behandelaar.gebruiker.save()
    resident = GebruikerFactory(naam="Riet Resident")
    pages = [*KEPT, *ADDRESSES, "/meldingen/10000000/", "/behandelen/10000000/"]
    for gebruiker in (behandelaar.gebruiker, resident):
        client = Client()
        sign_in(client, gebruiker)
        for path in pages:
            client.get(path)
        assert keys() == 0
    visitor = Client()
    for path in pages:
        page = visitor.get(path).getvalue().decode(errors="replace")
        assert "Bo Beheerder" not in page, path
        assert "Riet Resident" not in page, path
        visitor.cookies.clear()
    assert keys() == len(KEPT)
    for gebruiker in (behandelaar.gebruiker, resident):
        client = Client()
        sign_in(client, gebruiker)
        for path in KEPT:
            assert gebruiker.naam in client.get(path).content.decode(), path


def test_nothing_else_is_kept(melding: Melding) -> None:
    for path in [*ADDRESSES, "/meldingen/10000000/"]:
        Client().get(path)
    assert keys() <= len(KEPT)
    made_anew = Client().get("/meldingen/10000000/")
    assert "Cache-Control" not in made_anew
    assert "Age" not in made_anew


def test_a_visitor_sees_a_change_at_most_a_minute_later_and_who_has_a_session_at_once(
    melding: Melding, settings: Settings
) -> None:
    Client().get("/gebieden/noord/de-mare/")
    Wijk.objects.update(inleiding="Een nieuwe tekst.")
    assert "Een nieuwe tekst." not in Client().get("/gebieden/noord/de-mare/").content.decode()
    with_session = Client()
    with_session.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert "Een nieuwe tekst." in with_session.get("/gebieden/noord/de-mare/").content.decode()
    cache.clear()  # what time does
    assert "Een nieuwe tekst." in Client().get("/gebieden/noord/de-mare/").content.decode()


@pytest.mark.parametrize(
    "query", ["x=1", "pagina=2", "categorie=&x=", "status=open&status=alle", "status=nergens", "gebied=noord&utm=mail"]
)
def test_other_parameters_leave_nothing_behind(melding: Melding, query: str) -> None:
    Client().get(f"/meldingen/?{query}")
    assert keys() == 0


def test_known_parameters_are_kept_apart_whatever_their_order(melding: Melding) -> None:
    Client().get("/meldingen/?gebied=noord&status=alle")
    Client().get("/meldingen/?status=alle&gebied=noord")
    assert keys() == 1
    Client().get("/meldingen/?status=alle")
    assert keys() == 2


def test_hosts_are_kept_apart_and_foreign_ones_refused(melding: Melding, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["een.example", "twee.example"]
    for host in ("een.example", "twee.example", "twee.example:8443", "twee.example:1"):
        assert Client(headers={"host": host}).get("/hulp/").status_code == 200
    assert keys() == 2
    assert Client(headers={"host": "kwaad.example"}).get("/hulp/").status_code == 400
    assert keys() == 2


def test_a_request_without_tls_gets_no_page_that_was_kept_with_it(melding: Melding, settings: Settings) -> None:
    Client().get("/hulp/", secure=True)
    assert keys() == 1
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/hulp/").status_code == 301
    assert keys() == 1


def test_compressed_for_who_reads_that_and_not_sent_again_to_who_has_it(melding: Melding) -> None:
    plain = Client().get("/hulp/")
    zipped = Client(headers={"accept-encoding": "gzip, br"}).get("/hulp/")
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    again = Client(headers={"if-none-match": plain["ETag"]}).get("/hulp/")
    assert (again.status_code, again.content) == (304, b"")
    assert Client().head("/hulp/").status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda response: response.set_cookie("sessionid", "x"),
        lambda response: response.__setitem__("Cache-Control", "private"),
        lambda response: response.__setitem__("Vary", "Authorization"),
        lambda response: response.__setitem__("Content-Security-Policy", "script-src 'nonce-abc'"),
        lambda response: setattr(response, "status_code", 404),
    ],
    ids=["cookie", "private", "vary", "nonce", "status"],
)
def test_what_depends_on_somebody_is_not_kept_though_its_view_opted_in(spoil: object) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("voor u alleen")
        spoil(response)  # type: ignore[operator]
        return response

    keep_public_pages(view)(RequestFactory().get("/hulp/"))
    assert keys() == 0
