"""Sign-in joined to the other floors: its mail goes into the outbox, and memberships tell what somebody may do.

`gebruikers` lies below `berichten` and the floors, and imports none of them; it calls the adapter that the settings
name, as allauth does. This is that adapter (`ACCOUNT_ADAPTER`).
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from berichten import outbox
from gebruikers import adapter
from gebruikers.models import Gebruiker
from gebruikers.rules import Membership


class AccountAdapter(adapter.AccountAdapter):
    """What `gebruikers` leaves to the roof."""

    def announce(self, *, template: str, to: str, context: dict[str, Any]) -> None:
        """Put the mail in the outbox. Each call is a message of its own: whoever asks twice gets two codes."""
        outbox.enqueue(key=f"{template}:{uuid4()}", to=to, template=template, context=context)

    def memberships(self, gebruiker: Gebruiker) -> Sequence[Membership]:
        """Of which afdelingen somebody is behandelaar, and of which gebieden a member of the Gebiedsteam."""
        return ()
