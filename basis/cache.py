"""The cache: Redis, and as long as that does not answer, the memory of each process.

What lies in the cache is a convenience (answers of PDOK) or counts something (limits). Without Redis the convenience
is looked up again, and each process counts by itself: no page fails or waits, and no limit is gone.
"""

import logging
from functools import partial
from time import monotonic
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: How long nobody of a process asks a Redis that did not answer: whoever asks may have to wait for it.
PAUSE_SECONDS = 5

#: A memory that is full forgets at random; limits must not be among what is forgotten soon.
MEMORY_ENTRIES = 10_000


class _Outage:
    """What this process knows of a Redis that does not answer; shared by its threads, each with a cache of its own."""

    until: float = 0
    is_told = False


class _Client(RedisCacheClient):
    """Django's own, without a new client of redis-py for each question: to make one takes longer than the answer."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client of the server that is to be asked."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._clients:
            self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return self._clients[pool]


class _RedisOrMemory:
    """Stands in the place of Django's client of Redis: does each operation there, or else in memory.

    Both take the same arguments, in the same order.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        self._redis = _Client(servers, **options)
        self._memory = LocMemCache("redis-or-memory", {"OPTIONS": {"MAX_ENTRIES": MEMORY_ENTRIES}})

    def __getattr__(self, operation: str) -> Any:
        return partial(self._do, operation)

    def _do(self, operation: str, *arguments: Any) -> Any:
        if monotonic() >= _Outage.until:
            try:
                result = getattr(self._redis, operation)(*arguments)
            except RedisError as error:
                _Outage.until = monotonic() + PAUSE_SECONDS
                if not _Outage.is_told:
                    logger.error("the cache does not answer, each process goes on alone: %s", type(error).__name__)
                _Outage.is_told = True
            else:
                if _Outage.is_told:
                    logger.warning("the cache answers again")
                _Outage.is_told = False
                return result
        return getattr(self._memory, operation)(*arguments)


class RedisOrMemoryCache(RedisCache):
    """Backend for `CACHES`, with the options of Django's `RedisCache`; give it short timeouts."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _RedisOrMemory
