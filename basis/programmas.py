"""What answers for other programs share: whole addresses, texts that XML can hold, and who may read and keep them."""

import re

from django.conf import settings
from django.http import HttpResponse

#: What XML 1.0 cannot hold in any way (production 2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def absolute(path: str) -> str:
    """`path` on this portal as a whole address."""
    return f"{(settings.PORTAL_URL or '').rstrip('/')}{path}"


def printable(text: str) -> str:
    """`text` as XML can hold it: people type anything, and what no XML can hold is shown as unreadable."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def for_programs(response: HttpResponse, *, max_age: int | None) -> HttpResponse:
    """Let anybody keep `response` for `max_age` seconds, or nobody, and no search engine show it."""
    response["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def readable_by_all(response: HttpResponse) -> HttpResponse:
    """Let any page of any site read `response`, without cookies: nothing in it depends on who asks."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
