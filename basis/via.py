"""Private links: an address with an unguessable token, exchanged for a session and a clean address at once.

A token is signed, not stored: it names what it opens, the row and the version of the link. Raising the version
revokes every link that was handed out. Floors register what a kind of link opens in their `ready()`.
"""

from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

SALT = "basis.via"

#: Called with the request, the row's id and the link's version; remembers the visit in the session and gives the
#: clean address to go to, or raises Http404 when the link no longer opens anything.
Opener = Callable[[HttpRequest, int, int], str]

_openers: dict[str, Opener] = {}


def register(kind: str, opener: Opener) -> None:
    """Say what opens links of `kind`."""
    _openers[kind] = opener


def address(kind: str, pk: int, version: int) -> str:
    """The absolute private address for row `pk`, to be put in a mail."""
    token = signing.dumps([kind, pk, version], salt=SALT)
    return settings.PORTAL_URL.rstrip("/") + reverse("via", kwargs={"token": token})


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """View of `/via/<token>/`: 404 for whatever is forged, revoked or of an unknown kind."""
    try:
        kind, pk, version = signing.loads(token, salt=SALT)
        opener = _openers[kind]
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise Http404 from error
    response = redirect(opener(request, pk, version))
    # Neither the next page nor a search engine learns the token.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def remember(request: HttpRequest, kind: str, pk: int, version: int) -> None:
    """Note in the session that this visitor came in through a link of `kind` to row `pk`."""
    opened = request.session.get("via", {})
    opened.setdefault(kind, {})[str(pk)] = version
    request.session["via"] = opened


def has_opened(request: HttpRequest, kind: str, pk: int, version: int) -> bool:
    """Whether this visitor came in through a link to row `pk` that is still valid."""
    return bool(request.session.get("via", {}).get(kind, {}).get(str(pk)) == version)


def opened(request: HttpRequest, kind: str) -> dict[int, int]:
    """The rows that this visitor came in to through links of `kind`, each with the version of the link."""
    return {int(pk): version for pk, version in request.session.get("via", {}).get(kind, {}).items()}
