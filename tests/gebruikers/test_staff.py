"""Medewerkers sign in with a password and a second factor."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from gebruikers import actions
from gebruikers.models import Gebruiker
from tests.gebruikers.conftest import PASSWORD, Mail, Medewerker, totp_code

pytestmark = pytest.mark.django_db

SET_UP = "/account/tweede-factor/instellen/"
CODES = "/account/herstelcodes/"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def is_signed_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


def test_password_and_code_from_the_app(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    before = client.get("/inloggen/medewerkers/") and client.session.session_key
    response = marja.give_password(client)
    assert response.headers["Location"] == "/inloggen/tweede-factor/"
    assert not is_signed_in(client)
    response = client.post("/inloggen/tweede-factor/", {"code": marja.code()})
    assert response.status_code == 302
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("marja@alkmaar.example", "verkeerd"),
        ("niemand@alkmaar.example", PASSWORD),
        ("wil@bewoner.example", ""),
        ("wil@bewoner.example", "!"),
    ],
)
def test_wrong_password_and_unknown_address_get_the_same_answer(
    email: str, password: str, medewerker: Callable[..., Medewerker], client: Client
) -> None:
    medewerker()
    actions.ensure_bewoner(email="wil@bewoner.example")
    response = client.post("/inloggen/medewerkers/", {"login": email, "password": password})
    assert response.status_code == 422
    sentence = "horen niet bij elkaar" if password else "Vul uw wachtwoord in."
    assert sentence in text_of(response)
    assert not is_signed_in(client)


def test_ten_wrong_passwords_close_the_account_for_a_quarter(
    medewerker: Callable[..., Medewerker], client: Client
) -> None:
    marja = medewerker()
    wrong = {"login": marja.gebruiker.email or "", "password": "verkeerd"}
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        for _attempt in range(10):
            assert client.post("/inloggen/medewerkers/", wrong).status_code == 422
            moment.shift(10)
        response = marja.give_password(client)
        assert response.status_code == 429
        assert "Wacht een kwartier" in text_of(response)
        moment.shift(15 * 60)
        assert marja.give_password(client).status_code == 302


def test_wrong_code_of_the_app_is_told_and_limited(medewerker: Callable[..., Medewerker], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        marja = medewerker()
        marja.give_password(client)
        for _attempt in range(10):
            response = client.post("/inloggen/tweede-factor/", {"code": "000000"})
            assert response.status_code == 422
            assert "Wacht op de volgende code in uw app" in text_of(response)
            moment.shift(6)
        assert client.post("/inloggen/tweede-factor/", {"code": marja.code()}).status_code == 429
        assert not is_signed_in(client)


@pytest.mark.parametrize("data", [{}, {"code": ""}, {"credential": "{}"}])
def test_second_step_without_a_code_is_told(
    data: dict[str, str], medewerker: Callable[..., Medewerker], client: Client
) -> None:
    medewerker().give_password(client)
    response = client.post("/inloggen/tweede-factor/", data)
    assert response.status_code == 422
    assert "Vul de code van 6 cijfers in die uw app nu toont." in text_of(response)


def test_second_step_that_comes_too_late_is_told(medewerker: Callable[..., Medewerker], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        marja = medewerker()
        marja.give_password(client)
        moment.shift(15 * 60 + 1)
        response = client.post("/inloggen/tweede-factor/", {"code": marja.code()}, follow=True)
    assert response.redirect_chain == [("/inloggen/medewerkers/", 302)]
    assert "Vul eerst uw wachtwoord in." in text_of(response)
    assert not is_signed_in(client)


def test_code_of_the_app_works_once(medewerker: Callable[..., Medewerker], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False):
        marja = medewerker()
        marja.sign_in(client)
        thief = Client()
        marja.give_password(thief)
        thief.post("/inloggen/tweede-factor/", {"code": marja.code()})
    assert not is_signed_in(thief)


def test_password_alone_opens_only_the_setting_up(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    assert client.get("/account/").headers["Location"] == SET_UP
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    # The QR code as an image, and the same secret in letters.
    assert 'src="data:image/svg+xml;base64,' in text_of(page)
    assert " ".join(page.context["secret_groups"]) in text_of(page)
    assert "".join(page.context["secret_groups"]) == secret

    response = client.post(SET_UP, {"code": "000000"})
    assert "Deze code klopt niet." in text_of(response)
    assert client.get("/account/").headers["Location"] == SET_UP


def test_setting_up_passes_this_session_and_shows_recovery_codes_once(
    medewerker: Callable[..., Medewerker], client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    response = client.post(SET_UP, {"code": totp_code(secret)})
    assert response.headers["Location"] == CODES
    first = client.get(CODES)
    codes = first.context["unused_codes"]
    assert len(set(codes)) == 10
    assert all(f"{code[:4]} {code[4:]}" in text_of(first) for code in codes)
    assert all(f"{code}%0A" in text_of(first) for code in codes)
    assert "no-store" in first.headers["Cache-Control"]
    second = client.get(CODES)
    assert not any(f"{code[:4]} {code[4:]}" in text_of(second) for code in codes)
    assert "U heeft nog 10 herstelcodes over." in text_of(second)
    assert client.get("/account/").status_code == 200
    # It cannot be set up a second time by oneself, nor taken off.
    assert client.get(SET_UP).headers["Location"] == "/account/"


def test_setting_up_is_told_by_mail(
    medewerker: Callable[..., Medewerker],
    client: Client,
    outbox: Callable[[], list[Mail]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(SET_UP, {"code": totp_code(secret)})
    assert outbox() == [Mail("tweede_factor_ingesteld", "marja@alkmaar.example", {})]


def test_secrets_are_not_readable_in_the_database(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": totp_code(secret)})
    codes = client.get(CODES).context["unused_codes"]
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_secrets_survive_a_new_key(medewerker: Callable[..., Medewerker], client: Client, settings: Any) -> None:
    marja = medewerker()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    marja.sign_in(client)


def test_recovery_code_works_once(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    client.post(SET_UP, {"code": totp_code(client.get(SET_UP).context["form"].secret)})
    code = client.get(CODES).context["unused_codes"][3]
    client.post("/uitloggen/")

    marja.give_password(client)
    client.post("/inloggen/tweede-factor/", {"code": f"{code[:4]} {code[4:]}"})
    assert client.get("/account/").status_code == 200
    client.post("/uitloggen/")

    marja.give_password(client)
    response = client.post("/inloggen/tweede-factor/", {"code": code})
    assert "Deze code klopt niet." in text_of(response)
    assert not is_signed_in(client)


def test_new_recovery_codes_ask_who_it_is_once_more(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    marja.sign_in(client)
    for page in [CODES, "/account/herstelcodes/nieuw/"]:
        response = client.get(page)
        # Without codes there is nothing to see yet; with them the page asks.
        assert response.status_code == (404 if page == CODES else 302)
    response = client.post("/account/herstelcodes/nieuw/")
    assert response.headers["Location"].startswith("/account/bevestigen/?next=")
    assert not Authenticator.objects.filter(type="recovery_codes").exists()
    response = client.post(response.headers["Location"], {"password": "verkeerd"})
    assert "Dit wachtwoord klopt niet. Typ het opnieuw." in text_of(response)
    response = client.post("/account/bevestigen/?next=/account/herstelcodes/nieuw/", {"password": PASSWORD})
    assert response.headers["Location"] == CODES
    assert len(client.get(CODES).context["unused_codes"]) == 10


def test_late_setting_up_asks_for_the_password_again(medewerker: Callable[..., Medewerker], client: Client) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        marja = medewerker(second_factor=False)
        marja.sign_in(client)
        moment.shift(301)
        response = client.get(SET_UP)
        assert response.headers["Location"].startswith("/account/bevestigen/?next=")
        response = client.post(response.headers["Location"], {"password": PASSWORD})
        assert response.headers["Location"] == SET_UP
        assert client.get(SET_UP).status_code == 200


def test_session_from_before_the_second_factor_has_to_prove_it(
    medewerker: Callable[..., Medewerker], client: Client
) -> None:
    marja = medewerker(second_factor=False)
    older = Client()
    marja.sign_in(older)
    marja.sign_in(client)
    marja.secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": marja.code()})
    response = older.get("/account/?x=1")
    assert response.headers["Location"] == "/account/bevestigen/code/?next=%2Faccount%2F%3Fx%3D1"
    assert older.get(SET_UP).headers["Location"] == "/account/"
    response = older.post(response.headers["Location"], {"code": marja.code()})
    assert response.headers["Location"] == "/account/?x=1"
    assert older.get("/account/").status_code == 200


def test_reset_by_a_beheerder_closes_open_sessions(
    medewerker: Callable[..., Medewerker], beheerder: Medewerker, client: Client, outbox: Callable[[], list[Mail]]
) -> None:
    with time_machine.travel("2026-11-21 08:00 +0100", tick=False) as moment:
        marja = medewerker()
        marja.sign_in(client)
        actions.reset_second_factor(gebruiker_id=marja.gebruiker.pk, by=beheerder.gebruiker)
        assert outbox() == [Mail("tweede_factor_gereset", "marja@alkmaar.example", {"moment": "21-11-2026, 08.00 uur"})]
        assert client.get("/account/").headers["Location"] == SET_UP
        moment.shift(60)
        # Also once somebody sets up another factor: the proof of the old one is worth nothing.
        other = Client()
        marja.secret = ""
        marja.sign_in(other)
        marja.secret = other.get(SET_UP).context["form"].secret
        other.post(SET_UP, {"code": marja.code()})
        assert client.get("/account/").headers["Location"].startswith("/account/bevestigen/code/")


def test_resident_cannot_set_up_what_is_for_staff(client: Client) -> None:
    client.force_login(actions.ensure_bewoner(email="wil@bewoner.example"))
    for page in [SET_UP, CODES, "/account/herstelcodes/nieuw/", "/account/wachtwoord/"]:
        assert client.get(page).status_code == 403
        assert client.post(page).status_code == 403


def test_anonymous_goes_to_the_sign_in_of_staff_and_comes_back(
    medewerker: Callable[..., Medewerker], client: Client
) -> None:
    response = client.get("/account/wachtwoord/")
    assert response.headers["Location"] == "/inloggen/medewerkers/?next=/account/wachtwoord/"
    marja = medewerker()
    marja.give_password(client, next="/account/wachtwoord/")
    response = client.post(reverse("mfa_authenticate"), {"code": marja.code()})
    assert response.headers["Location"] == "/account/wachtwoord/"


def test_account_that_is_switched_off_is_told_so_after_the_right_password(
    medewerker: Callable[..., Medewerker], client: Client
) -> None:
    medewerker()
    Gebruiker.objects.update(is_active=False)
    response = client.post(
        "/inloggen/medewerkers/", {"login": "marja@alkmaar.example", "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain == [("/inloggen/geen-toegang/", 302)]
    assert "Uw account staat uit" in text_of(response)
    assert not is_signed_in(client)
