"""App configuration."""

from django.apps import AppConfig


class InitiatievenConfig(AppConfig):
    """Ideas of residents and their money."""

    name = "initiatieven"

    def ready(self) -> None:
        from basis import via
        from initiatieven import rules, toegang

        via.register(rules.OWN_LINK, toegang.open_own)
        via.register(rules.MAIL_LINK, toegang.open_from_mail)
