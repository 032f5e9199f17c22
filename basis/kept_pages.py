"""Pages that are the same for everybody, kept for a minute as the bytes that go out.

A view opts in with `same_for_everybody`. Its page is then made at most once in `PUBLIC_PAGE_SECONDS` for each address
with parameters that the view knows, for all visitors who bring no session; whoever has one sees the page as it is now.
Whatever depends on somebody (it sets a cookie, or says itself how long it may be kept) is never kept.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response, patch_vary_headers

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])

#: What a page may depend on and be kept nevertheless: of cookies only the session counts, and who has one passes by.
_VARIES = frozenset({"cookie", "accept-encoding"})
_GZIP = re.compile(r"\bgzip\b")


class Kept(NamedTuple):
    """A page as it was made at `made_at` (seconds since 1970): its headers and its compressed body."""

    made_at: float
    headers: list[tuple[str, str]]
    compressed: bytes
    etag: str


def same_for_everybody(*parameters: str) -> Callable[[ViewT], ViewT]:
    """Mark a view whose page is the same for everybody without a session, and depends on these parameters alone.

    Each of them must have few values that give a page: every one is kept by itself. With any other parameter the page
    is made anew, so that nobody fills the cache with addresses of their own making or has their words kept in it.
    """

    def mark(view: ViewT) -> ViewT:
        view.kept_parameters = frozenset(parameters)  # type: ignore[attr-defined]
        return view

    return mark


def keep_public_pages(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answer from the cache where that is allowed.

    It stands before everything that adds to an answer, for it keeps answers with all their headers; what differs
    between two requests, such as their id, is added by those that stand before it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        key = _key(request)
        if key is None:
            return get_response(request)
        kept: Kept | None = cache.get(key)
        if kept is None:
            response = get_response(request)
            if request.method != "GET" or not _may_be_kept(response):
                return response
            kept = _kept(response)
            cache.set(key, kept, settings.PUBLIC_PAGE_SECONDS)
        return _answer(request, kept)

    return middleware


def _key(request: HttpRequest) -> str | None:
    """Under which key the page is kept that `request` asks for; None when it has to be made anew."""
    # A visitor who saw a form has the cookie of its token; a page with a token sets it again, and is not kept.
    if (
        not settings.PUBLIC_PAGE_SECONDS
        or request.method not in ("GET", "HEAD")
        or request.COOKIES.keys() - {settings.CSRF_COOKIE_NAME}
    ):
        return None
    try:
        match = resolve(request.path_info)
        host, _port = split_domain_port(request.get_host())
    except (Resolver404, DisallowedHost):
        return None
    known = getattr(match.func, "kept_parameters", None)
    if known is None or request.GET.keys() - known or any(len(values) > 1 for _name, values in request.GET.lists()):
        return None
    # As Django's own handler does it: an answer from the cache is counted under the name of its view too.
    request.resolver_match = match
    # Without the port, which a visitor makes up.
    address = f"{request.scheme}://{host}{request.path}?{urlencode(sorted(request.GET.items()))}"
    return f"page:1:{hashlib.sha256(address.encode()).hexdigest()}"


def _may_be_kept(response: HttpResponseBase) -> bool:
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "Cache-Control" not in response
        and varies <= _VARIES
        and "'nonce-" not in response.get("Content-Security-Policy", "")
    )


def _kept(response: HttpResponseBase) -> Kept:
    assert isinstance(response, HttpResponse)  # noqa: S101  (told by _may_be_kept)
    response["Cache-Control"] = f"public, max-age={settings.PUBLIC_PAGE_SECONDS}"
    patch_vary_headers(response, ["Accept-Encoding"])
    headers = [(name, value) for name, value in response.items() if name != "Content-Length"]
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    return Kept(time.time(), headers, gzip.compress(response.content, mtime=0), f'W/"{digest}"')


def _answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    """The kept page for this visitor, who is told how old it is (RFC 9111, section 5.1)."""
    zipped = _GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    response = HttpResponse(kept.compressed if zipped else gzip.decompress(kept.compressed), headers=dict(kept.headers))
    if zipped:
        # Nothing in it is secret: every visitor gets the same bytes (BREACH finds secrets by their compressed size).
        response["Content-Encoding"] = "gzip"
    response["ETag"] = kept.etag
    response["Age"] = str(max(0, round(time.time() - kept.made_at)))
    return get_conditional_response(request, etag=kept.etag, response=response) or response
