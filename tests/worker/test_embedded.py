"""The portal of `bin/start`: SQLite, a broker of files and a worker with its beat in one, killed in the middle."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.worker.conftest import DEADLINE_SECONDS, ROOT, Start, environment, wait_until

pytestmark = pytest.mark.servers

NUMBER = 300
WORKER = ["celery", "--quiet", "-A", "alkmaar_portal", "worker", "--beat", "--pool", "solo", "--loglevel", "WARNING"]
ANNOUNCE = f"""
from django.db import transaction
from berichten.outbox import enqueue
for number in range({NUMBER}):
    with transaction.atomic():
        enqueue(key=f"proef:{{number}}", to="jan@voorbeeld.example", template="inlogcode", context={{"code": "123456"}})
"""


def manage(variables: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=variables, timeout=DEADLINE_SECONDS, check=True
    )


def waiting(var: Path) -> int:
    """How many messages still have to leave."""
    with closing(sqlite3.connect(f"file:{var / 'portal.sqlite3'}?mode=ro", uri=True)) as database:
        row = database.execute("SELECT count(*) FROM berichten_bericht WHERE status = 'wacht'").fetchone()
    return int(row[0])


def delivered(var: Path) -> list[str]:
    """The Message-IDs in the mailbox."""
    lines = (line for file in (var / "postvak").glob("*.eml") for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line.startswith("Message-ID: ")]


def is_anybody_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_of_the_embedded_portal_that_is_killed(start: Start, tmp_path: Path) -> None:
    variables = environment(tmp_path, EMBEDDED="true")
    manage(variables, "migrate", "--verbosity", "0")
    manage(variables, "shell", "--verbosity", "0", "--command", ANNOUNCE)

    worker = start(variables, *WORKER)
    wait_until(lambda: delivered(tmp_path), "the first message is delivered")
    worker.kill()
    worker.wait(DEADLINE_SECONDS)
    wait_until(lambda: not is_anybody_left(worker.pid), "beat has ended with its worker")
    handled = NUMBER - waiting(tmp_path)
    # What is left behind by whoever is killed while the broker's own file is written.
    (tmp_path / "broker" / "control" / "celery.exchange").write_text("[[")

    start(variables, *WORKER)
    wait_until(lambda: waiting(tmp_path) == 0, "all is sent")
    ids = delivered(tmp_path)
    assert len(set(ids)) == NUMBER
    # Twice goes only the message that lay between the mailbox and our commit.
    assert len(ids) - NUMBER <= 1
    assert handled < NUMBER, "the worker was too quick to be killed in the middle"
    assert (tmp_path / "worker.log").read_text() == "", "a worker that has nothing to complain of says nothing"
    assert {path.name for path in (tmp_path / "broker").iterdir()} == {"control", "queue", "taken"}
