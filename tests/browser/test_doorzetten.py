"""Somebody else's: handed over, given back, handed over again and done; the resident reads one story."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from basis import via
from meldingen.models import Categorie
from meldingen.rules import OWN_LINK
from tests.factories import BehandelaarFactory, FotoFactory, MeldingFactory, OrganisatieFactory, WijkFactory
from tests.inloggen import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MELDER, WATERSCHAP = "melder@voorbeeld.example", "waterschap@voorbeeld.example"


def test_handed_over_given_back_and_done_in_one_story(client, live_server, new_context, mailbox):
    call_command("laad_categorieen", verbosity=0)
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    melding = MeldingFactory(
        categorie=categorie, wijk=WijkFactory(), email=MELDER, omschrijving="De lamp bij de sluis."
    )
    FotoFactory(melding=melding, stored=True)
    OrganisatieFactory(naam="Het waterschap", email_meldingen=WATERSCHAP)
    sign_in(client, BehandelaarFactory(afdeling=melding.afdeling).gebruiker)
    desk = new_context()
    desk.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    werk, buiten = desk.new_page(), new_context().new_page()

    def hand_over(toelichting):
        werk.goto(reverse("behandelen_melding", args=[melding.nummer]))
        werk.get_by_role("link", name="Doorzetten").click()
        werk.get_by_label("Organisatie", exact=True).select_option("Het waterschap")
        werk.get_by_label("Wat vraagt u de organisatie?").fill("Kunt u de lamp bij de sluis nakijken?")
        werk.get_by_label("Deel de omschrijving").check()
        werk.get_by_label("Foto 1").check()
        werk.get_by_label("Toelichting").fill(toelichting)
        werk.get_by_role("button", name="Zet de melding door").click()
        expect(werk.get_by_role("heading", name="Ligt bij Het waterschap")).to_be_visible()

    def answer(button, label, words, then):
        buiten.get_by_role("link", name=button).click()
        buiten.get_by_label(label).fill(words)
        buiten.locator("main button[type=submit]").click()
        expect(buiten.get_by_text(then)).to_be_visible()

    # The organisation opens the link of its mail, sees what was shared and takes it; then it looks closer.
    hand_over("De lamp is van het waterschap.")
    buiten.goto(mailbox.link(WATERSCHAP))
    expect(buiten).to_have_url(re.compile(rf"/overdracht/{melding.nummer}/$"))
    expect(buiten.get_by_text("De lamp bij de sluis.")).to_be_visible()
    expect(buiten.get_by_role("img", name="Foto 1 van 1")).to_be_visible()
    expect(buiten.get_by_text(MELDER)).to_have_count(0)
    answer("Neem de melding aan", "Toelichting", "We gaan kijken.", "De melder krijgt bericht dat u ermee")
    assert "We gaan kijken." in mailbox.last(MELDER).body
    answer("geef terug", "Waarom geeft u", "Deze mast is van de gemeente.", "De melding ligt weer bij de gemeente.")
    assert "Deze mast is van de gemeente." in mailbox.last(MELDER).body

    # It was theirs after all: the second link is another one.
    hand_over("We hebben gebeld: de mast is toch van het waterschap.")
    buiten.goto(mailbox.link(WATERSCHAP))
    answer("Meld gereed", "Toelichting", "De lamp brandt weer.", "en kan zeggen of het is opgelost")

    # The resident is asked whether it is so, and reads it all in one place.
    assert "Is het opgelost?" in mailbox.last(MELDER).body
    bewoner = new_context(viewport={"width": 360, "height": 740}).new_page()
    bewoner.goto(via.address(OWN_LINK, melding.pk, melding.via_versie))
    story = bewoner.get_by_role("listitem").filter(has=bewoner.get_by_role("time"))
    said = ["", "De lamp is van", "We gaan kijken.", "Deze mast is", "We hebben gebeld", "De lamp brandt weer."]
    expect(story).to_have_count(len(said))
    for step, words in zip(story.all(), said, strict=True):
        expect(step).to_contain_text(words)
    expect(bewoner.get_by_text("namens Het waterschap")).to_have_count(3)
    expect(bewoner.get_by_role("link", name="Zeg of het is opgelost")).to_be_visible()
