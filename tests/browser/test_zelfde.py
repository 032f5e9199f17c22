"""Two neighbours see the same: the second follows the first's melding instead of reporting it again."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from gebieden.models import Buurt
from meldingen import actions
from meldingen.models import Categorie, Melding
from tests.factories import BehandelaarFactory, MeldingFactory
from tests.pdok_server import pdok

__all__ = ["pdok"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BUUR = "buur@voorbeeld.example"
WAAG = {"lat": 52.6318, "lon": 4.7502}


@pytest.fixture
def melding(pdok):
    """A street lamp that somebody reported on the Waagplein, and the real areas and categories around it."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    wijk = Buurt.objects.with_wijk().filter(wijk__slug="centrum")[0].wijk
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    return MeldingFactory(categorie=categorie, wijk=wijk, **WAAG)


def test_a_double_is_followed(melding, phone, mailbox, accessible):
    phone.goto(f"/meldingen/nieuw/?lat={WAAG['lat'] + 0.0004}&lon={WAAG['lon']}")
    phone.get_by_role("button", name="Verder").click()
    phone.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    nabij = phone.get_by_role("listitem").filter(has_text="45 meter verderop")
    expect(nabij).to_contain_text("Straatverlichting kapot")
    expect(phone.locator("[data-nabij-status]")).to_have_text(
        "In de buurt is 1 melding die hierop lijkt. Is dit hetzelfde?"
    )
    accessible(phone)
    phone.get_by_role("link", name="Dit zie ik ook").click()
    phone.get_by_label("E-mailadres").fill(BUUR)
    phone.get_by_role("button", name="Houd mij op de hoogte").click()
    expect(phone.get_by_text("Bijna klaar.")).to_be_visible()
    expect(phone.get_by_text("ziet dit ook")).to_have_count(0)

    phone.goto(mailbox.link(BUUR))
    accessible(phone)
    phone.get_by_role("button", name="Ja, houd mij op de hoogte").click()
    expect(phone.get_by_text("1 ander ziet dit ook")).to_be_visible()

    by = BehandelaarFactory(afdeling=melding.afdeling).gebruiker
    actions.change_status(
        melding_id=melding.pk, versie=melding.versie, status="opgelost", by=by, toelichting="De lamp is vervangen."
    )
    assert "De lamp is vervangen." in mailbox.last(BUUR).body
    assert Melding.objects.count() == 1


def test_without_scripts_one_looks_with_a_button(melding, without_javascript):
    page = without_javascript
    page.goto(f"/meldingen/nieuw/?lat={WAAG['lat']}&lon={WAAG['lon']}&categorie=straatverlichting-kapot")
    page.get_by_label("Omschrijving").fill("De lamp bij de Waag brandt niet.")
    page.get_by_role("button", name="Kijk of dit al is gemeld").click()
    expect(page.get_by_text("op dezelfde plek")).to_be_visible()
    expect(page.get_by_label("Omschrijving")).to_have_value("De lamp bij de Waag brandt niet.")
    page.get_by_role("button", name="Verstuur melding").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uw melding is verstuurd")
