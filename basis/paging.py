"""Long lists: nobody pages through thousands, so nothing counts them or skips that many."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
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
