"""What pages ask of the database: no more when there is more, and never the borders, which are large."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from basis import via
from berichten.actions import follow
from gebieden.actions import import_gebieden
from gebieden.models import Buurt
from gebieden.pdok import Adres
from gebieden.plaatsen import buurt_at
from gebieden.register import BUURTEN_FILE, read_indeling, read_register
from gebieden.rules import Rol
from meldingen.models import Melding
from meldingen.rules import FOLLOWED_AS, OVERDRACHT_LINK, OverdrachtStatus, Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    BuurtFactory,
    CategorieFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    OverdrachtFactory,
    TeamlidFactory,
    WijkFactory,
    different_meldingen,
    many_meldingen,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

BBOX = "bbox=4.6,52.5,5.0,52.7"


@pytest.fixture
def melding():
    """A melding in a dorp, sent by somebody who was signed in."""
    dorp = BuurtFactory(dorp=True)
    return MeldingFactory(wijk=dorp.wijk, buurt=dorp, straat="Waagplein", melder=GebruikerFactory())


@pytest.fixture
def signs_in(client, melding):
    """Lets somebody look at the pages: `nobody`, the `melder`, or a `behandelaar` of its afdeling."""

    def as_(who):
        if who == "melder":
            client.force_login(melding.melder)
        if who == "behandelaar":
            sign_in(client, BehandelaarFactory(afdeling=melding.afdeling).gebruiker)
        return client

    return as_


def asked(client, address, data=None, status=200):
    """The statements that a page needs; those of a POST when there is `data`."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code == status, address
    return [query["sql"] for query in queries]


#: Every page that shows meldingen, by who looks at it; the addresses of areas come from the melding.
PAGES = [
    ("nobody", "/"),
    ("nobody", "gebied"),
    ("nobody", "wijk"),
    ("nobody", "dorp"),
    ("nobody", "/meldingen/"),
    ("nobody", "/meldingen/?status=alle&pagina=2"),
    ("nobody", f"/meldingen/kaart.json?{BBOX}&zoom=12"),
    ("nobody", f"/meldingen/kaart.json?{BBOX}&zoom=22"),
    ("nobody", "/zoeken/?q=waagplein"),
    ("melder", "/meldingen/mijn/"),
    ("behandelaar", "/behandelen/"),
    ("behandelaar", "/behandelen/?toon=te_beoordelen"),
    ("behandelaar", "/behandelen/?q=lantaarnpaal"),
    ("behandelaar", "/behandelen/?q=waagplein&wie=&volgorde=prioriteit"),
]


@pytest.mark.parametrize(("who", "where"), PAGES)
def test_a_page_asks_no_more_with_more_meldingen(signs_in, melding, who, where):
    areas = {"gebied": melding.wijk.gebied, "wijk": melding.wijk, "dorp": melding.buurt}
    address = areas[where].get_absolute_url() if where in areas else where
    client = signs_in(who)
    different = different_meldingen(melding)
    # First one alone, then as many as a page has room for, at last far more than that.
    Melding.objects.exclude(pk=melding.pk).delete()
    alone = asked(client, address)
    many_meldingen(19, *different)
    assert len(asked(client, address)) == len(alone)
    many_meldingen(1980, *different)
    assert len(asked(client, address)) == len(alone) <= 16


@pytest.mark.parametrize("who", ["nobody", "melder", "private link", "behandelaar"])
def test_one_melding_asks_no_more_with_more_steps_and_photos(signs_in, melding, who):
    client = signs_in(who)
    if who == "private link":
        client.get(via.address("melding", melding.pk, melding.via_versie))
    address = reverse("behandelen_melding" if who == "behandelaar" else "melding", args=[melding.nummer])
    melding.stappen.update(door=GebruikerFactory(medewerker=True))
    FotoFactory(melding=melding, besluit="openbaar")
    few = asked(client, address)
    for step in range(29):
        melding.stappen.create(
            van=Status.GEMELD,
            naar=Status.IN_BEHANDELING,
            door=GebruikerFactory(medewerker=True),
            toelichting=f"Stap {step}.",
        )
    FotoFactory.create_batch(2, melding=melding, besluit="openbaar")
    page = client.get(address).content.decode()
    assert page.count("Stap ") == 29
    assert page.count("-klein.jpg") == 3
    assert len(asked(client, address)) == len(few)


