"""How often one visitor and one network may do something."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from basis import limieten
from basis.cache import RedisOrMemoryCache
from basis.limieten import LimitReached
from basis.origin import Origin, serving
from gebruikers.models import Gebruiker

START = "2026-11-21 14:00:00 +0100"


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    settings.LIMIETEN = {
        "proef": {"visitor": 3, "network": 5, "seconds": 600},
        "alleen": {"visitor": 3, "seconds": 10},
    }


def go(address: str, by: Any = None, name: str = "proef") -> bool:
    """Whether somebody at `address` may do it once more."""
    with serving(Origin(address)):
        try:
            limieten.count(name, by=by)
        except LimitReached:
            return False
        return True


def times(address: str, by: Any = None, name: str = "proef") -> int:
    """How often somebody at `address` may still do it."""
    return next(number for number in range(1000) if not go(address, by, name))


def test_an_address_and_its_network() -> None:
    assert times("10.0.0.1") == 3
    assert times("10.0.0.2") == 2
    assert times("10.0.0.3") == 0
    assert times("10.0.1.3") == 3


def test_who_is_refused_for_the_network_spends_nothing_of_their_own() -> None:
    assert times("10.0.0.1") + times("10.0.0.2") == 5
    assert not go("10.0.0.3", Gebruiker(pk=7))
    assert times("10.0.1.3", Gebruiker(pk=7)) == 3


def test_whoever_signs_in_counts_apart_within_the_network() -> None:
    assert times("10.0.0.1") == 3
    assert go("10.0.0.1", Gebruiker(pk=1))
    assert go("10.0.0.1", Gebruiker(pk=2))
    assert not go("10.0.0.1", Gebruiker(pk=3))


def test_an_account_is_one_visitor_wherever_it_is() -> None:
    assert [go(f"10.0.{number}.1", Gebruiker(pk=1)) for number in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "visitor"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", "network"),
        ("2001:db8:0:1::1", "2001:db8:1:1::1", "nothing"),
        ("fe80::1%eth0", "fe80::2%eth1", "visitor"),
        ("", "", "visitor"),
        ("", "0.0.0.1", "nothing"),
    ],
)
def test_what_is_one_visitor_and_one_network(one: str, other: str, shared: str) -> None:
    assert times(one) == 3
    assert times(other) == {"visitor": 0, "network": 2, "nothing": 3}[shared]


def test_a_limit_may_be_for_visitors_alone() -> None:
    assert [times(f"10.0.0.{number}", name="alleen") for number in range(4)] == [3] * 4


def test_limits_do_not_count_together() -> None:
    assert times("10.0.0.1") == times("10.0.0.1", name="alleen") == 3


def test_no_period_holds_more_wherever_it_begins() -> None:
    with time_machine.travel(START, tick=False) as moment:
        assert go("10.0.0.1")
        moment.shift(599)
        assert times("10.0.0.1") == 2
        # The first one is over, and its place is the only one that is free.
        moment.shift(2)
        assert times("10.0.0.1") == 1
        moment.shift(597)
        assert times("10.0.0.1") == 0
        moment.shift(2)
        assert times("10.0.0.1") == 2


@given(st.lists(st.integers(0, 300), max_size=30))
def test_any_rhythm_stays_within_the_limit(pauses: list[int]) -> None:
    cache.clear()
    done: list[int] = []
    with time_machine.travel(START, tick=False) as moment:
        now = 0
        for pause in pauses:
            moment.shift(pause)
            now += pause
            recent = [one for one in done if one > now - 600]
            if go("10.0.0.1"):
                assert len(recent) < 3
                done.append(now)
            else:
                assert len([one for one in done if one >= now - 600]) >= 3


def test_when_to_come_back() -> None:
    with time_machine.travel(START, tick=False) as moment, serving(Origin("10.0.0.1")):
        limieten.count("proef")
        moment.shift(90)
        limieten.count("proef")
        limieten.count("proef")
        moment.shift(30)
        with pytest.raises(LimitReached) as caught:
            limieten.count("proef")
        # The first place is free at 14.10 sharp.
        assert (caught.value.seconds, caught.value.clock) == (480, "14.10")
        moment.shift(481)
        limieten.count("proef")
        with pytest.raises(LimitReached) as caught:
            limieten.count("proef")
        # At 14.11 and 30 seconds: people are told a minute at which it works.
        assert (caught.value.seconds, caught.value.clock) == (89, "14.12")


def test_what_was_not_done_does_not_count() -> None:
    with serving(Origin("10.0.0.1")):
        for _time in range(9):
            with limieten.place("proef"):
                pass
            with pytest.raises(ZeroDivisionError), limieten.place("proef"):
                1 / 0  # noqa: B018
        with limieten.place("proef") as place:
            place.done = True
    assert times("10.0.0.1") == 2


def test_nobody_can_be_read_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    add = cache.add
    monkeypatch.setattr(cache, "add", lambda key, *rest: seen.append(f"{key} {rest}") or add(key, *rest))
    go("192.168.123.45")
    go("192.168.123.45", Gebruiker(pk=987654, email="wil@bewoner.example"))
    assert len({text.split(" ")[0].rpartition(":")[0] for text in seen}) == 3
    assert not [text for text in seen for part in ("192.168", "987654", "wil@") if part in text]


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("gedaan")


@pytest.mark.parametrize("path", ["/zoeken/", "/adressen.json"])
def test_a_view_that_counts(path: str, rf: RequestFactory) -> None:
    counted = limieten.limited("alleen")(view)
    with time_machine.travel(START, tick=False), serving(Origin("10.0.0.1")):
        answers = [counted(rf.get(path)) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert isinstance(refused, HttpResponse)
    assert (refused["Retry-After"], refused["Cache-Control"]) == ("10", "no-store")
    assert "om 14.01 uur" in refused.text
    assert refused["Content-Type"].startswith("application/json" if path.endswith("json") else "text/html")


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], BaseCache]:
    """Counts in this Redis from now on."""

    def use(address: str) -> BaseCache:
        made = RedisOrMemoryCache(address, {"OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}})
        monkeypatch.setattr(limieten, "cache", made)
        return made

    return use


@pytest.mark.servers
def test_of_many_at_once_no_more_get_through(shared: Callable[[str], BaseCache], settings: Settings) -> None:
    address = os.environ["TEST_REDIS_URL"]
    shared(address)
    settings.LIMIETEN = {"proef": {"visitor": 20, "network": 30, "seconds": 600}}
    with redis.Redis.from_url(address) as client, ThreadPoolExecutor(16) as pool:
        client.flushdb()
        one = list(pool.map(go, ["10.0.0.1"] * 100))
        others = list(pool.map(go, [f"10.0.0.{number}" for number in range(2, 102)]))
        ends = {client.ttl(key) for key in client.scan_iter()}
        client.flushdb()
    assert (sum(one), sum(others)) == (20, 10)
    assert all(590 < seconds <= 600 for seconds in ends)


class TestKeys:
    """Systems with a number of places of their own, which may be many."""

    def count(self, who: str, number: int) -> datetime | None:
        """Until when `who` may not do it once more; None when it may."""
        try:
            limieten.count_key("alleen", who, number=number)
        except LimitReached as reached:
            return reached.until
        return None

    @pytest.mark.parametrize("number", [1, 2, 200, 201, 450])
    def test_each_has_its_own_number_and_a_place_is_free_again_after_a_whole_period(self, number: int) -> None:
        with time_machine.travel(START, tick=False) as clock:
            assert self.count("een", number) is None
            clock.shift(4)
            assert [self.count("een", number) for _time in range(number - 1)] == [None] * (number - 1)
            # Twice: the second time it is known.
            assert {self.count("een", number), self.count("een", number)} == {timezone.now() + timedelta(seconds=6)}
            assert self.count("ander", number) is None
            clock.shift(5)
            assert self.count("een", number) is not None
            clock.shift(1)
            assert self.count("een", number) is None
            full = self.count("een", number)
            assert full == timezone.now() + timedelta(seconds=10 if number == 1 else 4)

    def test_that_all_of_many_places_are_taken_is_asked_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with time_machine.travel(START, tick=False):
            for _time in range(450):
                self.count("een", 450)
            looks: list[int] = []
            monkeypatch.setattr(cache, "get_many", lambda keys: looks.append(len(keys)) or dict.fromkeys(keys, 1.0))
            assert self.count("een", 450) is not None
            assert looks == [200, 200, 50]
            self.count("een", 450)
            assert len(looks) == 3
