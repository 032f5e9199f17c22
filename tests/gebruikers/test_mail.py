"""Every mail of sign-in can be sent, in our words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from berichten import mail
from berichten.models import Bericht
from gebruikers import actions
from gebruikers.adapter import MAILS
from tests.gebruikers.conftest import Medewerker

ROOT = Path(__file__).resolve().parent.parent.parent

EXAMPLES = {
    "inlogcode": {"code": "1234-5678"},
    "inloggen_medewerker": {},
    "account_staat_uit": {},
    "uitnodiging": {"naam": "Piet", "link": "https://portaal.voorbeeld.example/x/", "dagen": 3},
    "wachtwoord_nieuw": {"password_reset_url": "https://portaal.voorbeeld.example/x/"},
    "wachtwoord_gewijzigd": {},
    "tweede_factor_ingesteld": {},
    "tweede_factor_gereset": {"moment": "21-11-2026, 08.00 uur"},
    "herstelcodes_vernieuwd": {},
}


@pytest.mark.parametrize("template", EXAMPLES)
def test_text_and_html_say_the_same(template: str) -> None:
    values = {**EXAMPLES[template], "PORTAL_URL": "https://portaal.voorbeeld.example"}
    subject, text = mail.render_text(f"berichten/{template}.txt", values)
    html = render_to_string(f"berichten/{template}.html", {**values, "subject": subject})
    assert subject
    for value in EXAMPLES[template].values():
        assert str(value) in text
        assert str(value) in html
    if template == "inloggen_medewerker":
        assert "https://portaal.voorbeeld.example/inloggen/medewerkers/" in text
        assert 'href="https://portaal.voorbeeld.example/inloggen/medewerkers/"' in html


#: The mails whose content opens an account.
SECRETS = {"inlogcode", "uitnodiging", "wachtwoord_nieuw"}


def test_what_opens_an_account_is_announced_as_a_secret(
    client: Client, medewerker: Callable[..., Medewerker], beheerder: Medewerker
) -> None:
    marja = medewerker().gebruiker
    client.post(reverse("account_request_login_code"), {"email": "wil@bewoner.example"})
    client.post(reverse("account_reset_password"), {"email": marja.email})
    actions.invite_medewerker(email="piet@alkmaar.example", naam="Piet", is_beheerder=False, by=beheerder.gebruiker)
    actions.reset_second_factor(gebruiker_id=marja.pk, by=beheerder.gebruiker)
    announced = dict(Bericht.objects.values_list("template", "secret"))
    assert announced == {**dict.fromkeys(SECRETS, True), "tweede_factor_gereset": False}


def test_every_mail_with_a_code_or_a_link_is_a_secret() -> None:
    assert {entry.template for entry in MAILS.values() if entry.takes} <= SECRETS
    assert {
        name for name, values in EXAMPLES.items() if values.keys() & {"code", "link", "password_reset_url"}
    } == SECRETS


def test_every_mail_of_allauth_has_one_of_ours() -> None:
    assert {entry.template for entry in MAILS.values()} <= set(EXAMPLES)


def test_every_template_of_ours_that_allauth_looks_for_is_its_own() -> None:
    """A page that falls back on allauth's own template would speak English and informally."""
    import allauth

    theirs = Path(allauth.__file__).parent / "templates"
    for ours in [*(ROOT / "templates" / "account").rglob("*.*"), *(ROOT / "templates" / "mfa").rglob("*.*")]:
        assert (theirs / ours.relative_to(ROOT / "templates")).exists(), ours
