"""What maps and address fields get: borders, the tiles of a box, and addresses."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings
from shapely.geometry import Point, shape

from gebieden.actions import import_gebieden
from gebieden.kaart import CLUSTER_ZOOMS, MAX_FEATURES, MUNICIPALITY, BadMapQuery, MapQuery, parse_map_query
from gebieden.models import Buurt, Gebied
from gebieden.register import Register
from gebieden.tegels import CEL_ZOOM, tiles_of_bbox, widen_to_tiles
from tests.pdok_server import PdokServer

GRENZEN = "/gebieden/grenzen.json"
ADRESSEN = "/adressen.json"


def borders(client: Client, niveau: str) -> dict[str, Any]:
    response = client.get(GRENZEN, {"niveau": niveau})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = json.loads(response.content)
    return found


class TestGrenzen:
    @pytest.mark.parametrize("niveau, number", [("gebied", 5), ("wijk", 11), ("buurt", 66)])
    def test_number_of_features(self, alkmaar: None, client: Client, niveau: str, number: int) -> None:
        found = borders(client, niveau)
        assert found["type"] == "FeatureCollection"
        assert found["attribution"].startswith("Grenzen: Gemeente Alkmaar, gebiedenregister (2025); Kadaster")
        assert len(found["features"]) == number
        for feature in found["features"]:
            properties = feature["properties"]
            assert properties.keys() == {"naam", "slug", "gebied", "kleur", "url", "label", "inwoners"}
            assert shape(feature["geometry"]).contains(Point(properties["label"]))

    def test_properties_lead_to_the_pages(self, alkmaar: None, client: Client) -> None:
        def of(niveau: str, naam: str) -> dict[str, Any]:
            rows = (feature["properties"] for feature in borders(client, niveau)["features"])
            return next(row for row in rows if row["naam"] == naam)

        noord = of("gebied", "Noord")
        assert noord["url"] == reverse("gebied", args=["noord"]) == "/gebieden/noord/"
        assert (noord["slug"], noord["gebied"], noord["kleur"], noord["inwoners"]) == ("noord", "noord", "noord", 28400)
        wijk = of("wijk", "De Mare")
        assert wijk["url"] == "/gebieden/noord/de-mare/"
        assert (wijk["gebied"], wijk["inwoners"]) == ("noord", 15585)
        assert of("buurt", "Stompetoren")["url"] == "/gebieden/oost/schermer/stompetoren/"
        assert of("buurt", "Kooimeer")["url"] == "/gebieden/zuid/zuid/"
        assert of("buurt", "Ursem")["url"] == "/gebieden/oost/schermer/"

    @pytest.mark.parametrize("query", ["", "?niveau=", "?niveau=straat", "?niveau[]=wijk"])
    def test_another_niveau_is_refused_with_the_reason(self, db: None, client: Client, query: str) -> None:
        response = client.get(GRENZEN + query)
        assert response.status_code == 400
        assert response.json() == {"fout": "niveau moet gebied, wijk of buurt zijn."}

    def test_before_the_first_import_there_are_none(self, db: None, client: Client) -> None:
        assert borders(client, "wijk")["features"] == []

    def test_may_be_kept_by_everybody_for_an_hour(self, alkmaar: None, client: Client) -> None:
        response = client.get(GRENZEN, {"niveau": "wijk"})
        assert response["Cache-Control"] == "public, max-age=3600"
        assert response["Vary"] == "Accept-Encoding"
        assert not response.cookies
        again = client.get(GRENZEN, {"niveau": "wijk"}, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
        assert again.content == b""
        other = client.get(GRENZEN, {"niveau": "buurt"}, headers={"If-None-Match": response["ETag"]})
        assert other.status_code == 200

    def test_compressed_for_who_can_read_that(self, alkmaar: None, client: Client) -> None:
        plain = client.get(GRENZEN, {"niveau": "buurt"})
        zipped = client.get(GRENZEN, {"niveau": "buurt"}, headers={"Accept-Encoding": "br, gzip"})
        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.content) == plain.content
        assert len(zipped.content) < len(plain.content) / 2
        assert zipped["ETag"] != plain["ETag"]

    def test_costs_one_query_once_it_is_known(
        self, alkmaar: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        borders(client, "buurt")
        with django_assert_num_queries(1):
            borders(client, "buurt")

    def test_an_import_is_seen_at_the_next_question(
        self, alkmaar: None, client: Client, alkmaar_register: Register
    ) -> None:
        Gebied.objects.filter(slug="noord").update(naam="Oude naam")
        before = client.get(GRENZEN, {"niveau": "gebied"})
        import_gebieden(alkmaar_register)
        after = client.get(GRENZEN, {"niveau": "gebied"}, headers={"If-None-Match": before["ETag"]})
        assert "Oude naam" in before.content.decode()
        assert after.status_code == 200
        assert "Oude naam" not in after.content.decode()

    def test_what_is_gone_from_the_register_has_no_border(self, alkmaar: None, client: Client) -> None:
        Buurt.objects.filter(naam="Kooimeer").update(withdrawn_at=timezone.now())
        assert len(borders(client, "buurt")["features"]) == 65

    def test_only_to_be_read(self, db: None, client: Client) -> None:
        assert client.post(GRENZEN).status_code == 405


class TestMapQuery:
    @given(
        st.tuples(st.floats(-180, 180), st.floats(-180, 180)).map(sorted).filter(lambda pair: pair[0] < pair[1]),
        st.tuples(st.floats(-85, 85), st.floats(-85, 85)).map(sorted).filter(lambda pair: pair[0] < pair[1]),
        st.integers(0, CEL_ZOOM),
    )
    def test_one_answer_holds_all_tiles_of_the_deepest_level_that_fits(
        self, longitudes: list[float], latitudes: list[float], zoom: int
    ) -> None:
        (west, east), (south, north) = longitudes, latitudes
        found = parse_map_query({"bbox": f"{west},{south},{east},{north}", "zoom": str(zoom)})
        assert tiles_of_bbox(*found.bounds, found.level).number <= MAX_FEATURES
        finest = min(CEL_ZOOM, zoom + CLUSTER_ZOOMS)
        box = widen_to_tiles(west, south, east, north, zoom)
        assert found.level == finest or tiles_of_bbox(*box, found.level + 1).number > MAX_FEATURES
        # Whole tiles, of the map or of its clusters: neighbours ask the same, and no cluster is cut in two.
        assert widen_to_tiles(*found.bounds, min(zoom, found.level)) == found.bounds
        assert found.bounds.west <= west + 1e-9
        assert found.bounds.south <= south + 1e-9
        assert found.bounds.east >= east - 1e-9
        assert found.bounds.north >= north - 1e-9

    @pytest.mark.parametrize(
        "bbox, zoom, level",
        [
            # A map of 640 by 400 pixels in the middle of the city, and the whole municipality on it.
            ("4.7366,52.6266,4.7640,52.6370", 15, 17),
            (MUNICIPALITY, 12, 14),
            # Zoomed in more than fits a screen: the whole municipality in tiles of some 1.5 km.
            (MUNICIPALITY, 22, 14),
            ("4.7502,52.6318,4.7503,52.6319", 22, 22),
            ("-180,-85,180,85", 22, 4),
            ("-180,-85,180,85", 0, 2),
        ],
    )
    def test_clusters_are_as_fine_as_the_box_allows(self, bbox: str, zoom: int, level: int) -> None:
        assert parse_map_query({"bbox": bbox, "zoom": str(zoom)}).level == level

    def test_neighbours_ask_the_same(self) -> None:
        here, a_little_on = (
            MapQuery.of(4.7366 + step, 52.6266, 4.7640 + step, 52.6370, zoom=15) for step in (0, 0.0001)
        )
        assert here == a_little_on

    @pytest.mark.parametrize("bbox, zoom", [("", "14"), ("4,52,5,nan", "14"), ("4,52,5,53", "23"), ("5,52,4,53", "14")])
    def test_what_is_no_box_or_zoom_is_refused_with_the_reason(self, bbox: str, zoom: str) -> None:
        with pytest.raises(BadMapQuery, match=r"bbox|zoom"):
            parse_map_query({"bbox": bbox, "zoom": zoom})


class TestAdressen:
    @pytest.fixture(autouse=True)
    def patient(self, settings: Settings) -> None:
        settings.PDOK_TIMEOUT_SECONDS = 20

    def test_suggestions(self, client: Client, pdok: PdokServer) -> None:
        response = client.get(ADRESSEN, {"q": "waagplein"})
        assert response.status_code == 200
        assert response.json() == {
            "adressen": [
                {
                    "label": "Waagplein 2, 1811JP Alkmaar",
                    "lat": 52.6318,
                    "lon": 4.7502,
                    "straat": "Waagplein",
                    "postcode": "1811JP",
                    "woonplaats": "Alkmaar",
                    "gemeente": "Alkmaar",
                }
            ]
        }
        assert "private" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]
        assert not response.cookies

    def test_the_nearest_address(self, client: Client, pdok: PdokServer) -> None:
        response = client.get(ADRESSEN, {"lat": "52.6319", "lon": "4.7501"})
        assert [adres["straat"] for adres in response.json()["adressen"]] == ["Waagplein"]

    def test_nothing_near_is_an_empty_list(self, client: Client, pdok: PdokServer) -> None:
        assert client.get(ADRESSEN, {"lat": "0", "lon": "0"}).json() == {"adressen": []}

    @pytest.mark.parametrize(
        "query, reason",
        [
            ("", "Geef q mee"),
            ("?q=", "Geef q mee"),
            ("?q=%20%20", "Geef q mee"),
            ("?q=" + "a" * 101, "q mag hoogstens 100 tekens hebben"),
            ("?q=laat%00", "tekens"),
            ("?lat=52.6", "Geef q mee"),
            ("?q=laat&lat=52.6&lon=4.7", "Geef q mee"),
            ("?lat=52.6&lon=x", "lat en lon moeten getallen zijn"),
            ("?lat=nan&lon=4.7", "lat en lon moeten getallen zijn"),
            ("?lat=52.6&lon=inf", "lat en lon moeten getallen zijn"),
            ("?lat=152.6&lon=4.7", "lat en lon moeten getallen zijn"),
            ("?lat=52,6&lon=4,7", "lat en lon moeten getallen zijn"),
            ("?lat=1e999&lon=4.7", "lat en lon moeten getallen zijn"),
        ],
    )
    def test_a_question_that_is_none_is_refused_with_the_reason(
        self, client: Client, pdok: PdokServer, query: str, reason: str
    ) -> None:
        response = client.get(ADRESSEN + query)
        assert response.status_code == 400
        assert reason in response.json()["fout"]
        assert pdok.requests == []

    @pytest.mark.parametrize("query", [{"q": "laat"}, {"lat": "52.63", "lon": "4.75"}])
    def test_without_pdok_people_are_told_what_to_do(
        self, client: Client, pdok: PdokServer, query: dict[str, str]
    ) -> None:
        pdok.mood = "error"
        response = client.get(ADRESSEN, query)
        assert response.status_code == 503
        assert response.json() == {"fout": "We kunnen nu geen adressen opzoeken. Typ het adres zelf helemaal in."}
        assert response["Cache-Control"] == "no-store"

    def test_only_to_be_read(self, client: Client) -> None:
        assert client.post(ADRESSEN).status_code == 405
