"""A medewerker without the second factor gets nowhere, whatever address is added to the portal."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.addresses import every_address
from tests.gebruikers.conftest import Medewerker

pytestmark = pytest.mark.django_db

OPEN = {
    "/account/tweede-factor/instellen/",
    "/account/bevestigen/",
    "/account/bevestigen/code/",
    "/uitloggen/",
}

ADDRESSES = sorted(set(every_address(get_resolver())))


def test_the_walk_finds_every_part_of_the_portal() -> None:
    for path in ["/", "/inloggen/", "/account/", "/beheer/", "/beheer/gebruikers/gebruiker/add/", "/meldingen/", *OPEN]:
        assert path in ADDRESSES


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_second_factor_every_address_leads_to_setting_it_up(
    method: str, medewerker: Callable[..., Medewerker]
) -> None:
    # A beheerder: nothing is closed to this person for another reason.
    client = Client()
    medewerker(second_factor=False, is_beheerder=True).sign_in(client)
    cookies = client.cookies.output()
    for path in ADDRESSES:
        if path in OPEN:
            continue
        response = getattr(client, method)(path)
        assert response.status_code == 302, path
        assert response.headers["Location"] == "/account/tweede-factor/instellen/", path
    assert client.cookies.output() == cookies


def test_what_is_open_helps_to_set_it_up_or_to_leave(medewerker: Callable[..., Medewerker]) -> None:
    client = Client()
    medewerker(second_factor=False).sign_in(client)
    assert client.get("/account/tweede-factor/instellen/").status_code == 200
    assert client.get("/account/bevestigen/").status_code == 200
    # Nothing to prove yet: on to the password.
    assert client.get("/account/bevestigen/code/").headers["Location"] == "/account/bevestigen/"
    assert client.get("/uitloggen/").status_code == 200
    assert client.post("/uitloggen/").status_code == 302
    assert client.get("/account/").headers["Location"] == "/inloggen/?next=/account/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_with_a_second_factor_that_was_not_proved_every_address_leads_to_proving_it(
    method: str, medewerker: Callable[..., Medewerker]
) -> None:
    client = Client()
    client.force_login(medewerker(is_beheerder=True).gebruiker)
    for path in ADDRESSES:
        if path in OPEN:
            continue
        response = getattr(client, method)(path)
        assert response.status_code == 302, path
        assert response.headers["Location"].startswith("/account/bevestigen/code/"), path


def test_with_the_second_factor_the_portal_opens(medewerker: Callable[..., Medewerker]) -> None:
    client = Client()
    medewerker(is_beheerder=True).sign_in(client)
    for path in ["/", "/account/", "/beheer/", "/beheer/gebruikers/gebruiker/"]:
        assert client.get(path).status_code == 200, path


def test_residents_and_visitors_are_left_alone(
    client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        response = client.get("/inloggen/medewerkers/")
    assert response.status_code == 200
