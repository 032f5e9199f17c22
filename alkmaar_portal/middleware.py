"""What holds for every page, whichever view made it."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from basis.metrics import REQUEST_SECONDS, REQUESTS

logger = logging.getLogger(__name__)

#: A method is whatever word a visitor sends: the others count as one.
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
#: Asked by machines all the time, or seen by the proxy: counted, and in the log only when somebody wants everything.
QUIET_VIEWS = frozenset({"health_live", "health_ready", "metrics", "static"})


def observe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count and time every answer, and write a line about it, by the name of its view.

    Never by its address: paths and queries hold numbers, tokens and what people typed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = get_response(request)
        seconds = perf_counter() - started
        method = request.method if request.method in METHODS else "other"
        view = _view_of(request)
        REQUESTS.labels(method, view, response.status_code).inc()
        REQUEST_SECONDS.labels(view).observe(seconds)
        level = logging.DEBUG if view in QUIET_VIEWS else logging.INFO
        if logger.isEnabledFor(level):
            fields = {"method": method, "view": view, "status": response.status_code, "ms": round(seconds * 1000)}
            logger.log(level, "%s %s %d", method, view, response.status_code, extra={"fields": fields})
        return response

    return middleware


def _view_of(request: HttpRequest) -> str:
    """The name of the view that answered; "none" where the answer came before any view, or there is no such page."""
    if request.resolver_match:
        return request.resolver_match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def add_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give every answer the headers of `EXTRA_HEADERS`; and what nobody may keep, no search engine may keep either."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in settings.EXTRA_HEADERS.items():
            response.setdefault(name, value)
        if "no-store" in response.get("Cache-Control", ""):
            response["X-Robots-Tag"] = "noindex"
        return response

    return middleware


def explain_wrong_method(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the answer 405, which Django leaves empty, a page that says what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def vary_on_cookie(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Tell caches that a page depends on the cookies of its visitor.

    The menu of every page shows who is signed in. Who brings no cookie is served without a session, and Django says
    `Vary: Cookie` only where the session was asked: a cache between us and the visitor could hand on the wrong menu.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def private_when_signed_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let nobody, the visitor's own browser included, keep what somebody saw while signed in.

    So the back button shows nothing after signing out, on a computer that others use too. A view that says itself how
    long it may be kept, such as that of the melding form, has the last word.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if "Cache-Control" not in response and has_session and SESSION_KEY in request.session:
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware
