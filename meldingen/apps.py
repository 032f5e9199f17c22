"""App configuration."""

from django.apps import AppConfig


class MeldingenConfig(AppConfig):
    """Something is wrong in public space."""

    name = "meldingen"

    def ready(self) -> None:
        from basis import via
        from berichten import onderwerpen
        from meldingen import rules, toegang

        via.register(rules.OWN_LINK, toegang.open_own_melding)
        via.register(rules.QUESTION_LINK, toegang.open_question)
        via.register(rules.OVERDRACHT_LINK, toegang.open_overdracht)
        via.register(rules.EMAIL_LINK, toegang.open_new_email)
        onderwerpen.register(rules.FOLLOWED_AS, toegang.followed_meldingen)
