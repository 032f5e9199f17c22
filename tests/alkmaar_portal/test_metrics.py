"""`/metrics`: only for who shows the token; counts by the names of views, and tells how things stand."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from basis import fotos
from basis.fotos import FotoRefused
from berichten.models import Bericht, BerichtQuerySet, Status
from gebruikers.tasks import purge_sessions
from tests.basis.test_fotos import corners_image, encoded, upload
from tests.factories import MeldingFactory

pytestmark = pytest.mark.django_db
TOKEN = "the-token-of-prometheus"


@pytest.fixture
def figures(client: Client, settings: Settings):
    settings.METRICS_TOKEN = TOKEN

    def read() -> dict[str, float]:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        lines = [line for line in answer.text.splitlines() if line.startswith("portal_")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    return read


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.parametrize("shown", [None, "", "Bearer ", "Bearer other", TOKEN])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_without_the_token_there_is_no_such_page(
    client: Client, settings: Settings, shown: str | None, token: str
) -> None:
    settings.METRICS_TOKEN = token
    answer = client.get("/metrics", headers={} if shown is None else {"Authorization": shown})
    assert answer.status_code == 404
    assert b"portal_" not in answer.content


def test_how_things_stand(figures) -> None:
    now = timezone.now()
    common = {"to": "jan@voorbeeld.example", "template": "proef", "context": {}}
    Bericht.objects.create(key="1", created_at=now - timedelta(minutes=3), **common)
    Bericht.objects.create(key="2", **common)
    Bericht.objects.create(key="3", status=Status.MISLUKT, **common)
    MeldingFactory(beloofd_op=timezone.localdate() - timedelta(days=1))
    MeldingFactory(beloofd_op=timezone.localdate())
    found = figures()
    assert found["portal_outbox_waiting"] == 2
    assert 180 <= found["portal_outbox_oldest_seconds"] < 240
    assert found["portal_outbox_failed"] == 1
    assert found["portal_meldingen_overdue"] == 1
    assert found["portal_database_up"] == 1


def test_an_empty_portal_waits_for_nothing(figures) -> None:
    found = figures()
    assert found["portal_outbox_waiting"] == found["portal_outbox_oldest_seconds"] == found["portal_outbox_failed"] == 0


def test_a_task_that_was_done_is_told(figures) -> None:
    before = timezone.now().timestamp()
    name = f'portal_task_done_timestamp_seconds{{task="{purge_sessions.name}"}}'
    assert name not in figures()
    purge_sessions.apply()
    assert before - 1 <= figures()[name] <= timezone.now().timestamp()


def test_a_task_that_failed_is_not(figures, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OperationalError

    monkeypatch.setattr("gebruikers.actions.purge_sessions", broken)
    purge_sessions.apply()
    assert not [name for name in figures() if name.startswith("portal_task_done")]


def test_a_database_that_is_gone_is_told(figures, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(BerichtQuerySet, "oldest_waiting_age", gone)
    found = figures()
    assert found["portal_database_up"] == 0
    assert "portal_outbox_waiting" not in found


def test_an_answer_counts_under_the_name_of_its_view(client: Client) -> None:
    labels = {"method": "GET", "view": "melding", "status": "404"}
    before = counted("portal_requests_total", **labels)
    timed = counted("portal_request_seconds_count", view="melding")
    client.get("/meldingen/12345678/?naam=jan")
    assert counted("portal_requests_total", **labels) == before + 1
    assert counted("portal_request_seconds_count", view="melding") == timed + 1


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("BREW", "/", {"method": "other", "view": "home", "status": "405"}),
        ("GET", "/er-is-hier-niets/", {"method": "GET", "view": "none", "status": "404"}),
        ("GET", "/static/css/tokens.css", {"method": "GET", "view": "static", "status": "200"}),
    ],
)
def test_what_a_visitor_makes_up_becomes_no_label(
    client: Client, method: str, path: str, labels: dict[str, str]
) -> None:
    before = counted("portal_requests_total", **labels)
    answer: HttpResponse = client.generic(method, path)
    assert counted("portal_requests_total", **labels) == before + 1, answer.status_code


def test_no_label_holds_a_path(client: Client, figures) -> None:
    client.get("/meldingen/12345678/")
    client.get("/via/een-geheim/")
    assert not [name for name in figures() if re.search(r"/|12345678|geheim", name)]


def test_photos_are_counted_by_what_became_of_them() -> None:
    taken, refused = (counted("portal_fotos_total", outcome=outcome) for outcome in ("taken", "refused"))
    fotos.prepare(upload(encoded(corners_image())))
    with pytest.raises(FotoRefused):
        fotos.prepare(upload(b"no photo"))
    assert counted("portal_fotos_total", outcome="taken") == taken + 1
    assert counted("portal_fotos_total", outcome="refused") == refused + 1
