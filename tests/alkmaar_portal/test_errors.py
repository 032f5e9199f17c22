"""What is answered when the portal fails, or its database is away."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client

from tests.servers import free_port
from tests.test_settings import production_variables

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes looking for something raise an exception, and gives the answer to whoever looked."""

    def ask(error: Exception, path: str = "/zoeken/?q=waag", where: str = "alkmaar_portal.views.search.find") -> Any:
        def fail(*args: object) -> None:
            raise error

        monkeypatch.setattr(where, fail)
        return Client(raise_request_exception=False).get(path)

    return ask


def test_our_own_fault_is_a_500(failing: Any) -> None:
    response = failing(ProgrammingError("no such column"))
    assert response.status_code == 500
    assert response.content == (ROOT / "static/errors/500.html").read_bytes()
    assert "Retry-After" not in response


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("closed")])
def test_without_a_database_it_says_to_come_back(failing: Any, error: Exception) -> None:
    response = failing(error)
    assert response.status_code == 503
    assert response.content == (ROOT / "static/errors/503.html").read_bytes()
    assert (response["Retry-After"], response["Cache-Control"]) == ("60", "no-store")
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_machines_get_an_answer_of_their_own_kind(failing: Any) -> None:
    question = "/adressen.json?q=waagplein"
    response = failing(OperationalError("gone"), question, "gebieden.views.kaart.pdok.suggest")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert list(response.json()) == ["fout"]
    assert failing(RuntimeError, question, "gebieden.views.kaart.pdok.suggest").status_code == 500


@pytest.mark.parametrize("status", [500, 503])
def test_these_pages_lean_on_nothing_that_may_be_broken(status: int) -> None:
    source = (ROOT / f"static/errors/{status}.html").read_text(encoding="utf-8")
    assert not re.search(r"\{[%{]", source)
    assert "14 072" in source
    assert "112" in source
    addresses = re.findall(r'(?:href|src)="([^"]+)"', source)
    assert {address for address in addresses if not address.startswith("/static/")} == {"/", "tel:14072", "tel:112"}
    for address in addresses:
        if address.startswith("/static/"):
            assert (ROOT / address[1:]).is_file()


ASK = """
import django, sys
from django.conf import settings
# Files under their own names: none were collected.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"X-Forwarded-Proto": "https", "Host": sys.argv[1]})
client.cookies["__Host-sessionid"] = client.cookies["sessionid"] = "x" * 32
for path in ["/", "/hulp/", "/bestaat-niet/"]:
    response = client.get(path)
    print(response.status_code, response.get("Retry-After"), len(response.content))
"""


def test_a_database_that_is_really_away(tmp_path: Path) -> None:
    """At every page that asks it, also where the middleware is first to find out: a session is looked up."""
    environment = {
        **production_variables(tmp_path),
        "DATABASE_URL": f"postgres://portal@127.0.0.1:{free_port()}/portal",
        "DJANGO_SETTINGS_MODULE": "alkmaar_portal.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", ASK, environment["ALLOWED_HOSTS"]]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    size = (ROOT / "static/errors/503.html").stat().st_size
    assert result.stdout.splitlines() == [f"503 60 {size}"] * 3, result.stderr
