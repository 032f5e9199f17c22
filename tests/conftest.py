"""What every test shares: nothing leaves this machine, caches and files start empty, servers where asked for."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import Settings

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI") == "true"

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "var" / "cache" / "hypothesis"))
# Never a deadline: how fast the machine is at that moment is not what a test is about. On PostgreSQL, where most of
# the tests run for the second time, a few examples are enough; in the long form (`bin/test --lang`) there are many.
LONG = os.environ.get("TEST_LANG") == "1"
EXAMPLES = 15 if connection.vendor == "postgresql" else 60
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
hypothesis.settings.register_profile(
    "portal",
    max_examples=EXAMPLES * 30 if LONG else EXAMPLES,
    deadline=None,
    derandomize=CI,
    database=None if CI else hypothesis.settings.default.database,
)
hypothesis.settings.load_profile("portal")


def touches_database(item: pytest.Item) -> bool:
    """Whether a test may use the database of the tests."""
    if not isinstance(item, pytest.Function):
        return True
    asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames)
    return bool(asks) or (item.cls is not None and issubclass(item.cls, TransactionTestCase))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need servers say so by a marker; without those servers they are skipped with the reason.

    `bin/test` brings the servers, and counts what is left out.
    """
    on_postgres = connection.vendor == "postgresql"
    has_servers = on_postgres and "TEST_REDIS_URL" in os.environ
    for item in items:
        if not touches_database(item):
            item.add_marker(pytest.mark.plain)
        if "client" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.heavy)
        if item.get_closest_marker("servers"):
            # One Redis database, one worker at a time: these tests stay together in one process of pytest-xdist.
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group("servers"))
            if not has_servers:
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis: bin/test --servers"))
        elif item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: bin/test --servers"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests counted: `record_property("figures", …)`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(value))


class OutsideNetwork(OSError):
    """A test tried to reach something that is not on this machine."""


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def network_guard() -> Iterator[list[str]]:
    """Refuse every connection and every look-up of a name beyond this machine; the list tells what was tried."""
    tried: list[str] = []

    def check(host: object) -> None:
        if not _is_local(host):
            tried.append(str(host))
            raise OutsideNetwork(f"A test may not reach {host}")

    def guarded(method: str) -> Any:
        original = getattr(socket.socket, method)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0])
            return original(self, address)

        return connect

    original_getaddrinfo = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return original_getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded("connect"))
        patch.setattr(socket.socket, "connect_ex", guarded("connect_ex"))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield tried


@pytest.fixture(autouse=True)
def stays_on_this_machine(network_guard: list[str]) -> Iterator[list[str]]:
    """Fail a test that tried to reach out, also when the code under test swallowed the refusal."""
    network_guard.clear()
    yield network_guard
    assert network_guard == [], f"reached for {', '.join(network_guard)}"


@pytest.fixture(autouse=True)
def clean_surroundings(settings: Settings) -> Iterator[None]:
    """An empty cache, and a place for files that goes with the test."""
    cache.clear()
    own = settings.MEDIA_ROOT = settings.VAR_DIR / "media" / uuid4().hex
    yield
    # Not what a test shares with others by setting it meanwhile.
    shutil.rmtree(own, ignore_errors=True)
