"""axe on every page and form of the portal, at 1280 and at 320 pixels; a page that is in no list here fails a test."""

import re
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import expect

from basis import via
from berichten import postvak
from berichten.models import Abonnement
from berichten.tasks import drain_outbox
from gebieden.models import Buurt, Teamlid
from gebieden.rules import Rol
from initiatieven.rules import Status as IdeeStatus
from meldingen.actions import announce
from meldingen.models import Behandelaar, Categorie, Emailwijziging, Melding, Overdracht
from meldingen.rules import CLOSED as CLOSED_STATUSES
from meldingen.rules import EMAIL_LINK, EMAIL_LINK_VERSION, FOLLOWED_AS, OVERDRACHT_LINK, OverdrachtStatus, Status
from tests.addresses import names_of_pages
from tests.factories import (
    DeeltaakFactory,
    FotoFactory,
    GebruikerFactory,
    InitiatiefFactory,
    MeldingFactory,
    NotitieFactory,
    OverdrachtFactory,
    TekstblokFactory,
    ZoekopdrachtFactory,
    many_meldingen,
)
from tests.gebruikers.conftest import totp_code
from tests.inloggen import sign_in
from tests.pdok_server import pdok

__all__ = ["pdok"]
pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]

NUMMER, CLOSED, ELSEWHERE = "20261121", "20261122", "20261123"
#: Ideas: one for everybody, one that waits for the Gebiedsteam, one that is still with its maker.
IDEE, OFFERED, CONCEPT = "20261131", "20261132", "20261133"
FOTO = UUID("a0ffe3c6-1a2b-4c3d-8e4f-5a6b7c8d9e0f")
PASSWORD = "paard batterij nietje juist"
WRONG = "Kijk nog even naar"

