"""Beheer: what left, what waits, and what failed. Messages are looked at here, never changed.

Neither what a message says nor to whom it went is a beheerder's business: who reported something of a category that
is not public has to stay unknown here too.
"""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from basis.beheer import LookOnlyAdmin
from basis.regels import RuleViolation
from berichten import actions, rules
from berichten.models import Bericht
from gebruikers.models import Gebruiker


@admin.register(Bericht)
class BerichtAdmin(LookOnlyAdmin):
    """The outbox without content and keys (which hold the number of a melding), and with half of each address."""

    list_display = ("template", "half_address", "status", "created_at", "due_at", "sent_at", "attempts", "last_error")
    list_filter = ["status", "template"]
    # What a mail server's log names. Not the address, which would stand in addresses of pages, and so in logs.
    search_fields = ["=message_id"]
    show_full_result_count = False
    fields = (*list_display, "message_id")
    actions = ["try_again"]

    @admin.display(description=_("aan"))
    def half_address(self, bericht: Bericht) -> str:
        return rules.half_address(bericht.to)

    @admin.action(description=_("Opnieuw proberen"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Bericht]) -> None:
        """Send the chosen messages once more; what cannot be is told."""
        waiting = 0
        for bericht in queryset:
            try:
                actions.retry(bericht_id=bericht.pk, by=cast(Gebruiker, request.user))
                waiting += 1
            except RuleViolation as violation:
                self.message_user(request, f"{rules.half_address(bericht.to)}: {violation}", messages.ERROR)
        if waiting:
            text = ngettext(
                "%(count)d bericht wordt opnieuw verstuurd.", "%(count)d berichten worden opnieuw verstuurd.", waiting
            )
            self.message_user(request, text % {"count": waiting}, messages.SUCCESS)
