"""Numbers over many rows, counted once in a while: whoever shows them says when they were counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

T = TypeVar("T")


@dataclass(frozen=True)
class Counted(Generic[T]):
    """What was counted, and when."""

    value: T
    at: datetime


def counted(name: str, count: Callable[[], T]) -> Counted[T]:
    """The numbers called `name` as `count` gives them, or gave them less than `FIGURES_SECONDS` ago."""
    key = f"counted:1:{name}"
    kept: Counted[T] | None = cache.get(key)
    if kept is None:
        kept = Counted(count(), timezone.now())
        cache.set(key, kept, settings.FIGURES_SECONDS)
    return kept
