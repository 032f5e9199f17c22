"""Whether a melding may be confirmed by mail: nobody has a stranger's mailbox filled with confirmations."""

from basis import limieten
from basis.limieten import LimitReached
from gebruikers.models import Gebruiker


def may_confirm(email: str, melder: Gebruiker | None = None) -> bool:
    """Whether a confirmation may go to `email` now, counted as one that went.

    Always to the own address of a `melder` who is signed in, for it was proved.
    """
    if not email or (melder and melder.email and melder.email.lower() == email.lower()):
        return True
    try:
        limieten.count("bevestiging", to=email)
    except LimitReached:
        return False
    return True
