"""Files for a spreadsheet: CSV as Dutch spreadsheets read it, one line at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.http import StreamingHttpResponse
from django.utils import timezone

#: A cell that begins with one of these is taken for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The answer with `rows` below `head` as the file `name`; semicolons, the mark of UTF-8, no formulas.

    Rows are read while the file is sent: with those of `QuerySet.iterator()` a long file takes no more memory.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8", headers=headers)


def harmless(cell: str) -> str:
    """`cell` as no spreadsheet takes it for a formula: behind a quote where it begins as one."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    """`value` as a cell: moments by the clock of Alkmaar, numbers as they are, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return harmless(value) if isinstance(value, str) else str(value)
