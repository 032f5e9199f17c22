"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BasisConfig(AppConfig):
    """Named pieces without a domain."""

    name = "basis"
    # What stands above the spoor in the admin, the only table here.
    verbose_name = _("Toezicht")

    def ready(self) -> None:
        from django.urls import register_converter

        from basis.nummers import NummerConverter

        register_converter(NummerConverter, "nummer")
