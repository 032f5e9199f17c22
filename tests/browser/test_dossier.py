"""The file of a melding as its behandelaar uses it: joined doubles, and the scripts that black out and fill in."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from gebieden.models import Buurt
from meldingen.models import Categorie, Melding
from meldingen.rules import Status
from tests.factories import BehandelaarFactory, FotoFactory, MeldingFactory, TekstblokFactory
from tests.inloggen import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EERSTE, TWEEDE = "eerste@voorbeeld.example", "tweede@voorbeeld.example"
WAAG = {"lat": 52.6318, "lon": 4.7502}
WORDS = "De buurman, Jan Jansen, reed de lamp om."


@pytest.fixture
def melding():
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    wijk = Buurt.objects.with_wijk().filter(wijk__slug="centrum")[0].wijk
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    return MeldingFactory(categorie=categorie, wijk=wijk, omschrijving=WORDS, email=EERSTE, **WAAG)


@pytest.fixture
def desk(melding, client, new_context, live_server):
    """A page of a behandelaar of the melding."""
    sign_in(client, BehandelaarFactory(afdeling=melding.afdeling).gebruiker)
    context = new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context.new_page()


def go(page, name, *args):
    page.goto(reverse(name, args=args))


def test_two_are_joined_closed_together_and_taken_apart(melding, desk, mailbox):
    later = MeldingFactory(
        categorie=melding.categorie,
        wijk=melding.wijk,
        email=TWEEDE,
        created_at=melding.created_at + timedelta(minutes=5),
        **WAAG,
    )

    def change(nummer, status, words):
        go(desk, "behandelen_status", nummer)
        desk.get_by_label(status, exact=True).check()
        desk.get_by_label("Toelichting").fill(words)
        desk.get_by_role("button", name="Wijzig de status").click()
        expect(desk.get_by_text("De melder krijgt bericht.")).to_be_visible()

    # With one press, in the file of the first; by keyboard.
    go(desk, "behandelen_melding", melding.nummer)
    desk.get_by_role("button", name="Voeg samen").press("Enter")
    expect(desk.get_by_text(f"{later.nummer_leesbaar} is nu een dubbele van {melding.nummer_leesbaar}")).to_be_visible()
    assert melding.nummer_leesbaar in mailbox.last(TWEEDE).body

    # Who reported the double hears what is told to who reported the first.
    change(melding.nummer, "Opgelost", "De lamp brandt weer.")
    for reporter in (EERSTE, TWEEDE):
        assert "De lamp brandt weer." in mailbox.last(reporter).body

    # It was another lamp after all: work again, for one of them.
    change(later.nummer, "In behandeling", "Dit is toch een andere lamp.")
    assert "Dit is toch een andere lamp." in mailbox.last(TWEEDE).body
    assert "De lamp brandt weer." in mailbox.last(EERSTE).body
    later.refresh_from_db()
    assert (later.status, later.eerste) == (Status.IN_BEHANDELING, None)


def test_selected_words_and_drawn_parts_are_blacked_out(melding, desk):
    foto = FotoFactory(melding=melding, stored=True)
    go(desk, "tekst_lakken", melding.nummer)
    words = desk.get_by_label("Wat iedereen leest")
    # From the middle of the one word to the middle of the other: half a name is no secret.
    start, end = WORDS.index("an Jansen"), WORDS.index("sen,")
    words.evaluate("(area, [start, end]) => area.setSelectionRange(start, end)", [start, end])
    desk.get_by_role("button", name="Lak weg wat ik selecteer").click()
    expect(words).to_have_value(WORDS.replace("Jan Jansen", "[weggelakt]"))
    desk.get_by_role("button", name="Lak weg en maak openbaar").click()
    expect(desk.get_by_text("De omschrijving is openbaar, zonder de weggelakte woorden.")).to_be_visible()

    go(desk, "foto_lakken", melding.nummer, foto.uuid)
    box = desk.locator(".lakken svg").bounding_box()
    assert box
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    desk.mouse.move(x + width / 2, y + height / 2)
    desk.mouse.down()
    # Beyond the photo it ends at its border.
    desk.mouse.move(x + width + 9, y + height + 9)
    desk.mouse.up()
    expect(desk.get_by_label("Zwarte vlakken")).to_have_value("50 50 50 50")
    expect(desk.locator(".lakken rect")).to_have_count(1)

    public = Melding.objects.get()
    go(desk, "melding", public.nummer)
    expect(desk.get_by_text(public.omschrijving_gelakt)).to_be_visible()
    expect(desk.get_by_text("Jansen")).to_have_count(0)


def test_a_standard_text_comes_with_its_status_and_goes_with_it(melding, desk):
    TekstblokFactory(titel="Hersteld", tekst="De lamp is hersteld.", statussen=["opgelost"])
    go(desk, "behandelen_status", melding.nummer)
    texts, words = desk.get_by_label("Standaardtekst"), desk.get_by_label("Toelichting")
    words.fill("Beste melder.")
    desk.get_by_label("Opgelost", exact=True).check()
    texts.select_option("Hersteld (bij Opgelost)")
    expect(words).to_have_value("Beste melder.\nDe lamp is hersteld.")
    desk.get_by_label("In behandeling", exact=True).check()
    expect(words).to_have_value("Beste melder.")
    expect(texts).to_have_value("")
