"""The form of `/meldingen/nieuw/`: what it takes, what it refuses, what it keeps."""

from typing import get_args
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from basis import fotos
from berichten.models import Bericht
from gebieden.pdok import Adres, PdokUnavailable
from meldingen.models import Foto, Melding
from tests.factories import BuurtFactory, CategorieFactory, GebruikerFactory
from tests.inloggen import sign_in
from tests.meldingen.conftest import picture
from tests.pdok_server import Mood, PdokServer

pytestmark = pytest.mark.django_db
NEW = "/meldingen/nieuw/"


@pytest.fixture
def buurt():
    return BuurtFactory()


@pytest.fixture
def pdok(monkeypatch):
    """What PDOK answers: change `found` and `near`, or set `out`."""

    class Answers:
        found: list[Adres] = []
        near: Adres | None = None
        out = False

        def find(self, text):
            if self.out:
                raise PdokUnavailable
            return self.found

        def reverse(self, lat, lon):
            if self.out:
                raise PdokUnavailable
            return self.near

    answers = Answers()
    for module in ("melden", "plaatsen"):
        monkeypatch.setattr(f"meldingen.forms.{module}.pdok", answers)
    monkeypatch.setattr("gebieden.plaatsen.pdok", answers)
    return answers


@pytest.fixture
def values(buurt):
    """A form that is in order, with a pin in `buurt`."""
    return {
        "inzending": str(uuid4()),
        "categorie": CategorieFactory().slug,
        "omschrijving": "De lamp brandt niet meer.",
        "lat": str(buurt.label_lat),
        "lon": str(buurt.label_lon),
    }


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestPlace:
    def test_a_pin_finds_wijk_buurt_and_street(self, client, values, buurt, pdok):
        pdok.near = Adres("Waagplein 2", 52.6, 4.7, straat="Waagplein", gemeente="Alkmaar")
        response = client.post(NEW, values)
        melding = Melding.objects.get()
        assert response.url == reverse("melding_verstuurd", args=[melding.nummer])
        assert (melding.wijk, melding.buurt, melding.straat) == (buurt.wijk, buurt, "Waagplein")

    def test_without_pdok_a_pin_is_enough(self, client, values, pdok):
        pdok.out = True
        client.post(NEW, values)
        assert Melding.objects.get().straat == ""

    def test_a_pin_outside_names_who_helps(self, client, values, pdok):
        pdok.near = Adres("Dorpsstraat 1", 52.66, 4.78, gemeente="Dijk en Waard")
        response = client.post(NEW, {**values, "lat": "52.9", "lon": "4.9"})
        assert response.status_code == 422
        assert "Dijk en Waard" in errors(response)["lat"][0]
        # At the map, where the pin is, and in the summary as a link to it.
        assert 'id="speld_error"' in response.text
        assert '<a href="#speld">' in response.text
        pdok.out = True
        found = errors(client.post(NEW, {**values, "lat": "52.9", "lon": "4.9"}))["lat"][0]
        assert "buiten Alkmaar" in found
        assert "organisaties.overheid.nl/Gemeenten" in found

    def test_an_address_is_looked_up(self, client, values, buurt, pdok):
        pdok.found = [Adres("Langestraat 97", buurt.label_lat, buurt.label_lon, straat="Langestraat")]
        client.post(NEW, {**values, "lat": "", "lon": "", "adres": "langestraat 97"})
        melding = Melding.objects.get()
        assert (melding.straat, melding.adres, melding.buurt) == ("Langestraat", "langestraat 97", buurt)

    def test_an_unknown_address_says_what_to_do(self, client, values, pdok):
        response = client.post(NEW, {**values, "lat": "", "lon": "", "adres": "Nergensstraat 1"})
        assert "We vinden dit adres niet" in errors(response)["adres"][0]

    def test_when_pdok_is_silent_an_address_with_a_wijk_is_enough(self, client, values, buurt, pdok):
        pdok.out = True
        values |= {"lat": "", "lon": "", "adres": "Langestraat 97"}
        assert "Kies ook de wijk" in errors(client.post(NEW, values))["wijk"][0]
        client.post(NEW, {**values, "wijk": buurt.wijk.slug})
        melding = Melding.objects.get()
        assert (melding.wijk, melding.lat, melding.straat) == (buurt.wijk, None, "")

    @pytest.mark.parametrize("place", ["pin", "address"])
    @pytest.mark.parametrize("mood", [*sorted({*get_args(Mood)} - {"right"}), "slow"])
    def test_whatever_pdok_does_a_melding_is_taken_in(self, client, values, buurt, settings, mood, place):
        settings.PDOK_TIMEOUT_SECONDS = 0.2
        values |= {"lat": "", "lon": "", "adres": "Waagplein 2"} if place == "address" else {}
        server = PdokServer().start()
        settings.PDOK_URL = server.url
        # Who is silent, drips or thinks goes on with it until it is stopped: nobody waits for that.
        server.mood, server.delay = ("right", 1000) if mood == "slow" else (mood, 0)
        try:
            assert client.post(NEW, {**values, "wijk": buurt.wijk.slug}).status_code == 302
        finally:
            server.stop()
        assert [service for service, _parameters in server.requests] == ["free" if place == "address" else "reverse"]
        assert Melding.objects.get().wijk == buurt.wijk

    def test_wijk_and_words_do_without_a_pin(self, client, values, buurt):
        values |= {"lat": "", "lon": "", "wijk": buurt.wijk.slug}
        assert "Beschrijf de plek" in errors(client.post(NEW, values))["plek"][0]
        client.post(NEW, {**values, "plek": "bij de speeltuin"})
        assert Melding.objects.get().plek == "bij de speeltuin"

    def test_words_alone_want_a_wijk_and_nothing_wants_something(self, client, values):
        values |= {"lat": "", "lon": ""}
        assert list(errors(client.post(NEW, {**values, "plek": "bij de speeltuin"}))) == ["wijk"]
        assert "Zeg waar het is" in errors(client.post(NEW, values))["adres"][0]

    @pytest.mark.parametrize(
        ("lat", "lon"),
        [("nan", "nan"), ("inf", "4.7"), ("52,6", "4.7"), ("abc", "x"), ("52.6", ""), ("", "4.7"), ("1e999", "0")],
    )
    def test_a_broken_pin_is_refused_with_a_sentence(self, client, values, lat, lon):
        response = client.post(NEW, {**values, "lat": lat, "lon": lon})
        assert response.status_code == 422
        assert "De speld staat niet goed" in errors(response)["lat"][0]
        assert not Melding.objects.exists()


