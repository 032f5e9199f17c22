"""Two at once, where one has to wait for the other: on PostgreSQL, which tells who waits."""

from concurrent.futures import Future
from typing import Any

from django.db import connection


def until_it_waits_or_is_done(job: Future[Any]) -> None:
    """Look at the locks of the database until `job` waits for one of ours."""
    for _look in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0] or job.done():
                return
    raise AssertionError("The other request neither waits nor ends.")
