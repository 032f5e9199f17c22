"""App configuration."""

from django.apps import AppConfig


class InitiatievenConfig(AppConfig):
    """Ideas of residents and their money."""

    name = "initiatieven"
