"""The table of the bench: what was found, beside the aims, as `bench/results.md` shows it."""

from __future__ import annotations

import os
import platform
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg

from bench.rows import ROWS, Row

NOTES = Path(__file__).with_name("notes.toml")
WORKER_BYTES = 100_000_000
START_SECONDS = {"first": 40, "second": 5}

HEAD = """\
# What the portal costs

Written by `bin/bench`. Every kind of work is measured in turns with a bare view: one that does nothing, without any
middleware, under the same gunicorn with four sync workers and for the same four clients, who share the machine. The
portal runs with the settings of an installation, on PostgreSQL and Redis, beside a filled database; nobody handles
its mail meanwhile. *Bare ÷ it* is the throughput of the bare view divided by that of the work (the median of the
turns), and growth is told in it too, for the machine may have had other work meanwhile; p50 and p95 are the
milliseconds that answers took. Bytes are those on the line, compressed.
"""


class Aim(NamedTuple):
    """One aim: whose, what it says, what was found, and whether that is enough. `timing` depends on the machine."""

    key: str
    name: str
    aim: str
    found: str
    reached: bool
    timing: bool = True


def aims(found: dict[str, Any]) -> Iterator[Aim]:
    """Every aim that something was found for."""
    sizes = found["sizes"]
    for row in ROWS:
        cells = {size: in_size["rows"][row.key] for size, in_size in sizes.items() if row.key in in_size["rows"]}
        if cells:
            yield from _aims_of(row, cells)
    pss = max(in_size["pss"] for in_size in sizes.values())
    yield Aim("geheugen", "A web worker, preloaded", "≤ 100 MB PSS", f"{pss / 1e6:.0f} MB", pss <= WORKER_BYTES)
    for turn, seconds in found.get("start", {}).items():
        limit = START_SECONDS[turn]
        name = f"`bin/start` with packages at hand, the {turn} time"
        yield Aim("start", name, f"≤ {limit} s", f"{seconds:.1f} s", seconds <= limit)


def _aims_of(row: Row, cells: dict[int, dict[str, Any]]) -> Iterator[Aim]:
    def at_most(value: float, limit: float | None, aim: str, text: str, timing: bool) -> Iterator[Aim]:
        if limit is not None:
            yield Aim(row.key, row.name, aim, text, value <= limit, timing)

    times = max(cell["times"] for cell in cells.values())
    yield from at_most(times, row.times, f"bare ÷ it ≤ {row.times}", f"{times:.1f}", True)
    queries = max(cell["queries"] for cell in cells.values())
    yield from at_most(queries, row.queries, f"≤ {row.queries} queries", f"{queries}", False)
    sent = max(cell["sent"] for cell in cells.values()) / 1000
    yield from at_most(sent, row.answer_kb, f"≤ {row.answer_kb} kB compressed", f"{sent:.1f} kB", False)
    page = max(cell.get("page", 0) for cell in cells.values()) / 1000
    yield from at_most(page, row.page_kb, f"≤ {row.page_kb} kB with all it loads", f"{page:.0f} kB", False)
    if len(cells) > 1:
        smallest, largest = min(cells), max(cells)
        grown = cells[largest]["times"] / cells[smallest]["times"]
        aim = f"at {largest:,} ≤ {row.growth} × its time at {smallest:,}"
        yield from at_most(grown, row.growth, aim, f"{grown:.1f} ×", True)


def missed(found: dict[str, Any], *, timing: bool) -> list[str]:
    """What was not reached; without `timing` only what does not depend on the machine."""
    return [
        f"{aim.name}: {aim.found}, aim {aim.aim}"
        for aim in aims(found)
        if not aim.reached and (timing or not aim.timing)
    ]


def page(found: dict[str, Any]) -> str:
    """The whole of `results.md`."""
    parts = [HEAD, f"Measured on {found['date']} on {found['machine']}.", "", "## Aims", ""]
    parts += ["| Work | Aim | Found | Reached |", "|---|---|---|---|"]
    every = list(aims(found))
    parts += [f"| {a.name} | {a.aim} | {a.found} | {'yes' if a.reached else '**no**'} |" for a in every]
    parts += ["", "## Measured", ""]
    parts += ["| Work | Meldingen | p50 ms | p95 ms | Answers/s | Bare view/s | Bare ÷ it | Queries | kB |"]
    parts += ["|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row in ROWS:
        for size, in_size in found["sizes"].items():
            if cell := in_size["rows"].get(row.key):
                parts.append(_line(row, size, cell))
    for size, in_size in found["sizes"].items():
        parts.append(f"| A web worker, memory (PSS) | {size:,} | | | | | | | {in_size['pss'] / 1000:,.0f} |")
    notes = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    not_reached = {aim.key for aim in every if not aim.reached}
    parts += ["", "## What was tried", ""]
    for key, note in notes.items():
        name = next((aim.name for aim in every if aim.key == key), key)
        state = " (not reached)" if key in not_reached else ""
        parts.append(f"- **{name}**{state}: {' '.join(note.split())}")
    return "\n".join([*parts, ""])


def _line(row: Row, size: int, cell: dict[str, Any]) -> str:
    p50, p95 = cell["p50"] * 1000, cell["p95"] * 1000
    return (
        f"| {row.name} | {size:,} | {p50:.1f} | {p95:.1f} | {cell['rate']:,.0f} | {cell['bare']:,.0f} "
        f"| {cell['times']:.1f} | {cell['queries']} | {cell['sent'] / 1000:.1f} |"
    )


def machine(server: str) -> str:
    """The machine and the versions, in one line."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    with psycopg.connect(urlsplit(server)._replace(path="/postgres").geturl()) as connection:
        row = connection.execute(
            "SELECT split_part(current_setting('server_version'), ' ', 1), current_setting('fsync')"
        ).fetchone()
    version, fsync = row or ("?", "?")
    return (
        f"{os.cpu_count()} cores ({cpu[1].strip() if cpu else platform.machine()}), "
        f"{int(memory[1]) / 1e6 if memory else 0:.0f} GB memory, Python {platform.python_version()}, "
        f"PostgreSQL {version} (fsync {fsync})"
    )
