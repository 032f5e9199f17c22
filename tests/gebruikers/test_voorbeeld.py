"""Example accounts sign in with one click, in the embedded portal and nowhere else."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.test import Client

from gebruikers import actions
from gebruikers.models import Gebruiker
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS, ExampleAccount
from tests.gebruikers.conftest import Medewerker

pytestmark = pytest.mark.django_db

SIGN_IN = "/inloggen/voorbeeld/"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def examples(db: None) -> None:
    for account in EXAMPLE_ACCOUNTS:
        actions.ensure_example_account(account)


def test_page_offers_every_example_account(client: Client) -> None:
    page = client.get("/inloggen/").content.decode()
    for account in EXAMPLE_ACCOUNTS:
        assert f'name="email" value="{account.email}"' in page
        assert str(account.label) in page


@pytest.mark.parametrize("account", EXAMPLE_ACCOUNTS, ids=lambda account: account.email)
def test_one_click_signs_in_and_passes_the_second_factor(
    account: ExampleAccount, examples: None, client: Client
) -> None:
    response = client.post(SIGN_IN, {"email": account.email})
    own_work = "/beheer/" if account.is_beheerder else "/account/" if account.is_medewerker else "/"
    assert response.headers["Location"] == own_work
    assert get_user(client).email == account.email  # type: ignore[arg-type, union-attr]
    assert client.get("/account/").status_code == 200
    assert client.get("/beheer/").status_code == (200 if account.is_beheerder else 403)


def test_one_click_goes_back_to_where_one_came_from(examples: None, client: Client) -> None:
    data = {"email": "bewoner@voorbeeld.example", "next": "/account/"}
    assert client.post(SIGN_IN, data).headers["Location"] == "/account/"


def test_changing_to_another_example_starts_a_new_session(examples: None, client: Client) -> None:
    client.post(SIGN_IN, {"email": "beheerder@voorbeeld.example"})
    before = client.session.session_key
    client.post(SIGN_IN, {"email": "bewoner@voorbeeld.example"})
    assert client.session.session_key != before
    assert client.get("/beheer/").status_code == 403


@pytest.mark.parametrize("email", ["bea@alkmaar.example", "BEHEERDER@voorbeeld.example", ""])
def test_nobody_else_signs_in_with_one_click(email: str, examples: None, beheerder: Medewerker, client: Client) -> None:
    assert client.post(SIGN_IN, {"email": email}).status_code == 404
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_only_a_click_signs_in(examples: None, client: Client) -> None:
    assert client.get(SIGN_IN, {"email": "bewoner@voorbeeld.example"}).status_code == 405


def test_click_of_another_site_is_refused(examples: None) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, {"email": "beheerder@voorbeeld.example"}).status_code == 403


def test_outside_the_embedded_portal_there_is_no_such_door(examples: None, client: Client, settings: Any) -> None:
    settings.EMBEDDED = False
    for email in [account.email for account in EXAMPLE_ACCOUNTS]:
        assert client.post(SIGN_IN, {"email": email}).status_code == 404
    assert client.get(SIGN_IN).status_code == 404
    page = client.get("/inloggen/").content.decode()
    assert "Voorbeeldaccounts" not in page
    assert "voorbeeld.example" not in page
    with pytest.raises(PermissionDenied):
        actions.ensure_example_account(EXAMPLE_ACCOUNTS[0])


def test_session_of_an_example_account_is_worth_nothing_outside_the_embedded_portal(
    examples: None, client: Client, settings: Any
) -> None:
    client.post(SIGN_IN, {"email": "beheerder@voorbeeld.example"})
    assert client.get("/beheer/").status_code == 200
    settings.EMBEDDED = False
    assert client.get("/beheer/").headers["Location"] == "/account/tweede-factor/instellen/"


def test_making_examples_again_changes_nothing(examples: None) -> None:
    before = list(Gebruiker.objects.order_by("pk").values())
    for account in EXAMPLE_ACCOUNTS:
        actions.ensure_example_account(account)
    assert list(Gebruiker.objects.order_by("pk").values()) == before


def test_pages_about_passwords_and_factors_know_that_examples_have_none(examples: None, client: Client) -> None:
    client.post(SIGN_IN, {"email": "beheerder@voorbeeld.example"})
    assert "Wijzig uw wachtwoord" not in client.get("/account/").content.decode()
    statuses = {
        path: client.get(f"/account/{path}/").status_code
        for path in ["wachtwoord", "herstelcodes", "herstelcodes/nieuw", "bevestigen", "bevestigen/code"]
    }
    assert statuses == {
        "wachtwoord": 404,
        "herstelcodes": 404,
        "herstelcodes/nieuw": 200,
        "bevestigen": 403,
        "bevestigen/code": 403,
    }


def test_examples_have_no_password(examples: None, client: Client) -> None:
    assert not any(gebruiker.has_usable_password() for gebruiker in Gebruiker.objects.all())


def test_with_the_settings_of_production_the_door_is_gone(outbox: Callable[[], object]) -> None:
    script = """
import json
import django
django.setup()
from django.test import RequestFactory
from django.http import Http404
from gebruikers.views import inloggen_voorbeeld
def status(method):
    try:
        request = getattr(RequestFactory(), method)("/", {"email": "beheerder@voorbeeld.example"})
        return inloggen_voorbeeld(request).status_code
    except Http404:
        return 404
print(json.dumps([status("get"), status("post")]))
"""
    production = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "alkmaar_portal.settings",
        "SECRET_KEY": "s" * 60,
        "ALLOWED_HOSTS": "portaal.voorbeeld.example",
        "PORTAL_URL": "https://portaal.voorbeeld.example",
        "DATABASE_URL": "postgres://portal:portal@localhost/portal",
        "CACHE_URL": "redis://localhost/1",
        "BROKER_URL": "redis://localhost/2",
        "EMAIL_URL": "submission://user:password@mail.voorbeeld.example",
        "MAIL_FROM": "portaal@voorbeeld.example",
        "SECURITY_CONTACT": "mailto:beveiliging@voorbeeld.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=production, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [404, 404]
