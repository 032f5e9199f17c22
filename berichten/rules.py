"""How long messages are tried, how much a worker takes at a time, and what staff see of an address."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from basis import spoor


class Handeling(spoor.Handeling):
    """What a medewerker does with messages."""

    OPNIEUW_GESTUURD = "bericht.opnieuw_gestuurd", _("mislukte mail opnieuw gestuurd")


#: How many messages one drain claims and sends over one connection.
BATCH = 50

#: After this many failures (some twenty hours) a message is left to staff.
MAX_ATTEMPTS = 12

#: An address that was typed to follow something, and whose owner never said yes, goes after this.
UNCONFIRMED_TERM = timedelta(days=7)

#: The kind of private link that opens somebody's own abonnement. It ends with its row, so there is one version of it.
ABONNEMENT_LINK, ABONNEMENT_LINK_VERSION = "abonnement", 1

LONGEST_DELAY = timedelta(hours=6)

#: Which part of its lease a batch may spend before it lets go of what it has not sent yet. The rest of the lease
#: is for the message under way: at most four answers of the mail server, each within EMAIL_TIMEOUT.
SENDING_SHARE = 0.5


def retry_delay(attempts: int, jitter: float) -> timedelta:
    """How long a message rests after its `attempts`-th failure: 1, 2, 4, 8 ... minutes, six hours at most.

    `jitter` (from 0 to 1) makes it up to a quarter longer, so that what failed together does not come back together.
    """
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_DELAY) * (1 + jitter / 4)


def half_address(address: str) -> str:
    """`address` as staff see it: enough to tell what went wrong, too little to know who it is (j***@voorbeeld.nl)."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
