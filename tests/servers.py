"""PostgreSQL, Redis, Chromium and nginx for `bin/test`: found on this machine, or installed and started for one run.

What answers on localhost is used, with a database of our own in it. Otherwise a server of our own is started from
the programs that are there; as root on Debian they are installed first. Only what was started here is stopped.
"""

import fcntl
import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import redis
from psycopg import sql

APT_LOG = Path("var/apt.log")
POLICY = Path("/usr/sbin/policy-rc.d")
START_SECONDS = 30


class LeftOut(Exception):
    """Something cannot be had on this machine; `str()` of it is one line that says what, why and what would help."""


@dataclass
class Server:
    """A server of our own, which can be killed and started again, on the same port and with the same data."""

    name: str
    address: str
    command: Sequence[str | Path]
    log: Path
    answers: Callable[[], bool]
    #: Further arguments of `subprocess.Popen`.
    how: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers; raises LeftOut when it does not."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **self.how
            )
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise LeftOut(f"{self.name} did not start: {_end_of(self.log)}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it and all its children as a power cut would."""
        assert self.process
        kill_all(self.process)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process:
            # PostgreSQL takes an interrupt as "quickly, in order", Redis as "stop".
            self.process.send_signal(signal.SIGINT)
            self.process.wait(START_SECONDS)


def descendants(pid: int) -> list[int]:
    """The ids of the processes below `pid`, as Linux knows them."""
    children: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += map(int, (thread / "children").read_text().split())
    return [*children, *(pid for child in children for pid in descendants(child))]


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill `process`, then all that were below it, and wait until they are gone."""
    below = descendants(process.pid)
    for pid in (process.pid, *below):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(START_SECONDS)
    until = time.monotonic() + START_SECONDS
    while any(_is_running(pid) for pid in below):
        if time.monotonic() > until:
            raise TimeoutError(f"Processes below {process.pid} were killed and are still there.")
        time.sleep(0.01)


def _is_running(pid: int) -> bool:
    """Whether `pid` is there and no zombie, which nobody may have collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def free_port() -> int:
    """A port that nobody listens on, below those that a system hands out by itself."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of a database that does not exist yet; pytest makes its test databases after its name."""
    name = f"portal_{os.getpid()}"
    asked = os.environ.get("TEST_DATABASE_URL")
    for address in [asked] if asked else _usual_postgresql_addresses():
        if _can_create_databases(address):
            try:
                yield urlsplit(address)._replace(path=f"/{name}").geturl()
            finally:
                _drop_databases(address, f"test_{name}")
            return
    with own_postgresql() as server:
        yield f"{server.address}/{name}"


def _usual_postgresql_addresses() -> list[str]:
    hosts = ["127.0.0.1:5432", quote("/var/run/postgresql", safe=""), quote("/tmp", safe="")]
    users = dict.fromkeys([getpass.getuser(), "postgres"])
    return [f"postgres://{user}@{host}/postgres" for host in hosts for user in users]


def _can_create_databases(address: str) -> bool:
    """Whether a server of a version that Django works with answers, and lets us make databases."""
    try:
        with psycopg.connect(address, connect_timeout=2) as connection:
            if connection.info.server_version < 140000:
                return False
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def _drop_databases(address: str, prefix: str) -> None:
    """Drop the test databases of this run that an interrupted pytest left behind."""
    with psycopg.connect(address, autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        ).fetchall()
        for (name,) in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def own_postgresql(*, as_in_production: bool = False) -> Iterator[Server]:
    """Start a cluster in a temporary folder: without sync to disk, for it lives as long as the run.

    `as_in_production` leaves the server what it promises: what it said yes to survives that it is killed.
    """
    programs = _postgresql_programs()
    if programs is None:
        _install("PostgreSQL", "TEST_DATABASE_URL", "postgresql")
        programs = _postgresql_programs()
    if programs is None:
        raise LeftOut("PostgreSQL was installed, but its programs are not where Debian puts them.")
    # The server refuses to run as root; Debian's package brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="portal-postgresql-", ignore_cleanup_errors=True) as folder:
        data, log, port = Path(folder) / "data", Path(folder) / "log", free_port()
        make: list[str | Path] = [programs / "initdb", "-D", data, "-U", "portal", "-A", "trust", "--no-sync"]
        make += ["-E", "UTF8", "--locale=C.UTF-8"]
        serve: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", ""]
        if not as_in_production:
            serve += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        how: dict[str, Any] = {"cwd": folder}
        if user:
            shutil.chown(folder, user, user)
            how |= {"user": user, "group": user, "extra_groups": []}
        with log.open("wb") as output:
            try:
                subprocess.run(make, check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **how)
            except subprocess.CalledProcessError:
                raise LeftOut(f"PostgreSQL could not make a cluster: {_end_of(log)}") from None
        address = f"postgres://portal@127.0.0.1:{port}"
        answers = partial(_can_create_databases, f"{address}/postgres")
        with _running(Server("PostgreSQL", address, serve, log, answers, how)) as server:
            yield server


def _postgresql_programs() -> Path | None:
    """The folder of the newest initdb and postgres."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("postgres") else None


@contextmanager
def redis_database() -> Iterator[str]:
    """Give the address of an empty Redis database, never number 0, that may be flushed at will."""
    asked = os.environ.get("TEST_REDIS_URL")
    if asked and urlsplit(asked).path in ("", "/", "/0"):
        raise LeftOut(
            "TEST_REDIS_URL names database 0, which may be somebody's: put the number of an empty one behind it."
        )
    # Several runs at a time each begin to look at another number.
    first = os.getpid() % 15
    numbers = [(first + step) % 15 + 1 for step in range(15)]
    for address in [asked] if asked else [f"redis://127.0.0.1:6379/{number}" for number in numbers]:
        with _claimed(address) as is_ours, redis.Redis.from_url(address, socket_connect_timeout=2) as client:
            try:
                usable = is_ours and client.dbsize() == 0
            except redis.ConnectionError:
                break
            if usable:
                try:
                    yield address
                finally:
                    client.flushdb()
                return
            if asked:
                raise LeftOut("TEST_REDIS_URL names a database that is not empty or in use, and it would be flushed.")
    with own_redis() as server:
        yield f"{server.address}/1"


@contextmanager
def _claimed(address: str) -> Iterator[bool]:
    """Whether no other run on this machine works in the database at `address`, which may be empty for a moment."""
    path = Path(tempfile.gettempdir()) / f"portal-tests-{quote(address, safe='')}.lock"
    with ExitStack() as stack:
        try:
            fcntl.flock(stack.enter_context(path.open("a")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except (BlockingIOError, PermissionError):
            is_ours = False
        yield is_ours


@contextmanager
def own_redis() -> Iterator[Server]:
    """Start a Redis that keeps nothing on disk: whoever kills it has emptied it."""
    if not shutil.which("redis-server"):
        _install("Redis", "TEST_REDIS_URL", "redis-server")
    with tempfile.TemporaryDirectory(prefix="portal-redis-", ignore_cleanup_errors=True) as folder:
        log, port = Path(folder) / "log", free_port()
        serve: list[str | Path] = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
        serve += ["--save", "", "--appendonly", "no"]
        address = f"redis://127.0.0.1:{port}"
        with (
            redis.Redis.from_url(address) as client,
            _running(Server("Redis", address, serve, log, partial(_answers, client), {"cwd": folder})) as server,
        ):
            yield server


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    """Start our own server; stop it, and nothing else, in the end."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _end_of(log: Path) -> str:
    """The last words of a log, on one line."""
    return " ".join(log.read_text(errors="replace").split())[-300:]


@contextmanager
def chromium() -> Iterator[str]:
    """Give the path of a Chromium or Chrome."""
    # Without a font of any kind there is no text to measure or to see.
    yield _program("Chromium", "TEST_CHROMIUM", installed_chromium, "chromium", "fonts-dejavu-core")


def installed_chromium() -> str | None:
    """The path of a Chromium or Chrome, if there is one; `TEST_CHROMIUM` alone counts where it is set."""
    return _first("TEST_CHROMIUM", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def nginx() -> Iterator[str]:
    """Give the path of an nginx, which the tests start by themselves."""
    yield _program("nginx", "TEST_NGINX", installed_nginx, "nginx-light")


def installed_nginx() -> str | None:
    """The path of an nginx, if there is one; `TEST_NGINX` alone counts where it is set."""
    # Not on everybody's PATH.
    return _first("TEST_NGINX", "nginx", "/usr/sbin/nginx")


def _first(variable: str, *names: str) -> str | None:
    """The first of these programs that is there, or the one that `variable` names."""
    asked = os.environ.get(variable)
    return next(filter(None, map(shutil.which, [asked] if asked else names)), None)


def _program(name: str, variable: str, installed: Callable[[], str | None], *packages: str) -> str:
    """The path of a program, after installing `packages` where that is needed and can be done."""
    if not installed():
        if asked := os.environ.get(variable):
            raise LeftOut(f"{name} and every test that needs it: {variable} names {asked}, which is not there.")
        _install(name, variable, *packages)
    found = installed()
    if not found:
        raise LeftOut(f"{name} was installed, but it is not on the PATH.")
    return found


def _install(name: str, variable: str, *packages: str) -> None:
    """Install Debian packages, or say that this machine lacks `name`."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LeftOut(
            f"{name} and every test that needs it: it is not there, and only root on Debian can have it installed. "
            f"Install {packages[0]}, or name one in {variable}."
        )
    print(f"Installing {' '.join(packages)} with apt-get (log: {APT_LOG}) ...", flush=True)
    # What is installed here must not start services of its own that would stay behind.
    keeps_services_off = not POLICY.exists()
    if keeps_services_off:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        with APT_LOG.open("ab") as log:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
                code = subprocess.run(
                    ["apt-get", "-o", "DPkg::Lock::Timeout=300", *command],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False,
                ).returncode  # fmt: skip
    finally:
        if keeps_services_off:
            POLICY.unlink()
    if code != 0:
        raise LeftOut(f"{name} could not be installed; see {APT_LOG}.")
