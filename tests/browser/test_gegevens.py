"""A reporter corrects the own address and then takes everything back, by the private link alone."""

import pytest
from playwright.sync_api import expect

from meldingen.actions import announce
from tests.factories import FotoFactory, MeldingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WRONG, RIGHT = "mien@voorbeld.example", "mien@voorbeeld.example"


def test_a_reporter_corrects_the_address_and_erases_everything(phone, mailbox, accessible):
    melding = MeldingFactory(naam="Mien", email=WRONG, omschrijving="Bij mijn buurman Piet brandt de lamp niet.")
    FotoFactory(melding=melding, stored=True)
    announce.received(melding)
    phone.goto(mailbox.link(WRONG))
    phone.get_by_role("link", name="Mijn gegevens bij deze melding").click()
    expect(phone.get_by_text(WRONG)).to_be_visible()
    accessible(phone)

    phone.get_by_role("link", name="Wijzig hoe we u bereiken").click()
    phone.get_by_label("E-mailadres").fill(RIGHT)
    phone.get_by_role("button", name="Bewaar").click()
    expect(phone.get_by_text(f"{RIGHT} wacht op uw bevestiging.")).to_be_visible()
    phone.goto(mailbox.link(RIGHT))
    accessible(phone)
    phone.get_by_role("button", name="Ja, dit is mijn melding en mijn adres").click()
    expect(phone.get_by_text("Gelukt.")).to_be_visible()
    assert "ander e-mailadres" in mailbox.last(WRONG).body

    for what, gone in [
        ("Wis mijn foto’s", "We hebben geen foto’s van u"),
        ("Wis wat ik schreef", "We hebben geen woorden van u"),
        ("Wis mijn contactgegevens", "We hebben geen naam, e-mailadres of telefoonnummer van u"),
    ]:
        phone.get_by_role("link", name=what).click()
        phone.get_by_role("button", name="Ja, wis dit nu").click()
        expect(phone.get_by_text(gone)).to_be_visible()
    melding.refresh_from_db()
    assert (melding.naam, melding.email, melding.omschrijving, melding.fotos.count()) == ("", "", "", 0)