def test_a_file_and_its_page_for_organisations_ask_no_more_with_more_overdrachten(signs_in, melding):
    client, now = signs_in("behandelaar"), timezone.now()
    ended = {"melding": melding, "status": OverdrachtStatus.TERUGGEGEVEN, "ended_at": now}

    def pages(number):
        for _one in range(number):
            past = OverdrachtFactory(**ended)
            past.navragen.create(tekst="Welke?", antwoord="Die.", answered_at=now, door=GebruikerFactory())
            past.fotos.add(FotoFactory(melding=melding))
            melding.stappen.create(van=Status.DOORGEZET, naar=Status.IN_BEHANDELING, namens=past.organisatie)
        client.get(via.address(OVERDRACHT_LINK, past.pk, past.via_versie))
        names = ["behandelen_melding", "behandelen_doorzetten", "overdracht", "melding"]
        return [len(asked(client, reverse(name, args=[melding.nummer]))) for name in names]

    few = pages(1)
    assert pages(9) == few


def test_what_somebody_follows_asks_no_more_with_more_of_it(client, melding):
    client.force_login(melding.melder)
    for number in (1, 19):
        for _one in range(number):
            one = MeldingFactory(buurt=BuurtFactory())
            follow(email=melding.melder.email, soort=FOLLOWED_AS, onderwerp=one.pk, proven=True)
        queries = asked(client, "/volgen/")
        assert client.get("/volgen/").content.decode().count('href="/meldingen/') >= number
        if number == 1:
            few = queries
    assert len(queries) == len(few)


@pytest.mark.parametrize("address", ["/", "/gebieden/", "/gebieden/grenzen.json?niveau=buurt", "/zoeken/?q=wijk"])
def test_a_page_asks_no_more_with_more_areas(client, melding, address):
    few = asked(client, address)
    for _gebied in range(4):
        wijk = WijkFactory(naam="Wijk met een dorp")
        for kind in ({}, {"dorp": True}, {"dorp": True, "naam": f"Dorp in de wijk {wijk.pk}"}):
            BuurtFactory(wijk=wijk, **kind)
        WijkFactory(gebied=wijk.gebied)
    assert len(asked(client, address)) == len(few)


def test_search_asks_no_more_with_more_addresses(client, melding, monkeypatch):
    found = [Adres(f"Straat {number}", 52.6, 4.7, straat="Straat") for number in range(5)]
    monkeypatch.setattr("alkmaar_portal.zoeken.buurt_at", lambda lat, lon: Buurt.objects.with_wijk().get())
    monkeypatch.setattr("alkmaar_portal.zoeken.pdok.find", lambda text: found[:1])
    few = asked(client, "/zoeken/?q=straat")
    monkeypatch.setattr("alkmaar_portal.zoeken.pdok.find", lambda text: found)
    # One for each address: that of the stand-in for the tree of borders above.
    assert len(asked(client, "/zoeken/?q=straat")) == len(few) + 4


@pytest.mark.parametrize("where", ["gebied", "wijk", "dorp", "gebied_bewerken"])
def test_the_pages_of_an_area_ask_no_more_with_a_larger_team(client, melding, where):
    gebied = melding.wijk.gebied
    areas = {"gebied": gebied, "wijk": melding.wijk, "dorp": melding.buurt}
    address = areas[where].get_absolute_url() if where in areas else reverse(where, args=[gebied.slug])
    colleague = GebruikerFactory(medewerker=True)
    TeamlidFactory(gebied=gebied, gebruiker=colleague)
    if where == "gebied_bewerken":
        sign_in(client, colleague)
    few = asked(client, address)
    for rol in Rol:
        TeamlidFactory(gebied=gebied, rol=rol, gebruiker=GebruikerFactory(medewerker=True), updated_by=colleague)
    assert len(asked(client, address)) == len(few)


