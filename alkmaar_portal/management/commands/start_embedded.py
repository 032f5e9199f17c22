"""`manage.py start_embedded`: the portal with example data, as `bin/start` runs it."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from io import StringIO
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alkmaar_portal import voorbeelddata
from gebieden.models import Gebied
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS
from meldingen.models import Categorie

HOSTS = ("127.0.0.1", "::1")
LAST_PORT = 65535
#: Of prctl(2): which signal a process gets when its parent ends.
PR_SET_PDEATHSIG = 1
START_SECONDS = 60
STOP_SECONDS = 10


class Command(BaseCommand):
    """Prepare the database, start web server and worker, and keep them until Ctrl+C."""

    help = "Start het voorbeeldportaal: database, voorbeeldgegevens, webserver en bezorger van mail."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Dit is alleen voor het voorbeeldportaal (EMBEDDED=true); bin/start zet dat goed.")
        port = chosen_port()
        hosts = free_hosts(port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop_now)
        children: list[subprocess.Popen[bytes]] = []
        try:
            self.prepare()
            children.append(start_worker())
            children.append(start_web(hosts, port))
            wait_until_it_answers(port, children)
            self.tell(port)
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
            raise CommandError("Een onderdeel is gestopt; het portaal stopt nu ook. Kijk hierboven waarom.")
        except KeyboardInterrupt:
            self.say("Het portaal stopt.")
        finally:
            end(children)

    def prepare(self) -> None:
        """Bring the database up to date and fill what is empty; a second start finds nothing to do."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("De database wordt bijgewerkt ...")
            call_command("migrate", verbosity=0, interactive=False)
        if not Gebied.objects.exists():
            self.say("De gebieden, wijken en buurten worden ingelezen ...")
            call_command("importeer_gebieden", stdout=StringIO())
        if not Categorie.objects.exists():
            call_command("laad_categorieen", stdout=self.stdout)
        voorbeelddata.load(lambda line: self.say(f"Voorbeeldgegevens: {line}"))
        connection.close()

    def say(self, line: str) -> None:
        """Write a line at once, also where the output goes into a file."""
        self.stdout.write(line)
        self.stdout.flush()

    def tell(self, port: int) -> None:
        """Say where the portal is and who can sign in."""
        address = f"http://localhost:{port}"
        self.say(f"\nHet portaal staat klaar op {address}/\n")
        self.say(f"Inloggen met één klik, alleen hier: {address}/inloggen/")
        for account in EXAMPLE_ACCOUNTS:
            self.say(f"  {account.label}: {account.email}")
        self.say(f"De mail die het portaal verstuurt, leest u op {address}/postvak/")
        self.say("Stoppen: Ctrl+C.\n")


def chosen_port() -> int:
    """The port that PORT names, 8000 without it; raises CommandError when there is no such port."""
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        raise CommandError(
            f"PORT={text} kan niet. Kies een getal van 1 tot en met {LAST_PORT}, bijvoorbeeld PORT=8001 bin/start."
        )
    return int(text)


def free_hosts(port: int) -> list[str]:
    """The loopback addresses on which `port` is free; raises CommandError when it is taken, or not for this user."""
    free = []
    for host in HOSTS:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Poort {port} is in gebruik. Stop wat daar draait, of start met PORT=8001 bin/start."
                ) from error
            continue
        free.append(host)
    if not free:
        raise CommandError(f"Poort {port} mag u niet gebruiken. Start met PORT=8001 bin/start.")
    return free


def start_web(hosts: list[str], port: int) -> subprocess.Popen[bytes]:
    """The web server, on loopback only."""
    binds = [f"--bind=[{host}]:{port}" if ":" in host else f"--bind={host}:{port}" for host in hosts]
    options = ["--workers=1", "--threads=8", "--preload", "--no-control-socket", "--log-level=warning", "--timeout=60"]
    return start("gunicorn", *binds, *options, "alkmaar_portal.wsgi:application")


def start_worker() -> subprocess.Popen[bytes]:
    """The worker that sends mail, with its clock in the same process tree."""
    return start("celery", "--app=alkmaar_portal", "--quiet", "worker", "--beat", "--pool=solo", "--loglevel=warning")


def start(module: str, *options: str) -> subprocess.Popen[bytes]:
    """A child in a process group of its own, so that Ctrl+C reaches it through us alone."""
    command = [sys.executable, "-m", module, *options]
    return subprocess.Popen(  # noqa: S603  (our own programs with our own arguments)
        command, cwd=settings.BASE_DIR, start_new_session=True, preexec_fn=end_with_parent
    )


def end_with_parent() -> None:
    """Ask Linux to end this child when we are killed without a chance to do it ourselves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_it_answers(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    """Wait for the first answer; raises CommandError when a child ends or it takes too long."""
    # A proxy that the environment names knows another localhost.
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            with browser.open(f"http://localhost:{port}/health/live/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise CommandError("Het portaal kwam niet op gang. Kijk hierboven waarom.")


def stop_now(number: int, frame: FrameType | None) -> None:
    """Whatever signal ends us ends the children too."""
    raise KeyboardInterrupt


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Stop every child that still runs, first kindly."""
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
