"""App configuration."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """What a gebied sets itself for a year."""

    name = "agenda"
