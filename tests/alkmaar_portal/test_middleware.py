"""What is seen while signed in is kept by nobody, whatever address is added to the portal."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from gebruikers.models import Gebruiker
from tests.factories import BehandelaarFactory, BuurtFactory, GebruikerFactory, MeldingFactory, TeamlidFactory
from tests.gebruikers.test_enforcement import ADDRESSES
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

#: The only answers without `no-store`: the form that must survive the way back, and what is the same for everybody.
KEPT = {
    "/meldingen/nieuw/": "private, no-cache",
    "/initiatieven/nieuw/": "private, no-cache",
    "/gebieden/grenzen.json?niveau=gebied": "public, max-age=3600",
    "/meldingen/kaart.json?bbox=4.7,52.6,4.8,52.7&zoom=12": "public, max-age=60",
    "/.well-known/security.txt": "public, max-age=86400",
    "/robots.txt": "public, max-age=86400",
}
#: Pages of rows that are there, with the numbers and names that `rows` gives them.
OF_ROWS = [
    "/gebieden/noord/",
    "/gebieden/noord/de-mare/",
    "/gebieden/noord/bewerken/",
    "/meldingen/10000000/",
    "/behandelen/10000000/",
    "/behandelen/10000000/status/",
]


@pytest.fixture
def rows() -> None:
    buurt = BuurtFactory(wijk__slug="de-mare", wijk__gebied__slug="noord")
    MeldingFactory(nummer="10000000", wijk=buurt.wijk)


@pytest.fixture(params=["resident", "medewerker", "beheerder"])
def who(request: pytest.FixtureRequest) -> Gebruiker:
    if request.param == "resident":
        return GebruikerFactory()
    return BehandelaarFactory(
        gebruiker__is_medewerker=True, gebruiker__is_beheerder=request.param == "beheerder"
    ).gebruiker


def test_nobody_keeps_what_somebody_saw_while_signed_in(client: Client, rows: None, who: Gebruiker) -> None:
    sign_in(client, who)
    for path in [*ADDRESSES, *OF_ROWS, *KEPT]:
        response = client.get(path)
        if path in KEPT:
            assert response["Cache-Control"] == KEPT[path], path
        else:
            assert "no-store" in response.get("Cache-Control", ""), path
    assert get_user(client) == who  # type: ignore[arg-type]


def test_pages_with_somebodys_work_are_there_and_not_kept(client: Client, rows: None) -> None:
    lid = TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True))
    sign_in(client, lid.gebruiker)
    for path in ["/", "/meldingen/", "/meldingen/mijn/", "/meldingen/10000000/", "/account/", "/gebieden/noord/"]:
        response = client.get(path)
        assert response.status_code == 200, path
        assert "no-store" in response["Cache-Control"], path


def test_visitors_may_keep_what_everybody_sees(client: Client, rows: None) -> None:
    assert "Cache-Control" not in client.get("/")
    # A session of who is not signed in, such as the sender of a melding.
    session = client.session
    session["inzendingen"] = []
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    for path in ["/", "/meldingen/", "/gebieden/noord/"]:
        assert "Cache-Control" not in client.get(path), path


def test_after_signing_out_pages_are_everybodys_again(client: Client, who: Gebruiker) -> None:
    sign_in(client, who)
    client.post("/uitloggen/")
    assert get_user(client).is_anonymous  # type: ignore[arg-type]
    assert "Cache-Control" not in client.get("/")
