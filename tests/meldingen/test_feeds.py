"""Meldingen of an area for other programs: RSS and GeoJSON."""

from html import unescape
from xml.etree import ElementTree as ET

import pytest

from meldingen.models import Melding
from meldingen.rules import Status
from tests.factories import CategorieFactory, FotoFactory, MeldingFactory, WijkFactory
from tests.meldingen.test_openbaar import SECRETS

pytestmark = pytest.mark.django_db


@pytest.fixture
def wijk():
    return WijkFactory(slug="de-mare", gebied__slug="noord", gebied__naam="Noord")


def items(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(response.content)[0]
    return [{child.tag: child.text for child in item} for item in channel.findall("item")]


def features(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/geo+json"
    assert response.json()["type"] == "FeatureCollection"
    return response.json()["features"]


def test_rss_tells_the_newest_of_a_gebied_or_wijk(client, wijk):
    old, new = MeldingFactory(wijk=wijk), MeldingFactory(wijk=WijkFactory(gebied=wijk.gebied), straat="Waagplein")
    MeldingFactory()
    found = items(client, "/gebieden/noord/meldingen.rss")
    assert [item["link"].split("/")[-2] for item in found] == [new.nummer, old.nummer]
    assert found[0]["link"] == f"http://localhost:8000{new.get_absolute_url()}"
    assert found[0]["title"] == f"{new.categorie.naam}, Waagplein, {new.wijk.naam} (gemeld)"
    assert [item["link"].split("/")[-2] for item in items(client, "/gebieden/noord/de-mare/meldingen.rss")] == [
        old.nummer
    ]


def test_rss_is_valid_with_any_text(client, wijk):
    MeldingFactory(wijk=wijk, omschrijving="\x0b\x1b\ufffe<&>]]>😀", straat="\x01x", tekst_besluit="openbaar")
    (item,) = items(client, "/gebieden/noord/meldingen.rss")
    assert "<&>]]>😀" in unescape(item["description"])
    # Readers make a page of it: what a resident typed is text there.
    assert "<" not in item["description"]


def test_geojson_tells_what_is_open_and_has_a_pin(client, wijk):
    melding = MeldingFactory(wijk=wijk, lat=52.65, lon=4.75)
    MeldingFactory(wijk=wijk, status=Status.OPGELOST)
    MeldingFactory(wijk=wijk, lat=None, lon=None)
    MeldingFactory()
    for address in ("/gebieden/noord/meldingen.geojson", "/gebieden/noord/de-mare/meldingen.geojson"):
        (feature,) = features(client, address)
        assert feature["geometry"] == {"type": "Point", "coordinates": [4.75, 52.65]}
        assert feature["properties"]["nummer"] == melding.nummer
        assert feature["properties"]["status"] == "gemeld"


@pytest.mark.parametrize("name", ["meldingen.rss", "meldingen.geojson"])
class TestBoth:
    def test_nothing_typed_leaves_before_release_and_nothing_personal_ever(self, client, wijk, name):
        melding = MeldingFactory(wijk=wijk, **SECRETS)
        FotoFactory(melding=melding)
        MeldingFactory(wijk=wijk, categorie=CategorieFactory(naam="Verborgen", openbaar=False))
        content = client.get(f"/gebieden/noord/{name}").content.decode()
        assert melding.nummer in content
        assert not [text for text in (*SECRETS.values(), "Verborgen") if text in content]
        Melding.objects.update(tekst_besluit="openbaar")
        content = client.get(f"/gebieden/noord/{name}").content.decode()
        assert not [text for key, text in SECRETS.items() if key != "omschrijving" and text in content]

    def test_where_there_is_no_such_area_404(self, client, wijk, name):
        for area in ("zuid", "zuid/de-mare", "noord/nee"):
            assert client.get(f"/gebieden/{area}/{name}").status_code == 404

    def test_anybody_may_keep_and_read_it_and_no_search_engine_shows_it(self, client, wijk, name):
        response = client.get(f"/gebieden/noord/{name}")
        assert response["Cache-Control"] == "public, max-age=300"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["X-Robots-Tag"] == "noindex"

    def test_it_asks_no_more_with_more_rows(self, client, wijk, name, django_assert_num_queries):
        for number in (1, 4):
            for _time in range(number):
                MeldingFactory(wijk=wijk)
            with django_assert_num_queries(2):
                client.get(f"/gebieden/noord/{name}")
            with django_assert_num_queries(2):
                client.get(f"/gebieden/noord/de-mare/{name}")

    def test_pages_lead_to_it(self, client, wijk, name):
        assert f'href="/gebieden/noord/{name}"' in client.get("/gebieden/noord/").content.decode()
        assert f'href="/gebieden/noord/de-mare/{name}"' in client.get("/gebieden/noord/de-mare/").content.decode()
        assert f'href="/gebieden/noord/{name}"' in client.get("/meldingen/").content.decode()
        other = WijkFactory(gebied__slug="zuid").gebied
        chosen = client.get("/meldingen/?gebied=zuid").content.decode()
        assert f'href="/gebieden/{other.slug}/{name}"' in chosen
        assert f'href="/gebieden/noord/{name}"' not in chosen
