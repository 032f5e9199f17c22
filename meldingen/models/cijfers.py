"""Figures about meldingen, counted by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate, TruncMonth
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from basis.termijnen import local_date
from meldingen.models.antwoord import Antwoord
from meldingen.models.reads_gegevens import GegevensQuerySet
from meldingen.rules import FINISHED, Cijfers

if TYPE_CHECKING:
    from meldingen.models.melding import Melding


class CalendarDays(models.Func):
    """The days from the local date of one moment to that of another."""

    output_field = models.IntegerField()
    arg_joiner = " - "
    template = "(%(expressions)s)"

    def __init__(self, since: str, until: str) -> None:
        super().__init__(TruncDate(until), TruncDate(since))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """There dates are text."""
        template = "CAST(julianday(%(expressions)s) AS integer)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)


#: A wijk, a category (their ids) and the first day of a month.
Place = tuple[int, int, date]


@dataclass
class Jaarcijfers:
    """The figures of a year: all together, and by the ids of wijken and categories and the first day of months."""

    totaal: Cijfers = field(default_factory=Cijfers)
    wijken: dict[int, Cijfers] = field(default_factory=lambda: defaultdict(Cijfers))
    categorieen: dict[int, Cijfers] = field(default_factory=lambda: defaultdict(Cijfers))
    maanden: dict[date, Cijfers] = field(default_factory=lambda: defaultdict(Cijfers))

    def add(self, found: Cijfers, wijk: int, categorie: int, maand: date) -> None:
        """Count `found` wherever it belongs."""
        for counted in (self.totaal, self.wijken[wijk], self.categorieen[categorie], self.maanden[maand]):
            counted.add(found)


class CijferQuerySet(GegevensQuerySet):
    """A part of `MeldingQuerySet`: the figures."""

    def years(self) -> list[int]:
        """The calendar years from the first melding until now, the last one first."""
        this_year = timezone.localdate().year
        # In the order of an index, of which the first row is enough.
        first = self.order_by("created_at").values_list("created_at", flat=True).first()
        return list(range(this_year, min(local_date(first).year if first else this_year, this_year) - 1, -1))

    def cijfers(self, year: int) -> Jaarcijfers:
        """The figures of a calendar year: five queries, each over what happened in that year.

        What came in, was closed or was judged counts in the month in which that happened.
        """
        start, end = (timezone.make_aware(datetime.combine(date(one, 1, 1), time.min)) for one in (year, year + 1))
        found = Jaarcijfers()
        reported = self.filter(created_at__gte=start, created_at__lt=end)
        for place, row in _by_place(reported, "created_at", number=Count("*")):
            found.add(Cijfers(gemeld=row["number"]), *place)
        closed = self.filter(status__in=FINISHED, closed_at__gte=start, closed_at__lt=end)
        in_time = Count("status", filter=Q(closed_at__date__lte=F("beloofd_op")))
        for place, row in _by_place(closed, "closed_at", number=Count("*"), in_time=in_time):
            found.add(Cijfers(afgesloten=row["number"], op_tijd=row["in_time"]), *place)
        answers = Antwoord.objects.filter(opgelost__isnull=False, at__gte=start, at__lt=end, stap__melding__in=self)
        about = answers.annotate(wijk=F("stap__melding__wijk"), categorie=F("stap__melding__categorie"))
        yes, no = (Count("pk", filter=Q(opgelost=answer)) for answer in (True, False))
        for place, row in _by_place(about, "at", yes=yes, no=no):
            found.add(Cijfers(opgelost=row["yes"], heropend=row["no"]), *place)
        _count_days(closed, found)
        return found


def _by_place(rows: models.QuerySet[Any], moment: str, **counts: Count) -> Iterator[tuple[Place, dict[str, Any]]]:
    """`counts` of `rows` by wijk, category and the month of `moment`."""
    by = rows.order_by().annotate(maand=TruncMonth(moment, output_field=models.DateField()))
    for row in by.values("wijk", "categorie", "maand").annotate(**counts):
        yield (row["wijk"], row["categorie"], row["maand"]), row


def _count_days(closed: models.QuerySet[Melding], found: Jaarcijfers) -> None:
    """Count how many took how many days: by wijk and category, and by month; all three at once are too many rows."""
    took = closed.order_by().annotate(days=CalendarDays("created_at", "closed_at"))
    for wijk, categorie, days, number in took.values_list("wijk", "categorie", "days").annotate(number=Count("*")):
        for counted in (found.totaal, found.wijken[wijk], found.categorieen[categorie]):
            counted.dagen[days] += number
    by_month = took.annotate(maand=TruncMonth("closed_at", output_field=models.DateField()))
    for maand, days, number in by_month.values_list("maand", "days").annotate(number=Count("*")):
        found.maanden[maand].dagen[days] += number
