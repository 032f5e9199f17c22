"""What `bin/bench` does once the environment is there: databases, a portal for each size, and `bench/results.md`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench import results, start
from tests.run import clean_environment
from tests.servers import LeftOut, free_port, postgresql, redis_database

SIZES = "1000,100000,1000000"
KEPT = "bench_portal"


def main(arguments: list[str]) -> int:
    """Measure what `arguments` ask for; the exit code."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    Path("var").mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=Path("var").resolve(), ignore_cleanup_errors=True) as var:
            found = everything(options, var)
    except LeftOut as reason:
        print(reason)
        return 1
    except subprocess.CalledProcessError:
        print("Stopped: what went wrong stands above.")
        return 1
    if options.output:
        Path(options.output).write_text(results.page(found), encoding="utf-8")
        print(f"\nWritten: {options.output}")
    missed = results.missed(found, timing=not options.short)
    print("\n".join(["", "Not reached:", *missed] if missed else ["", "Every aim is reached."]))
    return 1 if options.short and missed else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; the short form is a look whether everything still works."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure the portal beside a bare view.")
    parser.add_argument("--sizes", default=SIZES, help=f"numbers of meldingen (default {SIZES})")
    parser.add_argument("--rows", default="", help="keys of rows in bench/rows.py, by comma; all when left out")
    parser.add_argument("--seconds", type=float, default=4, help="how long each turn lasts (default 4)")
    parser.add_argument("--rounds", type=int, default=5, help="how many turns of each (default 5)")
    parser.add_argument("--output", help="where the table goes (default bench/results.md when nothing is left out)")
    parser.add_argument("--keep", action="store_true", help="keep the filled databases for the next run")
    parser.add_argument("--short", action="store_true", help="a thousand meldingen, no timing: queries and bytes only")
    options = parser.parse_args(arguments)
    if options.short:
        options.sizes, options.seconds, options.rounds = "1000", 0.3, 1
    elif options.output is None and not options.rows and options.sizes == SIZES:
        options.output = "bench/results.md"
    return options


def everything(options: argparse.Namespace, var: str) -> dict[str, Any]:
    """Measure every size, and starting; what was found."""
    sizes = [int(size) for size in options.sizes.split(",")]
    found: dict[str, Any] = {"sizes": {}, "date": date.today().isoformat()}
    with ExitStack() as stack:
        server = stack.enter_context(postgresql())
        cache = stack.enter_context(redis_database())
        environment = {**clean_environment(var), **installation(var, cache)}
        found["machine"] = results.machine(server)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
            env={**environment, "DATABASE_URL": server},
            check=True,
        )
        for size in sizes:
            with filled(server, size, environment, keep=options.keep) as database:
                say(f"Measuring with {size:,} meldingen")
                found["sizes"][size] = measured(options, {**environment, "DATABASE_URL": database})
    if not options.short and not options.rows:
        say("Starting, the first and the second time")
        found["start"] = start.measured()
    return found


def say(line: str) -> None:
    """Tell what happens."""
    print(f"== {line}", flush=True)


def installation(var: str, cache: str) -> dict[str, str]:
    """The variables of an installation, without its database."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": "only for the bench, only for the bench, only for the bench",
        "ALLOWED_HOSTS": "bench.example",
        "PORTAL_URL": "https://bench.example",
        "SECURITY_CONTACT": "mailto:bench@bench.example",
        "TRUSTED_PROXY_COUNT": "1",
        "CACHE_URL": cache,
        "BROKER_URL": cache,
        # Nobody is there: no page may wait for mail or for PDOK.
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "bench@bench.example",
        "PDOK_URL": "http://127.0.0.1:9/",
        "MEDIA_DIR": f"{var}/media",
    }


def measured(options: argparse.Namespace, environment: dict[str, str]) -> dict[str, Any]:
    """What a process of its own finds in the database that `environment` names."""
    command = [sys.executable, "-m", "bench.measure", "--rows", options.rows]
    command += ["--seconds", str(options.seconds), "--rounds", str(options.rounds)]
    environment = {**environment, "BENCH_PORT": str(free_port())}
    result: dict[str, Any] = json.loads(
        subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    )
    return result


@contextmanager
def filled(server: str, size: int, environment: dict[str, str], *, keep: bool) -> Iterator[str]:
    """Give the address of a database with `size` meldingen, which is gone afterwards.

    With `keep` a filled one stays behind, of which the next run takes a copy, until code or day are others.
    """
    name, work = f"{KEPT}_{size}_{_digest()}", f"{KEPT}_{os.getpid()}"
    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl(), autocommit=True) as admin:
        known = [row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()]
        for old in known:
            if keep and old.startswith(f"{KEPT}_{size}_") and old != name:
                _drop(admin, old)
        if name not in known:
            say(f"Filling a database with {size:,} meldingen")
            began = time.monotonic()
            target = f"{name}_new"
            _drop(admin, target)
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(target)))
            try:
                command = [sys.executable, "-m", "bench.measure", "--fill", str(size)]
                address = urlsplit(server)._replace(path=f"/{target}").geturl()
                subprocess.run(command, env={**environment, "DATABASE_URL": address}, check=True)
                admin.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(target), sql.Identifier(name))
                )
            finally:
                _drop(admin, target)
            print(f"   {time.monotonic() - began:.0f} s", flush=True)
        try:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(work), sql.Identifier(name))
                if keep
                else sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(work))
            )
            yield urlsplit(server)._replace(path=f"/{work}").geturl()
        finally:
            _drop(admin, work)


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _digest() -> str:
    """What a filled database depends on: the code that makes it, and the day that its dates are counted from."""
    sources = [Path("bench/fill.py"), *sorted(Path().glob("*/migrations/*.py")), *sorted(Path().glob("*/data/*"))]
    content = b"".join(path.read_bytes() for path in sources)
    return hashlib.sha256(content + date.today().isoformat().encode()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
