"""Which buurt a point lies in."""

import math
import random

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from gebieden.actions import import_gebieden
from gebieden.models import Buurt
from gebieden.outlines import Plane
from gebieden.plaatsen import buurt_at, in_municipality
from gebieden.register import Register
from tests.factories import BuurtFactory

# From the facts about Alkmaar.
IN_WIJK = [
    ("Waagplein", 52.6318, 4.7502, "Centrum"),
    ("De Rijp", 52.5567, 4.8461, "Graft-De Rijp"),
    ("Stompetoren", 52.6138, 4.8208, "Schermer"),
    ("Koedijk", 52.6735, 4.7539, "Daalmeer/Koedijk"),
    ("Overdie", 52.6133, 4.7584, "Overdie"),
]
OUTSIDE = [("Koedijk, PC4 1832", 52.6851, 4.7413), ("Sint Pancras", 52.6598, 4.7860)]


@pytest.mark.parametrize("lat, lon, wijk", [spot[1:] for spot in IN_WIJK], ids=[spot[0] for spot in IN_WIJK])
def test_spot_check_inside(alkmaar: None, lat: float, lon: float, wijk: str) -> None:
    buurt = buurt_at(lat, lon)
    assert buurt is not None
    assert buurt.wijk.naam == wijk
    assert in_municipality(lat, lon)


@pytest.mark.parametrize("lat, lon", [spot[1:] for spot in OUTSIDE], ids=[spot[0] for spot in OUTSIDE])
def test_spot_check_outside(alkmaar: None, lat: float, lon: float) -> None:
    assert buurt_at(lat, lon) is None
    assert not in_municipality(lat, lon)


def test_the_label_of_each_buurt_lies_in_it(alkmaar: None) -> None:
    for buurt in Buurt.objects.all():
        assert buurt_at(buurt.label_lat, buurt.label_lon) == buurt


def test_just_outside_belongs_to_the_nearest_until_sixty_metres(alkmaar: None) -> None:
    southernmost = Buurt.objects.order_by("south").first()
    assert southernmost is not None
    plane = Plane.at(southernmost.south)
    lon, lat = min((point for ring in southernmost.grens["coordinates"] for point in ring), key=lambda point: point[1])
    metre = 1 / plane.lat_metres
    assert buurt_at(lat - 58 * metre, lon) == southernmost
    assert buurt_at(lat - 62 * metre, lon) is None


def test_a_point_on_a_shared_border_has_one_answer(db: None) -> None:
    low = BuurtFactory(gebiednummer="0000000000000001", label_lat=52.6, label_lon=4.701)
    BuurtFactory(gebiednummer="0000000000000002", label_lat=52.6, label_lon=4.7)
    assert buurt_at(52.6, 4.7005) == low


@pytest.mark.parametrize(
    "lat, lon",
    [
        (math.nan, 4.75),
        (52.63, math.nan),
        (math.inf, 4.75),
        (52.63, -math.inf),
        (91.0, 4.75),
        (52.63, 181.0),
        (4.75, 52.63),
        (10**400, 4.75),
        (0.0, 0.0),
    ],
)
def test_what_is_no_place_in_alkmaar_is_nowhere(alkmaar: None, lat: float, lon: float) -> None:
    assert buurt_at(lat, lon) is None


def test_before_the_first_import_every_point_is_outside(db: None) -> None:
    assert buurt_at(52.6318, 4.7502) is None


def test_random_points_agree_with_the_borders_of_wijk_and_gebied(alkmaar: None) -> None:
    from shapely.geometry import Point, shape

    outlines: dict[object, object] = {}
    dice = random.Random(361)
    inside = 0
    for _number in range(300):
        lat, lon = dice.uniform(52.519, 52.683), dice.uniform(4.709, 4.928)
        buurt = buurt_at(lat, lon)
        if buurt is None:
            continue
        inside += 1
        for area in (buurt.wijk, buurt.wijk.gebied):
            outline = outlines.setdefault(area, shape(type(area).objects.get(pk=area.pk).grens))
            # Degrees: 60 m, and a metre for rounding.
            assert outline.distance(Point(lon, lat)) < 0.001  # type: ignore[attr-defined]
    assert inside > 100


def test_asking_again_costs_one_small_query(alkmaar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    buurt_at(52.6318, 4.7502)
    with django_assert_num_queries(1):
        buurt = buurt_at(52.5567, 4.8461)
        assert buurt is not None
        assert buurt.wijk.gebied.naam == "Oost"
    with django_assert_num_queries(0):
        assert buurt_at(math.nan, 4.8461) is None


def test_an_import_is_seen_at_the_next_question(alkmaar: None, alkmaar_register: Register) -> None:
    before = buurt_at(52.6318, 4.7502)
    assert before is not None
    Buurt.objects.filter(pk=before.pk).update(naam="Oude naam")
    import_gebieden(alkmaar_register)
    after = buurt_at(52.6318, 4.7502)
    assert after is not None
    assert after is not before
    assert after.naam == "Binnenstad-West"


def test_borders_of_an_import_that_was_rolled_back_are_forgotten(db: None, alkmaar_register: Register) -> None:
    with transaction.atomic():
        import_gebieden(alkmaar_register)
        assert in_municipality(52.6318, 4.7502)
        transaction.set_rollback(True)
    assert not in_municipality(52.6318, 4.7502)
    BuurtFactory(label_lat=52.6318, label_lon=4.7502, naam="Na het terugdraaien")
    found = buurt_at(52.6318, 4.7502)
    assert found is not None
    assert found.naam == "Na het terugdraaien"
