"""`bin/start` up to its command: what it hands on, whatever stands around it, and the ports that it can't take."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from alkmaar_portal.management.commands.start_embedded import chosen_port, free_hosts

ROOT = Path(__file__).resolve().parent.parent
# Instead of making an environment: note where temporary files go by then.
ENSURE = 'ensure_environment() { printf %s "$TMPDIR" >var/tmpdir; }\n'
# Instead of Python: make a key, or tell the environment of the command.
PYTHON = '#!/bin/sh\nif [ "$1" = -c ]; then echo key-of-the-example; else exec env; fi\n'
SET_BY_START = {"SECRET_KEY", "EMBEDDED", "ENV_FILE", "VAR_DIR", "PORTAL_URL"}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with bin/start, and stubs of what it leans on."""
    for name in ("bin/start", ".env.example"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin/_environment.sh").write_text(ENSURE, encoding="utf-8")
    python = tmp_path / "var/venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return tmp_path


def handed_on(house: Path, **variables: str) -> dict[str, str]:
    """The environment that bin/start gives to its command, when it is started with `variables`."""
    result = subprocess.run(
        [house / "bin/start"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in result.stdout.splitlines())


def test_nothing_around_leads_it_to_real_servers(house: Path) -> None:
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE)
    assert {"DATABASE_URL", "PDOK_URL", *SET_BY_START} <= set(listed)
    as_files = [f"{name}_FILE" for name in listed]
    planted = dict.fromkeys([*listed, *as_files, "DJANGO_SETTINGS_MODULE"], "planted")
    got = handed_on(house, **planted)
    assert "planted" not in got.values()
    assert set(got) & set(planted) == SET_BY_START
    # The settings read the .env of the folder unless they are told to read another file.
    assert got["ENV_FILE"] == os.devnull


def test_everything_is_written_below_var(house: Path) -> None:
    (house / "var/tmp").mkdir()
    (house / "var/tmp/upload-of-another-instance").touch()
    got = handed_on(house)
    assert got["VAR_DIR"] == str(house / "var")
    assert got["TMPDIR"] == (house / "var/tmpdir").read_text("utf-8") == str(house / "var/tmp")
    assert (house / "var/tmp/upload-of-another-instance").exists()


def test_the_port_of_the_environment(house: Path) -> None:
    assert handed_on(house)["PORTAL_URL"] == "http://localhost:8000"
    got = handed_on(house, PORT="8123")
    assert (got["PORT"], got["PORTAL_URL"]) == ("8123", "http://localhost:8123")


@pytest.mark.parametrize("text", ["abc", "0", "-1", "99999", "80.5", ""])
def test_no_port_at_all_is_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CommandError, match=f"PORT={text} kan niet"):
        chosen_port()


def test_a_port_that_is_not_for_this_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CommandError, match="Poort 80 mag u niet gebruiken"):
        free_hosts(80)
