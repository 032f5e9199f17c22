"""The tests' own surroundings hold: nobody reaches out, one test leaves nothing to the next."""

import socket
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from gebruikers.models import Afdeling
from tests.servers import redis_database

# Reserved for documentation (RFC 5737): nobody is there.
NOBODY = "192.0.2.1"


def test_a_connection_to_outside_is_refused_and_noted(stays_on_this_machine: list[str]) -> None:
    with pytest.raises(OSError, match="may not reach"):
        socket.create_connection((NOBODY, 80), timeout=0.1)
    with socket.socket() as plain, pytest.raises(OSError, match="may not reach"):
        plain.connect((NOBODY, 80))
    with pytest.raises(OSError, match="may not reach"):
        socket.getaddrinfo("service.pdok.nl", 443)
    assert stays_on_this_machine == [NOBODY, NOBODY, "service.pdok.nl"]
    stays_on_this_machine.clear()


def test_a_connection_to_this_machine_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("turn", [1, 2])
def test_cache_and_files_start_empty(turn: int) -> None:
    assert cache.get("turn") is None
    assert not Path(settings.MEDIA_ROOT).exists()
    cache.set("turn", turn)
    default_storage.save("turn.txt", ContentFile(b"x"))
    assert Path(settings.MEDIA_ROOT).is_relative_to(settings.VAR_DIR)


@pytest.mark.django_db(transaction=True)
def test_a_thread_has_its_own_connection_to_the_same_database() -> None:
    Afdeling.objects.create(naam="Groen", slug="groen")
    found: list[str] = []

    def look() -> None:
        found.extend(Afdeling.objects.values_list("naam", flat=True))
        connection.close()

    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert found == ["Groen"]


@pytest.mark.servers
def test_two_runs_at_once_never_empty_the_same_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REDIS_URL")
    with redis_database() as one, redis_database() as other:
        assert one != other
