import json
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from berichten.models import Bericht

GOOD = {"ready": True, "database": True, "migrations": True, "storage": True}


@pytest.fixture
def ready(client: Client) -> Callable[[], tuple[int, dict[str, Any]]]:
    """Status and body of the readiness page."""

    def ask() -> tuple[int, dict[str, Any]]:
        response = client.get("/health/ready/")
        return response.status_code, json.loads(response.content)

    return ask


@pytest.fixture
def broker_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    return tmp_path


def test_alive_without_a_database(client: Client) -> None:
    # Without the `db` fixture every query is refused.
    response = client.get(reverse("health_live"))
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_all_is_well(db: None, ready: Callable[..., Any], broker_folder: Path) -> None:
    assert reverse("health_ready") == "/health/ready/"
    assert ready() == (200, {**GOOD, "broker": True, "oldest_waiting_bericht_seconds": None})


def test_not_ready_without_a_database(
    db: None, ready: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, broker_folder: Path
) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("secret-host.internal refused the connection")

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", gone)
        status, report = ready()
    assert status == 503
    assert report == {
        "ready": False,
        "database": False,
        "migrations": False,
        "storage": True,
        "broker": True,
        "oldest_waiting_bericht_seconds": None,
    }


def test_not_ready_before_the_migrations_ran(db: None, ready: Callable[..., Any]) -> None:
    MigrationRecorder(connection).record_unapplied("berichten", "0001_initial")
    status, report = ready()
    assert (status, report["ready"], report["migrations"]) == (503, False, False)


def test_migrations_of_a_newer_release_do_no_harm(db: None, ready: Callable[..., Any]) -> None:
    MigrationRecorder(connection).record_applied("berichten", "9999_later")
    assert ready()[0] == 200


def test_not_ready_when_photos_cannot_be_stored(
    db: None, ready: Callable[..., Any], settings: Settings, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "media"
    in_the_way.write_text("a file where the folder should be", encoding="utf-8")
    settings.MEDIA_ROOT = in_the_way
    status, report = ready()
    assert (status, report["ready"], report["storage"]) == (503, False, False)


def test_not_ready_when_the_disk_is_full(db: None, ready: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Path("/dev/full").open("wb"))  # noqa: SIM115
    assert ready()[1]["storage"] is False


def test_looking_leaves_nothing_behind(db: None, ready: Callable[..., Any], settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    ready()
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == []


def test_a_broker_that_is_gone_is_told_and_decides_nothing(
    db: None, ready: Callable[..., Any], settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        settings.CELERY_BROKER_URL = f"redis://:secret@127.0.0.1:{broker.getsockname()[1]}/0"
        assert ready()[1]["broker"] is True
    status, report = ready()
    assert (status, report["ready"], report["broker"]) == (200, True, False)


@pytest.mark.parametrize(
    "address",
    [
        "redis+socket:///var/run/redis/redis.sock",
        "sentinel://one.example:26379;sentinel://two.example:26379",
        "sentinel://one.example;sentinel://two.example",
        "redis://one.example:port/0",
        "redis://[::1/0",
        "memory://",
        "",
    ],
)
def test_a_broker_without_one_host_is_not_known(
    db: None, ready: Callable[..., Any], settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def connect(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("There is no one to ask.")

    monkeypatch.setattr(socket, "create_connection", connect)
    settings.CELERY_BROKER_URL = address
    status, report = ready()
    assert (status, report["ready"], report["broker"]) == (200, True, None)


def test_a_broker_whose_name_is_none_is_told(
    db: None, ready: Callable[..., Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*args: Any, **kwargs: Any) -> None:
        # What Python says of a name with a part of more than 63 characters.
        raise UnicodeError("encoding with 'idna' codec failed")

    monkeypatch.setattr(socket, "create_connection", connect)
    settings.CELERY_BROKER_URL = f"redis://{'a' * 64}.example/0"
    assert ready()[1]["broker"] is False


def test_a_broker_of_files_that_was_never_made_is_told(
    db: None, ready: Callable[..., Any], broker_folder: Path
) -> None:
    broker_folder.rmdir()
    assert ready()[1]["broker"] is False


def test_the_age_of_the_mail_queue_is_told_and_decides_nothing(db: None, ready: Callable[..., Any]) -> None:
    Bericht.objects.create(
        key="x", to="jan@voorbeeld.example", template="x", context={}, created_at=timezone.now() - timedelta(days=2)
    )
    status, report = ready()
    assert (status, report["ready"]) == (200, True)
    assert report["oldest_waiting_bericht_seconds"] >= 2 * 24 * 60 * 60


@pytest.mark.parametrize("path", ["live", "ready"])
def test_health_is_for_looking_now_over_plain_http_too(db: None, client: Client, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["portaal.voorbeeld.example", "10.0.0.7"]
    for host in settings.ALLOWED_HOSTS:
        response = client.get(f"/health/{path}/", headers={"host": host})
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert client.post(f"/health/{path}/", headers={"host": host}).status_code == 405


def test_nothing_personal_or_secret_is_told(
    db: None, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "redis://:geheim@127.0.0.1:9/0"
    Bericht.objects.create(key="x:jan@voorbeeld.example", to="jan@voorbeeld.example", template="x", context={"a": "b"})
    body = client.get("/health/ready/").content.decode()
    assert "jan@" not in body
    assert "geheim" not in body
    assert "127.0.0.1" not in body
