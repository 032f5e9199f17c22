"""The main job, as people do it: from a pin on the map to an answer in the mailbox."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from playwright.sync_api import expect

from meldingen.models import Categorie, Melding
from tests.factories import PASSWORD, BehandelaarFactory, GebruikerFactory
from tests.gebruikers.conftest import totp_code
from tests.pdok_server import pdok

__all__ = ["pdok"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MELDER = "melder@voorbeeld.example"


@pytest.fixture
def alkmaar(pdok):
    """The real areas and categories."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)


def sign_in_with_second_factor(page, medewerker):
    """From the work list to the sign-in of staff and back."""
    secret = generate_totp_secret()
    TOTP.activate(medewerker, secret)
    page.goto("/behandelen/")
    page.get_by_label("E-mailadres").fill(medewerker.email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Code").fill(totp_code(secret))
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Meldingen van")


def test_from_a_pin_to_an_answer(alkmaar, new_context, mailbox):
    melder = new_context(geolocation={"latitude": 52.6318, "longitude": 4.7502}, permissions=["geolocation"]).new_page()

    # The resident puts a pin and sends.
    melder.goto("/")
    melder.get_by_role("link", name="Er is iets kapot of vies").click()
    melder.get_by_role("button", name="Gebruik mijn plek").click()
    expect(melder.locator("[name=lat]")).to_have_value(re.compile(r"52\.63"))
    melder.get_by_role("button", name="Verder").click()
    melder.get_by_label("Waar gaat het over?").select_option("Straatverlichting kapot")
    melder.get_by_label("Omschrijving").fill("De lamp bij de Waag brandt al een week niet.")
    melder.get_by_role("button", name="Verder").click()
    melder.get_by_label("E-mailadres").fill(MELDER)
    melder.get_by_role("button", name="Verstuur").click()
    expect(melder.get_by_role("heading", level=1)).to_contain_text("Uw melding is verstuurd")
    melding = Melding.objects.get()
    expect(melder.get_by_text(melding.nummer_leesbaar).first).to_be_visible()

    # The mail holds the private link, which opens the own words on a phone that never saw the site.
    telefoon = new_context(viewport={"width": 360, "height": 740}).new_page()
    telefoon.goto(mailbox.link(MELDER))
    expect(telefoon).to_have_url(re.compile(rf"/meldingen/{melding.nummer}/$"))
    expect(telefoon.get_by_text("De lamp bij de Waag brandt al een week niet.")).to_be_visible()

    # Everybody sees that it was reported, not what was typed.
    buur = new_context().new_page()
    buur.goto("/gebieden/centrum/")
    buur.get_by_role("link", name="Straatverlichting kapot").click()
    expect(buur.get_by_text("De lamp bij de Waag")).to_have_count(0)

    # The behandelaar signs in with password and second factor, releases the text and solves it.
    behandelaar = BehandelaarFactory(afdeling=Categorie.objects.get(slug="straatverlichting-kapot").afdeling)
    werk = new_context().new_page()
    sign_in_with_second_factor(werk, behandelaar.gebruiker)
    werk.get_by_role("link", name="Straatverlichting kapot").click()
    werk.get_by_role("button", name=re.compile("Maak openbaar")).click()
    werk.get_by_role("link", name="Status wijzigen").click()
    werk.get_by_label("Opgelost", exact=True).check()
    werk.get_by_label("Toelichting").fill("De lamp is vervangen.")
    werk.get_by_role("button", name="Wijzig de status").click()
    expect(werk.get_by_text("De melder krijgt bericht.")).to_be_visible()

    # The reporter gets the answer.
    antwoord = mailbox.last(MELDER)
    assert "Opgelost" in antwoord.subject
    assert "De lamp is vervangen." in antwoord.body
    telefoon.goto(mailbox.link(MELDER))
    expect(telefoon.get_by_text("De lamp is vervangen.")).to_be_visible()

    # And the area page shows it to everybody, now with the released words behind it.
    buur.goto("/gebieden/centrum/")
    expect(buur.get_by_role("listitem").filter(has_text="Straatverlichting kapot")).to_contain_text("Opgelost")
    buur.get_by_role("link", name="Straatverlichting kapot").click()
    expect(buur.get_by_text("De lamp bij de Waag brandt al een week niet.")).to_be_visible()
    expect(buur.get_by_text("De lamp is vervangen.")).to_be_visible()


def test_a_resident_signs_in_with_a_code_and_finds_the_own_meldingen(alkmaar, page, mailbox):
    bewoner = GebruikerFactory()
    page.goto("/inloggen/")
    page.get_by_label("E-mailadres").fill(bewoner.email)
    page.get_by_role("button", name=re.compile("code")).first.click()
    code = re.search(r"^\d{4}-\d{4}$", str(mailbox.last(bewoner.email).body), re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code.group())
    page.get_by_role("button", name="Inloggen").click()
    page.goto("/meldingen/mijn/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn meldingen")
