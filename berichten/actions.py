"""What happens to messages once they are announced: sent, tried again, emptied; and who is told of what."""

import logging
import random
from collections.abc import Collection, Sequence
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import spoor, via
from basis.origin import Origin, serving
from basis.regels import RuleViolation
from berichten import mail, onderwerpen, outbox, rules
from berichten.models import Abonnement, Bericht, Status
from gebruikers.models import Gebruiker
from gebruikers.rules import check_manages

logger = logging.getLogger(__name__)


def claim_batch() -> list[Bericht]:
    """Take a batch of what is due, for as long as the lease lasts."""
    return Bericht.objects.claim(rules.BATCH, timedelta(seconds=settings.BERICHT_LEASE_SECONDS))


def send_batch(batch: Sequence[Bericht], connection: BaseEmailBackend) -> None:
    """Send claimed messages over one open connection, outside any transaction, and record each outcome at once.

    One bad message does not hold up the others. When the connection breaks, or the server is so slow that the lease
    might end first, the rest is given back untried.
    """
    stop_at = monotonic() + settings.BERICHT_LEASE_SECONDS * rules.SENDING_SHARE
    for position, bericht in enumerate(batch):
        if monotonic() > stop_at:
            Bericht.objects.give_back(batch[position:])
            return
        # In the name of the request that caused it, so that the log tells what became of it.
        with serving(Origin(request_id=bericht.request_id)):
            error = _send(bericht, connection)
        if error and mail.is_gone(error):
            Bericht.objects.give_back(batch[position + 1 :])
            return


def _send(bericht: Bericht, connection: BaseEmailBackend) -> Exception | None:
    """Send one message and record how that ended; gives what went wrong."""
    try:
        if connection.send_messages([mail.compose(bericht)]) != 1:
            raise OSError("not sent")
    except Exception as error:
        _record_failure(bericht, error)
        return error
    now = timezone.now()
    Bericht.objects.record(bericht, status=Status.VERSTUURD, sent_at=now, due_at=now, last_error="")
    logger.info("bericht %s (%s) is sent", bericht.pk, bericht.template)
    return None


def _record_failure(bericht: Bericht, error: Exception) -> None:
    """Let it rest and come back, or leave it to staff: at once when the address is refused, else after the last try."""
    attempts = bericht.attempts + 1
    words = mail.describe(error)
    now = timezone.now()
    if mail.is_refused(error) or attempts >= rules.MAX_ATTEMPTS:
        logger.error("bericht %s (%s) could not be sent: %s", bericht.pk, bericht.template, words)
        Bericht.objects.record(bericht, status=Status.MISLUKT, due_at=now, last_error=words)
    else:
        logger.warning("bericht %s (%s) will be tried again: %s", bericht.pk, bericht.template, words)
        due_at = now + rules.retry_delay(attempts, random.random())  # noqa: S311  (jitter, no secret)
        Bericht.objects.record(bericht, due_at=due_at, last_error=words)


@transaction.atomic
def retry(*, bericht_id: int, by: Gebruiker) -> None:
    """Send a failed message once more, with all its tries.

    Raises PermissionDenied unless `by` is a beheerder, RuleViolation when that makes no sense.
    """
    check_manages(by)
    bericht = Bericht.objects.select_for_update().get(pk=bericht_id)
    if bericht.status != Status.MISLUKT:
        raise RuleViolation(_("Alleen een bericht dat mislukt is, kan opnieuw."))
    if bericht.context is None:
        raise RuleViolation(_("De inhoud van dit bericht is al gewist. Laat het op een andere manier weten."))
    bericht.status, bericht.attempts, bericht.due_at = Status.WACHT, 0, timezone.now()
    bericht.save(update_fields=["status", "attempts", "due_at"])
    spoor.record(rules.Handeling.OPNIEUW_GESTUURD, by=by, about=bericht)


def empty_ended() -> None:
    """Take away the content of what was sent or given up, and later the proof itself, each after its own term."""
    now = timezone.now()
    ended = Bericht.objects.ended_before
    ended(now - timedelta(days=settings.BERICHT_PROOF_DAYS)).delete()
    ended(now - timedelta(days=settings.BERICHT_CONTENT_DAYS)).filter(context__isnull=False).update(context=None)


@transaction.atomic
def take_back(*, about: str, to: str) -> None:
    """Let nothing more go to `to` of what `about` names (how its keys begin), and empty what went."""
    found = Bericht.objects.to_about(to, about)
    found.waiting().delete()
    found.filter(context__isnull=False).update(context=None)


@transaction.atomic
def follow(*, email: str, soort: str, onderwerp: int, proven: bool) -> Abonnement:
    """Have `email` told of everything that happens with a subject; the same again changes nothing.

    Unless the address is `proven` to be theirs (who is signed in), a mail asks whether that is meant, at most one a
    day, and nothing else is sent before the answer. Raises RuleViolation when there is nothing to follow (any more).
    """
    found = onderwerpen.find(soort, onderwerp)
    if found is None:
        raise RuleViolation(_("Dit is niet meer te volgen."))
    abonnement, _new = Abonnement.objects.get_or_create(email=email.strip().lower(), soort=soort, onderwerp=onderwerp)
    if proven:
        return _confirmed(abonnement)
    if abonnement.confirmed_at is None:
        # The mail says how long the address is kept: from the last time that somebody asks.
        abonnement.created_at = timezone.now()
        abonnement.save(update_fields=["created_at"])
    # Also to who confirmed before: whether they did is theirs to know, not of whoever typed their address.
    outbox.enqueue(
        key=f"abonnement:{abonnement.pk}:bevestigen:{timezone.localdate()}",
        to=abonnement.email,
        template="volgen_bevestigen",
        context={"titel": found.titel, "url": abonnement_link(abonnement)},
    )
    return abonnement


def confirm_follow(*, abonnement_id: int) -> Abonnement:
    """Start telling an address, now that its owner said so; raises Abonnement.DoesNotExist when it was ended."""
    return _confirmed(Abonnement.objects.get(pk=abonnement_id))


def end_follow(*, abonnement_id: int) -> None:
    """Tell an address nothing more of a subject; that it ever followed goes too."""
    Abonnement.objects.filter(pk=abonnement_id).delete()


def purge_unconfirmed_follows() -> None:
    """Forget addresses that somebody typed and whose owner never said yes."""
    Abonnement.objects.never_confirmed(timezone.now() - rules.UNCONFIRMED_TERM).delete()


def end_follows(*, soort: str, onderwerpen: Collection[int]) -> int:
    """Forget who followed these subjects of kind `soort`, of which nothing more will be told; gives how many."""
    return Abonnement.objects.of(soort, *onderwerpen).delete()[0]


def abonnement_link(abonnement: Abonnement) -> str:
    """The absolute private address where its owner confirms or ends `abonnement`, as long as the row is there."""
    return via.address(rules.ABONNEMENT_LINK, abonnement.pk, rules.ABONNEMENT_LINK_VERSION)


def _confirmed(abonnement: Abonnement) -> Abonnement:
    if abonnement.confirmed_at is None:
        abonnement.confirmed_at = timezone.now()
        # Whoever stopped at the same moment has stopped: no row is no fault.
        Abonnement.objects.filter(pk=abonnement.pk).update(confirmed_at=abonnement.confirmed_at)
    return abonnement
