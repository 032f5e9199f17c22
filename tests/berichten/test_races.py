"""Two workers, or two requests, at the same moment: on PostgreSQL, whose locks are what this is about."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction

from berichten.models import Bericht
from berichten.outbox import enqueue
from tests.berichten.conftest import CONTEXT

Make = Callable[..., Bericht]
T = TypeVar("T")
LEASE = timedelta(minutes=2)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def elsewhere(job: Callable[[], T]) -> T:
    """Do `job` in a thread with a database connection of its own; it fails where it would have to wait."""

    def run() -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result(timeout=30)


def test_a_claim_passes_by_what_another_worker_is_claiming(make_bericht: Make) -> None:
    first, second = make_bericht(), make_bericht()
    with transaction.atomic():
        assert Bericht.objects.claim(1, LEASE) == [first]
        assert elsewhere(lambda: Bericht.objects.claim(2, LEASE)) == [second]


def test_many_workers_at_once_claim_each_message_once(make_bericht: Make) -> None:
    numbers = {make_bericht().pk for _ in range(60)}

    def claim_all() -> list[int]:
        claimed: list[int] = []
        try:
            while rows := Bericht.objects.claim(3, LEASE):
                claimed += [row.pk for row in rows]
        finally:
            connection.close()
        return claimed

    with ThreadPoolExecutor(4) as threads:
        lists = [job.result(timeout=30) for job in [threads.submit(claim_all) for _ in range(4)]]
    together = [pk for one in lists for pk in one]
    assert len(together) == len(set(together))
    assert set(together) == numbers


def test_the_same_announcement_from_two_requests_at_once_is_one_message(db: None) -> None:
    def announce() -> None:
        enqueue(key="proef:1", to="jan@voorbeeld.example", template="proef", context=CONTEXT)

    def announce_and_close() -> None:
        try:
            announce()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            announce()
            # The second one waits until the first has made up its mind, and then lets it be.
            other = threads.submit(announce_and_close)
        other.result(timeout=30)
    assert Bericht.objects.count() == 1
