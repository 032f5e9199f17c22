"""The portal as in production while a part of it is gone, silent, full, or killed in the middle of the work.

Kills come in rounds, while people send meldingen and behandelaars handle them. In the end each write that was
confirmed is there once, each message that was announced went out, and no photo lies about without a row. One round
for each part; with TEST_LANG (`bin/test --lang`) many, in a new order each time.
"""

import errno
import faulthandler
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import JPEG
from tests.servers import LeftOut, descendants
from tests.worker.conftest import Gate, wait_until
from tests.worker.stack import MAIL_WORKERS, WEB_WORKERS, Load, Stack, Visitor, running_stack

pytestmark = pytest.mark.servers

CI = os.environ.get("CI") == "true"
LONG = "TEST_LANG" in os.environ
ROUNDS = 12 if LONG else 1
SEED = int(os.environ.get("TEST_SEED", random.randrange(10**6) if LONG else 4711))
MELDERS, BEHANDELAARS = 3, 2
PAGES = [
    "/",
    "/meldingen/",
    "/meldingen/nieuw/",
    "/meldingen/kaart.json?bbox=4.7,52.6,4.8,52.7&zoom=14",
    "/gebieden/noord/",
    "/zoeken/?q=Waagplein",
    "/inloggen/",
    "/hulp/",
]
UNDER_WAY, PHOTO, TRANSACTION = "requests under way", "a photo being converted", "a transaction open"
IN_HAND, TAKEN = "a message in hand", "a message taken by the mail server and not recorded"
#: At which moments each part can be killed to some purpose.
MOMENTS = {
    "web child": [UNDER_WAY, PHOTO, TRANSACTION],
    "web": [UNDER_WAY, PHOTO, TRANSACTION],
    "worker": [IN_HAND, TAKEN],
    "worker child": [IN_HAND, TAKEN],
    "beat": [UNDER_WAY, IN_HAND],
    "redis": [UNDER_WAY, PHOTO, IN_HAND, TAKEN],
    "postgres": [UNDER_WAY, PHOTO, TRANSACTION, IN_HAND, TAKEN],
}
#: Whose death can come between the mail server's yes and our commit: the one window in which a message goes twice.
WINDOW = {"worker", "worker child", "postgres"}
IN_TRANSACTION = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = 'portal' AND pid <> pg_backend_pid() AND state <> 'idle' AND xact_start IS NOT NULL
"""


@pytest.fixture(scope="module")
def whole_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole portal, for all tests of this module."""
    try:
        with running_stack(tmp_path_factory.mktemp("stack")) as stack:
            yield stack
    except LeftOut as reason:
        if CI:
            raise
        pytest.skip(str(reason))


@pytest.fixture
def stack(whole_stack: Stack) -> Iterator[Stack]:
    """The whole portal, with everything running, and empty; with a failed test the end of its log is shown."""
    whole_stack.empty()
    yield whole_stack
    sys.stderr.write((whole_stack.disk.parent / "worker.log").read_text(errors="replace")[-4000:])


def nothing_waits(stack: Stack) -> bool:
    """Whether every message went out."""
    return not stack.rows("SELECT 1 FROM berichten_bericht WHERE status = 'wacht'")


# A part is gone


@contextmanager
def gone(stack: Stack) -> Iterator[None]:
    """Redis is killed: whoever knocks is refused."""
    stack.redis.kill()
    try:
        yield
    finally:
        stack.redis.start()


@contextmanager
def silent(stack: Stack) -> Iterator[None]:
    """Redis is stopped: it takes connections, and never answers."""
    assert stack.redis.process
    stack.redis.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        stack.redis.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("fault", [gone, silent])
def test_without_redis_everything_works_and_mail_comes_later(stack: Stack, fault: Callable[[Stack], Any]) -> None:
    load, visitor = Load(stack), Visitor(stack.port)
    behandelaar = Visitor(stack.port, stack.sessions[0])
    with fault(stack):
        assert {path: visitor.request("GET", path).status for path in PAGES} == dict.fromkeys(PAGES, 200)
        assert visitor.request("GET", "/health/ready/").status == 200
        for number in range(3):
            load.send_melding(number)
        for sent in load.sent:
            load.change_status(behandelaar, sent.nummer, "in_behandeling")
    assert load.answers.keys() == {200, 302}
    wait_until(lambda: nothing_waits(stack), "worker and beat have found Redis again, and all is sent")
    assert check_mail(stack) == 0


def test_redis_killed_while_tasks_wait_in_a_busy_worker(stack: Stack) -> None:
    """The worker goes on, though it cannot give those tasks back."""
    gate, load, held = Gate(), Load(stack), list[str]()

    def hold(address: str) -> None:
        held.append(address)
        gate(address)

    stack.sink.before = hold
    try:
        for number in range(MAIL_WORKERS):
            load.send_melding(number)
            wait_until(lambda: len(held) > number, "a process of the worker has the message in hand")  # noqa: B023
        with redis.Redis.from_url(stack.variables["BROKER_URL"]) as broker:
            wait_until(lambda: broker.hlen("unacked"), "the next task waits in the worker")
        with gone(stack):
            pass
    finally:
        stack.sink.before = lambda _: None
        gate.opened.set()
    load.send_melding(MAIL_WORKERS)
    wait_until(lambda: nothing_waits(stack), "all is sent")
    assert stack.processes["worker"].poll() is None
    # Not that each went once: on a slow machine they were held for longer than the short lease of the tests.
    check_mail(stack)


