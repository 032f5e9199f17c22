"""App configurations of the roof."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class PortalConfig(AppConfig):
    """The roof itself: joining pages, the loader of example data."""

    name = "alkmaar_portal"
    default = True


class BeheerConfig(SimpleAdminConfig):
    """The Django admin at /beheer/.

    Autodiscovery is kept to our own apps: `leaflet.admin` needs GDAL, which the portal does without, and
    whatever the libraries register there would be a second door to sign-in and second factors.
    """

    default_site = "alkmaar_portal.beheer.BeheerSite"

    def ready(self) -> None:
        super().ready()
        for config in apps.get_app_configs():
            if config.name in settings.OWN_APPS and config.module and module_has_submodule(config.module, "admin"):
                import_module(f"{config.name}.admin")
