"""`/metrics` for Prometheus: what the web processes counted, and how things stand in the database. Nothing of people.

Whoever asks shows `METRICS_TOKEN`; without that setting there is no such page.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from basis.metrics import tasks_done
from berichten.models import Bericht
from meldingen.models import Melding


@require_safe
@cache_control(no_store=True)
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, in the text format of Prometheus."""
    shown = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    counted = REGISTRY
    if settings.METRICS_DIR:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=settings.METRICS_DIR)
    state = CollectorRegistry()
    state.register(State())
    return HttpResponse(generate_latest(counted) + generate_latest(state), content_type=CONTENT_TYPE_LATEST)


class State(Collector):
    """How things stand, asked at each scrape. Without the database its figures are left out, and so are the moments of
    tasks while the cache that keeps them is gone.
    """

    def collect(self) -> Iterator[Metric]:
        """Yield the outbox, overdue meldingen, and when each task of the clock was last done."""
        try:
            figures = list(_of_database())
        except Error:
            figures = []
        yield _gauge("portal_database_up", "Whether the database answers.", bool(figures))
        yield from figures
        tasks = GaugeMetricFamily("portal_task_done_timestamp_seconds", "When a task was last done.", labels=["task"])
        names = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
        for name, moment in tasks_done(names).items():
            tasks.add_metric([name], moment)
        yield tasks


def _of_database() -> Iterator[Metric]:
    age = Bericht.objects.oldest_waiting_age()
    overdue = Melding.objects.overdue(timezone.localdate())
    yield _gauge("portal_outbox_waiting", "Messages that still have to leave.", Bericht.objects.waiting().count())
    yield _gauge("portal_outbox_oldest_seconds", "Age of the oldest of them.", age.total_seconds() if age else 0)
    yield _gauge("portal_outbox_failed", "Messages that were given up.", Bericht.objects.failed().count())
    yield _gauge("portal_meldingen_overdue", "Meldingen past their promised date.", overdue.count())


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
