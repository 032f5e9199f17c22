"""What the public sees of meldingen, and what it never sees."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from basis import via
from meldingen.models import Melding
from meldingen.rules import Status
from tests.factories import BehandelaarFactory, BuurtFactory, CategorieFactory, FotoFactory, MeldingFactory, WijkFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

SECRETS = {
    "naam": "Geheime Naam",
    "email": "geheim@voorbeeld.example",
    "telefoon": "0600000001",
    "adres": "Geheimstraat 12",
    "plek": "achter het geheime hek",
    "omschrijving": "Een geheime omschrijving.",
}
ALMERE = "4.0,52.0,4.1,52.1"
ALKMAAR = "4.6,52.5,5.0,52.7"


@pytest.fixture
def secret():
    return MeldingFactory(**SECRETS, straat="Waagplein")


class TestOneMelding:
    def test_before_release_the_public_reads_no_typed_word(self, client, secret):
        FotoFactory(melding=secret, stored=True)
        page = client.get(secret.get_absolute_url()).content.decode()
        assert "Waagplein" in page
        assert secret.categorie.naam in page
        assert not [text for text in SECRETS.values() if text in page]
        assert "melding_foto" not in page
        assert "/meldingen/foto/" not in page

    def test_released_words_are_shown_and_nothing_else(self, client, secret):
        Melding.objects.filter(pk=secret.pk).update(tekst_besluit="openbaar")
        page = client.get(secret.get_absolute_url()).content.decode()
        assert SECRETS["omschrijving"] in page
        assert not [text for name, text in SECRETS.items() if name != "omschrijving" and text in page]

    def test_typed_words_are_escaped(self, client):
        melding = MeldingFactory(omschrijving="<script>alert(1)</script>", tekst_besluit="openbaar")
        page = client.get(melding.get_absolute_url()).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_a_category_that_is_not_public_has_no_page(self, client):
        melding = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        assert client.get(melding.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize("number", ["%00", "x", "1", "123456789", "１２３４５６７８", "%00123456"])
    def test_what_is_no_number_is_404(self, client, number):
        assert client.get(f"/meldingen/{number}/").status_code == 404
        assert client.get(f"/meldingen/{number}/verstuurd/").status_code == 404

    def test_what_was_decided_is_said_truly(self, client, secret):
        address = secret.get_absolute_url()
        assert "zodra een behandelaar die openbaar maakt" in client.get(address).content.decode()
        Melding.objects.update(tekst_besluit="besloten")
        assert "De omschrijving is niet openbaar." in client.get(address).content.decode()

    def test_the_promised_date_stays_when_it_is_closed(self, client):
        melding = MeldingFactory(status=Status.OPGELOST)
        assert "Uiterlijk klaar" in client.get(melding.get_absolute_url()).content.decode()

    def test_who_is_waited_for_reads_how_to_answer(self, client):
        melding = MeldingFactory(status=Status.WACHT_OP_MELDER)
        answer = f"/meldingen/{melding.nummer}/antwoord/"
        assert answer not in client.get(melding.get_absolute_url()).content.decode()
        client.get(via.address("melding", melding.pk, melding.via_versie))
        assert answer in client.get(melding.get_absolute_url()).content.decode()

    def test_an_unknown_number_is_404(self, client):
        assert client.get(reverse("melding", args=["00000000"])).status_code == 404

    def test_the_private_link_shows_ones_own_words_at_a_clean_address(self, client, secret):
        response = client.get(via.address("melding", secret.pk, secret.via_versie))
        assert response.status_code == 302
        assert response.url == secret.get_absolute_url()
        assert response["Referrer-Policy"] == "no-referrer"
        page = client.get(response.url)
        assert SECRETS["omschrijving"] in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"

    def test_it_opens_a_melding_that_is_not_public(self, client):
        melding = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        client.get(via.address("melding", melding.pk, melding.via_versie))
        assert client.get(melding.get_absolute_url()).status_code == 200

    def test_a_forged_a_cut_and_a_revoked_link_are_404(self, client, secret):
        address = via.address("melding", secret.pk, secret.via_versie)
        for bad in (address[:-3] + "/", reverse("via", args=["x"]), via.address("onbekend", secret.pk, 1)):
            assert client.get(bad).status_code == 404
        assert client.get(address).status_code == 302
        Melding.objects.filter(pk=secret.pk).update(via_versie=2)
        assert client.get(address).status_code == 404
        assert SECRETS["omschrijving"] not in client.get(secret.get_absolute_url()).content.decode()


class TestFoto:
    @pytest.mark.parametrize("name", ["melding_foto", "melding_foto_klein"])
    def test_besloten_until_released(self, client, secret, name):
        foto = FotoFactory(melding=secret, stored=True)
        address = reverse(name, args=[foto.uuid])
        assert client.get(address).status_code == 404
        client.get(via.address("melding", secret.pk, secret.via_versie))
        mine = client.get(address)
        assert mine.status_code == 200
        assert mine["Cache-Control"] == "private, no-store"

    def test_released_is_for_everybody(self, client):
        foto = FotoFactory(stored=True, besluit="openbaar")
        response = client.get(reverse("melding_foto", args=[foto.uuid]))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "public" in response["Cache-Control"]

    def test_released_with_a_melding_that_is_not_public_stays_besloten(self, client):
        melding = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        foto = FotoFactory(melding=melding, stored=True, besluit="openbaar")
        assert client.get(reverse("melding_foto", args=[foto.uuid])).status_code == 404

    def test_a_behandelaar_of_the_afdeling_sees_it_another_does_not(self, client, secret):
        foto = FotoFactory(melding=secret, stored=True)
        for behandelaar, status in ((BehandelaarFactory(), 404), (BehandelaarFactory(afdeling=secret.afdeling), 200)):
            sign_in(client, behandelaar.gebruiker)
            assert client.get(reverse("melding_foto", args=[foto.uuid])).status_code == status

    def test_a_row_whose_file_is_gone_is_404(self, client):
        foto = FotoFactory(besluit="openbaar")
        assert client.get(reverse("melding_foto", args=[foto.uuid])).status_code == 404

    def test_a_photo_of_an_unsent_form_is_for_its_own_session(self, client):
        foto = FotoFactory(melding=None, stored=True)
        assert client.get(reverse("melding_foto", args=[foto.uuid])).status_code == 404


class TestList:
    def test_open_ones_of_public_categories_by_default(self, client):
        shown = MeldingFactory()
        MeldingFactory(status=Status.OPGELOST)
        MeldingFactory(categorie=CategorieFactory(openbaar=False))
        page = client.get(reverse("meldingen"))
        assert list(page.context["page_obj"]) == [shown]

    def test_filters(self, client):
        old = MeldingFactory(created_at=timezone.now() - timedelta(days=40), status=Status.OPGELOST)
        MeldingFactory(status=Status.NIET_OPGELOST)
        for query, found in (
            ({"status": "alle", "wijk": old.wijk.slug}, 1),
            ({"status": "afgesloten"}, 2),
            ({"status": "opgelost"}, 1),
            ({"status": "alle", "periode": "30"}, 1),
            ({"status": "alle", "categorie": old.categorie.slug}, 1),
            ({}, 0),
        ):
            page = client.get(reverse("meldingen"), query)
            assert page.context["page_obj"].paginator.count == found, query

    @pytest.mark.parametrize("query", [{"wijk": "utrecht"}, {"status": "x"}, {"periode": "8"}, {"categorie": "x"}])
    def test_an_unknown_filter_is_400_with_a_sentence(self, client, query):
        response = client.get(reverse("meldingen"), query)
        assert response.status_code == 400
        assert "Dit filter bestaat niet" in response.content.decode()

    def test_a_wijk_says_more_than_a_gebied(self, client):
        melding = MeldingFactory()
        other = WijkFactory().gebied
        page = client.get(reverse("meldingen"), {"wijk": melding.wijk.slug, "gebied": other.slug})
        assert list(page.context["page_obj"]) == [melding]
        assert page.context["form"]["gebied"].value() == melding.wijk.gebied.slug

    def test_the_map_is_asked_for_what_the_list_shows(self, client):
        melding = MeldingFactory(lat=None, lon=None, status=Status.OPGELOST)
        MeldingFactory(status=Status.OPGELOST)
        page = client.get(reverse("meldingen"), {"wijk": melding.wijk.slug, "status": "opgelost", "pagina": "1"})
        assert 'data-bron="/meldingen/kaart.json?status=opgelost&amp;wijk=' in page.text
        assert f'data-begrenzing="{melding.wijk.bbox}"' in page.text
        assert "1 melding gevonden." in page.text
        assert "Bij 1 staat geen speld op de kaart." in page.text

    def test_filters_that_find_nothing_can_be_cleared(self, client):
        assert "Wis de filters" in client.get(reverse("meldingen"), {"status": "opgelost"}).text
        assert "Wis de filters" not in client.get(reverse("meldingen")).text

    def test_a_wrong_filter_leaves_the_map_empty(self, client):
        assert 'data-bron="' not in client.get(reverse("meldingen"), {"wijk": "utrecht"}).text

    @pytest.mark.parametrize("page", ["0", "-1", "99999", "x"])
    def test_an_odd_page_number_still_shows_a_page(self, client, page):
        MeldingFactory()
        assert client.get(reverse("meldingen"), {"pagina": page}).status_code == 200

    def test_own_meldingen_need_sign_in_and_show_only_ones_own(self, client, bewoner):
        mine = MeldingFactory(melder=bewoner)
        MeldingFactory()
        assert client.get(reverse("meldingen_mijn")).status_code == 302
        client.force_login(bewoner)
        assert list(client.get(reverse("meldingen_mijn")).context["page_obj"]) == [mine]


class TestKaart:
    def ask(self, client, **query):
        return client.get(reverse("meldingen_kaart"), {"bbox": ALKMAAR, "zoom": "18", **query})

    def test_one_and_many(self, client):
        MeldingFactory.create_batch(3, lat=52.63, lon=4.75)
        alone = MeldingFactory(lat=52.55, lon=4.84)
        features = self.ask(client, zoom="12").json()["features"]
        many, one = sorted(features, key=lambda feature: "nummer" in feature["properties"])
        assert many["properties"] == {"aantal": 3}
        assert one["properties"] == {
            "nummer": alone.nummer,
            "categorie": alone.categorie.slug,
            "categorie_tekst": alone.categorie.naam,
            "status": "gemeld",
            "status_tekst": "Gemeld",
        }
        assert one["geometry"] == {"type": "Point", "coordinates": [4.84, 52.55]}

    def test_only_those_of_one_buurt(self, client):
        buurt = BuurtFactory()
        inside = MeldingFactory(wijk=buurt.wijk, buurt=buurt)
        MeldingFactory(wijk=buurt.wijk)
        asked = {"wijk": buurt.wijk.slug, "buurt": buurt.slug}
        found = self.ask(client, **asked).json()["features"]
        assert [feature["properties"]["nummer"] for feature in found] == [inside.nummer]
        for unknown in ("geen-slug!", "bestaat-niet", BuurtFactory(withdrawn_at=timezone.now()).slug):
            response = self.ask(client, **{**asked, "buurt": unknown})
            assert (response.status_code, response.json()) == (400, {"fout": "Dit filter bestaat niet."})

    def test_nothing_personal(self, client, secret):
        body = self.ask(client).content.decode()
        assert secret.nummer in body
        assert not [text for text in SECRETS.values() if text in body]

    def test_only_open_public_pins_in_the_box(self, client):
        MeldingFactory(status=Status.OPGELOST)
        MeldingFactory(categorie=CategorieFactory(openbaar=False))
        MeldingFactory(lat=None, lon=None, cel=None)
        assert self.ask(client).json()["features"] == []
        assert len(self.ask(client, status="opgelost").json()["features"]) == 1
        MeldingFactory()
        assert self.ask(client, bbox=ALMERE).json()["features"] == []

    def test_gets_coarser_until_it_fits_without_asking_more(self, client, django_assert_num_queries):
        like = MeldingFactory()
        with CaptureQueriesContext(connection) as queries:
            self.ask(client, zoom="22", bbox=ALKMAAR)
        assert sum("meldingen_melding" in query["sql"] for query in queries) == 1
        Melding.objects.all().delete()
        # Spread evenly over the city, no two in the same tile of zoom 22: each could be on its own.
        rows = [
            MeldingFactory.build(categorie=like.categorie, wijk=like.wijk, **place)
            for place in ({"lat": 52.53 + y * 0.003, "lon": 4.70 + x * 0.004} for x in range(50) for y in range(40))
        ]
        Melding.objects.bulk_create(rows)
        for zoom, least in (("10", 10), ("14", 30), ("22", 30)):
            with django_assert_num_queries(len(queries)):
                features = self.ask(client, zoom=zoom, bbox=ALKMAAR).json()["features"]
            assert least < len(features) <= 300
            assert sum(feature["properties"].get("aantal", 1) for feature in features) == 2000

    def test_falls_apart_when_the_map_shows_less(self, client):
        MeldingFactory(lat=52.6318, lon=4.7502)
        MeldingFactory(lat=52.6319, lon=4.7505)
        near = "4.7490,52.6310,4.7515,52.6325"
        assert len(self.ask(client, zoom="12", bbox=ALKMAAR).json()["features"]) == 1
        assert len(self.ask(client, zoom="18", bbox=near).json()["features"]) == 2

    def test_on_one_spot_they_stay_together(self, client):
        MeldingFactory.create_batch(2)
        at_the_spot = "4.7501,52.6317,4.7503,52.6319"
        [feature] = self.ask(client, zoom="22", bbox=at_the_spot).json()["features"]
        assert feature["properties"] == {"aantal": 2}

    @pytest.mark.parametrize(
        "query",
        [
            {"bbox": ""},
            {"bbox": "1,2,3"},
            {"bbox": "a,b,c,d"},
            {"bbox": "nan,nan,nan,nan"},
            {"bbox": "5.0,52.5,4.6,52.7"},
            {"bbox": "4.6,52.7,5.0,52.5"},
            {"bbox": "4.6,52.5,inf,52.7"},
            {"bbox": "-1000,52.5,1000,52.7"},
            {"zoom": ""},
            {"zoom": "-1"},
            {"zoom": "23"},
            {"zoom": "1.5"},
            {"zoom": "x"},
            {"wijk": "utrecht"},
            {"status": "weg"},
            {"periode": "9"},
            {"categorie": "bestaat-niet"},
        ],
    )
    def test_what_is_not_understood_is_400_with_a_reason(self, client, query):
        response = self.ask(client, **query)
        assert response.status_code == 400
        assert response.json()["fout"]

    def test_may_be_kept_for_a_minute(self, client):
        assert self.ask(client)["Cache-Control"] == "public, max-age=60"


class TestAnyQuery(HypothesisTestCase):
    @given(st.dictionaries(st.sampled_from(["bbox", "zoom", "wijk", "status", "periode", "categorie"]), st.text()))
    def test_no_query_breaks_the_map_or_the_list(self, query):
        assert self.client.get(reverse("meldingen_kaart"), query).status_code in {200, 400}
        assert self.client.get(reverse("meldingen"), query).status_code in {200, 400}
        json.loads(self.client.get(reverse("meldingen_kaart"), query).content)
