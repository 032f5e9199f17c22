"""Beheer: what left, what waits, and what failed. Messages are looked at here, never changed; nor is what they say."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from basis.beheer import LookOnlyAdmin
from basis.regels import RuleViolation
from berichten import actions
from berichten.models import Bericht
from gebruikers.models import Gebruiker


@admin.register(Bericht)
class BerichtAdmin(LookOnlyAdmin):
    """The outbox without its content: that is between the portal and who gets it."""

    list_display = ["template", "to", "status", "created_at", "due_at", "sent_at", "attempts", "last_error"]
    list_filter = ["status", "template"]
    search_fields = ["to", "key", "message_id"]
    show_full_result_count = False
    exclude = ["context"]
    actions = ["try_again"]

    @admin.action(description=_("Opnieuw proberen"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Bericht]) -> None:
        """Send the chosen messages once more; what cannot be is told."""
        waiting = 0
        for bericht in queryset:
            try:
                actions.retry(bericht_id=bericht.pk, by=cast(Gebruiker, request.user))
                waiting += 1
            except RuleViolation as violation:
                self.message_user(request, f"{bericht.to}: {violation}", messages.ERROR)
        if waiting:
            text = ngettext(
                "%(count)d bericht wordt opnieuw verstuurd.", "%(count)d berichten worden opnieuw verstuurd.", waiting
            )
            self.message_user(request, text % {"count": waiting}, messages.SUCCESS)
