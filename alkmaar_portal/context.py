"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Whether this is the embedded portal with example data, and where map tiles come from."""
    return {
        "EMBEDDED": settings.EMBEDDED,
        "TILES_URL": settings.TILES_URL,
        "TILES_ATTRIBUTION": settings.TILES_ATTRIBUTION,
    }
