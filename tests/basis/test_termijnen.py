from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basis.termijnen import add_working_days, holidays_of, is_working_day, working_days_between

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 27),  # King's Day
        date(2026, 5, 5),  # Liberation Day, in every year
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),
        date(2025, 4, 26),  # King's Day moved from a Sunday
    ],
)
def test_holidays_of_the_algemene_termijnenwet(day):
    assert day in holidays_of(day.year)
    assert not is_working_day(day)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas on Friday and Saturday
        (date(2026, 12, 31), 2, date(2027, 1, 5)),  # over the new year
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 3, 27), 5, date(2026, 4, 7)),  # over summer time and Easter
    ],
)
def test_add_working_days(start, number, end):
    assert add_working_days(start, number) == end


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 1, 5), -1)


@given(DAYS, st.integers(1, 60))
def test_counting_back_gives_the_number(start, number):
    end = add_working_days(start, number)
    assert is_working_day(end)
    assert working_days_between(start, end) == number
    assert working_days_between(end, start) == -number


@given(DAYS, st.integers(0, 40))
def test_nothing_in_between_is_skipped(start, number):
    end = add_working_days(start, number)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days)]
    assert sum(map(is_working_day, between)) == max(0, number - 1) or number == 0
