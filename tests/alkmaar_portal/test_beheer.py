"""The admin looks like a part of the portal, and says it when it is the example portal."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import GebruikerFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

PAGES = ["/beheer/", "/beheer/gebruikers/gebruiker/", "/beheer/gebruikers/afdeling/add/"]


@pytest.fixture
def beheer(client: Client) -> Client:
    sign_in(client, GebruikerFactory(medewerker=True, is_beheerder=True))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_example_is_marked_as_such(page: str, beheer: Client) -> None:
    text = beheer.get(page).text
    assert "Dit is een voorbeeldportaal." in text
    assert "/static/css/voorbeeld.css" in text
    assert "– Beheer – Samen maken we Alkmaar</title>" in text


def test_a_real_portal_has_no_such_mark(beheer: Client, settings: Settings) -> None:
    settings.EMBEDDED = False
    text = beheer.get("/beheer/").text
    assert "voorbeeld" not in text
