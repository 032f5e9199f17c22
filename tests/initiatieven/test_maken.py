"""What the maker of an idea sees and does."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from basis import via
from berichten.models import Bericht
from initiatieven.models import Foto, Initiatief
from initiatieven.rules import MAIL_LINK, OWN_LINK, Status
from tests.factories import (
    JPEG,
    BuurtFactory,
    GebruikerFactory,
    InitiatiefFactory,
    OrganisatieFactory,
    WijkFactory,
    jpeg,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db
NEW = "/initiatieven/nieuw/"


@pytest.fixture
def wijk():
    return WijkFactory(slug="de-mare", naam="De Mare")


@pytest.fixture
def values(wijk):
    return {
        "inzending": str(uuid4()),
        "titel": "Geveltuintjes in onze straat",
        "wat": "We halen samen tegels weg.",
        "waarom": "Groen is koeler.",
        "thema": "schoon",
        "bereik": "wijk",
        "waar": "wijk de-mare",
        "soort": "bewoner",
        "naam": "Anna",
        "email": "anna@voorbeeld.example",
    }


def opens(client, initiatief, kind=OWN_LINK):
    link = via.address(kind, initiatief.pk, initiatief.via_versie)
    return client.get(link.removeprefix(settings.PORTAL_URL))


class TestNew:
    def test_an_idea_is_kept_and_the_link_is_mailed(self, client, values, wijk):
        response = client.post(NEW, values)
        (initiatief,) = Initiatief.objects.all()
        assert response.url == f"/initiatieven/{initiatief.nummer}/"
        assert (initiatief.status, initiatief.wijk, initiatief.gebied) == ("concept", wijk, wijk.gebied)
        (bericht,) = Bericht.objects.all()
        assert (bericht.template, bericht.to) == ("initiatief_bewaard", "anna@voorbeeld.example")
        assert "Nog één stap" in client.get(response.url).text

    def test_the_same_form_twice_makes_one(self, client, values):
        assert client.post(NEW, values).url == client.post(NEW, values).url
        assert Initiatief.objects.count() == 1 and Bericht.objects.count() == 1

    def test_a_title_a_place_and_an_address_are_enough_to_begin(self, client, values):
        client.post(NEW, {**values, "wat": "", "waarom": "", "thema": "", "naam": ""})
        assert "Vul het verder aan" in client.get(Initiatief.objects.get().get_absolute_url()).text

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"titel": ""}, "Geef uw idee een titel."),
            ({"email": "geen"}, "Dit e-mailadres klopt niet."),
            ({"waar": ""}, "Zeg voor waar uw idee is"),
            ({"waar": "wijk weg"}, "uit de lijst"),
            ({"lat": "52.6", "lon": ""}, "De speld staat niet goed"),
            ({"lat": "10", "lon": "10"}, "niet in de gemeente Alkmaar"),
            ({"titel": "x" * 81}, "hoogstens 80"),
        ],
    )
    def test_what_is_wrong_is_told_and_what_was_typed_stays(self, client, values, changed, sentence):
        response = client.post(NEW, {**values, **changed})
        assert response.status_code == 422
        assert sentence in response.text and "We halen samen tegels weg." in response.text
        assert not Initiatief.objects.exists()

    def test_a_pin_finds_buurt_wijk_and_gebied(self, client, values):
        buurt = BuurtFactory(label_lat=52.6, label_lon=4.75)
        client.post(NEW, {**values, "waar": "", "lat": "52.6", "lon": "4.75", "bereik": "straat"})
        initiatief = Initiatief.objects.get()
        assert (initiatief.buurt, initiatief.wijk, initiatief.gebied) == (buurt, buurt.wijk, buurt.wijk.gebied)
        assert initiatief.cel is not None

    def test_a_gebied_is_enough(self, client, values, wijk):
        client.post(NEW, {**values, "waar": f"gebied {wijk.gebied.slug}", "bereik": "gebied"})
        assert (Initiatief.objects.get().wijk, Initiatief.objects.get().gebied) == (None, wijk.gebied)

    def test_photos_of_a_form_with_errors_go_along_later(self, client, values):
        photo = SimpleUploadedFile("foto.jpg", JPEG, "image/jpeg")
        response = client.post(NEW, {**values, "titel": "", "foto": photo})
        (foto,) = Foto.objects.all()
        assert str(foto.uuid) in response.text
        client.post(NEW, values)
        assert Foto.objects.get().initiatief == Initiatief.objects.get()

    def test_who_is_signed_in_offers_at_once(self, client, values):
        sign_in(client, GebruikerFactory(email="anna@voorbeeld.example"))
        client.post(NEW, {**values, "aanbieden": "ja"})
        initiatief = Initiatief.objects.get()
        assert initiatief.status == Status.AANGEBODEN and initiatief.email_confirmed_at

    def test_somebody_elses_address_is_not_proved_by_signing_in(self, client, values):
        sign_in(client, GebruikerFactory(email="ander@voorbeeld.example"))
        client.post(NEW, {**values, "aanbieden": "ja"})
        assert Initiatief.objects.get().status == Status.CONCEPT

    def test_a_known_organisation_is_linked(self, client, values):
        organisatie = OrganisatieFactory(naam="Wijkcentrum Overdie")
        client.post(NEW, {**values, "soort": "organisatie", "organisatie_naam": "wijkcentrum overdie"})
        assert Initiatief.objects.get().namens == organisatie.naam

    def test_too_many_from_one_address_are_held_up(self, client, values, settings):
        settings.LIMIETEN = {**settings.LIMIETEN, "initiatief": {"visitor": 1, "seconds": 60}}
        client.post(NEW, values)
        response = client.post(NEW, {**values, "inzending": str(uuid4())})
        assert response.status_code == 429 and "nog niet bewaard" in response.text
        assert client.post(NEW, values).status_code == 302


class TestOffering:
    def test_the_link_in_the_mail_proves_the_address(self, client):
        initiatief = InitiatiefFactory(status=Status.CONCEPT)
        assert opens(client, initiatief, MAIL_LINK).url == initiatief.get_absolute_url()
        assert "Bied mijn idee aan" in client.get(initiatief.get_absolute_url()).text
        client.post(reverse("initiatief_aanbieden", args=[initiatief.nummer]))
        initiatief.refresh_from_db()
        assert initiatief.status == Status.AANGEBODEN and initiatief.email_confirmed_at
        assert Bericht.objects.get().template == "initiatief_aangeboden"

    def test_the_link_of_the_page_does_not(self, client):
        initiatief = InitiatiefFactory(status=Status.CONCEPT)
        opens(client, initiatief)
        response = client.post(reverse("initiatief_aanbieden", args=[initiatief.nummer]), follow=True)
        assert "Open eerst de link in de mail" in response.text
        initiatief.refresh_from_db()
        assert initiatief.status == Status.CONCEPT

    def test_what_is_not_whole_cannot_be_offered(self, client):
        initiatief = InitiatiefFactory(status=Status.CONCEPT, waarom="")
        opens(client, initiatief, MAIL_LINK)
        response = client.post(reverse("initiatief_aanbieden", args=[initiatief.nummer]), follow=True)
        assert "Vul eerst in: waarom" in response.text

    def test_an_ended_link_opens_nothing(self, client):
        initiatief = InitiatiefFactory(status=Status.CONCEPT)
        opens(client, initiatief)
        Initiatief.objects.update(via_versie=2)
        assert client.get(initiatief.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["initiatief", "initiatief_wijzigen", "initiatief_aanbieden", "initiatief_intrekken"])
@pytest.mark.parametrize("status", [Status.CONCEPT, Status.AANGEBODEN])
def test_nobody_else_finds_it_before_it_is_an_idea(client, name, status):
    initiatief = InitiatiefFactory(status=status)
    sign_in(client, GebruikerFactory())
    assert client.get(reverse(name, args=[initiatief.nummer])).status_code == 404
    assert client.post(reverse(name, args=[initiatief.nummer])).status_code in (404, 405)


class TestChanging:
    @pytest.fixture
    def concept(self, client, wijk):
        initiatief = InitiatiefFactory(status=Status.CONCEPT, wijk=wijk)
        opens(client, initiatief)
        return initiatief

    def change(self, client, concept, values, **changed):
        address = reverse("initiatief_wijzigen", args=[concept.nummer])
        return client.post(address, {**values, "versie": concept.versie, **changed})

    def test_a_concept_is_changed(self, client, concept, values):
        assert self.change(client, concept, values, titel="Anders").status_code == 302
        concept.refresh_from_db()
        assert (concept.titel, concept.email) == ("Anders", "maker@voorbeeld.example")

    def test_the_form_shows_what_is_there(self, client, concept):
        text = client.get(reverse("initiatief_wijzigen", args=[concept.nummer])).text
        assert concept.wat in text and re.search(r'value="wijk de-mare" selected', text)

    def test_another_tab_that_was_first_is_told(self, client, concept, values):
        self.change(client, concept, values)
        response = self.change(client, concept, values, titel="Te laat")
        assert response.status_code == 422 and "Te laat" in response.text

    def test_photos_are_added_up_to_three(self, client, concept, values):
        for colour in ("red", "green", "blue"):
            photo = SimpleUploadedFile("foto.jpg", jpeg(colour), "image/jpeg")
            assert self.change(client, concept, values, foto=photo).status_code == 302
            concept.refresh_from_db()
        more = SimpleUploadedFile("foto.jpg", jpeg("black"), "image/jpeg")
        assert self.change(client, concept, values, foto=more).status_code == 422
        assert concept.fotos.count() == 3

    def test_what_was_offered_stands_fast(self, client, values, wijk):
        initiatief = InitiatiefFactory(status=Status.AANGEBODEN, wijk=wijk)
        opens(client, initiatief)
        assert self.change(client, initiatief, values, titel="Anders").url == initiatief.get_absolute_url()
        initiatief.refresh_from_db()
        assert initiatief.titel != "Anders"


class TestWithdrawing:
    @pytest.mark.parametrize("status", [Status.CONCEPT, Status.AANGEBODEN, Status.IDEE])
    def test_an_idea_is_taken_back_after_a_question(self, client, status):
        initiatief = InitiatiefFactory(status=status)
        opens(client, initiatief)
        address = reverse("initiatief_intrekken", args=[initiatief.nummer])
        assert "echt intrekken" in client.get(address).text
        client.post(address, {"toelichting": "We verhuizen."})
        initiatief.refresh_from_db()
        assert initiatief.status == Status.INGETROKKEN and initiatief.ended_at

    def test_its_words_go_out_of_sight(self, client):
        initiatief = InitiatiefFactory()
        opens(client, initiatief)
        client.post(reverse("initiatief_intrekken", args=[initiatief.nummer]))
        client.cookies.clear()
        text = client.get(initiatief.get_absolute_url()).text
        assert initiatief.wat not in text and "ingetrokken" in text

    def test_what_goes_on_cannot_be_taken_back(self, client):
        initiatief = InitiatiefFactory(status=Status.IN_STEMMING)
        opens(client, initiatief)
        client.post(reverse("initiatief_intrekken", args=[initiatief.nummer]))
        initiatief.refresh_from_db()
        assert initiatief.status == Status.IN_STEMMING


@pytest.mark.parametrize(
    "nonsense",
    [
        {"status": "x"},
        {"status": Status.IDEE, "published_at": None},
        {"status": Status.AANGEBODEN, "offered_at": None},
        {"status": Status.AANGEBODEN, "email_confirmed_at": None},
        {"status": Status.AANGEBODEN, "wat": ""},
        {"status": Status.IDEE, "ended_at": "2026-01-01T00:00Z"},
        {"bereik": "x"},
        {"thema": "x"},
        {"lat": 52.0},
        {"wijk": None, "buurt": "new"},
    ],
)
def test_the_database_refuses_nonsense(nonsense):
    if nonsense.get("buurt"):
        nonsense = {**nonsense, "buurt": BuurtFactory()}
    initiatief = InitiatiefFactory(
        status=nonsense.get("status", Status.IDEE) if nonsense.get("status") != "x" else "idee"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Initiatief.objects.filter(pk=initiatief.pk).update(**nonsense)
