"""Measures one size, in a process of its own whose environment names the servers: `python -m bench.measure`."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from bench import load, weight
from bench.fill import fill
from bench.rows import ROWS, Row
from bench.world import World
from bench.wsgi import COUNT_HEADER
from gebieden import pdok
from tests.pdok_server import PdokServer

ADDRESS = ("127.0.0.1", int(os.environ.get("BENCH_PORT", "0")))
WORKERS = 4
START_SECONDS = 60
#: So many requests are written beforehand and sent in turn; of work that can be sent once, so many a second.
DIFFERENT, ONCE_A_SECOND = 600, 600
#: So many of them are sent before the first turn.
WARM = 80


def main() -> None:
    """Fill an empty database, or measure in a full one and print what was found as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fill", type=int)
    parser.add_argument("--rows", default="")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.fill is not None:
        call_command("migrate", verbosity=0)
        fill(options.fill)
        return
    with gunicorn() as server:
        json.dump(measure(server, options), sys.stdout)


@contextmanager
def gunicorn() -> Iterator[subprocess.Popen[bytes]]:
    """The portal as an installation runs it: four sync workers, loaded before they are forked."""
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--preload", "--no-control-socket"]
    command += ["--bind", f"{ADDRESS[0]}:{ADDRESS[1]}", "--log-level", "warning", "bench.wsgi:application"]
    # It writes a line about every request, as everywhere.
    log = (settings.VAR_DIR / "gunicorn.log").open("wb")
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                load.ask(ADDRESS, b"GET /bare/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                break
            except ConnectionRefusedError:
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit("gunicorn did not start") from None
                time.sleep(0.1)
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def measure(server: subprocess.Popen[bytes], options: argparse.Namespace) -> dict[str, Any]:
    """Every chosen row: beside the bare view in turns, its queries, and its bytes."""
    world = World()
    _look_up_streets(world)
    chosen = [row for row in ROWS if not options.rows or row.key in options.rows.split(",")]
    found = {}
    for row in chosen:
        found[row.key] = _measure_row(world, row, options)
        print(f"   {row.key}: {_in_words(found[row.key])}", file=sys.stderr, flush=True)
    return {"rows": found, "pss": max(_pss(pid) for pid in _workers(server.pid))}


def _in_words(found: dict[str, Any]) -> str:
    return f"1/{found['times']:.1f}, p50 {found['p50'] * 1000:.1f} ms, {found['queries']} queries"


def _measure_row(world: World, row: Row, options: argparse.Namespace) -> dict[str, Any]:
    number = 0

    def write(count: int) -> list[bytes]:
        nonlocal number
        number += count
        return [row.request(world, step) for step in range(number - count, number)]

    queries, sent = 0, 0
    for request in write(12):
        counted = request.replace(b"\r\n", f"\r\n{COUNT_HEADER}: yes\r\n".encode(), 1)
        answer = weight.read(load.ask(ADDRESS, counted))
        if answer.status != row.status:
            raise load.WrongAnswer(f"{row.key}: {answer.status}\n{request[:300]!r}")
        queries = max(queries, int(answer.headers[COUNT_HEADER.lower()]))
        sent = max(sent, answer.sent)
    bare = [world.get("/bare/")] * load.CLIENTS
    each = write(DIFFERENT)
    # What is kept is there, and every process has its own memory warm, before anything is timed.
    load.run(ADDRESS, each[:WARM], START_SECONDS, status=row.status, again=False)
    ratios, times, rates, bare_rates = [], [], [], []
    for _round in range(options.rounds):
        if row.once:
            each = write(int(ONCE_A_SECOND * options.seconds))
        of_bare = load.run(ADDRESS, bare, options.seconds, status=200)
        of_row = load.run(ADDRESS, each, options.seconds, status=row.status, again=not row.once)
        ratios.append(of_bare.throughput / of_row.throughput)
        bare_rates.append(of_bare.throughput)
        rates.append(of_row.throughput)
        times += of_row.times
    whole = load.Measured(times, 1)
    found = {
        "times": statistics.median(ratios),
        "rate": statistics.median(rates),
        "bare": statistics.median(bare_rates),
        "p50": whole.percentile(50),
        "p95": whole.percentile(95),
        "queries": queries,
        "sent": sent,
    }
    if row.page_kb:
        path = row.request(world, 0).split()[1].decode()
        found["page"] = weight.of_page(ADDRESS, world, path)
    return found


def _look_up_streets(world: World) -> None:
    """What PDOK says of each pin, kept in the cache: the form asks as soon as somebody puts a pin."""
    server = PdokServer().start()
    settings.PDOK_URL = server.url
    try:
        for lat, lon in world.pins:
            pdok.reverse(lat, lon)
    finally:
        server.stop()


def _workers(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pss(pid: int) -> int:
    """The memory of a process in bytes; what it shares with others counts in part (proportional set size)."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), flags=re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
