"""What the worker does with the outbox. No task takes personal data: the broker never sees any."""

import logging
from contextlib import suppress

from celery import shared_task
from django.core.mail import get_connection
from kombu.exceptions import OperationalError

from berichten import actions, mail, rules
from berichten.models import Bericht

logger = logging.getLogger(__name__)

#: A drain that waited longer than this is of no use: beat has asked for others since.
EXPIRES_SECONDS = 10


@shared_task(ignore_result=True)
def drain_outbox() -> None:
    """Send a batch of what is due. A full batch starts a further drain first, so that workers share the load.

    The connection comes before the claim: while the mail server is gone, nothing is claimed and no try is spent.
    """
    if not Bericht.objects.due().exists():
        return
    try:
        with get_connection() as connection:
            batch = actions.claim_batch()
            if len(batch) == rules.BATCH:
                # Without a broker the next tick of beat goes on.
                with suppress(OperationalError):
                    drain_outbox.apply_async(expires=EXPIRES_SECONDS)
            actions.send_batch(batch, connection)
    except OSError as error:
        logger.warning("no connection with the mail server: %s", mail.describe(error))


@shared_task(ignore_result=True)
def empty_sent() -> None:
    """Nightly: take away the content of old messages, and the rows whose term as proof is over."""
    actions.empty_ended()


@shared_task(ignore_result=True)
def purge_unconfirmed_follows() -> None:
    """Nightly: forget addresses whose owner never confirmed that they want to follow something."""
    actions.purge_unconfirmed_follows()
