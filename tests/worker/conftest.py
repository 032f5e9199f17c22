"""A mail server that can be difficult, and worker processes that can be killed.

Everything waits for a condition with a deadline, never for a while. Each test ends what it started.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from pytest_django import Settings

from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE_SECONDS = 60

Start = Callable[..., subprocess.Popen[bytes]]


def wait_until(holds: Callable[[], object], what: str, every: float = 0.05) -> None:
    """Come back as soon as `holds()` is true, asked `every` so many seconds; fail with `what` when it never is."""
    until = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"waited {DEADLINE_SECONDS} s in vain until {what}"
        time.sleep(every)


@dataclass
class Sink:
    """A mail server on a port of its own; `taken` counts what it said yes to, by Message-ID.

    `refuse` names addresses that do not exist. `before` and `after` are called around taking a message, with its
    address; until they come back the client waits, and what `before` returns is the server's answer instead of yes.
    """

    port: int = field(default_factory=free_port)
    taken: Counter[str] = field(default_factory=Counter)
    senders: set[str] = field(default_factory=set)
    #: How many clients were gone before their message was taken.
    hung_up: int = 0
    refuse: set[str] = field(default_factory=set)
    before: Callable[[str], str | None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
        self.controller = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return f"550 5.1.1 <{address}> is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        # In a thread of their own, so that the other connections are served meanwhile.
        try:
            answer = await asyncio.to_thread(self.before, address)
        except asyncio.CancelledError:
            self.hung_up += 1
            raise
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        self.taken[str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])] += 1
        self.senders.add(str(envelope.mail_from))
        await asyncio.to_thread(self.after, address)
        return "250 OK"


class Gate:
    """Something that waits here until the test lets it pass; the test knows when it has come."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, address: str) -> None:
        self.reached.set()
        self.opened.wait(DEADLINE_SECONDS)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


@pytest.fixture
def sink(gate: Gate) -> Iterator[Sink]:
    made = Sink()
    made.start()
    yield made
    gate.opened.set()
    made.stop()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The Redis database of this run, empty."""
    with redis.Redis.from_url(os.environ["TEST_REDIS_URL"]) as client:
        client.flushdb()
        yield client
        client.flushdb()


def environment(var: Path, **changed: str) -> dict[str, str]:
    """The environment of a portal process: what this machine needs, and nothing of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPYCACHEPREFIX") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.worker.settings",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "only for tests",
        "VAR_DIR": str(var),
        "TEST_LEASE_SECONDS": "3",
        **changed,
    }


@pytest.fixture
def production(tmp_path: Path, settings: Settings, sink: Sink) -> dict[str, str]:
    """The environment of a process as in production, on pytest's database, its Redis and our mail server."""
    database = connection.settings_dict
    user = ":".join(quote(str(database[part]), safe="") for part in ("USER", "PASSWORD") if database[part])
    host = quote(str(database["HOST"]), safe="") + (f":{database['PORT']}" if database["PORT"] else "")
    return environment(
        tmp_path,
        ALLOWED_HOSTS="localhost",
        PORTAL_URL=settings.PORTAL_URL,
        DATABASE_URL=f"postgres://{user}@{host}/{database['NAME']}",
        CACHE_URL="locmem://",
        BROKER_URL=os.environ["TEST_REDIS_URL"],
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
        MAIL_FROM="portaal@voorbeeld.example",
        SECURITY_CONTACT="mailto:beveiliging@voorbeeld.example",
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its children as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(DEADLINE_SECONDS)


@contextmanager
def processes(log: Path) -> Iterator[Start]:
    """Start programs of the portal with arguments and an environment; their output goes to `log`. They end with it."""
    started: list[subprocess.Popen[bytes]] = []

    def run(environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        started.append(process)
        return process

    try:
        yield run
    finally:
        for process in started:
            kill(process)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program of the portal with arguments and an environment; its output goes to `worker.log`."""
    with processes(tmp_path / "worker.log") as run:
        yield run


@pytest.fixture
def start_worker(
    transactional_db: None, broker: redis.Redis, production: dict[str, str], start: Start
) -> Callable[..., subprocess.Popen[bytes]]:
    """Start a worker as in production, with beat in it unless there is one already; variables may be changed."""

    def run(*, beat: bool = True, **changed: str) -> subprocess.Popen[bytes]:
        arguments = ["celery", "-A", "alkmaar_portal", "worker", "--concurrency", "1", "--loglevel", "INFO"]
        return start({**production, **changed}, *arguments, *(["--beat"] if beat else []))

    return run


@pytest.fixture
def log(tmp_path: Path) -> Callable[[], str]:
    """What the processes said so far."""
    return lambda: (tmp_path / "worker.log").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def told_when_it_fails(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Show the end of the processes' log with a failed test."""
    yield
    file = tmp_path / "worker.log"
    if file.exists():
        sys.stderr.write(file.read_text(encoding="utf-8", errors="replace")[-4000:])


@pytest.fixture
def silent_port() -> Iterator[tuple[int, Callable[[], bool]]]:
    """A port that listens without ever answering, and whether anybody has knocked."""
    with socket.create_server(("127.0.0.1", free_port())) as server:
        server.setblocking(False)

        def knocked() -> bool:
            try:
                server.accept()
            except BlockingIOError:
                return False
            return True

        yield server.getsockname()[1], knocked
