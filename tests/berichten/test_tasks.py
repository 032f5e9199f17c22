import inspect
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from celery import Task
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from kombu.exceptions import OperationalError
from pytest_django import Settings
from time_machine import travel

from berichten import rules, tasks
from berichten.models import Bericht, Status
from berichten.outbox import enqueue
from tests.berichten.conftest import CONTEXT

Make = Callable[..., Bericht]

pytestmark = pytest.mark.django_db


@pytest.fixture
def further_drains(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each further drain that was started: how much had been sent by then."""
    started: list[int] = []
    monkeypatch.setattr(tasks.drain_outbox, "apply_async", lambda **_: started.append(len(mail.outbox)))
    return started


def test_a_drain_sends_what_is_due(make_bericht: Make, further_drains: list[int]) -> None:
    bericht = make_bericht()
    tasks.drain_outbox()
    bericht.refresh_from_db()
    assert bericht.status == Status.VERSTUURD
    assert [message.to for message in mail.outbox] == [["jan@voorbeeld.example"]]
    tasks.drain_outbox()
    assert len(mail.outbox) == 1
    assert further_drains == []


def test_a_full_batch_starts_a_further_drain_before_it_is_sent(
    make_bericht: Make, further_drains: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 3)
    for _ in range(4):
        make_bericht()
    tasks.drain_outbox()
    assert (len(mail.outbox), further_drains) == (3, [0])
    tasks.drain_outbox()
    assert (len(mail.outbox), further_drains) == (4, [0])


def test_a_broker_that_is_gone_does_not_stop_the_batch(make_bericht: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(rules, "BATCH", 1)
    monkeypatch.setattr(tasks.drain_outbox, "apply_async", gone)
    make_bericht()
    tasks.drain_outbox()
    assert len(mail.outbox) == 1


class NoServer(EmailBackend):
    """A mail server that does not answer."""

    opened = 0

    def open(self) -> bool:
        type(self).opened += 1
        raise smtplib.SMTPConnectError(421, b"no")


def test_without_a_mail_server_nothing_is_claimed_and_no_try_is_spent(make_bericht: Make, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"
    bericht = make_bericht()
    due_at = bericht.due_at
    tasks.drain_outbox()
    bericht.refresh_from_db()
    assert (bericht.status, bericht.attempts, bericht.due_at) == (Status.WACHT, 0, due_at)


def test_without_mail_the_server_is_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"
    monkeypatch.setattr(NoServer, "opened", 0)
    tasks.drain_outbox()
    assert NoServer.opened == 0


@pytest.mark.django_db(transaction=True)
def test_a_drain_sends_over_one_connection_and_outside_any_transaction(
    make_bericht: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, bool]] = []
    real_send = EmailBackend.send_messages

    def send(self: EmailBackend, messages: Any) -> int:
        seen.append((id(self), connection.in_atomic_block))
        return real_send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    for _ in range(3):
        make_bericht()
    tasks.drain_outbox()
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert not seen[0][1]


@pytest.mark.parametrize("task", [tasks.drain_outbox, tasks.empty_sent], ids=["drain_outbox", "empty_sent"])
def test_no_task_takes_anything_along(task: Task[..., None]) -> None:
    assert not inspect.signature(task.run).parameters


def test_what_beat_asks_for_is_there_and_ticks_do_not_pile_up(settings: Settings) -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert schedule["drain-outbox"]["task"] == tasks.drain_outbox.name
    assert schedule["drain-outbox"]["options"]["expires"] == tasks.EXPIRES_SECONDS
    assert schedule["empty-sent-berichten"]["task"] == tasks.empty_sent.name


def test_the_nightly_task_empties_what_is_old(make_bericht: Make, settings: Settings) -> None:
    enqueue(key="proef:1", to="jan@voorbeeld.example", template="proef", context=CONTEXT)
    tasks.drain_outbox()
    sent_at = Bericht.objects.get().sent_at
    assert sent_at is not None
    with travel(sent_at, tick=False) as clock:
        clock.shift((settings.BERICHT_CONTENT_DAYS + 1) * 86400)
        tasks.empty_sent()
    assert Bericht.objects.get().context is None
