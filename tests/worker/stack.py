"""The portal as in production: every process and server its own, each of which can be killed and started again.

And people who use it over http as a browser does: they send the same form again when no answer came.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol
from uuid import uuid4

import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.factories import jpeg
from tests.pdok_server import PdokServer
from tests.servers import Server, descendants, free_port, kill_all, own_postgresql, own_redis
from tests.worker.conftest import DEADLINE_SECONDS, ROOT, Sink, Start, environment, processes, wait_until

ORIGIN = "https://localhost"
WEB_WORKERS = MAIL_WORKERS = 2
#: A spot in the middle of Alkmaar, which the stand-in for PDOK knows too.
LAT, LON, ADRES = "52.6318", "4.7502", "Waagplein 2"

SETUP = """
import io, json
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client
from gebruikers import second_factor
from gebruikers.models import Afdeling
from tests.factories import BehandelaarFactory

for command in ["migrate", "importeer_gebieden", "laad_categorieen"]:
    call_command(command, stdout=io.StringIO(), verbosity=0)
sessions = []
for number in range(2):
    behandelaar = BehandelaarFactory(afdeling=Afdeling.objects.get(slug="reiniging"))
    request = HttpRequest()
    request.user = behandelaar.gebruiker
    Authenticator.objects.create(user=request.user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(request.user)
    request.session = client.session
    second_factor.record_enrolment(request)
    request.session.save()
    sessions.append(request.session.session_key)
print(json.dumps(sessions))
"""


class Served(Protocol):
    """A portal that somebody serves."""

    port: int
    origin: str

    def is_ready(self) -> bool:
        """Whether it can be used."""


@dataclass
class Stack:
    """Web, worker and beat in processes of their own, on a PostgreSQL and a Redis of their own."""

    postgres: Server
    redis: Server
    sink: Sink
    pdok: PdokServer
    #: The disk of photos and of uploads under way.
    disk: Path
    variables: dict[str, str]
    run: Start
    port: int = field(default_factory=free_port)
    origin: str = ORIGIN
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    #: Sessions of behandelaars who are signed in.
    sessions: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self) -> None:
        """Make the database and start every process."""
        with psycopg.connect(f"{self.postgres.address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE portal")
        self.sessions = json.loads(self.manage("shell", "--verbosity", "0", "--command", SETUP))
        for name in ("web", "worker", "beat"):
            self.start(name)
        wait_until(self.is_ready, "the portal is ready")

    def empty(self) -> None:
        """Forget what was sent, for a test that counts everything."""
        with psycopg.connect(f"{self.postgres.address}/portal") as connection:
            connection.execute("TRUNCATE meldingen_melding, meldingen_foto, meldingen_stap, berichten_bericht CASCADE")
        for name in self.files():
            (self.disk / "media" / name).unlink()
        self.sink.taken.clear()

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.variables, timeout=2 * DEADLINE_SECONDS, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    def start(self, name: str) -> None:
        """Start web, worker or beat as an installation does."""
        celery = ["celery", "-A", "alkmaar_portal"]
        commands = {
            "web": [
                "gunicorn", "--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{self.port}",
                f"--workers={WEB_WORKERS}", "--log-level=warning", "alkmaar_portal.wsgi",
            ],
            "worker": [*celery, "worker", f"--concurrency={MAIL_WORKERS}", "--loglevel=warning"],
            "beat": [*celery, "beat", "--loglevel=warning"],
        }  # fmt: skip
        self.processes[name] = self.run(self.variables, *commands[name])

    def kill(self, victim: str) -> None:
        """Kill a part as a power cut would: a whole one, or what works below it and that its parent has to replace."""
        if victim in ("postgres", "redis"):
            getattr(self, victim).kill()
        elif victim in ("web child", "worker child"):
            below = sorted(descendants(self.processes[victim.removesuffix(" child")].pid))
            # Of the workers both: nobody can tell which one has the message in hand.
            for pid in below[:1] if victim == "web child" else below:
                os.kill(pid, signal.SIGKILL)
        elif victim == "web":
            # Its children find out by themselves that they are orphans.
            self.processes["web"].kill()
            self.processes["web"].wait(DEADLINE_SECONDS)
        else:
            kill_all(self.processes[victim])

    def restart(self, victim: str) -> None:
        """Start again what was killed, as whoever supervises the processes does."""
        if victim in ("postgres", "redis"):
            getattr(self, victim).start()
        elif victim in ("worker", "beat"):
            self.start(victim)
        # The web process is started again by whoever misses it first.
        wait_until(self.is_ready, f"the portal is ready after {victim} was killed")

    def is_ready(self) -> bool:
        """Whether the portal says so; a web process that ended, or found its port still taken, is started again."""
        with self.lock:
            if self.processes["web"].poll() is not None:
                self.start("web")
        answer = Visitor(self.port).request("GET", "/health/ready/")
        return answer.status == 200

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the database holds, asked without the portal."""
        with psycopg.connect(f"{self.postgres.address}/portal") as connection:
            return connection.execute(query, parameters).fetchall()  # type: ignore[arg-type]

    def files(self) -> set[str]:
        """The name of every file of a photo."""
        media = self.disk / "media"
        return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """The whole portal, started and empty; everything that it writes lies in `folder`."""
    sink, pdok = Sink(), PdokServer()
    disk = folder / "disk"
    (disk / "tmp").mkdir(parents=True)
    with (
        own_postgresql(as_in_production=True) as postgres,
        own_redis() as redis,
        started(sink, pdok),
        processes(folder / "worker.log") as run,
    ):
        variables = environment(
            folder,
            ALLOWED_HOSTS="localhost",
            PORTAL_URL=ORIGIN,
            DATABASE_URL=f"{postgres.address}/portal",
            CACHE_URL=f"{redis.address}/1",
            BROKER_URL=f"{redis.address}/2",
            EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
            MAIL_FROM="portaal@voorbeeld.example",
            MEDIA_DIR=str(disk / "media"),
            TMPDIR=str(disk / "tmp"),
            PDOK_URL=pdok.url,
            SECURITY_CONTACT="mailto:beveiliging@voorbeeld.example",
            TEST_LEASE_SECONDS="6",
        )
        stack = Stack(postgres, redis, sink, pdok, disk, variables, run)
        stack.prepare()
        yield stack


@contextmanager
def started(*servers: Sink | PdokServer) -> Iterator[None]:
    """The servers of this process, as long as they are needed."""
    with ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.stop)
        yield


