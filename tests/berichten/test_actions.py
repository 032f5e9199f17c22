import smtplib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from basis.regels import RuleViolation
from berichten import actions, rules
from berichten.models import Bericht, Status
from tests.factories import GebruikerFactory

Make = Callable[..., Bericht]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REFUSED = smtplib.SMTPRecipientsRefused({"fout@voorbeeld.example": (550, b"5.1.1 <fout@voorbeeld.example>: unknown")})
GREYLISTED = smtplib.SMTPRecipientsRefused({"fout@voorbeeld.example": (450, b"4.2.0 try later")})
TOO_BUSY = smtplib.SMTPRecipientsRefused({"fout@voorbeeld.example": (421, b"too busy")})

pytestmark = pytest.mark.django_db


class Server(BaseEmailBackend):
    """A mail server that takes everything but what is addressed to `fout@`, which gets `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error
        self.taken: list[EmailMessage] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if self.error and message.to == ["fout@voorbeeld.example"]:
                raise self.error
            self.taken.append(message)
        return len(email_messages)


def send(*berichten: Bericht, server: Server) -> None:
    actions.send_batch(berichten, server)
    for bericht in berichten:
        bericht.refresh_from_db()


# --- Claiming


def test_what_is_claimed_is_not_claimed_again_until_the_lease_ends(make_bericht: Make) -> None:
    bericht = make_bericht(due_at=NOON)
    lease = timedelta(minutes=2)
    with time_machine.travel(NOON, tick=False) as clock:
        assert Bericht.objects.claim(10, lease) == [bericht]
        assert Bericht.objects.claim(10, lease) == []
        clock.shift(lease - timedelta(seconds=1))
        assert Bericht.objects.claim(10, lease) == []
        clock.shift(1)
        assert Bericht.objects.claim(10, lease) == [bericht]


def test_a_claim_takes_so_many_and_the_oldest_first(make_bericht: Make) -> None:
    newest, oldest, middle = (make_bericht(due_at=NOON - timedelta(hours=hours)) for hours in (1, 3, 2))
    with time_machine.travel(NOON, tick=False):
        assert Bericht.objects.claim(2, timedelta(minutes=2)) == [oldest, middle]
        assert Bericht.objects.claim(2, timedelta(minutes=2)) == [newest]


def test_only_what_waits_and_is_due_is_claimed(make_bericht: Make) -> None:
    make_bericht(status=Status.VERSTUURD, sent_at=NOON, due_at=NOON)
    make_bericht(status=Status.MISLUKT, due_at=NOON)
    make_bericht(due_at=NOON + timedelta(seconds=1))
    with time_machine.travel(NOON, tick=False):
        assert Bericht.objects.claim(10, timedelta(minutes=2)) == []


def test_a_batch_is_claimed_for_the_lease_of_the_settings(make_bericht: Make, settings: Settings) -> None:
    settings.BERICHT_LEASE_SECONDS = 77
    bericht = make_bericht(due_at=NOON)
    with time_machine.travel(NOON, tick=False):
        actions.claim_batch()
    bericht.refresh_from_db()
    assert bericht.due_at == NOON + timedelta(seconds=77)


def test_one_message_at_its_slowest_fits_in_what_the_lease_keeps_for_it(settings: Settings) -> None:
    answers_of_the_server = 4  # MAIL, RCPT, DATA, and the end of the message
    kept = settings.BERICHT_LEASE_SECONDS * (1 - rules.SENDING_SHARE)
    assert kept > answers_of_the_server * settings.EMAIL_TIMEOUT


# --- Sending


def test_what_the_server_takes_is_sent(make_bericht: Make) -> None:
    server = Server()
    bericht = make_bericht(last_error="SMTPDataError 451")
    send(bericht, server=server)
    assert bericht.status == Status.VERSTUURD
    assert bericht.sent_at is not None
    assert (bericht.attempts, bericht.last_error) == (1, "")
    assert [message.to for message in server.taken] == [["jan@voorbeeld.example"]]


def test_a_server_that_took_nothing_is_no_success(make_bericht: Make) -> None:
    class Silent(Server):
        def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
            return 0

    bericht = make_bericht()
    send(bericht, server=Silent())
    assert (bericht.status, bericht.sent_at) == (Status.WACHT, None)


def test_a_refused_address_fails_at_once_and_holds_up_nobody(make_bericht: Make) -> None:
    before, wrong, after = make_bericht(), make_bericht(to="fout@voorbeeld.example"), make_bericht()
    send(before, wrong, after, server=Server(REFUSED))
    assert [before.status, wrong.status, after.status] == [Status.VERSTUURD, Status.MISLUKT, Status.VERSTUURD]
    assert list(Bericht.objects.failed()) == [wrong]
    assert wrong.last_error == "SMTPRecipientsRefused 550 5.1.1"


@pytest.mark.parametrize(
    "error",
    [
        GREYLISTED,
        smtplib.SMTPSenderRefused(550, b"not from here", "portaal@voorbeeld.example"),
        smtplib.SMTPDataError(554, b"5.7.1 looks like spam"),
        smtplib.SMTPNotSupportedError("SMTPUTF8"),
        ValueError("anything else that goes wrong with this message"),
    ],
    ids=["greylisted", "sender refused", "content refused", "not supported", "anything else"],
)
def test_other_failures_rest_and_come_back_and_hold_up_nobody(make_bericht: Make, error: Exception) -> None:
    wrong, after = make_bericht(to="fout@voorbeeld.example"), make_bericht()
    with time_machine.travel(NOON, tick=False):
        send(wrong, after, server=Server(error))
    assert after.status == Status.VERSTUURD
    assert (wrong.status, wrong.attempts) == (Status.WACHT, 1)
    assert NOON + timedelta(seconds=60) <= wrong.due_at <= NOON + timedelta(seconds=75)
    assert wrong.last_error.startswith(type(error).__name__)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
        smtplib.SMTPDataError(421, b"shutting down"),
        TOO_BUSY,
        TimeoutError("timed out"),
        ConnectionResetError(),
    ],
    ids=["disconnected", "421", "421 for the address", "timeout", "reset"],
)
def test_a_broken_connection_gives_the_rest_back_untried(make_bericht: Make, error: Exception) -> None:
    wrong, after = make_bericht(to="fout@voorbeeld.example"), make_bericht()
    server = Server(error)
    actions.claim_batch()
    send(wrong, after, server=server)
    assert server.taken == []
    assert (wrong.status, wrong.attempts) == (Status.WACHT, 1)
    assert (after.status, after.attempts) == (Status.WACHT, 0)
    assert list(Bericht.objects.due()) == [after]


def test_a_slow_server_does_not_outlast_the_lease(
    make_bericht: Make, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BERICHT_LEASE_SECONDS = 100
    clock = count(step=30)
    monkeypatch.setattr(actions, "monotonic", lambda: next(clock))
    first, second, third = make_bericht(), make_bericht(), make_bericht()
    actions.claim_batch()
    send(first, second, third, server=Server())
    assert [first.status, second.status, third.status] == [Status.VERSTUURD, Status.WACHT, Status.WACHT]
    assert list(Bericht.objects.due()) == [second, third]


def test_the_last_try_leaves_it_to_staff(make_bericht: Make, caplog: pytest.LogCaptureFixture) -> None:
    bericht = make_bericht(to="fout@voorbeeld.example")
    tries = 0
    while bericht.status == Status.WACHT and tries <= rules.MAX_ATTEMPTS:
        send(bericht, server=Server(GREYLISTED))
        tries += 1
        assert bericht.attempts == tries
    assert (bericht.status, tries) == (Status.MISLUKT, rules.MAX_ATTEMPTS)
    assert "ERROR" in [record.levelname for record in caplog.records]
    assert "fout@" not in caplog.text


def test_what_was_sent_remains_sent_whatever_a_slower_worker_says(make_bericht: Make) -> None:
    bericht = make_bericht(to="fout@voorbeeld.example")
    slower = Bericht.objects.get()
    send(bericht, server=Server())
    send(slower, server=Server(REFUSED))
    assert slower.status == Status.VERSTUURD


def test_the_pause_grows_and_has_an_end() -> None:
    pauses = [rules.retry_delay(attempts, 0) for attempts in range(1, rules.MAX_ATTEMPTS)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert all(shorter <= longer <= rules.LONGEST_DELAY for shorter, longer in pairwise(pauses))
    assert timedelta(hours=12) < sum(pauses, timedelta()) < timedelta(days=2)
    assert rules.retry_delay(1, 1) == timedelta(seconds=75)


# --- Staff


def test_staff_try_a_failed_message_again(make_bericht: Make) -> None:
    bericht = make_bericht(
        status=Status.MISLUKT, attempts=rules.MAX_ATTEMPTS, due_at=timezone.now() + timedelta(hours=1)
    )
    actions.retry(bericht_id=bericht.pk, by=GebruikerFactory(beheerder=True))
    bericht.refresh_from_db()
    assert (bericht.status, bericht.attempts) == (Status.WACHT, 0)
    assert list(Bericht.objects.due()) == [bericht]


@pytest.mark.parametrize(
    "fields",
    [{}, {"status": Status.VERSTUURD, "sent_at": NOON}, {"status": Status.MISLUKT, "context": None}],
    ids=["waits", "sent", "emptied"],
)
def test_nothing_else_can_be_tried_again(make_bericht: Make, fields: dict[str, object]) -> None:
    bericht = make_bericht(**fields)
    with pytest.raises(RuleViolation):
        actions.retry(bericht_id=bericht.pk, by=GebruikerFactory(beheerder=True))
    bericht.refresh_from_db()
    assert bericht.status == fields.get("status", Status.WACHT)


@pytest.mark.parametrize("who", [{"medewerker": True}, {"beheerder": True, "is_active": False}])
def test_only_beheerders_try_again(make_bericht: Make, who: dict[str, bool]) -> None:
    bericht = make_bericht(status=Status.MISLUKT)
    with pytest.raises(PermissionDenied):
        actions.retry(bericht_id=bericht.pk, by=GebruikerFactory(**who))
    bericht.refresh_from_db()
    assert bericht.status == Status.MISLUKT


# --- Terms


def test_content_goes_first_and_the_proof_later(make_bericht: Make, settings: Settings) -> None:
    settings.BERICHT_CONTENT_DAYS, settings.BERICHT_PROOF_DAYS = 14, 365
    with time_machine.travel(NOON, tick=False) as clock:
        waiting = make_bericht(created_at=NOON - timedelta(days=400))
        failed = make_bericht(status=Status.MISLUKT)
        sent = make_bericht()
        send(sent, server=Server())

        clock.move_to(NOON + timedelta(days=14))
        actions.empty_ended()
        assert Bericht.objects.filter(context__isnull=True).count() == 0

        clock.move_to(NOON + timedelta(days=14, seconds=1))
        actions.empty_ended()
        sent.refresh_from_db()
        failed.refresh_from_db()
        assert sent.context is failed.context is None
        assert (sent.to, sent.template, sent.sent_at) == ("jan@voorbeeld.example", "proef", NOON)

        clock.move_to(NOON + timedelta(days=365))
        actions.empty_ended()
        assert Bericht.objects.count() == 3

        clock.move_to(NOON + timedelta(days=365, seconds=1))
        actions.empty_ended()
        kept = Bericht.objects.get()
        assert kept == waiting
        assert kept.context is not None


# --- Secrets


def test_a_secret_goes_as_soon_as_it_was_sent(make_bericht: Make) -> None:
    secret, other = make_bericht(secret=True), make_bericht()
    server = Server()
    send(secret, other, server=server)
    assert [bericht.status for bericht in (secret, other)] == [Status.VERSTUURD, Status.VERSTUURD]
    assert len(server.taken) == 2
    assert secret.context is None
    assert other.context is not None


def test_a_secret_stays_as_long_as_it_is_tried_and_goes_when_given_up(make_bericht: Make) -> None:
    secret = make_bericht(secret=True, to="fout@voorbeeld.example")
    send(secret, server=Server(GREYLISTED))
    assert secret.context is not None
    send(secret, server=Server(REFUSED))
    assert (secret.status, secret.context) == (Status.MISLUKT, None)


# --- What the database refuses, and what is told about the queue


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "onderweg"},
        {"status": Status.VERSTUURD},
        {"status": Status.WACHT, "sent_at": NOON},
        {"status": Status.MISLUKT, "sent_at": NOON},
        {"status": Status.WACHT, "context": None},
        {"status": Status.MISLUKT, "secret": True},
        {"status": Status.VERSTUURD, "sent_at": NOON, "secret": True},
    ],
    ids=[
        "unknown status",
        "sent, never",
        "waits, yet sent",
        "failed, yet sent",
        "waits, empty",
        "failed, secret kept",
        "sent, secret kept",
    ],
)
def test_the_database_refuses_nonsense(make_bericht: Make, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_bericht(**fields)


def test_the_age_of_the_queue_is_that_of_the_oldest_that_waits(make_bericht: Make) -> None:
    assert Bericht.objects.oldest_waiting_age() is None
    make_bericht(created_at=NOON - timedelta(days=1), status=Status.VERSTUURD, sent_at=NOON)
    make_bericht(created_at=NOON - timedelta(hours=2), due_at=NOON + timedelta(hours=1))
    make_bericht(created_at=NOON)
    with time_machine.travel(NOON, tick=False):
        assert Bericht.objects.oldest_waiting_age() == timedelta(hours=2)
