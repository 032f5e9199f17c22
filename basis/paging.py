"""Long lists: nobody pages through thousands, so nothing counts them or skips that many.

`ShortPaginator` numbers the pages of the first thousand rows. `key_page` goes on from the last row that was seen,
however far that is, and shows no row twice when others change meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Field,
    Func,
    IntegerField,
    Model,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

#: A list shows this many rows at most, and numbers beside it count no further; a filter leads to the others.
MOST = 1000


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are; one more than `MOST` stands for all that is more."""
    return rows.order_by().values("pk")[: MOST + 1].count()


def in_words(number: int) -> str:
    """A number that `counted` gives, for people."""
    if number > MOST:
        return _("meer dan %(number)s") % {"number": number_format(MOST, force_grouping=True)}
    return number_format(number, force_grouping=True)


class _Counted(Subquery):
    """`counted` as a part of a larger query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    # Of a query that cannot find anything.
    empty_result_set_value = 0
    output_field = IntegerField()


def counted_together(one: QuerySet[Any], **rows: QuerySet[Any]) -> dict[str, int]:
    """What `counted` gives for each of `rows`, in one query; `one` is any query that finds exactly one row."""
    numbers = {name: _Counted(some.order_by().values("pk")[: MOST + 1]) for name, some in rows.items()}
    found = one.order_by().values_list(*numbers.values()).get()
    return dict(zip(numbers, found, strict=True))


class ShortPaginator(Paginator):
    """Pages of the first `MOST` rows."""

    object_list: QuerySet[Any]

    @cached_property
    def found(self) -> int:
        """How many rows there are, as `counted` gives it."""
        return counted(self.object_list)

    @cached_property
    def count(self) -> int:
        """How many rows there are pages for."""
        return min(self.found, MOST)

    @property
    def found_in_words(self) -> str:
        """How many rows there are, for people."""
        return in_words(self.found)

    @property
    def is_cut(self) -> bool:
        """Whether there are rows that no page shows."""
        return self.found > MOST


class BadKey(ValueError):
    """What stands in the address is no place in this list."""


RowT = TypeVar("RowT", bound=Model)


class KeyOrder:
    """An order that an index holds, by fields or annotations that all run one way; no two rows share the last one.

    `kinds` gives the type of each: int, date or datetime. They run one way so that one comparison tells what follows.
    """

    def __init__(self, kinds: Mapping[str, type], *, descending: bool = False) -> None:
        self.kinds, self.descending = kinds, descending

    def ordering(self, *, backwards: bool = False) -> list[str]:
        """For `order_by`."""
        return [f"-{name}" if self.descending != backwards else name for name in self.kinds]

    def key_of(self, row: Model) -> str:
        """Where `row` stands, as it goes into an address."""
        values = (getattr(row, name) for name in self.kinds)
        return "_".join(str(value) if isinstance(value, int) else value.isoformat() for value in values)

    def beyond(self, key: str, *, backwards: bool = False) -> GreaterThan | LessThan:
        """The condition for what follows the row at `key`, or comes before it; raises BadKey."""
        values = [Value(value, output_field=_FIELDS[type(value)]) for value in self._read(key)]
        compare = LessThan if self.descending != backwards else GreaterThan
        return compare(_Row(*self.kinds), _Row(*values))

    def _read(self, key: str) -> list[Any]:
        """The values that `key_of` wrote; raises BadKey."""
        try:
            return [_READ[kind](part) for kind, part in zip(self.kinds.values(), key.split("_"), strict=True)]
        except (ValueError, OverflowError) as error:
            raise BadKey(key) from error


def _number(text: str) -> int:
    """A whole number that fits in a column."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> datetime:
    """A moment with its zone, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


_DIGITS = 18
_READ: dict[type, Callable[[str], Any]] = {int: _number, date: date.fromisoformat, datetime: _moment}
_FIELDS: dict[type, Field[Any, Any]] = {int: BigIntegerField(), date: DateField(), datetime: DateTimeField()}


class _Row(Func):
    """Several values that are compared as one: (a, b) > (1, 2)."""

    template = "(%(expressions)s)"
    output_field = IntegerField()


@dataclass(frozen=True)
class KeyPage(Generic[RowT]):
    """A part of a long list, with the keys of what comes before and after it; None where nothing does."""

    rows: Sequence[RowT]
    before: str | None
    after: str | None


def key_page(rows: QuerySet[RowT], order: KeyOrder, size: int, *, after: str = "", before: str = "") -> KeyPage[RowT]:
    """The `size` rows that follow the one at key `after`, or come before the one at `before`; else the first ones.

    One query, as quick far down as at the top. A row that is gone meanwhile is no matter: its key is a place. Raises
    BadKey.
    """
    if before:
        nearest = rows.filter(order.beyond(before, backwards=True)).order_by(*order.ordering(backwards=True))
        found = list(nearest[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return KeyPage(shown, order.key_of(shown[0]), order.key_of(shown[-1]))
        # So few are left above that this is the top of the list, which is shown whole.
        after = ""
    following = rows.filter(order.beyond(after)) if after else rows
    found = list(following.order_by(*order.ordering())[: size + 1])
    shown = found[:size]
    return KeyPage(
        shown,
        order.key_of(shown[0]) if shown and after else None,
        order.key_of(shown[-1]) if len(found) > size else None,
    )
