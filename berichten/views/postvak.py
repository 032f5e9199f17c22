"""The mailbox page of the embedded portal; elsewhere it is not there."""

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from berichten.postvak import PostvakBericht, names

PAGE_SIZE = 25


def embedded_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let `view` exist in the embedded portal alone, where everything in it is example data; read-only, not cached."""

    @wraps(view)
    @never_cache
    @require_safe
    def wrapped(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not settings.EMBEDDED:
            raise Http404
        try:
            return view(request, **arguments)
        except OSError as error:
            # A name from an address may be longer than that of any file.
            if error.errno not in (errno.ENOENT, errno.ENAMETOOLONG):
                raise
            raise Http404 from error

    return wrapped


@embedded_only
def postvak(request: HttpRequest) -> HttpResponse:
    """Everything the portal mailed, newest first."""
    page = Paginator(names(), PAGE_SIZE).get_page(request.GET.get("pagina"))
    berichten = [PostvakBericht.read(name) for name in page]
    return render(request, "berichten/postvak.html", {"page_obj": page, "berichten": berichten})


@embedded_only
def postvak_bericht(request: HttpRequest, name: str) -> HttpResponse:
    """One message as text, with its links and codes."""
    return render(request, "berichten/postvak_bericht.html", {"bericht": PostvakBericht.read(name)})


@embedded_only
def postvak_opgemaakt(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail reader shows it: a page of its own that may use its own style and nothing else."""
    bericht = PostvakBericht.read(name)
    if not bericht.html:
        raise Http404
    response = HttpResponse(bericht.html)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {bericht.style_hash}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox"
    )
    return response
