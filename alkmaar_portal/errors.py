"""What is answered when the portal itself fails: pages that lean on nothing that may be broken."""

import sys
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

#: When to come back while the database is away, in seconds.
RETRY_AFTER = 60

_PAGES = {
    status: (Path(settings.BASE_DIR) / "static" / "errors" / f"{status}.html").read_bytes() for status in (500, 503)
}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of an exception that nobody caught: 503 when the database is gone, else 500.

    Called with that exception at hand, wherever it came up: in a view or in the middleware before it. The database
    counts as gone for whatever is not the fault of the code: no connection, shutting down, locked for too long.
    """
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    response = (
        JsonResponse({"fout": "Er ging bij ons iets mis. Probeer het later opnieuw."}, status=status)
        if request.path.endswith(".json")
        else HttpResponse(_PAGES[status], status=status)
    )
    if is_away:
        response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
