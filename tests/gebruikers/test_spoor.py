"""What sign-in and the own account of a medewerker leave in the spoor."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from basis.models import Spoorregel
from gebruikers import actions
from gebruikers.models import Gebruiker
from tests.gebruikers.conftest import PASSWORD, Medewerker, totp_code

pytestmark = pytest.mark.django_db

NEW = "vier losse woorden hier"
SET_UP = "/account/tweede-factor/instellen/"
NEW_CODES = "/account/herstelcodes/nieuw/"


def acts(gebruiker: Gebruiker) -> list[str]:
    """What somebody did, oldest first; each line is about their own account."""
    lines = Spoorregel.objects.order_by("pk")
    number = str(gebruiker.pk)
    assert {(line.door_id, line.about_kind, line.about_number) for line in lines} <= {
        (gebruiker.pk, "gebruiker", number)
    }
    return [line.handeling.removeprefix("gebruiker.") for line in lines]


def test_signing_in_and_out(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    marja.give_password(client)
    assert acts(marja.gebruiker) == []
    client.post("/inloggen/tweede-factor/", {"code": "000000"})
    assert acts(marja.gebruiker) == []
    client.post("/inloggen/tweede-factor/", {"code": marja.code()})
    assert acts(marja.gebruiker) == ["ingelogd"]
    client.post("/uitloggen/")
    assert acts(marja.gebruiker) == ["ingelogd", "uitgelogd"]


def test_an_example_account_leaves_a_line_too(medewerker: Callable[..., Medewerker], client: Client) -> None:
    vera = medewerker("behandelaar-groen@voorbeeld.example").gebruiker
    client.post("/inloggen/voorbeeld/", {"email": vera.email})
    assert acts(vera) == ["ingelogd"]


def test_a_resident_leaves_none(ask_code: Callable[[str], str], client: Client) -> None:
    code = ask_code("wil@bewoner.example")
    client.post("/inloggen/code/", {"code": code})
    client.post("/account/", {"naam": "Wil"})
    assert Gebruiker.objects.get().naam == "Wil"
    client.post("/uitloggen/")
    assert not Spoorregel.objects.exists()


def test_a_password_that_is_changed(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    marja.sign_in(client)
    client.post("/account/wachtwoord/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.check_password(NEW)
    assert acts(marja.gebruiker) == ["ingelogd", "wachtwoord_gekozen"]


def test_a_password_that_is_chosen_by_a_link(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker()
    link = actions.password_link(marja.gebruiker)
    page = client.get(link[link.index("/wachtwoord/") :], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    marja.gebruiker.refresh_from_db()
    assert marja.gebruiker.check_password(NEW)
    assert acts(marja.gebruiker) == ["wachtwoord_gekozen"]


def test_a_second_factor_that_is_set_up(medewerker: Callable[..., Medewerker], client: Client) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": "000000"})
    assert acts(marja.gebruiker) == ["ingelogd"]
    client.post(SET_UP, {"code": totp_code(secret)})
    client.post(NEW_CODES)
    assert acts(marja.gebruiker) == ["ingelogd", "tweede_factor_ingesteld", "herstelcodes_gemaakt"]


@pytest.mark.parametrize("page", [SET_UP, NEW_CODES])
def test_what_allauth_writes_goes_with_its_line(
    page: str, medewerker: Callable[..., Medewerker], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    marja = medewerker(second_factor=False)
    marja.sign_in(client)
    code = totp_code(client.get(SET_UP).context["form"].secret)
    if page == NEW_CODES:
        client.post(SET_UP, {"code": code})
    before = list(Authenticator.objects.order_by("pk").values())

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError

    monkeypatch.setattr(Spoorregel, "save", fail)
    with pytest.raises(OSError):
        client.post(page, {"code": code})
    assert list(Authenticator.objects.order_by("pk").values()) == before


def test_nobody_comes_in_unseen(
    medewerker: Callable[..., Medewerker], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    marja = medewerker(second_factor=False)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError

    monkeypatch.setattr(Spoorregel, "save", fail)
    client.raise_request_exception = False
    assert marja.give_password(client).status_code == 500
    assert "_auth_user_id" not in client.session


def test_looks_at_accounts(medewerker: Callable[..., Medewerker], beheerder: Medewerker, client: Client) -> None:
    wil = actions.ensure_bewoner(email="wil@bewoner.example")
    beheerder.sign_in(client)
    pages = ["/beheer/gebruikers/gebruiker/", f"/beheer/gebruikers/gebruiker/{wil.pk}/change/"]
    for page in pages:
        client.head(page)
        client.get(page)
    # Shown again: with the error at a field, and as the answer to a form without a choice.
    client.post(pages[1], {"naam": "W" * 500, "is_active": "on"})
    client.post(pages[0])
    lines = Spoorregel.objects.order_by("pk").filter(handeling__contains="bekeken")
    assert [(line.handeling, line.about_number) for line in lines] == [
        ("gebruiker.lijst_bekeken", ""),
        ("gebruiker.bekeken", str(wil.pk)),
        ("gebruiker.bekeken", str(wil.pk)),
        ("gebruiker.lijst_bekeken", ""),
    ]
    assert {line.door_id for line in lines} == {beheerder.gebruiker.pk}
