"""A cache that nobody has to wait for: Redis refuses, is silent, is killed and comes back."""

import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from django.core.cache.backends.base import BaseCache

from basis import cache as module
from basis.cache import RedisOrMemoryCache
from tests.servers import free_port, own_redis

TIMEOUTS = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Outage", type("_Outage", (), {"until": 0, "is_told": False}))


@pytest.fixture
def make() -> Iterator[Callable[[str], BaseCache]]:
    made: list[BaseCache] = []

    def cache(address: str) -> BaseCache:
        made.append(RedisOrMemoryCache(address, {"OPTIONS": TIMEOUTS}))
        return made[-1]

    yield cache
    for one in made:
        one.clear()


def everything(cache: BaseCache) -> None:
    """What the portal and its libraries do with a cache."""
    assert cache.get("count") is None
    assert cache.add("count", 1, 60)
    assert not cache.add("count", 5, 60)
    assert cache.incr("count") == 2
    with pytest.raises(ValueError, match="not found"):
        cache.incr("unknown")
    cache.set("gone", "at once", 0)
    assert cache.get("gone", "default") == "default"
    cache.set_many({"one": [1.5], "two": None}, 60)
    assert cache.get_many(["one", "two", "three"]) == {"one": [1.5], "two": None}
    assert "one" in cache
    assert cache.touch("one", 60)
    cache.delete("one")
    cache.delete_many(["two", "count"])
    assert cache.get_many(["one", "two", "count"]) == {}


def test_where_nobody_listens_memory_does_the_same(
    make: Callable[[str], BaseCache], caplog: pytest.LogCaptureFixture
) -> None:
    everything(make(f"redis://127.0.0.1:{free_port()}/1"))
    assert caplog.messages == ["the cache does not answer, each process goes on alone: ConnectionError"]


def test_a_silent_redis_is_waited_for_once(make: Callable[[str], BaseCache]) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/1"
        everything(make(address))
        everything(make(address))
        silent.setblocking(False)
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()


@pytest.mark.servers
def test_killed_and_back_again(
    make: Callable[[str], BaseCache], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
    caplog.set_level(logging.WARNING)
    with own_redis() as redis:
        cache = make(f"{redis.address}/1")
        everything(cache)
        cache.set("kept", "by Redis")
        redis.kill()
        assert cache.get("kept") is None
        everything(cache)
        redis.start()
        everything(cache)
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "the cache does not answer, each process goes on alone",
        "the cache answers again",
    ]