def test_the_mailbox_asks_nothing(client, melding, settings, tmp_path):
    settings.POSTVAK_DIR = tmp_path / "postvak"
    settings.EMAIL_BACKEND = "berichten.postvak.PostvakBackend"
    for number in (1, 59):
        for _message in range(number):
            get_connection().send_messages([EmailMultiAlternatives("Proef", "Hallo", to=["jan@voorbeeld.example"])])
        assert asked(client, "/postvak/") == []
        assert asked(client, "/postvak/?pagina=2") == []


def test_a_first_melding_asks_no_more_with_more_doubles(signs_in, melding):
    """Each double is told what happened, so one message is stored for each: that alone may grow."""
    client = signs_in("behandelaar")
    other = MeldingFactory(categorie=CategorieFactory(), afdeling=melding.afdeling)
    ways = []
    for first, number in ((melding, 1), (other, 10)):
        for step in range(number):
            MeldingFactory(
                status=Status.DUBBEL, eerste=first, email=f"melder{step}@voorbeeld.example", buurt=BuurtFactory()
            )
        form = {"versie": first.versie, "status": "opgelost", "toelichting": "De lamp is vervangen."}
        ways.append(asked(client, reverse("behandelen_status", args=[first.nummer]), form, status=302))
    one, ten = ([sql for sql in statements if "berichten_bericht" not in sql] for statements in ways)
    assert len(ten) == len(one)
    stored = [sum("berichten_bericht" in sql for sql in statements) for statements in ways]
    assert stored == [1, 10]
    assert all(sql.startswith("INSERT") for statements in ways for sql in statements if "berichten_bericht" in sql)


