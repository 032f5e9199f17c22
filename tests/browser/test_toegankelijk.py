"""axe on every public page and form, and on the rooms of staff, at 1280 and at 320 pixels."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from basis import via
from gebieden.models import Buurt, Gebied, Teamlid
from gebieden.rules import Rol
from meldingen.models import Behandelaar, Categorie, Melding
from meldingen.rules import Status
from tests.factories import FotoFactory, GebruikerFactory, MeldingFactory, many_meldingen
from tests.inloggen import sign_in
from tests.pdok_server import pdok

__all__ = ["pdok"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def melding(pdok):
    """Alkmaar with something of everything, and one melding that has it all."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    dorp = Buurt.objects.get(naam="Stompetoren")
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    place = {"lat": dorp.label_lat, "lon": dorp.label_lon, "wijk": dorp.wijk, "buurt": dorp}
    melding = MeldingFactory(
        categorie=categorie, **place, email="melder@voorbeeld.example", naam="Voorbeeld", tekst_besluit="openbaar"
    )
    for status in (Status.IN_BEHANDELING, Status.OPGELOST, Status.HEROPEND):
        MeldingFactory(categorie=categorie, **place, status=status)
    FotoFactory(melding=melding, stored=True, besluit="openbaar")
    FotoFactory(melding=melding, stored=True)
    many_meldingen(60, melding)
    Teamlid.objects.create(
        gebied=dorp.wijk.gebied, rol=Rol.GEBIEDSREGISSEUR, email="oost@voorbeeld.example", telefoon="14 072"
    )
    return melding


def check(page, accessible, paths, client=None):
    if client:
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": page.url or "http://127.0.0.1"}])
    for path in paths:
        page.goto(path)
        # The words below a map come with its points.
        for words in page.locator(".kaart-figure [role=status]").all():
            expect(words).not_to_be_empty()
        accessible(page)


def test_public_pages(melding, page_at_each_width, accessible):
    stompetoren = melding.buurt
    check(
        page_at_each_width,
        accessible,
        [
            "/",
            "/gebieden/",
            *(gebied.get_absolute_url() for gebied in Gebied.objects.filter(slug__in=["oost", "west"])),
            stompetoren.wijk.get_absolute_url(),
            stompetoren.get_absolute_url(),
            "/meldingen/",
            "/meldingen/?status=alle&pagina=2",
            "/meldingen/?wijk=onbekend",
            "/meldingen/?wijk=overdie",
            melding.get_absolute_url(),
            "/zoeken/",
            "/zoeken/?q=stompetoren",
            "/zoeken/?q=xyzzy",
            "/initiatieven/",
            "/agenda/",
            "/hulp/",
            "/toegankelijkheid/",
            "/privacy/",
            "/inloggen/",
            "/inloggen/medewerkers/",
            "/wachtwoord/vergeten/",
            "/postvak/",
            "/bestaat-niet/",
        ],
    )


def test_pages_of_whoever_sent_it(melding, page_at_each_width, accessible):
    page = page_at_each_width
    page.goto(via.address("melding", melding.pk, melding.via_versie))
    accessible(page)
    check(page, accessible, [reverse("melding_verstuurd", args=[melding.nummer])])


def test_rooms_of_staff(melding, page_at_each_width, accessible, client, live_server):
    medewerker = GebruikerFactory(beheerder=True)
    Behandelaar.objects.create(gebruiker=medewerker, afdeling=melding.afdeling)
    sign_in(client, medewerker)
    page = page_at_each_width
    page.goto(live_server.url)
    closed = Melding.objects.get(status=Status.OPGELOST)
    lid = Teamlid.objects.get()
    rooms = ["behandelen_melding", "behandelen_status", "behandelen_categorie", "behandelen_afdeling"]
    check(
        page,
        accessible,
        [
            "/behandelen/",
            "/behandelen/?toon=te_laat",
            "/behandelen/?wijk=x",
            *(reverse(name, args=[melding.nummer]) for name in rooms),
            reverse("behandelen_melding", args=[closed.nummer]),
            reverse("gebied_bewerken", args=["oost"]),
            reverse("gebied_inleiding", args=["oost"]),
            reverse("teamlid_nieuw", args=["oost"]),
            reverse("teamlid_wijzigen", args=["oost", lid.pk]),
            reverse("teamlid_verwijderen", args=["oost", lid.pk]),
            "/account/",
            "/meldingen/mijn/",
            "/uitloggen/",
        ],
        client,
    )


def test_forms_with_errors(melding, page_at_each_width, accessible, client, live_server):
    medewerker = GebruikerFactory(medewerker=True)
    Behandelaar.objects.create(gebruiker=medewerker, afdeling=melding.afdeling)
    sign_in(client, medewerker)
    page = page_at_each_width
    page.goto(live_server.url)
    check(page, accessible, [reverse("behandelen_status", args=[melding.nummer])], client)
    page.get_by_role("button", name="Wijzig de status").click()
    page.get_by_role("heading", name="Kijk nog even naar").wait_for()
    accessible(page)