PUBLIC = [
    "/",
    "/gebieden/",
    "/gebieden/oost/",
    "/gebieden/west/",
    "/gebieden/oost/schermer/",
    "/gebieden/oost/schermer/stompetoren/",
    "/meldingen/",
    "/meldingen/?status=alle&pagina=2",
    "/meldingen/?wijk=onbekend",
    "/meldingen/?wijk=overdie",
    f"/meldingen/{NUMMER}/",
    f"/meldingen/{CLOSED}/",
    f"/meldingen/{NUMMER}/volgen/",
    "/meldingen/nieuw/",
    "/zoeken/",
    "/zoeken/?q=stompetoren",
    "/zoeken/?q=waagplein",
    "/zoeken/?q=xyzzy",
    "/meldingen/cijfers/",
    "/meldingen/cijfers/?gebied=noord",
    "/meldingen/cijfers/?jaar=1900",
    "/initiatieven/",
    "/initiatieven/?wijk=onbekend",
    "/initiatieven/?thema=veilig",
    "/initiatieven/nieuw/",
    f"/initiatieven/{IDEE}/",
    "/agenda/",
    "/open311/",
    "/hulp/",
    "/toegankelijkheid/",
    "/privacy/",
    "/privacy/vernietigd/",
    "/inloggen/",
    "/inloggen/medewerkers/",
    "/inloggen/geen-toegang/",
    "/wachtwoord/vergeten/",
    "/wachtwoord/vergeten/verstuurd/",
    "/wachtwoord/nieuw/1-verlopen/",
    "/postvak/",
    "/postvak/bericht/",
    "/bestaat-niet/",
]
#: What the sender is asked, by the status that asks it.
QUESTIONS = {
    Status.WACHT_OP_MELDER: f"/meldingen/{NUMMER}/antwoord/",
    Status.OPGELOST: f"/meldingen/{NUMMER}/oordeel/",
}
OF_THE_SENDER = [
    f"/meldingen/{NUMMER}/",
    f"/meldingen/{NUMMER}/verstuurd/",
    f"/meldingen/{NUMMER}/gegevens/",
    f"/meldingen/{NUMMER}/gegevens/contact/",
    f"/meldingen/{NUMMER}/gegevens/wissen/contact/",
    f"/meldingen/{NUMMER}/gegevens/wissen/woorden/",
]
#: Which whoever reads mail at a new address comes to by its link.
NEW_EMAIL = "/meldingen/email/1/"
OF_THE_ORGANISATION = f"/overdracht/{ELSEWHERE}/"
FORMS_OF_THE_ORGANISATION = [f"{OF_THE_ORGANISATION}{name}/" for name in ("aannemen", "vraag", "gereed", "teruggeven")]
ROOMS_OF_STAFF = [
    "/behandelen/",
    "/behandelen/?toon=te_laat",
    "/behandelen/?q=xyzzy",
    "/behandelen/?wijk=x",
    "/behandelen/?kaart=1&wie=&prioriteit=hoog",
    "/behandelen/?kaart=1&alles=1",
    f"/behandelen/samen/?wat=status&m={NUMMER}.1&m={CLOSED}.1",
    "/behandelen/samen/?wat=status",
    f"/behandelen/{NUMMER}/prioriteit/",
    f"/behandelen/{NUMMER}/toewijzen/",
    "/behandelen/nieuw/",
    "/behandelen/deeltaken/",
    "/behandelen/zoekopdrachten/",
    "/behandelen/zoekopdrachten/1/verwijderen/",
    f"/behandelen/{NUMMER}/",
    f"/behandelen/{CLOSED}/",
    f"/behandelen/{ELSEWHERE}/",
    f"/behandelen/{ELSEWHERE}/link/",
    "/gebieden/oost/bewerken/",
    "/gebieden/oost/bewerken/team/1/verwijderen/",
    "/account/",
    "/meldingen/mijn/",
    "/initiatieven/mijn/",
    "/gebiedsteam/initiatieven/",
    f"/gebiedsteam/initiatieven/{OFFERED}/",
    f"/gebiedsteam/initiatieven/{IDEE}/teruggeven/",
    f"/gebiedsteam/initiatieven/{OFFERED}/plaatsen/",
    f"/initiatieven/{CONCEPT}/",
    f"/initiatieven/{CONCEPT}/wijzigen/",
    f"/initiatieven/{CONCEPT}/intrekken/",
    "/volgen/",
    "/volgen/1/",
    "/uitloggen/",
]
#: Shown when what was sent is refused: empty, or with this in that field. Such a page has all that it has before.
FORMS_OF_STAFF = {
    f"/behandelen/{NUMMER}/status/": None,
    f"/behandelen/{NUMMER}/datum/": None,
    f"/behandelen/{NUMMER}/categorie/": None,
    f"/behandelen/{NUMMER}/afdeling/": None,
    f"/behandelen/{NUMMER}/doorzetten/": None,
    f"/behandelen/{ELSEWHERE}/navraag/": None,
    f"/behandelen/{NUMMER}/tekst/lakken/": ("Wat iedereen leest", "Iets anders"),
    f"/behandelen/{NUMMER}/foto/{FOTO}/lakken/": ("Zwarte vlakken", "a b c"),
    f"/behandelen/{NUMMER}/notitie/1/": ("Notitie", " "),
    f"/behandelen/{NUMMER}/deeltaak/": None,
    f"/behandelen/{NUMMER}/deeltaak/1/": None,
    f"/behandelen/{NUMMER}/deeltaak/1/intrekken/": None,
    "/behandelen/zoekopdrachten/nieuw/": None,
    "/behandelen/zoekopdrachten/1/": ("Naam", "Storm"),
    f"/gebiedsteam/initiatieven/{OFFERED}/teruggeven/": None,
    "/gebieden/oost/bewerken/inleiding/": ("Inleiding", "x" * 2001),
    "/gebieden/oost/bewerken/inleiding/schermer/": ("Inleiding", "x" * 2001),
    "/gebieden/oost/bewerken/inleiding/schermer/stompetoren/": ("Inleiding", "x" * 2001),
    "/gebieden/oost/bewerken/team/nieuw/": ("E-mailadres", "geen adres"),
    "/gebieden/oost/bewerken/team/1/": ("E-mailadres", "geen adres"),
}
#: Only to be reached in steps, which the tests at the end of this file take.
SIGN_IN_OF_A_RESIDENT = {"account_request_login_code", "account_confirm_login_code", "meldingen_mijn", "account"}
SIGN_IN_OF_STAFF = {
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_login",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "account_change_password",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_authenticate",
    "account_logout",
}
MAIL_PAGE = "postvak_opgemaakt"
#: Addresses that are no page.
NO_PAGES = {
    # Answers for scripts and machines
    *("grenzen", "adressen", "meldingen_kaart", "health_live", "health_ready", "security_txt", "robots_txt", "metrics"),
    *("gebied_rss", "gebied_geojson", "wijk_rss", "wijk_geojson", "vernietigd_csv", "melding_gegevens_json"),
    *("meldingen_cijfers_csv", "initiatieven_kaart"),
    *("open311_discovery", "open311_services", "open311_service", "open311_requests", "open311_request"),
    *("open311_token", "open311_updates", "open311_unknown", "open311_v2"),
    # Photos
    *("melding_foto", "melding_foto_klein", "foto_origineel", "initiatief_foto", "initiatief_foto_klein"),
    # Only sent to, or leading on at once
    *("inloggen_voorbeeld", "teamlid_verplaatsen", "behandelen_tekst", "behandelen_foto", "via", "favicon"),
    *("notitie_nieuw", "samenvoegen", "volgen_bevestigen", "volgen_stoppen"),
    *("initiatief_aanbieden", "gebiedsteam_foto"),
    # A piece of the melding form, which a test below shows in it
    "meldingen_nabij",
    # For a map and for a spreadsheet
    *("behandelen_kaart", "behandelen_csv"),
    # Another name of `account`
    "mfa_index",
}


