"""Sign-in joined to the other floors: its mail goes into the outbox, and memberships tell what somebody may do.

`gebruikers` lies below `berichten` and the floors, and imports none of them; it calls the adapter that the settings
name, as allauth does. This is that adapter (`ACCOUNT_ADAPTER`).
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse

from alkmaar_portal.context import work_links
from berichten import outbox
from gebruikers import adapter
from gebruikers.models import Gebruiker
from gebruikers.rules import Membership


class AccountAdapter(adapter.AccountAdapter):
    """What `gebruikers` leaves to the roof."""

    def announce(self, *, template: str, to: str, context: dict[str, Any], secret: bool = False) -> None:
        """Put the mail in the outbox. Each call is a message of its own: whoever asks twice gets two codes."""
        outbox.enqueue(key=f"{template}:{uuid4()}", to=to, template=template, context=context, secret=secret)

    def memberships(self, gebruiker: Gebruiker) -> Sequence[Membership]:
        """Of which afdelingen somebody is behandelaar, and of which gebieden a member of the Gebiedsteam."""
        afdelingen = gebruiker.behandelt.select_related("afdeling").order_by("afdeling__naam")
        gebieden = gebruiker.teamlidmaatschappen.with_gebied().order_by("gebied__volgorde")
        return [
            *(Membership("behandelaar", behandelaar.afdeling.naam) for behandelaar in afdelingen),
            *(Membership("gebiedsteamlid", teamlid.gebied.naam) for teamlid in gebieden),
        ]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a sign-in leads that did not come from a page: to the work of a medewerker, else to home."""
        work = work_links(request)
        if work:
            return work[0].url
        medewerker = request.user.is_authenticated and request.user.is_medewerker
        return reverse("account" if medewerker else "home")
