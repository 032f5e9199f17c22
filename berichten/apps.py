"""App configuration."""

from django.apps import AppConfig


class BerichtenConfig(AppConfig):
    """Every message that leaves."""

    name = "berichten"
