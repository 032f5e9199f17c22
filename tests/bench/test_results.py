"""The table of the bench says what was reached, and keeps what was tried."""

import tomllib
from typing import Any

import pytest

from bench import weight
from bench.load import Measured
from bench.results import NOTES, aims, missed, page
from bench.rows import ROWS


def found(**changes: Any) -> dict[str, Any]:
    """A run in which every aim is reached, except for `changes` of every row."""
    cell = {
        "times": 1.0,
        "rate": 100.0,
        "bare": 100.0,
        "p50": 0.01,
        "p95": 0.02,
        "queries": 1,
        "sent": 900,
        "page": 900,
    }
    sizes = {
        size: {"rows": {row.key: {**cell, **changes} for row in ROWS}, "pss": 90_000_000} for size in (1000, 10**6)
    }
    return {"sizes": sizes, "date": "2026-11-26", "machine": "a machine", "start": {"first": 30.0, "second": 4.0}}


def test_every_row_stands_in_the_table_with_its_aims() -> None:
    text = page(found())
    assert all(f"| {row.name} |" in text for row in ROWS)
    assert "**no**" not in text
    assert missed(found(), timing=True) == []


@pytest.mark.parametrize(
    ("changes", "is_timing"), [({"times": 1000.0}, True), ({"queries": 99}, False), ({"sent": 99_000}, False)]
)
def test_what_is_not_reached_is_said(changes: dict[str, Any], is_timing: bool) -> None:
    late = found(**changes)
    assert "| **no** |" in page(late)
    assert missed(late, timing=True)
    assert bool(missed(late, timing=False)) is not is_timing


def test_growth_compares_the_largest_with_the_smallest() -> None:
    slow = found()
    for cell in slow["sizes"][10**6]["rows"].values():
        cell["times"] = 2.5
    grown = [aim for aim in aims(slow) if "its time at" in aim.aim]
    assert grown and all(aim.found == "2.5 ×" and not aim.reached for aim in grown)


def test_notes_are_about_rows_that_are_there() -> None:
    notes = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    assert notes.keys() <= {row.key for row in ROWS} | {"geheugen", "start"}
    assert all(" ".join(note.split()) in page(found()) for note in notes.values())


def test_keys_are_there_once() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS)


def test_percentiles() -> None:
    measured = Measured([number / 100 for number in range(100)], 2.0)
    assert (measured.percentile(50), measured.percentile(95), measured.throughput) == (0.5, 0.95, 50.0)


def test_an_answer_is_weighed_as_the_proxy_sends_it() -> None:
    body = b"x" * 5000
    plain = weight.read(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body)
    assert plain.sent < 100
    picture = weight.read(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + body)
    assert picture.sent == 5000
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert weight.read(chunked).body == b"abcde"