class TestRest:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("categorie", "", "Kies waar uw melding over gaat"),
            ("categorie", "bestaat-niet", "Deze keuze is er niet meer"),
            ("omschrijving", "", "Beschrijf in minstens één zin"),
            ("omschrijving", "kort", "Beschrijf in minstens één zin"),
            ("omschrijving", "x" * 3001, "te lang"),
            ("email", "geen adres", "Dit e-mailadres klopt niet"),
            ("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.nl", "Dit e-mailadres klopt niet"),
            ("telefoon", "bel mij maar", "Dit telefoonnummer klopt niet"),
            ("wijk", "utrecht", "Kies de wijk uit de lijst"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field(self, client, values, field, value, sentence):
        response = client.post(NEW, {**values, field: value})
        assert response.status_code == 422
        assert sentence in errors(response)[field][0]
        assert not Melding.objects.exists()
        assert not Bericht.objects.exists()

    def test_a_category_out_of_use_is_refused(self, client, values):
        response = client.post(NEW, {**values, "categorie": CategorieFactory(actief=False).slug})
        assert "Deze keuze is er niet meer" in errors(response)["categorie"][0]

    @pytest.mark.parametrize("inzending", ["", "x", "12345678-1234"])
    def test_a_page_that_was_not_whole_gets_a_fresh_inzending(self, client, values, inzending):
        response = client.post(NEW, {**values, "inzending": inzending})
        assert response.status_code == 422
        fresh = response.context["form"]["inzending"].value()
        assert client.post(NEW, {**values, "inzending": fresh}).status_code == 302

    def test_what_was_typed_survives(self, client, values):
        typed = {"naam": "Voorbeeldnaam", "plek": "naast de brug", "telefoon": "06 00000000", "email": "fout"}
        page = client.post(NEW, {**values, **typed}).content.decode()
        for text in (*typed.values(), values["omschrijving"], values["inzending"], values["lat"]):
            assert text in page

    def test_sent_twice_makes_one(self, client, values):
        first = client.post(NEW, values)
        again = client.post(NEW, values, follow=True)
        assert again.redirect_chain[0][0] == first.url
        assert "hadden we al ontvangen" in again.content.decode()
        assert Melding.objects.count() == 1

    def test_something_else_in_the_same_form_is_not_lost_unseen(self, client, values):
        client.post(NEW, values)
        again = client.post(NEW, {**values, "omschrijving": "Nu gaat het over iets anders."}, follow=True)
        assert "is niet verstuurd" in again.content.decode()
        assert Melding.objects.get().omschrijving == values["omschrijving"]

    def test_thanks_are_for_the_sender_alone(self, client, values, client_of_somebody_else):
        response = client.post(NEW, {**values, "email": "melder@voorbeeld.example"})
        page = client.get(response.url).content.decode()
        melding = Melding.objects.get()
        assert melding.nummer_leesbaar in page
        assert "/via/" in page
        assert client_of_somebody_else.get(response.url).status_code == 404
        assert Bericht.objects.get().to == "melder@voorbeeld.example"

    def test_signed_in_it_becomes_ones_own(self, client, values):
        bewoner = GebruikerFactory()
        sign_in(client, bewoner)
        assert bewoner.email in client.get(NEW).content.decode()
        client.post(NEW, values)
        assert Melding.objects.get().melder == bewoner

    def test_a_link_to_the_form_fills_in_the_place(self, client, buurt):
        page = client.get(NEW, {"wijk": buurt.wijk.slug, "adres": "Langestraat 97", "lat": "x", "categorie": "x"})
        assert page.status_code == 200
        assert "Langestraat 97" in page.content.decode()

    def test_without_a_token_it_is_refused_kindly(self, values):
        from django.test import Client

        response = Client(enforce_csrf_checks=True).post(NEW, values)
        assert response.status_code == 403
        assert not Melding.objects.exists()


class TestFotos:
    def test_come_along_re_encoded(self, client, values):
        client.post(NEW, {**values, "foto": [picture("red"), picture("green")]})
        assert Melding.objects.get().fotos.count() == 2

    def test_survive_an_error_and_are_shown(self, client, values, client_of_somebody_else):
        response = client.post(NEW, {**values, "omschrijving": "", "foto": [picture("red")]})
        foto = Foto.objects.get()
        small = reverse("melding_foto_klein", args=[foto.uuid])
        assert small in response.content.decode()
        assert client.get(small).status_code == 200
        assert client_of_somebody_else.get(small).status_code == 404
        client.post(NEW, values)
        assert list(Melding.objects.get().fotos.all()) == [foto]

    def test_can_be_taken_out_again(self, client, values):
        client.post(NEW, {**values, "omschrijving": "", "foto": [picture("red")]})
        client.post(NEW, {**values, "foto_weg": [str(Foto.objects.get().uuid), "x", str(uuid4())]})
        assert Melding.objects.get().fotos.count() == 0
        assert not Foto.objects.exists()

    def test_a_bad_one_does_not_lose_the_good_one(self, client, values):
        bad = SimpleUploadedFile("vakantie.jpg", b"<svg onload=alert(1)>", "image/jpeg")
        response = client.post(NEW, {**values, "foto": [picture("red"), bad]})
        assert response.status_code == 422
        assert errors(response)["foto"][0].startswith("vakantie.jpg: ")
        assert Foto.objects.count() == 1
        assert not Melding.objects.exists()

    def test_when_photos_cannot_be_handled_the_rest_stays(self, client, values, monkeypatch):
        def broken(upload):
            raise fotos.FotoStorageError

        monkeypatch.setattr("basis.fotovelden.fotos.prepare", broken)
        response = client.post(NEW, {**values, "foto": [picture("red")]})
        assert response.status_code == 503
        assert values["omschrijving"] in response.content.decode()
        assert not Melding.objects.exists()

    def test_four_are_too_many_also_over_two_tries(self, client, values):
        response = client.post(NEW, {**values, "foto": [picture(c) for c in ("red", "green", "blue", "yellow")]})
        assert "hoogstens 3" in errors(response)["foto"][0]
        assert not Foto.objects.exists()
        client.post(NEW, {**values, "omschrijving": "", "foto": [picture("red"), picture("green")]})
        response = client.post(NEW, {**values, "foto": [picture("blue"), picture("yellow")]})
        assert "hoogstens 3" in errors(response)["foto"][0]
        assert Foto.objects.count() == 2

    def test_the_same_photos_sent_again_count_once(self, client, values):
        """As after an answer that never came: the first try kept them, and got no further."""
        colours = ("red", "green")
        client.post(NEW, {**values, "omschrijving": "", "foto": [picture(colour) for colour in colours]})
        assert client.post(NEW, {**values, "foto": [picture(colour) for colour in colours]}).status_code == 302
        assert Melding.objects.get().fotos.count() == Foto.objects.count() == 2

    def test_a_full_disk_is_503_and_the_rest_can_be_sent(self, client, values, monkeypatch):
        def full(prepared, *, folder):
            raise fotos.FotoStorageError

        monkeypatch.setattr("meldingen.actions.melden.fotos.store", full)
        response = client.post(NEW, {**values, "foto": [picture("red")]})
        assert response.status_code == 503
        assert not Melding.objects.exists()
        assert client.post(NEW, values).status_code == 302


class TestAnything(HypothesisTestCase):
    @given(
        st.dictionaries(
            st.sampled_from(
                ["inzending", "categorie", "omschrijving", "lat", "lon", "wijk", "plek", "email", "foto_weg"]
            ),
            # NUL is refused before there is a form (tests/invoer).
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        )
    )
    def test_no_input_breaks_the_form(self, values):
        assert self.client.post(NEW, values).status_code in {302, 422}
