"""App configuration."""

from django.apps import AppConfig


class MeldingenConfig(AppConfig):
    """Something is wrong in public space."""

    name = "meldingen"
