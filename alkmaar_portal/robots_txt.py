"""What search engines need not look at: `/robots.txt` (RFC 9309).

It keeps them off, it hides nothing: those who must not see a page are kept out of it, and what they are not to show
says so itself, by X-Robots-Tag (`alkmaar_portal.middleware.add_headers`).
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

#: By name. A crawler that may not open `/via/` never spends a private link; a search costs a question to PDOK.
OFF_LIMITS = ["behandelen", "admin:index", "account", "account_request_login_code", "zoeken", "adressen"]


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """The file."""
    paths = [*(reverse(name) for name in OFF_LIMITS), "/via/"]
    text = "".join(f"Disallow: {path}\n" for path in paths)
    return HttpResponse(f"User-agent: *\n{text}", content_type="text/plain; charset=utf-8")