def test_without_a_database_the_portal_says_so_and_comes_back_by_itself(stack: Stack) -> None:
    load, visitor = Load(stack), Visitor(stack.port)
    processes = {name: process.pid for name, process in stack.processes.items()}
    load.send_melding(0)
    stack.postgres.kill()
    try:
        answers = {path: visitor.request("GET", path) for path in PAGES if path not in ("/hulp/", "/inloggen/")}
        assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 503)
        assert "Het portaal is even niet bereikbaar" in answers["/meldingen/nieuw/"].text
        assert visitor.request("GET", "/health/live/").status == 200
        assert visitor.request("GET", "/health/ready/").status == 503
    finally:
        stack.postgres.start()
    assert {path: visitor.request("GET", path).status for path in PAGES} == dict.fromkeys(PAGES, 200)
    load.send_melding(1)
    wait_until(lambda: nothing_waits(stack), "all is sent")
    check_meldingen(stack, load)
    assert {name: process.pid for name, process in stack.processes.items() if process.poll() is None} == processes


# The disk is full


@pytest.fixture
def small_disk(stack: Stack) -> Iterator[Path]:
    """A disk of a megabyte for photos and uploads."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "portal", str(stack.disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    try:
        (stack.disk / "tmp").mkdir()
        (stack.disk / "media").mkdir()
        yield stack.disk
    finally:
        subprocess.run(["umount", "--lazy", str(stack.disk)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill `disk` to the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    yield
    filler.unlink()


@pytest.mark.parametrize("size", [len(JPEG), 3 * 1024**2], ids=["small photo", "photo that passes through a file"])
def test_a_full_disk_costs_the_photo_and_nothing_else(stack: Stack, small_disk: Path, size: int) -> None:
    visitor = Visitor(stack.port)
    page = visitor.request("GET", "/meldingen/nieuw/")
    words = f"Er ligt afval in de bosjes, al {uuid4()} dagen."
    typed = {
        "csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"),
        "inzending": page.hidden("inzending"),
        "categorie": "zwerfvuil",
        "omschrijving": words,
        "wijk": "overdie",
        "plek": "bij de brug",
    }
    photo = SimpleUploadedFile("foto.jpg", JPEG + bytes(size - len(JPEG)), "image/jpeg")
    with full(small_disk):
        answer = visitor.request("POST", "/meldingen/nieuw/", {**typed, "foto": photo})
        assert answer.status == 503
        assert "We kunnen uw foto nu niet bewaren" in answer.text
        assert words in answer.text
        assert answer.hidden("inzending") == typed["inzending"]
        assert stack.files() == set()
        assert visitor.request("GET", "/health/ready/").status == 503
        assert visitor.request("POST", "/meldingen/nieuw/", typed).status == 302
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []
    assert stack.rows("SELECT omschrijving FROM meldingen_melding") == [(words,)]


# Everything is killed


def strike(stack: Stack, load: Load, victim: str, moment: str) -> None:
    """Kill `victim` at `moment`, start it again, and wait until forms and mail go on."""
    gate, sink = Gate(), stack.sink
    come: dict[str, Callable[[], object]] = {
        UNDER_WAY: lambda: load.under_way > 1,
        PHOTO: lambda: len(descendants(stack.processes["web"].pid)) > WEB_WORKERS,
        TRANSACTION: lambda: stack.rows(IN_TRANSACTION),
        IN_HAND: gate.reached.is_set,
        TAKEN: gate.reached.is_set,
    }
    if moment == IN_HAND:
        sink.before = gate
    elif moment == TAKEN:
        sink.after = gate
    try:
        # `confirmed` tells when somebody met a fault: then there is nothing to wait for.
        wait_until(lambda: load.confirmed >= 0 and come[moment](), f"there is {moment}", every=0.005)
        hung_up = sink.hung_up
        stack.kill(victim)
        if moment == IN_HAND and victim in ("worker", "worker child"):
            wait_until(lambda: sink.hung_up > hung_up, "the mail server knows that its client is gone")
    finally:
        sink.before = sink.after = lambda _: None
        gate.opened.set()
    stack.restart(victim)
    forms, mails = load.confirmed, sink.taken.total()
    wait_until(lambda: load.confirmed > forms + 3, f"forms go on after {victim} was killed with {moment}")
    wait_until(lambda: sink.taken.total() > mails + 1, f"mail goes on after {victim} was killed with {moment}")


def rounds(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Which part is killed when: each part once a round, in an order of chance."""
    for _ in range(ROUNDS):
        for victim in chance.sample(list(MOMENTS), len(MOMENTS)):
            yield victim, chance.choice(MOMENTS[victim])


