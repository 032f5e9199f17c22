"""App configuration."""

from django.apps import AppConfig


class BerichtenConfig(AppConfig):
    """Every message that leaves."""

    name = "berichten"

    def ready(self) -> None:
        from basis import via
        from berichten import rules, toegang

        via.register(rules.ABONNEMENT_LINK, toegang.open_abonnement)
