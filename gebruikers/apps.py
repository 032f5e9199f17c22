"""App configuration."""

from django.apps import AppConfig


class GebruikersConfig(AppConfig):
    """Who somebody is."""

    name = "gebruikers"
