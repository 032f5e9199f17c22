"""What a million meldingen are asked for, an index answers: PostgreSQL's plan names it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from gebieden.clusters import Span
from gebieden.tegels import Bounds, cel
from meldingen.models import Melding
from tests.factories import MeldingFactory

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
