"""Lists end at a thousand rows: nothing counts or skips more."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest import MonkeyPatch

from basis import paging
from basis.paging import ShortPaginator, counted, in_words
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
