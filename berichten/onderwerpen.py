"""What can be followed. Floors register their kinds of subject in their `ready()`: `berichten` knows none of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Onderwerp:
    """A subject as its followers see it: a title in words for everybody, and the path of its page."""

    titel: str
    url: str


#: Called with ids of rows; gives those that are there and that the public may see. A fixed number of queries.
Finder = Callable[[Collection[int]], Mapping[int, Onderwerp]]

_finders: dict[str, Finder] = {}


def register(soort: str, finder: Finder) -> None:
    """Say how subjects of kind `soort` are found."""
    _finders[soort] = finder


def find(soort: str, pk: int) -> Onderwerp | None:
    """The subject of kind `soort` with row id `pk`, asked anew each time; None when nobody may see it (any more)."""
    return find_many([(soort, pk)]).get((soort, pk))


def find_many(wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Onderwerp]:
    """These subjects (kind and row id), asked together by kind; without those that nobody may see (any more)."""
    found: dict[tuple[str, int], Onderwerp] = {}
    for soort in sorted({soort for soort, _pk in wanted} & _finders.keys()):
        pks = {pk for kind, pk in wanted if kind == soort}
        found |= {(soort, pk): onderwerp for pk, onderwerp in _finders[soort](pks).items()}
    return found