class Visit:
    """Goes to pages and checks each; `names` are the URL names of where it has been."""

    def __init__(self, page, accessible):
        self.page, self.accessible = page, accessible
        self.names: set[str | None] = set()

    def __call__(self, *paths):
        for path in paths:
            self.page.goto(path)
            self.here()

    def here(self):
        # The words below a map come with its points.
        for words in self.page.locator(".kaart-figure [role=status]").all():
            expect(words).not_to_be_empty()
        self.accessible(self.page)
        path = urlsplit(self.page.url).path
        if path != "/bestaat-niet/":
            self.names.add(resolve(path).url_name)

    def send(self, button=None):
        """Press the button of the form on this page."""
        main = self.page.get_by_role("main")
        # Not the one that only Enter presses, nor the one that only puts a text in.
        sends = "[type=submit]:not([tabindex='-1']):not([name=zet_in])"
        main.get_by_role("button", name=button).click() if button else main.locator(sends).first.click()

    def refused(self, button=None):
        """Send what is wrong, and check the page that says so."""
        self.send(button)
        self.page.get_by_role("heading", name=WRONG).wait_for()
        self.here()

    def has_come_to(self, path):
        self.page.wait_for_url(path)
        self.here()


@pytest.fixture
def visit(page_at_each_width, accessible):
    return Visit(page_at_each_width, accessible)


