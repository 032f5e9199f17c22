"""Whom to tell about a leak: `/.well-known/security.txt` (RFC 9116), compulsory for municipalities since 25-05-2023."""

from datetime import UTC, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

#: How long the file says to be good. It is made anew each time; RFC 9116 (section 2.5.5) advises less than a year.
GOOD_FOR = timedelta(days=180)


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def security_txt(request: HttpRequest) -> HttpResponse:
    """The file, with the contact of the settings."""
    expires = (timezone.now() + GOOD_FOR).astimezone(UTC)
    fields = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": "nl, en",
        "Canonical": settings.PORTAL_URL.rstrip("/") + reverse("security_txt"),
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
