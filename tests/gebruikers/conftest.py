"""People who sign in, and what reaches their mailbox."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from berichten.models import Bericht
from gebruikers.models import Gebruiker

PASSWORD = "paard batterij nietje juist"


@dataclass
class Medewerker:
    """A medewerker as the person knows themselves: with a password, and a phone that makes codes."""

    gebruiker: Gebruiker
    secret: str = ""

    def code(self) -> str:
        return totp_code(self.secret)

    def give_password(self, client: Client, **data: str) -> Any:
        return client.post(reverse("account_login"), {"login": self.gebruiker.email, "password": PASSWORD, **data})

    def sign_in(self, client: Client) -> None:
        """Password and, for who has one, the second factor."""
        response = self.give_password(client)
        if self.secret:
            response = client.post(reverse("mfa_authenticate"), {"code": self.code()})
        assert response.status_code == 302
        assert client.session["_auth_user_id"] == str(self.gebruiker.pk)


def totp_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def medewerker(db: None) -> Callable[..., Medewerker]:
    """Makes medewerkers; `second_factor=False` for one who has none yet."""

    def make(email: str = "marja@alkmaar.example", *, second_factor: bool = True, **fields: Any) -> Medewerker:
        gebruiker = Gebruiker(email=email, naam=fields.pop("naam", "Marja"), is_medewerker=True, **fields)
        gebruiker.set_password(PASSWORD)
        gebruiker.save()
        if not second_factor:
            return Medewerker(gebruiker)
        secret = generate_totp_secret()
        TOTP.activate(gebruiker, secret)
        return Medewerker(gebruiker, secret)

    return make


@pytest.fixture
def beheerder(medewerker: Callable[..., Medewerker]) -> Medewerker:
    return medewerker("bea@alkmaar.example", naam="Bea", is_beheerder=True)


@dataclass
class Mail:
    """One message in the outbox."""

    template: str
    to: str
    context: dict[str, Any]


@pytest.fixture
def outbox(db: None) -> Callable[[], list[Mail]]:
    """All that was announced, oldest first."""

    def read() -> list[Mail]:
        return [Mail(row.template, row.to, row.context or {}) for row in Bericht.objects.order_by("pk")]

    return read


@pytest.fixture
def ask_code(client: Client, outbox: Callable[[], list[Mail]]) -> Callable[[str], str]:
    """Ask for a code on the page, and read it in the mail."""

    def ask(email: str) -> str:
        response = client.post(reverse("account_request_login_code"), {"email": email})
        assert response.status_code == 302
        return str(outbox()[-1].context["code"])

    return ask
