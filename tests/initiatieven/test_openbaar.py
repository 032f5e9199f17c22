"""What everybody sees of initiatieven."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatieven.rules import HIDDEN, Status
from tests.factories import BuurtFactory, GebruikerFactory, InitiatiefFactory, TeamlidFactory, WijkFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db
BBOX = "bbox=4.6,52.5,5.0,52.7"


def names(client, query=""):
    return [one.titel for one in client.get(f"/initiatieven/{query}").context["page_obj"]]


@pytest.mark.parametrize("status", Status)
def test_only_what_is_public_has_a_page_and_a_place_in_the_list(client, status):
    initiatief = InitiatiefFactory(status=status, lat=52.63, lon=4.75)
    is_public = status not in HIDDEN and status != Status.INGETROKKEN
    assert client.get(initiatief.get_absolute_url()).status_code == (200 if is_public else 404)
    assert (initiatief.titel in names(client, "?status=alle")) is is_public
    answer = client.get(f"/initiatieven/kaart.json?{BBOX}&zoom=22&status=alle").json()
    assert len(answer["features"]) == is_public
    assert (initiatief.titel in client.get("/zoeken/?q=geveltuintjes").text) is is_public
    assert (initiatief.titel in client.get(initiatief.gebied.get_absolute_url()).text) is (
        is_public and status not in {Status.VASTGESTELD, Status.AFGEROND, Status.GEANNULEERD}
    )


def test_filters(client):
    wijk = WijkFactory(slug="de-mare", gebied__slug="noord")
    here = InitiatiefFactory(wijk=wijk, thema="sociaal", titel="Hier")
    InitiatiefFactory(titel="Daar")
    done = InitiatiefFactory(wijk=wijk, status=Status.AFGEROND, titel="Klaar")
    assert names(client, "?wijk=de-mare") == [here.titel]
    assert names(client, "?gebied=noord&status=alle") == [done.titel, here.titel]
    assert names(client, "?thema=sociaal") == [here.titel]
    assert names(client, "?status=geeindigd") == [done.titel]
    assert client.get("/initiatieven/?wijk=weg").status_code == 400


def test_an_empty_list_says_so(client):
    assert "Er zijn nog geen initiatieven" in client.get("/initiatieven/").text


def test_the_map_tells_number_theme_and_status(client):
    initiatief = InitiatiefFactory(lat=52.63, lon=4.75)
    (feature,) = client.get(f"/initiatieven/kaart.json?{BBOX}&zoom=12").json()["features"]
    assert feature["properties"] == {
        "nummer": initiatief.nummer,
        "categorie": "schoon",
        "categorie_tekst": initiatief.titel,
        "status": "idee",
        "status_tekst": "Idee",
    }
    InitiatiefFactory(lat=52.63, lon=4.75)
    (feature,) = client.get(f"/initiatieven/kaart.json?{BBOX}&zoom=16").json()["features"]
    assert feature["properties"] == {"aantal": 2}


@pytest.mark.parametrize("query", ["", "bbox=1,2,3&zoom=3", f"{BBOX}&zoom=99", f"{BBOX}&zoom=12&thema=x"])
def test_what_the_map_does_not_understand(client, query):
    response = client.get(f"/initiatieven/kaart.json?{query}")
    assert response.status_code == 400 and response.json()["fout"]


def test_what_somebody_made_stands_together(client):
    mine = InitiatiefFactory(status=Status.CONCEPT, maker=GebruikerFactory())
    InitiatiefFactory(titel="Van een ander")
    sign_in(client, mine.maker)
    text = client.get("/initiatieven/mijn/").text
    assert mine.titel in text and "Van een ander" not in text


@pytest.mark.parametrize("address", ["/", "/initiatieven/?status=alle", "/zoeken/?q=geveltuintjes", "gebied", "team"])
def test_a_page_asks_no_more_with_more_ideas(client, address, django_assert_num_queries):
    first = InitiatiefFactory(wijk=BuurtFactory().wijk)
    if address == "team":
        sign_in(client, TeamlidFactory(gebied=first.gebied, gebruiker=GebruikerFactory(medewerker=True)).gebruiker)
    where = {"gebied": first.gebied.get_absolute_url(), "team": "/gebiedsteam/initiatieven/?toon=alle"}
    client.get(where.get(address, address))
    with CaptureQueriesContext(connection) as alone:
        client.get(where.get(address, address))
    for _number in range(5):
        buurt = BuurtFactory(wijk=WijkFactory(gebied=first.gebied))
        InitiatiefFactory(wijk=buurt.wijk, buurt=buurt)
    with django_assert_num_queries(len(alone)):
        client.get(where.get(address, address))
