"""What gunicorn serves in the bench: the portal, and beside it a bare view without any middleware."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import override_settings

from bench import BARE_PATH

portal = get_wsgi_application()
with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()

#: A request with this header is told how many queries it took.
COUNT_HEADER = "X-Count-Queries"
_ASKS_FOR_COUNT = "HTTP_" + COUNT_HEADER.upper().replace("-", "_")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request."""
    if environ["PATH_INFO"] == f"/{BARE_PATH}":
        return bare(environ, start_response)
    if _ASKS_FOR_COUNT in environ:
        return _counted(environ, start_response)
    return portal(environ, start_response)


def _counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request, and name its number of queries in the answer."""
    number = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal number
        number += 1
        return execute(*arguments)

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, (COUNT_HEADER, str(number))], *more)

    with connection.execute_wrapper(count):
        return portal(environ, start)
