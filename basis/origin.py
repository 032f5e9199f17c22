"""Where a request comes from: the visitor's address, and an id by which logs, audit and messages name the request.

Kept in a context variable while a request is served, so that an action need not carry it along. Outside a request
(tasks, commands) both are empty.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: The header in which our own proxy names a request, and in which every answer names it.
REQUEST_ID_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)


@dataclass(frozen=True)
class Origin:
    """Where a request comes from; `address` is the visitor's, empty where it is not known."""

    address: str = ""
    request_id: str = ""


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def current() -> Origin:
    """The origin of the request that is being served."""
    return _current.get()


@contextmanager
def serving(origin: Origin) -> Iterator[None]:
    """Have `origin` as the current one for a while."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def client_address(request: HttpRequest) -> str:
    """The visitor's address, or an empty text where there is none (a socket without a proxy).

    Behind `TRUSTED_PROXY_COUNT` proxies of our own each adds one entry to X-Forwarded-For: the visitor is the entry
    that the outermost of them wrote. What stands before it may be made up. A header with fewer entries came past our
    proxies, and says nothing.
    """
    addresses = [request.META.get("REMOTE_ADDR", "")]
    proxies: int = settings.TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < proxies <= len(forwarded):
        addresses.insert(0, forwarded[-proxies])
    for text in addresses:
        try:
            address = ip_address(text.strip())
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return str(mapped or address)
    return ""


def remember_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: know the origin while a request is served, and name the request in its answer.

    The id of a request is our proxy's, where there is one, so that both logs name it alike; else a new one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.headers.get(REQUEST_ID_HEADER, "") if settings.TRUSTED_PROXY_COUNT else ""
        request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid4().hex
        with serving(Origin(client_address(request), request_id)):
            response = get_response(request)
        response[REQUEST_ID_HEADER] = request_id
        return response

    return middleware
