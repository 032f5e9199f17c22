"""`/.well-known/security.txt` says whom to tell about a leak."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESS = "/.well-known/security.txt"
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


def test_it_has_what_rfc_9116_asks_for(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:lek@gemeente.example"
    settings.PORTAL_URL = "https://portaal.voorbeeld.example/"
    with time_machine.travel(NOW, tick=False):
        response = client.get(ADDRESS)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "Contact: mailto:lek@gemeente.example",
        "Expires: 2027-05-20T12:30:00Z",
        "Preferred-Languages: nl, en",
        "Canonical: https://portaal.voorbeeld.example/.well-known/security.txt",
    ]


@pytest.mark.parametrize("moment", [NOW, datetime(2031, 2, 28, tzinfo=UTC)])
def test_it_never_expires_and_looks_less_than_a_year_ahead(client: Client, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        fields = dict(line.split(": ", 1) for line in client.get(ADDRESS).text.splitlines())
    ahead = datetime.fromisoformat(fields["Expires"]) - moment
    assert timedelta(days=30) < ahead < timedelta(days=365)


def test_it_is_for_looking_only(client: Client) -> None:
    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    ("contact", "good"),
    [
        ("mailto:lek@gemeente.example", True),
        ("https://gemeente.example/lek", True),
        ("lek@gemeente.example", False),
        ("http://gemeente.example/lek", False),
        ("mailto:lek@gemeente.example\nExpires: 2099-01-01T00:00:00Z", False),
    ],
)
def test_a_contact_that_is_no_address_of_the_web_is_refused_at_start(contact: str, good: bool, tmp_path: Path) -> None:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ},
        "ENV_FILE": os.devnull,
        "EMBEDDED": "true",
        "SECRET_KEY": "x",
        "VAR_DIR": str(tmp_path),
        "SECURITY_CONTACT": contact,
    }
    command = [sys.executable, "-c", "import alkmaar_portal.settings"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode == 0) is good, result.stderr
    assert good or "SECURITY_CONTACT" in result.stderr
