"""The form of a new melding: the pin in all its ways, the steps, photos, and what is left without JavaScript."""

import re
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from playwright.sync_api import expect

from basis import fotos
from basis.fotos import check_number
from meldingen.models import Melding
from tests.factories import jpeg
from tests.pdok_server import pdok

__all__ = ["pdok"]
pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]

HERE = {"latitude": 52.65897, "longitude": 4.76709}
ELSEWHERE = {"latitude": 52.6598, "longitude": 4.7860}
OMSCHRIJVING = "De lantaarnpaal staat scheef en er hangen draden uit."


@pytest.fixture
def alkmaar(pdok):
    """The real areas and categories, and addresses."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    return pdok


def pin(page):
    """What the form will send as the pin: latitude and longitude in degrees, or None."""
    lat, lon = page.locator("[name=lat]").input_value(), page.locator("[name=lon]").input_value()
    return (float(lat), float(lon)) if lat and lon else None


def choose_place(page):
    """The first step, with a pin from an address."""
    page.get_by_label("Adres of straat").press_sequentially("cura")
    page.get_by_role("option", name="Curaçaostraat 12").click()
    page.get_by_role("button", name="Verder").click()


def describe(page):
    """The second step."""
    page.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    page.get_by_label("Omschrijving").fill(OMSCHRIJVING)
    page.get_by_role("button", name="Verder").click()


def test_the_pin_in_all_its_ways(alkmaar, new_context):
    page = new_context(geolocation=HERE, permissions=["geolocation"]).new_page()
    page.goto("/meldingen/nieuw/")
    kaart = page.get_by_role("region", name="Kaart om de plek aan te wijzen")
    adres, remove = page.get_by_label("Adres of straat"), page.get_by_role("button", name="Haal de speld weg")
    said = page.get_by_role("status").filter(has_text=re.compile("speld|Alkmaar"))
    expect(said).to_have_text("Er staat nog geen speld op de kaart.")

    # By mouse: outside, said at once; inside, from far away, only about right.
    kaart.click(position={"x": 20, "y": 20})
    expect(said).to_contain_text("Deze plek ligt buiten Alkmaar.")
    page.get_by_role("button", name="Verder").click()
    summary = page.get_by_role("link", name="Deze plek ligt buiten Alkmaar.")
    summary.click()
    expect(page.get_by_role("group", name="De plek op de kaart")).to_be_focused()
    expect(adres).not_to_have_attribute("aria-invalid", "true")
    kaart.click()
    expect(said).to_contain_text("Dit is ongeveer.")
    # What was wrong with the pin is right now, and no longer said.
    expect(summary).to_have_count(0)
    expect(page.locator(".field-error")).to_have_count(0)
    assert pin(page)
    remove.click()
    expect(said).to_have_text("Er staat nog geen speld op de kaart.")
    assert pin(page) is None

    # One's own place, with its address.
    page.get_by_role("button", name="Gebruik mijn plek").click()
    expect(said).to_have_text("De speld staat hier: Curaçaostraat, De Mare.")
    expect(adres).to_have_value("Curaçaostraat 10, 1825DA Alkmaar")
    expect(page.get_by_label("Wijk")).to_be_hidden()
    assert pin(page) == (HERE["latitude"], HERE["longitude"])

    # By keyboard, ten metres a key; the address that we filled in goes along.
    page.get_by_role("button", name="Zet de speld in het midden van de kaart").click()
    expect(kaart.get_by_role("application", name="Speld.")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    expect(adres).to_have_value("Curaçaostraat 12, 1825DA Alkmaar")
    assert pin(page) == pytest.approx((HERE["latitude"] + 0.00018, HERE["longitude"] + 0.000296), abs=0.00001)

    # By address; whoever types another one takes that pin away.
    adres.fill("waagpl")
    page.get_by_role("status").filter(has_text="1 adres gevonden").wait_for()
    adres.press("ArrowDown")
    adres.press("Enter")
    expect(adres).to_have_value("Waagplein 2, 1811JP Alkmaar")
    expect(said).to_have_text("De speld staat hier: Waagplein, Centrum.")
    assert pin(page) == (52.6318, 4.7502)
    adres.press_sequentially(" x")
    assert pin(page) is None
    adres.press("Escape")

    # One's own place, outside.
    page.context.set_geolocation(ELSEWHERE)
    page.get_by_role("button", name="Gebruik mijn plek").click()
    expect(said).to_have_text("U bent nu niet in Alkmaar. Zet de speld zelf op de kaart, of vul een adres in.")
    assert pin(page) is None


def test_addresses_and_places_that_cannot_be_had(alkmaar, page, findings):
    alkmaar.mood = "error"
    page.goto("/meldingen/nieuw/")
    page.get_by_role("button", name="Gebruik mijn plek").click()
    expect(page.get_by_text("Uw browser mag niet zeggen waar u bent.")).to_be_visible()
    with page.expect_response(lambda response: "adressen.json" in response.url):
        page.get_by_label("Adres of straat").press_sequentially("cura")
    expect(page.get_by_role("listbox")).to_have_count(0)
    # Said at once, and not only after three steps.
    expect(page.get_by_text("We kunnen nu geen adressen opzoeken.")).to_be_visible()
    page.get_by_label("Adres of straat").fill("Langestraat 97")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("link", name="We kunnen dit adres nu niet opzoeken. Kies ook de wijk.").click()
    expect(page.get_by_label("Wijk")).to_be_focused()
    page.get_by_label("Wijk").select_option("Centrum")
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", name="Wat is er aan de hand?")).to_be_visible()
    page.go_back()
    # The pin is good enough without an address.
    page.get_by_role("button", name="Zet de speld in het midden van de kaart").click()
    expect(page.get_by_role("status").filter(has_text="De speld staat hier:")).to_be_visible()
    assert all("adressen.json" in finding for finding in findings)
    findings.clear()


def test_one_step_at_a_time(alkmaar, page):
    page.goto("/meldingen/nieuw/")
    expect(page).to_have_title(re.compile("^Waar is het?"))

    # What is missing is said in the server's words, where the focus is.
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", name="Kijk nog even naar dit punt:")).to_be_focused()
    page.get_by_role("link", name="Zeg waar het is").click()
    expect(page.get_by_label("Adres of straat")).to_be_focused()
    choose_place(page)
    expect(page.get_by_role("heading", name="Wat is er aan de hand?")).to_be_focused()
    expect(page.get_by_role("complementary", name="De plek van uw melding")).to_contain_text("Curaçaostraat, De Mare")

    # Danger first.
    page.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    danger = page.get_by_role("alert").filter(has_text="Ziet u losse draden?")
    expect(danger.get_by_role("link", name="14 072")).to_have_attribute("href", "tel:14072")

    # The browser goes a step back and forward; what was typed stays. Enter goes on.
    page.get_by_label("Omschrijving").fill(OMSCHRIJVING)
    page.go_back()
    expect(page.get_by_role("heading", name="Waar is het?")).to_be_focused()
    page.get_by_label("Beschrijf de plek").fill("Naast de speeltuin")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Omschrijving")).to_have_value(OMSCHRIJVING)
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Terug", exact=True).click()
    expect(page.get_by_role("heading", name="Wat is er aan de hand?")).to_be_visible()
    page.go_forward()

    # A look at another page loses nothing.
    page.get_by_label("Naam").fill("Sam")
    page.get_by_role("link", name="Lees hoe we met uw gegevens omgaan").click()
    page.go_back()

    # What only the server can say opens its step, and again nothing is lost.
    page.get_by_label("Telefoonnummer").fill("12")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("heading", name="Kijk nog even naar dit punt:")).to_be_focused()
    expect(page.get_by_label("Telefoonnummer")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Naam")).to_have_value("Sam")
    expect(page.get_by_role("complementary", name="De plek van uw melding")).to_contain_text("Curaçaostraat")
    page.get_by_role("button", name="Terug", exact=True).click()
    expect(page.get_by_label("Omschrijving")).to_have_value(OMSCHRIJVING)
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Telefoonnummer").fill("")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uw melding is verstuurd")
    melding = Melding.objects.get()
    assert (melding.straat, melding.plek, melding.wijk.slug) == ("Curaçaostraat", "Naast de speeltuin", "de-mare")

    # Back in the form everything still stands there, and sent again it stays one melding.
    page.go_back()
    expect(page.get_by_label("Naam")).to_have_value("Sam")
    assert pin(page) == (melding.lat, melding.lon)
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_text("Deze melding hadden we al ontvangen.")).to_be_visible()
    assert Melding.objects.get() == melding


def test_photos_are_shown_and_judged_before_they_are_sent(alkmaar, page, tmp_path: Path):
    for number, colour in enumerate(["red", "green", "blue"], start=1):
        (tmp_path / f"foto{number}.jpg").write_bytes(jpeg(colour))
    big = tmp_path / "groot.jpg"
    with big.open("wb") as file:
        file.truncate(portal.FOTO_MAX_BYTES + 1)
    text = tmp_path / "brief.txt"
    text.write_text("geen foto")
    page.goto("/meldingen/nieuw/")
    choose_place(page)
    field = page.get_by_label("Foto")

    field.set_input_files([tmp_path / "foto1.jpg", big, text])
    with pytest.raises(fotos.FotoRefused) as too_big:
        fotos.prepare(SimpleUploadedFile("groot.jpg", b"x" * (portal.FOTO_MAX_BYTES + 1)))
    with pytest.raises(fotos.FotoRefused) as no_photo:
        fotos.prepare(SimpleUploadedFile("brief.txt", b"geen foto"))
    expect(page.get_by_text(f"groot.jpg: {too_big.value}")).to_be_visible()
    expect(page.get_by_text(f"brief.txt: {no_photo.value}")).to_be_visible()

    # What only looks like a photo by its name is refused at once; one that this browser can't draw is not.
    for name in ("leeg.jpg", "nep.jpg", "iphone.heic"):
        (tmp_path / name).write_bytes(b"" if name == "leeg.jpg" else b"geen foto")
    field.set_input_files([tmp_path / "leeg.jpg", tmp_path / "nep.jpg"])
    expect(page.get_by_text(f"leeg.jpg: {no_photo.value}")).to_be_visible()
    expect(page.get_by_text(f"nep.jpg: {no_photo.value}")).to_be_visible()
    expect(page.get_by_role("button", name="Haal weg")).to_have_count(1)
    field.set_input_files(tmp_path / "iphone.heic")
    expect(page.get_by_text("Geen voorbeeld van dit soort foto")).to_be_visible()
    page.get_by_role("button", name="Haal weg iphone.heic").click()

    # More are added to what is there, up to the limit.
    field.set_input_files([tmp_path / "foto2.jpg", tmp_path / "foto3.jpg", tmp_path / "foto1.jpg"])
    expect(page.get_by_role("button", name="Haal weg")).to_have_count(3)
    (tmp_path / "foto4.jpg").write_bytes(jpeg("yellow"))
    field.set_input_files(tmp_path / "foto4.jpg")
    with pytest.raises(fotos.RuleViolation) as too_many:
        check_number(4)
    expect(page.get_by_text(str(too_many.value))).to_be_visible()
    page.get_by_role("button", name="Haal weg foto2.jpg").click()
    expect(page.get_by_role("status").filter(has_text="2 foto’s gekozen")).to_be_attached()

    # They outlive an error of the server, and can still be taken out.
    describe(page)
    page.get_by_label("Telefoonnummer").fill("12")
    page.get_by_role("button", name="Verstuur melding").click()
    page.get_by_role("button", name="Terug", exact=True).click()
    kept = page.get_by_role("group", name="Deze foto’s hebben we al")
    expect(kept.get_by_role("img")).to_have_count(2)
    kept.get_by_label("Haal foto 1 weg").check()
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Telefoonnummer").fill("")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uw melding is verstuurd")
    assert Melding.objects.get().fotos.count() == 1


def test_every_step_is_accessible(alkmaar, page_at_each_width, accessible):
    page = page_at_each_width
    page.goto("/meldingen/nieuw/")
    page.get_by_role("region", name="Kaart om de plek aan te wijzen").locator("path").first.wait_for()
    accessible(page)
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Adres of straat").press_sequentially("cura")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    accessible(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Verder").click()
    expect(page.locator("[data-gevaar-van]").first).to_be_hidden()
    page.get_by_text("Wat valt waaronder?").click()
    accessible(page)
    page.get_by_label("Foto").set_input_files([{"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}])
    describe(page)
    page.get_by_label("E-mailadres").fill("jan")
    page.get_by_role("button", name="Verstuur melding").click()
    page.get_by_role("heading", name="Kijk nog even naar dit punt:").wait_for()
    accessible(page)


def test_without_javascript_one_page_does_it_all(alkmaar, without_javascript):
    page = without_javascript
    page.goto("/meldingen/nieuw/")
    expect(page.get_by_role("button", name="Verder")).to_have_count(0)
    expect(page.get_by_role("button", name="Gebruik mijn plek")).to_have_count(0)
    # What to do first in danger stands there openly; with scripts it comes with the choice.
    expect(page.locator("[data-gevaar-van]").first).to_be_visible()
    # The long list of what belongs where opens when asked for, also without scripts.
    expect(page.locator(".categories dl").first).to_be_hidden()
    # Nobody is sent to a map that is not there.
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("link", name="Zeg waar het is: vul een adres in")).to_be_visible()
    page.get_by_label("Waar gaat het over?").select_option("Zwerfvuil")
    page.get_by_label("Omschrijving").fill("Overal ligt plastic in het gras.")
    page.get_by_label("Beschrijf de plek").fill("Naast de ingang van de speeltuin")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("link", name="Kies de wijk waar het is.")).to_be_visible()
    page.get_by_label("Wijk").select_option("Overdie")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uw melding is verstuurd")
    melding = Melding.objects.get()
    assert (melding.wijk.slug, melding.plek, melding.lat) == ("overdie", "Naast de ingang van de speeltuin", None)


def test_enter_in_the_last_step_sends(alkmaar, new_context):
    """A button that only looks is hidden here, and would come first."""
    page = new_context().new_page()
    page.goto("/meldingen/nieuw/")
    choose_place(page)
    describe(page)
    page.get_by_label("Naam").fill("Sam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dank u wel. Uw melding is verstuurd.")).to_be_visible()
    assert Melding.objects.get().naam == "Sam"


def test_enter_sends_without_scripts_too(alkmaar, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/meldingen/nieuw/")
    page.get_by_label("Adres of straat").fill("Curaçaostraat 12")
    page.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    page.get_by_label("Omschrijving").fill(OMSCHRIJVING)
    page.get_by_label("Naam").fill("Sam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dank u wel. Uw melding is verstuurd.")).to_be_visible()
