"""How often one visitor, and one network, may do something.

A limit (`settings.LIMIETEN`) is a number of places. Who does something takes one, which is free again a whole period
later: so there is no period, wherever it begins, with more than that number in it, as there is on the edge of counts
that begin anew each hour. A place is a key in the cache that all processes share, taken by `cache.add`: of two who
come at once only one gets it. While Redis is gone each process counts by itself (`basis.cache`).

Counted are:

    a visitor    who is signed in: the account, wherever it is; who is not: the address
    a network    the neighbourhood of an address, with all that is done in it, signed in or not
    a mailbox    where mail would go, whoever asks for it
    a key        another system that sends with a key, wherever it is; its number is its own (`count_key`)

Behind one IPv4 address there may be a whole school: whoever signs in there counts apart, within the network. In IPv6
an address is no visitor: a single computer picks freely among those of its /64, so the /64 counts as one address, and
the /48, the most that one customer is given, as the network.

Addresses are those of `basis.origin`, which can't be invented. In the cache nothing can be read of them or of accounts.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from basis.origin import current

#: By version of IP: how many bits of an address are one visitor's, and how many its network's.
PREFIXES = {4: (32, 24), 6: (64, 48)}

#: How many places are tried at random before all of them are looked at.
BLIND_TRIES = 3
#: So many places are looked at in one question: a key may have very many.
LOOKED_AT = 200


class LimitReached(Exception):
    """Somebody did something too often; `until` is when there is a place again, `kind` whose places are taken."""

    def __init__(self, until: datetime, kind: str = "visitor") -> None:
        super().__init__(until)
        self.until, self.kind = until, kind

    @property
    def seconds(self) -> int:
        """How long from now that is, for the header Retry-After; at least 1."""
        return max(1, math.ceil((self.until - timezone.now()).total_seconds()))

    @property
    def clock(self) -> str:
        """When that is, as people say it: "14.35", the first whole minute at which it works again."""
        return f"{timezone.localtime(self.until + timedelta(seconds=59)):%H.%M}"

    def on(self, response: HttpResponse) -> HttpResponse:
        """`response` as the answer to who did it too often: 429, with when to come back."""
        response.status_code = 429
        response["Retry-After"] = str(self.seconds)
        return response


@dataclass
class Taken:
    """The places that one deed took; they are given back unless it is `done`."""

    keys: list[str] = field(default_factory=list)
    done: bool = False


@contextmanager
def place(name: str, *, by: Any = None, to: str = "") -> Iterator[Taken]:
    """Take a place under limit `name` for who is served now; raises LimitReached where there is none.

    `by` is the visitor, where that may be an account; `to` the mailbox, for a limit that has a number for it. Only what
    was really done counts: set `done` on what is given.
    """
    taken = Taken()
    try:
        for kind, who in _counted(by, to).items():
            if kind in settings.LIMIETEN[name]:
                taken.keys.append(_take(name, kind, who, settings.LIMIETEN[name][kind]))
        yield taken
    finally:
        if not taken.done:
            cache.delete_many(taken.keys)


def count(name: str, *, by: Any = None, to: str = "") -> None:
    """Count one deed under limit `name`, whatever comes of it; raises LimitReached where there is no place."""
    with place(name, by=by, to=to) as taken:
        taken.done = True


def count_key(name: str, who: str, *, number: int) -> None:
    """Count one deed of a system known as `who`, that may do it `number` times; raises LimitReached.

    The period is that of limit `name`.
    """
    _take(name, "key", who, number)


def limited(name: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Decorator: count each request of a view under limit `name`, and answer 429 to what is too much."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                count(name)
            except LimitReached as reached:
                return too_often(request, reached)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def too_often(request: HttpRequest, reached: LimitReached) -> HttpResponse:
    """The answer 429: a page with when to come back, or the same as JSON at an address for machines."""
    response: HttpResponse
    if request.path.endswith(".json"):
        sentence = _("U heeft dit in korte tijd te vaak gedaan. Probeer het om %(clock)s uur opnieuw.")
        response = JsonResponse({"fout": sentence % {"clock": reached.clock}})
    else:
        response = render(request, "429.html", {"clock": reached.clock})
    response["Cache-Control"] = "no-store"
    return reached.on(response)


def visitor_of(address: str) -> str:
    """A name for the visitor at `address` that says nothing to who reads it; empty where there is no address."""
    return _unreadable(_ranges(address)[0]) if address else ""


def _counted(by: Any, to: str) -> dict[str, str]:
    """Who is counted, by kind."""
    address, network = _ranges(current().address)
    account = getattr(by, "pk", None)
    return {
        "visitor": address if account is None else f"account {account}",
        "network": network,
        "mailbox": f"mailbox {to.strip().lower()}",
    }


def _ranges(address: str) -> tuple[str, str]:
    """What counts as one visitor, and as one network; all who come without an address are one visitor."""
    if not address:
        return "", "network"
    ip = ip_address(address.partition("%")[0])
    visitor, network = (str(ip_network(f"{ip}/{bits}", strict=False)) for bits in PREFIXES[ip.version])
    return visitor, network


def _unreadable(text: str) -> str:
    """`text` as a key: the same each time, and not to be guessed without `SECRET_KEY`."""
    return salted_hmac("basis.limieten", text, algorithm="sha256").hexdigest()[:32]


def _take(name: str, kind: str, who: str, number: int) -> str:
    """Take one of the `number` places of `who` under limit `name`, and give its key; raises LimitReached."""
    seconds = settings.LIMIETEN[name]["seconds"]
    key = f"limieten:{name}:{_unreadable(who)}"
    # Each place holds when it is free again.
    until = time.time() + seconds
    # Mostly there is room, and one at random is free: that asks less than a look at all of them.
    for position in random.sample(range(number), min(number, BLIND_TRIES)):
        if cache.add(f"{key}:{position}", until, seconds):
            return f"{key}:{position}"
    # Of many places all are looked at once; until the first of them is free again that answer holds.
    is_large, full = number > LOOKED_AT, f"{key}:vol"
    known: float | None = cache.get(full) if is_large else None
    if known is None:
        known = until
        for begin in range(0, number, LOOKED_AT):
            places = [f"{key}:{position}" for position in range(begin, min(begin + LOOKED_AT, number))]
            occupied = cache.get_many(places)
            for one in places:
                if one not in occupied and cache.add(one, until, seconds):
                    return one
            # Others may have come in between: what they took is free no earlier than what was there.
            known = min([known, *occupied.values()])
        if is_large:
            cache.set(full, known, max(1, known - time.time()))
    raise LimitReached(datetime.fromtimestamp(known, timezone.get_current_timezone()), kind)