@dataclass(frozen=True)
class Answer:
    """What came back; `status` 0 when nothing did."""

    status: int
    text: str = ""
    location: str = ""

    def hidden(self, name: str) -> str:
        """The value of a hidden field in this page."""
        found = re.search(rf'name="{name}" value="([^"]+)"', self.text)
        assert found, f"no {name} in the page: {self.text[:2000]}"
        return found[1]


class Visitor:
    """A browser behind the proxy of an installation; keeps its cookies."""

    def __init__(self, port: int, session: str = "", origin: str = ORIGIN) -> None:
        self.port, self.origin = port, origin
        self.cookies = {"__Host-sessionid": session, "sessionid": session} if session else {}
        # Each visitor has an address of their own: limits are counted by address.
        self.address = "10.{}.{}.{}".format(*uuid4().bytes[:3])

    def request(self, method: str, path: str, data: dict[str, Any] | None = None) -> Answer:
        """Ask once; whatever breaks on the way is no answer."""
        headers = {
            "Host": "localhost",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "Origin": self.origin,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if data is not None:
            body = encode_multipart(BOUNDARY, data)
            headers["Content-Type"] = MULTIPART_CONTENT
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        return Answer(response.status, text, response.headers.get("Location", ""))


@dataclass(frozen=True)
class Sent:
    """A melding that its sender was told had come in."""

    nummer: str
    inzending: str
    omschrijving: str
    email: str


@dataclass
class Load:
    """Melders who send meldingen and behandelaars who handle them, until they are told to stop.

    `answers` counts what came back, by status; 0 is nothing at all. A 500 is never right.
    """

    portal: Served
    under_way: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    #: The explanation of each step that a behandelaar saw confirmed.
    changed: list[str] = field(default_factory=list)
    #: Those whose answer was lost, and which were there when somebody looked.
    found_later: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    to_handle: SimpleQueue[str | None] = field(default_factory=SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: What went wrong with somebody, who then stopped.
    faults: list[Exception] = field(default_factory=list)

    @property
    def confirmed(self) -> int:
        """How many writes were confirmed; raises what went wrong with somebody."""
        if self.faults:
            raise self.faults[0]
        return len(self.sent) + len(self.changed)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a write as under way."""
        with self.lock:
            self.under_way += 1
        try:
            yield
        finally:
            with self.lock:
                self.under_way -= 1

    def melder(self, behandelaars: int) -> None:
        """Send one melding after another."""
        place = 0
        try:
            while not self.stop.is_set():
                self.send_melding(place)
                place += 1
        except Exception as fault:
            self.faults.append(fault)
        finally:
            for _ in range(behandelaars):
                self.to_handle.put(None)

    def behandelaar(self, session: str, melders: int) -> None:
        """Take up and solve what comes in, until every melder has stopped."""
        visitor = Visitor(self.portal.port, session, self.portal.origin)
        try:
            while melders:
                nummer = self.to_handle.get()
                if nummer is None:
                    melders -= 1
                else:
                    for status in ("in_behandeling", "opgelost"):
                        self.change_status(visitor, nummer, status)
        except Exception as fault:
            self.faults.append(fault)

    def send_melding(self, number: int) -> None:
        """Send one melding with two photos, again and again until the answer comes."""
        visitor = Visitor(self.portal.port, origin=self.portal.origin)
        page = self.until_answered(lambda: visitor.request("GET", "/meldingen/nieuw/"))
        who = uuid4().hex
        places = [{"lat": LAT, "lon": LON}, {"adres": ADRES}, {"wijk": "overdie", "plek": "bij de brug"}]
        data = {
            "csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"),
            "inzending": page.hidden("inzending"),
            "categorie": "zwerfvuil",
            "omschrijving": f"Er ligt afval in de bosjes, al {who} dagen.",
            "email": f"{who}@voorbeeld.example",
            **places[number % len(places)],
        }
        photos = [jpeg(f"#{who[:6]}"), jpeg(f"#{who[6:12]}")]

        def post() -> Answer:
            with self.counted():
                uploads = [SimpleUploadedFile("foto.jpg", photo, "image/jpeg") for photo in photos]
                return visitor.request("POST", "/meldingen/nieuw/", {**data, "foto": uploads})

        answer = self.until_answered(post)
        assert answer.status == 302, answer
        nummer = answer.location.split("/")[2]
        self.sent.append(Sent(nummer, data["inzending"], data["omschrijving"], data["email"]))
        self.to_handle.put(nummer)

    def change_status(self, visitor: Visitor, nummer: str, status: str) -> None:
        """Move a melding; when the answer was lost, send the same again, and look whether it had come."""
        path, words = f"/behandelen/{nummer}/status/", f"Stap {uuid4()}"
        page = self.until_answered(lambda: visitor.request("GET", path))
        data = {
            "csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"),
            "versie": page.hidden("versie"),
            "status": status,
            "toelichting": words,
        }

        def post() -> Answer:
            with self.counted():
                return visitor.request("POST", path, data)

        lost: list[Answer] = []
        answer = self.until_answered(post, lost)
        if answer.status == 302:
            self.changed.append(words)
            return
        assert answer.status == 422 and lost, answer
        page = self.until_answered(lambda: visitor.request("GET", f"/behandelen/{nummer}/"))
        assert words in page.text, f"told that somebody else was first, but nobody was: {nummer}"
        self.found_later.append(words)

    def until_answered(self, ask: Callable[[], Answer], lost: list[Answer] | None = None) -> Answer:
        """Ask until the portal answers; meanwhile wait until it is there. `lost` collects what was no answer."""
        while True:
            answer = ask()
            with self.lock:
                self.answers[answer.status] += 1
            assert answer.status != 500, answer.text[:2000]
            if answer.status not in (0, 502, 503):
                return answer
            if lost is not None:
                lost.append(answer)
            wait_until(self.portal.is_ready, "the portal is ready again")
