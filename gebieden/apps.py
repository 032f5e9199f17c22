"""App configuration."""

from django.apps import AppConfig


class GebiedenConfig(AppConfig):
    """Gebied, wijk, buurt and who works there."""

    name = "gebieden"
