"""Lists end at a thousand rows: nothing counts or skips more."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest import MonkeyPatch
from pytest_django import DjangoAssertNumQueries

from basis import paging
from basis.paging import BadKey, KeyOrder, ShortPaginator, counted, counted_together, in_words, key_page
from meldingen.models import Melding
from tests.factories import MeldingFactory, many_meldingen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def five_at_most(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 5)


@pytest.mark.parametrize(("rows", "found", "pages", "words"), [(1, 1, 1, "1"), (5, 5, 3, "5"), (9, 6, 3, "meer dan 5")])
def test_counts_and_pages_no_further(rows: int, found: int, pages: int, words: str) -> None:
    many_meldingen(rows - 1, MeldingFactory())
    paginator = ShortPaginator(Melding.objects.order_by("pk"), 2)
    assert counted(Melding.objects.all()) == found
    assert paginator.found_in_words == in_words(found) == words
    assert paginator.num_pages == pages
    assert paginator.is_cut is (rows > 5)
    assert [melding for page in paginator for melding in page] == list(Melding.objects.order_by("pk")[:5])


def test_the_database_stops_counting_too() -> None:
    with CaptureQueriesContext(connection) as queries:
        counted(Melding.objects.for_list())
    assert "LIMIT 6" in queries[0]["sql"]
    assert "ORDER BY" not in queries[0]["sql"]


def test_a_list_says_that_there_is_more(client: Client) -> None:
    many_meldingen(8, MeldingFactory())
    page = client.get("/meldingen/").content.decode()
    assert "meer dan 5 meldingen gevonden" in page
    assert "Kies een filter om de andere te zien." in page
    page = client.get("/meldingen/?pagina=900").content.decode()
    assert page.count("list-item") == 5


def test_several_are_counted_in_one_query_and_no_further_either(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = MeldingFactory()
    many_meldingen(8, first)
    rows = Melding.objects.all()
    with django_assert_num_queries(1):
        found = counted_together(rows.filter(pk=first.pk), some=rows.filter(pk=first.pk), many=rows, none=rows.none())
    assert found == {"some": 1, "many": 6, "none": 0}


@pytest.mark.parametrize("descending", [False, True])
def test_parts_follow_each_other_whatever_goes_between(descending: bool) -> None:
    many_meldingen(6, MeldingFactory())
    order = KeyOrder({"beloofd_op": date, "created_at": datetime, "id": int}, descending=descending)
    every = list(Melding.objects.order_by(*order.ordering()))
    first = key_page(Melding.objects.all(), order, 3)
    assert (first.rows, first.before) == (every[:3], None)
    every[2].delete()
    second = key_page(Melding.objects.all(), order, 3, after=first.after or "")
    assert second.rows == every[3:6]
    third = key_page(Melding.objects.all(), order, 3, after=second.after or "")
    assert (third.rows, third.after) == (every[6:], None)
    assert key_page(Melding.objects.all(), order, 3, before=third.before or "").rows == every[3:6]


@pytest.mark.parametrize("key", ["x", "2026-11-01", "2026-11-01_2026-11-01T00:00:00+00:00_-5", "1_2_3", "é_ü_٣"])
def test_what_is_no_place_is_refused(key: str) -> None:
    order = KeyOrder({"beloofd_op": date, "created_at": datetime, "id": int})
    with pytest.raises(BadKey):
        key_page(Melding.objects.all(), order, 3, after=key)
