"""Numbers that are counted once in a while."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from basis.counted import counted


@pytest.fixture
def numbers() -> Iterator[int]:
    return iter(range(10))


def test_the_same_numbers_until_they_are_old(settings: Settings, numbers: Iterator[int]) -> None:
    settings.FIGURES_SECONDS = 300
    first = counted("een", lambda: next(numbers))
    assert counted("een", lambda: next(numbers)) == first
    assert counted("twee", lambda: next(numbers)).value == 1


def test_counted_each_time_in_the_example_portal(numbers: Iterator[int]) -> None:
    assert [counted("een", lambda: next(numbers)).value for _time in range(3)] == [0, 1, 2]
