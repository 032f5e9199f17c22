"""What can be followed. Floors register their kinds of subject in their `ready()`: `berichten` knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Onderwerp:
    """A subject as its followers see it: a title in words for everybody, and the path of its page."""

    titel: str
    url: str


#: Called with the row's id; None when there is no such row, or when the public may not see it (any more).
Finder = Callable[[int], Onderwerp | None]

_finders: dict[str, Finder] = {}


def register(soort: str, finder: Finder) -> None:
    """Say how a subject of kind `soort` is found."""
    _finders[soort] = finder


def find(soort: str, pk: int) -> Onderwerp | None:
    """The subject of kind `soort` with row id `pk`, asked anew each time; None when nobody may see it (any more)."""
    finder = _finders.get(soort)
    return finder(pk) if finder else None
