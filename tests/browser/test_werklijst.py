"""The work list by keyboard: choose two, give both another status, and see what was done."""

import pytest
from playwright.sync_api import expect

from meldingen.models import Melding
from meldingen.rules import Status
from tests.factories import BehandelaarFactory, MeldingFactory, WijkFactory
from tests.inloggen import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]


def test_two_at_once_with_the_keyboard(page, client, live_server):
    behandelaar, wijk = BehandelaarFactory(), WijkFactory()
    first, second, third = (
        MeldingFactory(afdeling=behandelaar.afdeling, wijk=wijk, prioriteit=prioriteit) for prioriteit in (1, 2, 3)
    )
    sign_in(client, behandelaar.gebruiker)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto("/behandelen/")
    keys = page.keyboard

    # Outside the list a letter is a letter.
    page.get_by_label("Nummer, woord of straat").focus()
    keys.press("j")
    keys.press("x")
    expect(page.get_by_label("Nummer, woord of straat")).to_have_value("jx")
    expect(page.get_by_text("Nog niets gekozen")).to_be_visible()

    page.get_by_role("region", name="Meldingen van uw afdeling").focus()
    keys.press("j")
    expect(page.get_by_role("link", name=first.categorie.naam)).to_be_focused()
    keys.press("x")
    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("x")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(page.get_by_text("2 gekozen")).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Toetsen in de lijst")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("s")
    keys.press("Tab")
    keys.press("Enter")

    expect(page.get_by_text("Dit gebeurt met 2 meldingen.")).to_be_visible()
    page.get_by_label("Opgelost", exact=True).check()
    page.get_by_label("Toelichting").fill("De storm is opgeruimd.")
    page.get_by_role("button", name="Wijzig de status (2)").click()
    expect(page.get_by_text("2 meldingen zijn gewijzigd.")).to_be_visible()
    page.get_by_role("link", name="Terug naar de lijst").click()
    expect(page.get_by_role("link", name=third.categorie.naam)).to_be_visible()
    expect(page.get_by_role("link", name=first.categorie.naam)).to_have_count(0)
    assert set(Melding.objects.filter(status=Status.OPGELOST)) == {first, second}
