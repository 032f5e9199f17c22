"""What the web processes count while they work, and when each task was last done; `alkmaar_portal.metrics` shows it."""

from collections.abc import Iterable
from time import time

from django.core.cache import cache
from prometheus_client import Counter, Histogram

REQUESTS = Counter("portal_requests_total", "Requests answered.", ["method", "view", "status"])
REQUEST_SECONDS = Histogram(
    "portal_request_seconds",
    "How long an answer took, in seconds.",
    ["view"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FOTOS = Counter("portal_fotos_total", "Photos that came in, by what became of them.", ["outcome"])


def note_task_done(name: str) -> None:
    """Remember that task `name` was done just now; in the cache, which workers and web processes share."""
    cache.set(_key(name), int(time()), timeout=None)


def tasks_done(names: Iterable[str]) -> dict[str, int]:
    """When each of these tasks was last done, in seconds since 1970; those that the cache doesn't know are left out."""
    keys = {_key(name): name for name in names}
    return {keys[key]: moment for key, moment in cache.get_many(keys).items()}


def _key(name: str) -> str:
    return f"task-done:{name}"
