"""`bin/start` from its command on: it fills, serves, mails, stops whole, and keeps what was sent."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from tests.pdok_server import PdokServer
from tests.servers import free_port, kill_all
from tests.worker.conftest import DEADLINE_SECONDS, Start, environment, wait_until
from tests.worker.stack import Load, Visitor
from tests.worker.test_embedded import delivered

pytestmark = pytest.mark.servers

COMMAND = ["django", "start_embedded"]
LONG = "TEST_LANG" in os.environ


def fetch(browser: OpenerDirector, address: str, **values: str) -> str:
    data = urlencode(values).encode() if values else None
    with browser.open(address, data=data, timeout=DEADLINE_SECONDS) as answer:
        return str(answer.read().decode())


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def is_served(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_fills_serves_mails_stops_and_keeps(start: Start, tmp_path: Path) -> None:
    port = free_port()
    base = f"http://localhost:{port}"
    variables = environment(tmp_path, EMBEDDED="true", PORT=str(port), PORTAL_URL=base)
    log = tmp_path / "worker.log"

    portal = start(variables, *COMMAND)
    wait_until(lambda: "Het portaal staat klaar" in log.read_text("utf-8"), "the portal says that it is ready")
    said = log.read_text("utf-8")
    assert "300 van 300 meldingen" in said
    assert f"{base}/inloggen/" in said

    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = fetch(browser, f"{base}/meldingen/nieuw/")
    assert "voorbeeldportaal" in page
    thanks = fetch(
        browser,
        f"{base}/meldingen/nieuw/",
        csrfmiddlewaretoken=hidden(page, "csrfmiddlewaretoken"),
        inzending=hidden(page, "inzending"),
        categorie="zwerfvuil",
        omschrijving="Er ligt afval in de bosjes.",
        wijk="overdie",
        plek="bij de speeltuin",
        email="proef@voorbeeld.example",
    )
    nummer = re.search(r"\b\d{4} \d{4}\b", thanks)
    assert nummer
    wait_until(lambda: nummer[0] in fetch(browser, f"{base}/postvak/"), "the confirmation is in the mailbox")

    portal.send_signal(signal.SIGINT)
    assert portal.wait(DEADLINE_SECONDS) == 0
    assert not is_served(port)

    portal = start(variables, *COMMAND)
    wait_until(lambda: is_served(port), "the portal is there again")
    assert nummer[0] in fetch(browser, f"{base}/meldingen/{nummer[0].replace(' ', '')}/")
    assert "van 300 meldingen" not in log.read_text("utf-8").removeprefix(said)


def test_killed_without_a_word_it_leaves_nobody(start: Start, tmp_path: Path) -> None:
    port = free_port()
    portal = start(environment(tmp_path, EMBEDDED="true", PORT=str(port)), *COMMAND)
    wait_until(lambda: is_served(port), "the portal is there")
    portal.kill()
    wait_until(lambda: not is_served(port), "the web server has ended too")


def test_a_taken_port_is_told_and_nothing_starts(start: Start, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        portal = start(environment(tmp_path, EMBEDDED="true", PORT=str(port)), *COMMAND)
        assert portal.wait(DEADLINE_SECONDS) == 1
    assert f"Poort {port} is in gebruik" in (tmp_path / "worker.log").read_text("utf-8")


def test_stopped_while_it_prepares_it_says_so(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    portal = start(environment(tmp_path, EMBEDDED="true", PORT=str(free_port())), *COMMAND)
    wait_until(lambda: "De database wordt bijgewerkt" in log.read_text("utf-8"), "the portal prepares")
    portal.send_signal(signal.SIGINT)
    assert portal.wait(DEADLINE_SECONDS) == 0
    said = log.read_text("utf-8")
    assert said.endswith("Het portaal stopt.\n")
    assert "Traceback" not in said


def test_a_proxy_of_the_environment_is_not_asked(start: Start, tmp_path: Path) -> None:
    port, nobody = free_port(), f"http://127.0.0.1:{free_port()}"
    log = tmp_path / "worker.log"
    start(environment(tmp_path, EMBEDDED="true", PORT=str(port), http_proxy=nobody), *COMMAND)
    wait_until(lambda: "Het portaal staat klaar" in log.read_text("utf-8"), "the portal says that it is ready")


@dataclass
class Example:
    """The portal of `bin/start`, which can be killed with all that it started."""

    variables: dict[str, str]
    run: Start
    port: int
    origin: str
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self.process = self.run(self.variables, *COMMAND)
        wait_until(self.is_ready, "the portal is there")

    def kill(self) -> None:
        assert self.process
        kill_all(self.process)

    def is_ready(self) -> bool:
        return Visitor(self.port).request("GET", "/health/ready/").status == 200


def is_busy(load: Load) -> Callable[[], object]:
    """Whether two more meldingen were sent than now, and a further one is under way."""
    enough = load.confirmed + 2
    return lambda: load.confirmed >= enough and load.under_way


def test_killed_in_the_middle_of_sending_it_loses_nothing(start: Start, tmp_path: Path) -> None:
    pdok, port = PdokServer().start(), free_port()
    origin = f"http://localhost:{port}"
    variables = environment(tmp_path, EMBEDDED="true", PORT=str(port), PORTAL_URL=origin, PDOK_URL=pdok.url)
    portal, kills = Example(variables, start, port, origin), 3 if LONG else 1
    portal.begin()
    load = Load(portal)
    with ThreadPoolExecutor(2) as people:
        for _ in range(2):
            people.submit(load.melder, 0)
        try:
            for _ in range(kills):
                wait_until(is_busy(load), "forms are under way", every=0.005)
                portal.kill()
                portal.begin()
        finally:
            load.stop.set()
    pdok.stop()
    assert not load.faults, load.faults[0]

    def rows(query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database:
            return database.execute(query).fetchall()

    wait_until(lambda: not rows("SELECT 1 FROM berichten_bericht WHERE status <> 'verstuurd'"), "all is sent")
    found = rows("""
        SELECT m.nummer, m.inzending, m.omschrijving, m.email, count(f.id)
        FROM meldingen_melding m LEFT JOIN meldingen_foto f ON f.melding_id = m.id
        WHERE m.omschrijving LIKE 'Er ligt afval in de bosjes, al %' GROUP BY m.id
    """)
    assert sorted(found) == sorted(
        (s.nummer, s.inzending.replace("-", ""), s.omschrijving, s.email, 2) for s in load.sent
    )
    announced = rows("SELECT message_id FROM berichten_bericht WHERE key LIKE 'melding:%:ontvangen'")
    ids = [line.removeprefix("Message-ID: ").strip() for line in delivered(tmp_path)]
    assert {(message_id,) for message_id in ids} >= set(announced)
    assert len(announced) >= len(load.sent)
    # Twice goes only what lay between the mailbox and our commit.
    assert len(ids) - len(set(ids)) <= kills
    names = {name for (name,) in rows("SELECT naam FROM meldingen_foto")}
    known = names | {name.replace(".jpg", "_klein.jpg") for name in names}
    media = tmp_path / "media"
    assert known <= {str(path.relative_to(media)) for path in media.rglob("*.jpg")}
