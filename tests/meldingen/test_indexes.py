"""What a million meldingen are asked for, an index answers: PostgreSQL's plan names it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from gebieden.clusters import Span
from gebieden.tegels import Bounds, cel
from meldingen.forms.werklijst import WorkListFilter
from meldingen.models import Melding
from tests.factories import BehandelaarFactory, MeldingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def no_reading_of_everything() -> Iterator[None]:
    """Few rows are read fastest as a whole: let the planner think of many."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield


def plan(rows: QuerySet[Melding]) -> str:
    return rows.explain()


@pytest.mark.parametrize("text", ["nassaulaan", "LANTAARNPAAL"])
def test_words_are_found_by_their_index(text: str) -> None:
    MeldingFactory(straat="Nassaulaan", tekst_besluit="openbaar")
    for rows in (Melding.objects.with_words(text), Melding.objects.with_public_words(text)):
        assert rows.count() == 1
        assert "Bitmap Index Scan on melding_words" in plan(rows)


def test_the_map_looks_in_its_own_index() -> None:
    melding = MeldingFactory()
    assert melding.lat is not None and melding.lon is not None
    number = cel(melding.lat, melding.lon)
    span = Span(Bounds(4.7, 52.6, 4.8, 52.7), number, number)
    assert "melding_open_on_map" in plan(Melding.objects.open().in_span(span))


def test_the_numbers_of_the_work_list_come_from_an_index() -> None:
    melding = MeldingFactory()
    mine = Melding.objects.handled_by([melding.afdeling_id])
    for rows in (mine.open(), mine.overdue(timezone.localdate()), mine.to_release()):
        assert "melding_work_counts" in plan(rows)


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("", "melding_open_order"),
        ("prioriteit", "melding_open_by_priority"),
        ("oud", "melding_open_by_age"),
    ],
)
def test_each_order_of_the_work_list_goes_on_from_a_key_in_its_index(order: str, index: str) -> None:
    """Where enough rows lie between to make it worth while; here the planner is told so."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
    melding = MeldingFactory()
    rows = Melding.objects.handled_by([melding.afdeling_id]).open().for_work_list()
    way = WorkListFilter.ORDERS[order][1]
    key = way.key_of(rows.get())
    for backwards in (False, True):
        further = rows.filter(way.beyond(key, backwards=backwards)).order_by(*way.ordering(backwards=backwards))
        told = plan(further[:100])
        assert index in told
        # The key is where the index begins to be read, not what is left out of it row by row.
        assert "Index Cond: (ROW(" in told, told
        assert "Sort" not in told


def test_closed_ones_have_the_same_order_in_an_index_of_their_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    melding = MeldingFactory(status="opgelost")
    way = WorkListFilter.ORDERS[""][1]
    for rows in (Melding.objects.closed(), Melding.objects.filter(status="opgelost")):
        mine = rows.handled_by([melding.afdeling_id]).for_work_list().order_by(*way.ordering())
        assert "melding_closed_order" in plan(mine[:100])


def test_what_is_of_one_person_and_what_came_back_have_an_index() -> None:
    by = BehandelaarFactory()
    mine = Melding.objects.handled_by([by.afdeling_id])
    assert "melding_of_behandelaar" in plan(mine.open().of_behandelaar(by.gebruiker))
    assert "melding_reopened" in plan(mine.reopened())


def test_who_saw_the_same_too_is_counted_from_indexes_alone() -> None:
    """In each row of a list and nearby: no table is read as a whole for it."""
    double = MeldingFactory(status="dubbel", eerste=MeldingFactory())
    told = plan(Melding.objects.filter(pk=double.eerste_id).with_also_seen())
    assert "Seq Scan" not in told, told
    assert "abonnement_once" in told, told
    assert told.count("onderwerp = ") >= 1, told
