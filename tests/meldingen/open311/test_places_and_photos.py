"""Where a melding is, when no pin comes along, and the photos that do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from basis import fotos
from meldingen.models import Foto, Melding
from tests.factories import BuurtFactory, jpeg
from tests.meldingen.open311.conftest import rows
from tests.meldingen.open311.test_contract import refused

pytestmark = pytest.mark.django_db
NO_PIN = {"lat": None, "long": None}


def photo(content=None, name="x.jpg"):
    return SimpleUploadedFile(name, jpeg("red") if content is None else content, "image/jpeg")


class TestPlaces:
    def test_an_address_is_looked_up(self, open311, buurt, koppeling, lamp, pdok):
        open311.send(service_code="lamp", address_string="Waagplein 2", **NO_PIN)
        assert open311.status == 200
        melding = Melding.objects.get()
        assert (melding.lat, melding.lon, melding.straat) == (52.6318, 4.7502, "Waagplein")
        (found,) = rows(open311.get(f"requests/{melding.nummer}"))
        assert found["address"] == f"Waagplein, {melding.wijk.naam}"

    def test_an_id_of_pdok_is_looked_up(self, open311, buurt, koppeling, lamp, pdok):
        open311.send(service_code="lamp", address_id="adr-waagplein-2-alkmaar", **NO_PIN)
        assert open311.status == 200
        assert Melding.objects.get().straat == "Waagplein"

    def test_the_street_at_a_pin_is_looked_up(self, open311, buurt, koppeling, lamp, pdok):
        open311.send(service_code="lamp", address_string="Bij mij thuis, Waagplein 2")
        melding = Melding.objects.get()
        assert (melding.straat, melding.adres) == ("Waagplein", "Bij mij thuis, Waagplein 2")

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"address_string": "Nergensstraat 1"}, "vinden dit adres niet"),
            ({"address_id": "adr-nergens"}, "vinden dit adres niet"),
            ({"address_id": "x&id=y"}, "vinden dit adres niet"),
            ({"address_id": "adr-bovenweg-100-sint-pancras"}, "gemeente Dijk en Waard"),
        ],
    )
    def test_what_is_nowhere_in_alkmaar_is_400_with_a_sentence(
        self, open311, buurt, koppeling, lamp, pdok, fields, sentence
    ):
        content = open311.send(service_code="lamp", **NO_PIN, **fields)
        assert refused(open311, content, 400)
        assert sentence in rows(content)[0]["description"]

    def test_while_pdok_is_silent_an_address_is_400_and_a_pin_comes_in(self, open311, buurt, koppeling, lamp, pdok):
        pdok.mood = "error"
        content = open311.send(service_code="lamp", address_string="Waagplein 2", **NO_PIN)
        assert refused(open311, content, 400)
        assert "nu niet opzoeken" in rows(content)[0]["description"]
        open311.send(service_code="lamp")
        assert open311.status == 200

    def test_a_pin_elsewhere_names_who_helps(self, open311, buurt, koppeling, lamp, pdok):
        content = open311.send(service_code="lamp", lat="52.6598", long="4.786")
        assert refused(open311, content, 400)
        assert "gemeente Dijk en Waard" in rows(content)[0]["description"]

    def test_the_borders_decide_which_wijk(self, open311, buurt, koppeling, lamp):
        other = BuurtFactory(label_lat=52.65, label_lon=4.76)
        open311.send(service_code="lamp", lat="52.65", long="4.76")
        assert Melding.objects.get().wijk == other.wijk


class TestPhotos:
    def test_they_come_along_under_whatever_name_and_are_besloten(self, open311, client, buurt, koppeling, lamp):
        open311.send(service_code="lamp", photo1=photo(), media=photo(jpeg("blue")))
        assert open311.status == 200
        melding = Melding.objects.get()
        assert [foto.besluit for foto in melding.fotos.all()] == ["", ""]
        assert client.get(f"/meldingen/foto/{melding.fotos.all()[0].uuid}.jpg").status_code == 404
        assert rows(open311.get(f"requests/{melding.nummer}"))[0]["media_url"] is None

    @pytest.mark.parametrize(
        "files",
        [{"foto": photo(b"geen foto")}, {"foto": photo(b"")}, {"foto": [photo(jpeg(c)) for c in ("red",) * 4]}],
        ids=["no photo", "empty", "too many"],
    )
    def test_what_cannot_be_kept_is_400_and_keeps_nothing(self, open311, buurt, koppeling, lamp, files):
        assert refused(open311, open311.send(service_code="lamp", **files), 400)
        assert not Melding.objects.exists()
        assert not Foto.objects.exists()

    def test_nothing_is_converted_for_what_is_refused_anyway(self, open311, buurt, koppeling, lamp, monkeypatch):
        monkeypatch.setattr(fotos, "prepare", lambda upload: pytest.fail("a photo was converted"))
        open311.send(service_code="lamp", foto=photo(), lat="52.0", long="4.0")
        assert open311.status == 400

    def test_what_an_earlier_try_left_neither_counts_nor_comes_along(
        self, open311, buurt, koppeling, lamp, monkeypatch
    ):
        number = {"service_code": "lamp", "attribute[fixmystreet_id]": "4711"}
        with monkeypatch.context() as halfway:
            halfway.setattr("meldingen.actions.koppelen.send_melding", lambda **melding: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                open311.send(**number, foto=[photo(jpeg(colour)) for colour in ("red", "green", "blue")])
        assert Foto.objects.count() == 3
        open311.send(**number, foto=[photo(jpeg(colour)) for colour in ("blue", "white")])
        assert open311.status == 200
        assert Foto.objects.count() == Melding.objects.get().fotos.count() == 2

    def test_a_full_disk_is_our_fault_and_worth_another_try(self, open311, buurt, koppeling, lamp, monkeypatch):
        def full(prepared, folder):
            raise fotos.FotoStorageError

        monkeypatch.setattr("meldingen.actions.melden.fotos.store", full)
        content = open311.send(service_code="lamp", foto=photo())
        assert refused(open311, content, 503)
        assert open311.response["Retry-After"]
        assert not Melding.objects.exists()
