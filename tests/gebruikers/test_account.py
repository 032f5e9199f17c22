"""The own data, and passwords."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user
from django.test import Client

from gebruikers import actions
from gebruikers.models import Gebruiker
from tests.gebruikers.conftest import PASSWORD, Mail, Medewerker

pytestmark = pytest.mark.django_db

NEW = "vier losse woorden hier"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def is_signed_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


@pytest.fixture
def bewoner(client: Client) -> Gebruiker:
    gebruiker = actions.ensure_bewoner(email="wil@bewoner.example")
    client.force_login(gebruiker)
    return gebruiker


def test_anonymous_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/account/").headers["Location"] == "/inloggen/?next=/account/"


def test_resident_changes_the_own_name(bewoner: Gebruiker, client: Client) -> None:
    page = text_of(client.get("/account/"))
    assert "wil@bewoner.example" in page
    assert "een melding doen; dat kan ook zonder in te loggen" in page
    assert client.post("/account/", {"naam": "Wil <b>"}).headers["Location"] == "/account/"
    bewoner.refresh_from_db()
    assert bewoner.naam == "Wil <b>"
    assert "Wil &lt;b&gt;" in text_of(client.get("/account/"))


def test_name_that_is_too_long_is_told(bewoner: Gebruiker, client: Client) -> None:
    response = client.post("/account/", {"naam": "x" * 121})
    assert "Houd het korter: hoogstens 120 tekens." in text_of(response)
    bewoner.refresh_from_db()
    assert bewoner.naam == ""


def test_medewerker_sees_state_and_cannot_rename_oneself(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    marja.sign_in(client)
    page = text_of(client.get("/account/"))
    assert "Ingesteld: een app op uw telefoon." in page
    assert "Nog geen rol" in page
    assert 'name="naam"' not in page
    assert client.post("/account/", {"naam": "Iemand anders"}).status_code == 403
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.naam == "Marja"


def test_beheerder_reads_what_a_beheerder_may_do(beheerder: Medewerker, client: Client) -> None:
    beheerder.sign_in(client)
    assert "medewerkers uitnodigen en beheerders aanwijzen" in text_of(client.get("/account/"))


def test_password_is_changed_and_told(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        marja = medewerker()
        marja.sign_in(client)
        moment.shift(30)
        elsewhere = Client()
        marja.sign_in(elsewhere)
        data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        response = client.post("/account/wachtwoord/", data)
        assert response.headers["Location"] == "/account/"
        assert outbox() == [Mail("wachtwoord_gewijzigd", "marja@alkmaar.example", {})]
        marja.gebruiker.refresh_from_db()
        assert marja.gebruiker.check_password(NEW)
        assert is_signed_in(client)
        assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    ("old", "first", "second", "sentence"),
    [
        ("verkeerd", NEW, NEW, "Dit is niet uw huidige wachtwoord. Typ het opnieuw."),
        (PASSWORD, NEW, NEW + "x", "De wachtwoorden zijn niet gelijk. Typ ze allebei opnieuw."),
        (PASSWORD, "elf letters", "elf letters", "Dit wachtwoord is te kort. Neem minstens 12 tekens."),
        (PASSWORD, "marja@alkmaar", "marja@alkmaar", "Dit wachtwoord lijkt te veel op uw naam of e-mailadres."),
        (PASSWORD, "q1w2e3r4t5y6", "q1w2e3r4t5y6", "Dit wachtwoord is snel te raden"),
        (PASSWORD, "", "", "Bedenk een wachtwoord en vul het hier in."),
    ],
)
def test_what_is_wrong_with_a_password_is_told(
    old: str, first: str, second: str, sentence: str, medewerker: Callable[..., Medewerker], client: Client
) -> None:
    marja = medewerker()
    marja.sign_in(client)
    response = client.post("/account/wachtwoord/", {"oldpassword": old, "password1": first, "password2": second})
    assert sentence in text_of(response)
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.check_password(PASSWORD)


def ask_link(client: Client, email: str) -> str:
    response = client.post("/wachtwoord/vergeten/", {"email": email}, follow=True)
    assert response.redirect_chain == [("/wachtwoord/vergeten/verstuurd/", 302)]
    return text_of(response)


def test_forgotten_password(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]], settings: Any
) -> None:
    settings.PORTAL_URL = "https://portaal.voorbeeld.example"
    marja = medewerker()
    ask_link(client, "Marja@alkmaar.example")
    (mail,) = outbox()
    assert mail.template == "wachtwoord_nieuw"
    link = mail.context["password_reset_url"]
    assert link.startswith("https://portaal.voorbeeld.example/wachtwoord/nieuw/")

    path = link.removeprefix("https://portaal.voorbeeld.example")
    token = path.rstrip("/").split("-", 1)[1]
    response = client.get(path)
    clean = response.headers["Location"]
    assert token not in clean
    assert token not in text_of(client.get(clean))
    response = client.post(clean, {"password1": NEW, "password2": NEW})
    assert response.headers["Location"] == "/inloggen/medewerkers/"
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.check_password(NEW)
    assert marja.gebruiker.email_confirmed_at is not None
    # The mailbox alone opens nothing: the second factor is still asked.
    assert not is_signed_in(client)
    assert outbox()[-1].template == "wachtwoord_gewijzigd"

    response = Client().get(path)
    assert "Deze link werkt niet meer" in text_of(response)


def test_link_is_old_after_three_days(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]], settings: Any
) -> None:
    with time_machine.travel("2026-11-20 16:00 +0100", tick=False) as moment:
        medewerker()
        ask_link(client, "marja@alkmaar.example")
        path = outbox()[0].context["password_reset_url"].removeprefix(settings.PORTAL_URL)
        moment.shift(3 * 24 * 60 * 60 - 1)
        assert client.get(path).status_code == 302
        moment.shift(2)
        assert "Deze link werkt niet meer" in text_of(Client().get(path))


def test_forged_link_is_refused(medewerker: Callable[..., Medewerker], client: Client) -> None:
    medewerker()
    for key in ["1-abc-def", "zz-abc", "1-kiezen", "1-set-password"]:
        assert "Deze link werkt niet meer" in text_of(client.get(f"/wachtwoord/nieuw/{key}/"))
        assert "Deze link werkt niet meer" in text_of(client.post(f"/wachtwoord/nieuw/{key}/", {"password1": NEW}))


def test_only_medewerkers_get_a_link_and_nobody_learns_it(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    medewerker()
    actions.ensure_bewoner(email="wil@bewoner.example")
    pages = {
        ask_link(Client(), email) for email in ["marja@alkmaar.example", "wil@bewoner.example", "x@bewoner.example"]
    }
    assert len(pages) == 1
    assert [mail.to for mail in outbox()] == ["marja@alkmaar.example"]


def test_a_mailbox_gets_five_links_in_a_quarter(client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        for _time in range(5):
            ask_link(client, "marja@alkmaar.example")
            moment.shift(30)
        response = client.post("/wachtwoord/vergeten/", {"email": "marja@alkmaar.example"})
    assert response.status_code == 429
    assert "Even geduld" in text_of(response)
