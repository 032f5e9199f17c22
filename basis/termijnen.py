"""Terms: working days and Dutch public holidays, on local dates."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone


@lru_cache(maxsize=64)
def holidays_of(year: int) -> frozenset[date]:
    """The generally recognised public holidays of `year` (Algemene termijnenwet, article 3).

    Article 3 puts Good Friday on a par with them, and names 5 May for every year.
    """
    # Imported late: a process that asks for no terms is some 14 MB smaller without it.
    from holidays.countries import NL

    return frozenset(NL(years=year, categories=("public",))) | {date(year, 5, 5)}


def is_working_day(day: date) -> bool:
    """Whether `day` is no Saturday, Sunday or public holiday."""
    return day.weekday() < 5 and day not in holidays_of(day.year)


def add_working_days(day: date, number: int) -> date:
    """The working day that is `number` working days after `day`; `day` itself does not count.

    With 0 it is `day` when that is a working day, else the next one.
    """
    if number < 0:
        raise ValueError("number must not be negative")
    result = day
    while number or not is_working_day(result):
        result += timedelta(days=1)
        if is_working_day(result) and number:
            number -= 1
    return result


def working_days_between(start: date, end: date) -> int:
    """The number of working days after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))


def local_date(moment: datetime) -> date:
    """The date of `moment` in Alkmaar."""
    return timezone.localdate(moment)