@pytest.fixture
def melding(pdok):
    """Alkmaar with something of everything, and one melding that has it all."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    dorp = Buurt.objects.get(naam="Stompetoren")
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    place = {"lat": dorp.label_lat, "lon": dorp.label_lon, "wijk": dorp.wijk, "buurt": dorp}
    contact = {"email": "melder@voorbeeld.example", "naam": "Voorbeeld"}
    melding = MeldingFactory(nummer=NUMMER, categorie=categorie, **place, **contact, tekst_besluit="openbaar")
    MeldingFactory(nummer=CLOSED, categorie=categorie, **place, status=Status.OPGELOST)
    for status in (Status.IN_BEHANDELING, Status.HEROPEND):
        MeldingFactory(categorie=categorie, **place, status=status)
    FotoFactory(melding=melding, stored=True, besluit="openbaar", uuid=FOTO, vlakken=[[40, 25, 10, 5]])
    FotoFactory(melding=melding, stored=True)
    many_meldingen(60, melding)
    elsewhere = MeldingFactory(
        nummer=ELSEWHERE, categorie=categorie, **place, **contact, status=Status.DOORGEZET, doorgezet_naar="Waterschap"
    )
    overdracht = OverdrachtFactory(
        melding=elsewhere, organisatie__naam="Waterschap", deelt_omschrijving=True, deelt_contact=True
    )
    overdracht.fotos.add(FotoFactory(melding=elsewhere, stored=True))
    overdracht.navragen.create(tekst="Welke lamp?")
    InitiatiefFactory(nummer=IDEE, **place, bereik="straat", doelgroep="de straat", hulp="handen")
    for status in (IdeeStatus.INGEDIEND, IdeeStatus.IN_STEMMING, IdeeStatus.TOEGEKEND, IdeeStatus.AFGEWEZEN):
        InitiatiefFactory(wijk=dorp.wijk, status=status)
    InitiatiefFactory(nummer=OFFERED, **place, status=IdeeStatus.AANGEBODEN)
    Teamlid.objects.create(
        pk=1, gebied=dorp.wijk.gebied, rol=Rol.GEBIEDSREGISSEUR, email="oost@voorbeeld.example", telefoon="14 072"
    )
    return melding


@pytest.fixture
def bericht(melding, settings, tmp_path: Path):
    """A message in the mailbox, called `bericht`."""
    settings.POSTVAK_DIR = tmp_path / "postvak"
    settings.EMAIL_BACKEND = "berichten.postvak.PostvakBackend"
    announce.received(melding)
    drain_outbox()
    [name] = postvak.names()
    return (settings.POSTVAK_DIR / f"{name}.eml").rename(settings.POSTVAK_DIR / "bericht.eml")


@pytest.fixture
def staff(melding, visit, client, live_server):
    """A beheerder who is behandelaar too, also of the afdeling that does a part, signed in."""
    medewerker = GebruikerFactory(beheerder=True)
    part = DeeltaakFactory(pk=1, melding=melding)
    DeeltaakFactory(melding=melding, status="gereed")
    for afdeling in (melding.afdeling, part.afdeling):
        Behandelaar.objects.create(gebruiker=medewerker, afdeling=afdeling)
    NotitieFactory(pk=1, melding=melding, door=medewerker)
    TekstblokFactory()
    Abonnement.objects.create(
        pk=1, email=medewerker.email, soort=FOLLOWED_AS, onderwerp=melding.pk, confirmed_at=melding.created_at
    )
    ZoekopdrachtFactory(pk=1, gebruiker=medewerker)
    ZoekopdrachtFactory(gebruiker=medewerker, naam="Storm")
    InitiatiefFactory(nummer=CONCEPT, maker=medewerker, wijk=melding.wijk, status=IdeeStatus.CONCEPT)
    sign_in(client, medewerker)
    cookie = client.cookies["sessionid"].value
    visit.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return visit


def test_no_page_is_left_out():
    paths = [*PUBLIC, *OF_THE_SENDER, NEW_EMAIL, *QUESTIONS.values(), *ROOMS_OF_STAFF, *FORMS_OF_STAFF]
    paths += [OF_THE_ORGANISATION, *FORMS_OF_THE_ORGANISATION]
    listed = {resolve(urlsplit(path).path).url_name for path in paths if path != "/bestaat-niet/"}
    listed |= SIGN_IN_OF_A_RESIDENT | SIGN_IN_OF_STAFF | {MAIL_PAGE}
    names = set(names_of_pages())
    assert names - listed - NO_PAGES == set(), "these pages are in none of the lists above"
    assert (listed | NO_PAGES) - names == set(), "these are in a list and do not exist"
    assert listed & NO_PAGES == set()


@pytest.mark.parametrize("part", [slice(0, None, 2), slice(1, None, 2)], ids=["even", "odd"])
def test_public_pages(bericht, visit, part):
    visit(*PUBLIC[part])


def test_a_mail_as_a_mail_reader_shows_it(bericht, page_at_each_width, accessible, live_server):
    # No script runs in its sandbox, axe neither: the same HTML on an empty page.
    page = page_at_each_width
    html = page.request.get(f"{live_server.url}/postvak/bericht/opgemaakt/")
    assert resolve(urlsplit(html.url).path).url_name == MAIL_PAGE
    page.set_content(html.text())
    accessible(page)


def test_pages_of_whoever_sent_it(melding, visit):
    visit(via.address("melding", melding.pk, melding.via_versie), *OF_THE_SENDER)
    visit.page.goto(f"/meldingen/{NUMMER}/gegevens/contact/")
    visit.page.get_by_label("E-mailadres").fill("geen adres")
    visit.refused()
    Emailwijziging.objects.create(pk=1, melding=melding, email="nieuw@voorbeeld.example")
    visit(via.address(EMAIL_LINK, 1, EMAIL_LINK_VERSION), NEW_EMAIL)
    for status, page in QUESTIONS.items():
        Melding.objects.filter(pk=melding.pk).update(
            status=status, closed_at=timezone.now() if status in CLOSED_STATUSES else None
        )
        melding.stappen.create(van=Status.GEMELD, naar=status, toelichting="Welke lamp bedoelt u?")
        visit(melding.get_absolute_url())
        visit.page.goto(page)
        visit.refused()


def test_pages_of_an_organisation(melding, visit):
    overdracht = Overdracht.objects.get()
    visit(via.address(OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie))
    for path in FORMS_OF_THE_ORGANISATION:
        visit(path)
        visit.page.get_by_role("main").locator("textarea").fill("")
        visit.refused()
    overdracht.move(OverdrachtStatus.TERUGGEGEVEN)
    visit(OF_THE_ORGANISATION)
    Overdracht.objects.update(status=OverdrachtStatus.INGETROKKEN)
    visit(OF_THE_ORGANISATION)


def test_rooms_of_staff(staff):
    staff(*ROOMS_OF_STAFF)


def test_forms_of_staff(staff):
    for path, wrong in FORMS_OF_STAFF.items():
        staff.page.goto(path)
        if wrong:
            staff.page.get_by_role("main").get_by_label(wrong[0]).fill(wrong[1])
        staff.refused()


def test_a_melding_with_something_wrong_in_each_step(melding, visit):
    page = visit.page
    page.goto("/meldingen/nieuw/")
    visit.refused("Verder")
    page.get_by_label("Adres of straat").press_sequentially("cura")
    page.get_by_role("option", name="Curaçaostraat 12").click()
    visit.send("Verder")
    visit.refused("Verder")
    page.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    page.get_by_label("Omschrijving").fill("De lantaarnpaal staat scheef.")
    page.get_by_label("Foto").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"geen foto"}])
    visit.here()
    visit.send("Verder")
    page.get_by_label("Telefoonnummer").fill("12")
    visit.refused("Verstuur melding")


def test_a_melding_without_the_scripts_of_the_portal(melding, visit):
    # In a browser without JavaScript axe doesn't run either; so here it runs alone.
    visit.page.route("**/static/**/*.js", lambda route: route.abort())
    visit("/meldingen/nieuw/")
    expect(visit.page.get_by_role("button", name="Verder")).to_have_count(0)
    visit.refused("Verstuur melding")


def test_what_goes_wrong(melding, visit, client, settings, monkeypatch, live_server):
    page = visit.page

    def says(words):
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        visit.accessible(page)

    # A page that stood open while the cookies went.
    page.goto("/inloggen/")
    page.context.clear_cookies()
    visit.send("Stuur mij een code")
    says("De pagina stond te lang open")
    # Too many fields for any form of the portal.
    page.goto("/inloggen/")
    page.locator("main form").first.evaluate(
        "form => { form.innerHTML += '<input name=veld type=hidden>'.repeat(1100); form.submit(); }"
    )
    says("Dit begrijpen we niet")
    # A form sent to where there is none.
    page.goto("/inloggen/")
    page.locator("main form").first.evaluate("form => { form.action = '/hulp/'; form.submit(); }")
    says("Zo werkt deze pagina niet")
    # Too often: a page of sign-in, a search, a melding, which stands there as it was typed.
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/h/ip"}
    for _time in range(2):
        page.goto("/inloggen/medewerkers/")
        visit.send("Verder")
    says("Even geduld")
    none_left = {"visitor": 0, "network": 0, "seconds": 3600}
    settings.LIMIETEN = {**settings.LIMIETEN, "zoeken": none_left, "melding": none_left}
    page.goto("/zoeken/?q=waag")
    says("Even geduld")
    page.goto("/meldingen/nieuw/")
    page.get_by_label("Wijk").select_option("Schermer")
    page.get_by_label("Beschrijf de plek").fill("naast de kerk")
    visit.send("Verder")
    page.get_by_label("Waar gaat het over?").select_option("Lantaarnpaal scheef of beschadigd")
    page.get_by_label("Omschrijving").fill("De lantaarnpaal staat scheef.")
    visit.send("Verder")
    visit.send("Verstuur melding")
    expect(page.get_by_role("heading", name=WRONG)).to_be_focused()
    expect(page.get_by_text("Kunt u niet wachten? Bel 14 072.")).to_be_visible()
    visit.accessible(page)
    settings.LIMIETEN = {**settings.LIMIETEN, "zoeken": {"visitor": 100, "seconds": 10}}
    # Not one's own room.
    sign_in(client, GebruikerFactory())
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto("/behandelen/")
    says("U mag deze pagina niet bekijken")
    # Our own fault.
    monkeypatch.setattr("alkmaar_portal.views.search.find", lambda text: 1 / 0)
    page.goto("/zoeken/?q=waag")
    says("Er ging bij ons iets mis")
    # The database is away.
    monkeypatch.setattr("alkmaar_portal.views.search.find", Mock(side_effect=OperationalError))
    page.goto("/zoeken/?q=waag")
    says("Het portaal is even niet bereikbaar")


def test_a_resident_signs_in(melding, visit, mailbox):
    page, bewoner = visit.page, GebruikerFactory()
    visit("/inloggen/")
    visit.refused("Stuur mij een code")
    page.get_by_role("main").get_by_label("E-mailadres").fill(bewoner.email)
    visit.send("Stuur mij een code")
    visit.has_come_to("**/inloggen/code/")
    visit.refused("Inloggen")
    page.get_by_label("Code").fill("1234-5678")
    visit.refused("Inloggen")
    code = re.search(r"^\d{4}-\d{4}$", str(mailbox.last(bewoner.email).body), re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code.group())
    visit.send("Inloggen")
    page.wait_for_url("**/")
    visit("/meldingen/mijn/", "/account/")
    assert visit.names >= SIGN_IN_OF_A_RESIDENT


def test_a_medewerker_chooses_a_password_and_signs_in(melding, visit, mailbox):
    page, medewerker = visit.page, GebruikerFactory(medewerker=True)
    visit("/wachtwoord/vergeten/")
    visit.refused()
    page.get_by_label("E-mailadres").fill(medewerker.email)
    visit.send()
    visit.has_come_to("**/wachtwoord/vergeten/verstuurd/")

    visit(mailbox.link(medewerker.email))
    visit.refused()
    page.get_by_label("Nieuw wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_label("Nieuw wachtwoord, nog een keer").fill(PASSWORD)
    visit.send()
    visit.has_come_to("**/inloggen/medewerkers/")

    def give_password(password):
        page.get_by_label("E-mailadres").fill(medewerker.email)
        page.get_by_label("Wachtwoord").fill(password)

    visit.refused("Verder")
    give_password("verkeerd")
    visit.refused("Verder")
    give_password(PASSWORD)
    visit.send("Verder")
    visit.has_come_to("**/account/tweede-factor/instellen/")
    visit.refused()
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(totp_code(secret))
    visit.send()
    visit.has_come_to("**/account/herstelcodes/")
    visit("/account/herstelcodes/", "/account/herstelcodes/nieuw/", "/account/", "/account/wachtwoord/")
    visit.refused()
    visit("/account/bevestigen/")
    visit.refused("Verder")
    visit("/account/bevestigen/code/")
    visit.refused("Verder")
    visit("/uitloggen/")
    visit.send()
    page.wait_for_url("**/")

    page.goto("/inloggen/medewerkers/")
    give_password(PASSWORD)
    visit.send("Verder")
    visit.has_come_to("**/inloggen/tweede-factor/")
    page.get_by_label("Code").fill("000000")
    visit.refused("Inloggen")
    assert visit.names >= SIGN_IN_OF_STAFF
