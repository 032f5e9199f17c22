"""Sign-in joined to the floors: roles from memberships, the first page, mail in the outbox."""

import pytest
from django.db import transaction
from django.test import Client

from alkmaar_portal.inloggen import AccountAdapter
from berichten.models import Bericht
from gebruikers import actions
from gebruikers.models import Gebruiker
from gebruikers.rules import Membership
from tests.factories import AfdelingFactory, BehandelaarFactory, GebiedFactory, GebruikerFactory, TeamlidFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def medewerker() -> Gebruiker:
    return GebruikerFactory(medewerker=True)


def test_own_page_tells_each_role_with_its_scope(client: Client, medewerker: Gebruiker) -> None:
    BehandelaarFactory(gebruiker=medewerker, afdeling=AfdelingFactory(naam="Groen"))
    BehandelaarFactory(afdeling=AfdelingFactory(naam="Van een ander"))
    TeamlidFactory(gebruiker=medewerker, gebied=GebiedFactory(naam="Oost"))
    sign_in(client, medewerker)
    page = client.get("/account/").content.decode()
    assert "Behandelaar van een afdeling: Groen" in page
    assert "Lid van een Gebiedsteam: Oost" in page
    assert "de status van een melding wijzigen, met uitleg aan de melder" in page
    assert "Van een ander" not in page
    assert "Beheerder" not in page
    assert AccountAdapter().memberships(medewerker) == [
        Membership("behandelaar", "Groen"),
        Membership("gebiedsteamlid", "Oost"),
    ]


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("bewoner", "/"),
        ("medewerker", "/account/"),
        ("behandelaar", "/behandelen/"),
        ("teamlid", "/gebiedsteam/initiatieven/"),
        ("beheerder", "/beheer/"),
    ],
)
def test_sign_in_leads_to_ones_work(who: str, where: str, client: Client) -> None:
    gebruiker = GebruikerFactory(is_medewerker=who != "bewoner", is_beheerder=who == "beheerder")
    if who == "behandelaar":
        BehandelaarFactory(gebruiker=gebruiker)
    if who == "teamlid":
        TeamlidFactory(gebruiker=gebruiker, gebied__slug="noord")
    sign_in(client, gebruiker)
    # Whoever is signed in and opens the sign-in page goes where a sign-in leads.
    assert client.get("/inloggen/").headers["Location"] == where
    # The page with the own data leads there too.
    assert (f'href="{where}">' in client.get("/account/").text) or where == "/account/"


def test_message_goes_with_its_change_or_not_at_all() -> None:
    by = GebruikerFactory(beheerder=True)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.invite_medewerker(email="piet@alkmaar.example", naam="Piet", is_beheerder=False, by=by)
        assert Bericht.objects.count() == 1
        raise ZeroDivisionError
    assert not Bericht.objects.exists()
    assert not Gebruiker.objects.with_email("piet@alkmaar.example").exists()


def test_asking_twice_gives_two_messages() -> None:
    for _time in range(2):
        AccountAdapter().announce(template="inlogcode", to="wil@bewoner.example", context={"code": "1234-5678"})
    assert Bericht.objects.count() == 2
