"""App configuration."""

from django.apps import AppConfig


class BasisConfig(AppConfig):
    """Named pieces without a domain."""

    name = "basis"