def test_whatever_is_killed(stack: Stack, record_property: Callable[[str, object], None]) -> None:
    # Many rounds last longer than pytest lets a test be before it shows where it hangs; each wait has its own deadline.
    faulthandler.cancel_dump_traceback_later()
    load, kills = Load(stack), Counter[str]()
    with ThreadPoolExecutor(MELDERS + BEHANDELAARS) as people:
        for _ in range(MELDERS):
            people.submit(load.melder, BEHANDELAARS)
        for session in stack.sessions:
            people.submit(load.behandelaar, session, MELDERS)
        try:
            for victim, moment in rounds(random.Random(SEED)):
                strike(stack, load, victim, moment)
                kills[victim] += 1
        finally:
            load.stop.set()
    assert not load.faults, load.faults[0]
    wait_until(lambda: nothing_waits(stack), "all is sent")

    check_meldingen(stack, load)
    check_steps(stack, load)
    twice = check_mail(stack)
    assert twice <= MAIL_WORKERS * sum(number for victim, number in kills.items() if victim in WINDOW)
    orphans = check_files(stack)
    assert stack.is_ready()
    report = Visitor(stack.port).request("GET", "/health/ready/").text
    assert '"broker": true' in report and '"oldest_waiting_bericht_seconds": null' in report

    mails = f"{stack.sink.taken.total()} mails, {twice} twice"
    record_property("figures", f"{figures(load, kills)}; {mails}; {orphans} files without a row, purged")


def figures(load: Load, kills: Counter[str]) -> str:
    """What was done and what came of it, in one line."""
    steps, later = len(load.changed) + len(load.found_later), len(load.found_later)
    killed = ", ".join(f"{number} {name}" for name, number in sorted(kills.items()))
    return (
        f"Seed {SEED}: {kills.total()} killed ({killed}); {load.answers.total()} requests, {load.answers[0]} without"
        f" an answer, {load.answers[503]} with 503; {len(load.sent)} meldingen and {steps} steps ({later} whose answer"
        " was lost), 0 lost, 0 double"
    )


def check_meldingen(stack: Stack, load: Load) -> None:
    """Each confirmed melding is there once, as it was sent, with its photos; there are no others."""
    rows = stack.rows("""
        SELECT m.nummer, m.inzending::text, m.omschrijving, m.email, count(f.id)
        FROM meldingen_melding m LEFT JOIN meldingen_foto f ON f.melding_id = m.id GROUP BY m.id
    """)
    assert sorted(rows) == sorted((s.nummer, s.inzending, s.omschrijving, s.email, 2) for s in load.sent)
    assert stack.rows("SELECT count(*) FROM meldingen_foto WHERE melding_id IS NULL") == [(0,)]


def check_steps(stack: Stack, load: Load) -> None:
    """Each confirmed step is there once, and status, version and steps of each melding tell the same story."""
    words = Counter(words for (words,) in stack.rows("SELECT toelichting FROM meldingen_stap WHERE van <> ''"))
    assert words == Counter([*load.changed, *load.found_later])
    lives = stack.rows("""
        SELECT m.status, m.versie, array_agg(s.van || '>' || s.naar ORDER BY s.at, s.id)
        FROM meldingen_melding m JOIN meldingen_stap s ON s.melding_id = m.id GROUP BY m.id
    """)
    whole = ["gemeld", "gemeld>in_behandeling", "in_behandeling>opgelost"]
    assert [life for life in lives if life != ("opgelost", 3, [f">{whole[0]}", *whole[1:]])] == []


def check_mail(stack: Stack) -> int:
    """Each change has its message, and each message went out; gives how many went out twice."""
    taken = stack.sink.taken
    announced = stack.rows("SELECT message_id, status, key FROM berichten_bericht")
    assert {status for _id, status, _key in announced} == {"verstuurd"}
    steps = stack.rows("""
        SELECT 'melding:' || m.nummer || CASE s.van WHEN '' THEN ':ontvangen' ELSE ':' || s.id || ':melder' END
        FROM meldingen_melding m JOIN meldingen_stap s ON s.melding_id = m.id
    """)
    assert Counter(key for _id, _status, key in announced) == Counter(key for (key,) in steps)
    assert taken.keys() == {message_id for message_id, _status, _key in announced}
    return taken.total() - len(taken)


def check_files(stack: Stack) -> int:
    """Each row has its files; those without a row go with the nightly purge. Gives how many there were."""
    names = {name for (name,) in stack.rows("SELECT naam FROM meldingen_foto")}
    known = names | {name.replace(".jpg", "_klein.jpg") for name in names}
    found = stack.files()
    assert known <= found
    purge = (
        "from datetime import timedelta\n"
        "from meldingen import actions\n"
        "print(actions.purge_orphan_fotos(older_than=timedelta(0)))"
    )
    removed = int(stack.manage("shell", "--verbosity", "0", "--command", purge))
    assert removed == len(found - known)
    assert stack.files() == known
    return removed
