"""What holds for every page, whichever view made it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


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