class TestBorders:
    """Alkmaar itself, with its borders: only maps get them, all at once and ready-made."""

    @pytest.fixture
    def melding(self):
        import_gebieden(read_register(BUURTEN_FILE, read_indeling()))
        dorp = Buurt.objects.with_wijk().get(naam="Stompetoren")
        TeamlidFactory(gebied=dorp.wijk.gebied)
        # Each process reads the borders once, for the tree that knows where a pin lies.
        buurt_at(52.6, 4.8)
        return MeldingFactory(
            wijk=dorp.wijk,
            buurt=dorp,
            lat=dorp.label_lat,
            lon=dorp.label_lon,
            email="melder@voorbeeld.example",
            melder=GebruikerFactory(),
        )

    def without_borders(self, client, address, data=None, status=200):
        loaded = [sql for sql in asked(client, address, data, status) if '."grens"' in sql and "SELECT" in sql]
        assert loaded == [], f"{address} loads borders"

    def test_the_needle_is_found_where_it_may_be(self, client, melding):
        assert any('."grens"' in sql for sql in asked(client, "/gebieden/grenzen.json?niveau=wijk"))

    def test_public_pages(self, client, melding):
        for address in [
            "/",
            "/gebieden/",
            *(area.get_absolute_url() for area in (melding.wijk.gebied, melding.wijk, melding.buurt)),
            "/meldingen/",
            "/meldingen/?wijk=schermer",
            f"/meldingen/kaart.json?{BBOX}&zoom=14",
            melding.get_absolute_url(),
            "/meldingen/nieuw/",
            "/zoeken/?q=stompetoren",
            "/initiatieven/",
            "/agenda/",
        ]:
            self.without_borders(client, address)

    def test_pages_of_the_reporter(self, signs_in, melding):
        client = signs_in("melder")
        for address in ("/meldingen/mijn/", melding.get_absolute_url(), f"{melding.get_absolute_url()}verstuurd/"):
            self.without_borders(client, address)

    @pytest.mark.parametrize(
        "place",
        [
            {"lat": "52.6138", "lon": "4.8208"},
            {"wijk": "overdie", "plek": "Naast de ingang van de speeltuin"},
            {"wijk": "overdie"},
        ],
        ids=["pin", "words", "not enough"],
    )
    def test_sending_a_melding(self, client, melding, place):
        form = {"categorie": melding.categorie.slug, "omschrijving": "De lantaarnpaal brandt niet.", **place}
        status = 302 if len(place) == 2 else 422
        form["inzending"] = "0b1f1d0e-7c0f-4a9e-8f4e-3b1d5a6c7e8f"
        for _time in range(2):
            self.without_borders(client, "/meldingen/nieuw/", form, status)

    def test_the_room_of_the_behandelaar(self, signs_in, melding):
        client = signs_in("behandelaar")
        MeldingFactory(status=Status.DUBBEL, eerste=melding, email="tweede@voorbeeld.example", buurt=melding.buurt)
        rooms = ["behandelen_melding", "behandelen_status", "behandelen_categorie", "behandelen_afdeling"]
        for address in ["/behandelen/", *(reverse(name, args=[melding.nummer]) for name in rooms)]:
            self.without_borders(client, address)
        other = MeldingFactory(afdeling=melding.afdeling, wijk=melding.wijk, buurt=melding.buurt)
        double = {"versie": 1, "toelichting": "Zelfde.", "status": "dubbel", "eerste": melding.nummer}
        self.without_borders(client, reverse("behandelen_status", args=[other.nummer]), double, status=302)
        for versie, (name, data) in enumerate(
            [
                ("behandelen_status", {"status": "in_behandeling"}),
                ("behandelen_categorie", {"categorie": CategorieFactory(afdeling=melding.afdeling).slug}),
                ("behandelen_tekst", {"besluit": "openbaar"}),
                ("behandelen_status", {"status": "opgelost"}),
            ],
            start=1,
        ):
            form = {"versie": versie, "toelichting": "We hebben ernaar gekeken.", **data}
            self.without_borders(client, reverse(name, args=[melding.nummer]), form, status=302)
        third = MeldingFactory(afdeling=melding.afdeling, wijk=melding.wijk, buurt=melding.buurt)
        away = {"versie": 1, "toelichting": "Hoort daar.", "afdeling": AfdelingFactory().slug}
        self.without_borders(client, reverse("behandelen_afdeling", args=[third.nummer]), away, status=302)

    def test_the_room_of_the_gebiedsteam(self, client, melding):
        colleague = GebruikerFactory(medewerker=True)
        own = TeamlidFactory(gebied=melding.wijk.gebied, gebruiker=colleague)
        sign_in(client, colleague)
        texts = [
            reverse("gebied_inleiding", args=["oost"]),
            reverse("wijk_inleiding", args=["oost", "schermer"]),
            reverse("dorp_inleiding", args=["oost", "schermer", "stompetoren"]),
        ]
        lid, new = reverse("teamlid_wijzigen", args=["oost", own.pk]), reverse("teamlid_nieuw", args=["oost"])
        for address in ["/account/", reverse("gebied_bewerken", args=["oost"]), *texts, new, lid, f"{lid}verwijderen/"]:
            self.without_borders(client, address)
        for address in texts:
            self.without_borders(client, address, {"versie": 0, "inleiding": "Welkom."}, status=302)
        contact = {"rol": Rol.WIJKAGENT, "telefoon": "14 072"}
        self.without_borders(client, new, contact, status=302)
        self.without_borders(client, lid, {"versie": 0, **contact}, status=302)
        self.without_borders(client, f"{lid}verplaatsen/", {"richting": "omlaag"}, status=302)

    def test_the_admin(self, client, melding):
        sign_in(client, GebruikerFactory(beheerder=True))
        lid = TeamlidFactory(gebied=melding.wijk.gebied)
        for name, row in (("gebied", melding.wijk.gebied), ("wijk", melding.wijk), ("buurt", melding.buurt)):
            self.without_borders(client, reverse(f"admin:gebieden_{name}_changelist"))
            self.without_borders(client, reverse(f"admin:gebieden_{name}_change", args=[row.pk]))
        self.without_borders(client, reverse("admin:gebieden_teamlid_changelist"))
        self.without_borders(client, reverse("admin:gebieden_teamlid_change", args=[lid.pk]))
