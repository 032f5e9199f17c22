"""What holds for every page, whichever view made it."""

from collections.abc import Callable

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
