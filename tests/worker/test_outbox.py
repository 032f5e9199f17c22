"""Messages against all odds: workers killed, mail server gone, broker flushed or down. Nothing lost, nothing twice."""

import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import count

import pytest
import redis
from django.db import transaction
from django.utils import timezone

from berichten.models import Bericht, Status
from berichten.outbox import enqueue
from tests.worker.conftest import DEADLINE_SECONDS, ROOT, Gate, Sink, kill, wait_until

StartWorker = Callable[..., subprocess.Popen[bytes]]

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]


def announce(number: int, to: str = "jan@voorbeeld.example", name: str = "proef") -> set[str]:
    """Announce messages as a change does; gives their Message-IDs."""
    keys = [f"{name}:{to}:{place}" for place in range(number)]
    with transaction.atomic():
        for key in keys:
            enqueue(key=key, to=to, template="inlogcode", context={"code": "123456"})
    return set(Bericht.objects.filter(key__in=keys).values_list("message_id", flat=True))


def all_sent() -> bool:
    return not Bericht.objects.exclude(status=Status.VERSTUURD).exists()


def test_a_worker_killed_between_change_and_mail(start_worker: StartWorker, sink: Sink, gate: Gate) -> None:
    """Killed with the message in hand, before the mail server took it: another worker sends it, once."""

    def hold(address: str) -> str:
        gate(address)
        return "451 the client is gone"

    sink.before = hold
    worker = start_worker()
    ids = announce(1)
    wait_until(gate.reached.is_set, "a worker has the message in hand")
    kill(worker)
    sink.before = lambda _: None
    gate.opened.set()
    assert Bericht.objects.get().status == Status.WACHT
    assert not sink.taken

    start_worker()
    wait_until(all_sent, "the other worker has sent it")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)


def test_a_worker_killed_between_the_servers_yes_and_our_commit(
    start_worker: StartWorker, sink: Sink, gate: Gate
) -> None:
    """The one window: the message goes twice, with the same Message-ID, and never zero times."""
    sink.after = gate
    worker = start_worker()
    ids = announce(1)
    wait_until(gate.reached.is_set, "the server has taken the message")
    kill(worker)
    sink.after = lambda _: None
    gate.opened.set()

    start_worker()
    wait_until(all_sent, "the other worker has sent it")
    assert dict(sink.taken) == dict.fromkeys(ids, 2)


def test_a_mail_server_that_was_gone(start_worker: StartWorker, sink: Sink, log: Callable[[], str]) -> None:
    sink.stop()
    start_worker()
    ids = announce(3)
    wait_until(lambda: "no connection with the mail server" in log(), "the worker has found the server gone")
    sink.start()
    wait_until(all_sent, "all is sent")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)
    assert set(Bericht.objects.values_list("attempts", flat=True)) == {1}


def test_a_mail_server_that_hangs_up_and_one_that_refuses(start_worker: StartWorker, sink: Sink) -> None:
    """Neither holds up the others; who is refused is left to staff, who was hung up on comes again later."""
    sink.refuse = {"weg@voorbeeld.example"}
    sink.before = lambda address: "421 closing down" if address == "lastig@voorbeeld.example" else None
    announce(1, to="weg@voorbeeld.example")
    announce(1, to="lastig@voorbeeld.example")
    ids = announce(3)
    start_worker()
    wait_until(lambda: set(sink.taken) == ids, "the others are sent")
    wait_until(lambda: Bericht.objects.filter(status=Status.VERSTUURD).count() == len(ids), "that is recorded")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)
    refused = Bericht.objects.failed().get()
    assert (refused.to, refused.last_error) == ("weg@voorbeeld.example", "SMTPRecipientsRefused 550 5.1.1")
    later = Bericht.objects.waiting().get()
    assert (later.to, later.attempts, later.last_error) == ("lastig@voorbeeld.example", 1, "SMTPDataError 421")


def test_a_mail_server_that_refuses_everybody_for_now(start_worker: StartWorker, sink: Sink) -> None:
    """Each message rests, stays what it was, and goes once when it is tried again."""
    sink.before = lambda _: "451 4.3.0 come back later"
    ids = announce(3)
    start_worker()
    wait_until(lambda: set(Bericht.objects.values_list("attempts", flat=True)) == {1}, "each was tried")
    assert set(Bericht.objects.values_list("status", "last_error")) == {(Status.WACHT, "SMTPDataError 451 4.3.0")}
    assert not Bericht.objects.due().exists()
    sink.before = lambda _: None
    Bericht.objects.update(due_at=timezone.now())
    wait_until(all_sent, "all is sent")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)


def test_two_workers_share_the_load(start_worker: StartWorker, sink: Sink, log: Callable[[], str]) -> None:
    """200 messages, each once, and nobody's first one gets through before both have one in hand."""
    both = threading.Barrier(2)
    arrivals = count()

    def wait_for_the_other(address: str) -> None:
        if next(arrivals) < 2:
            both.wait(DEADLINE_SECONDS)

    sink.before = wait_for_the_other
    start_worker(MAIL_FROM="een@voorbeeld.example", TEST_LEASE_SECONDS="120")
    start_worker(MAIL_FROM="twee@voorbeeld.example", TEST_LEASE_SECONDS="120", beat=False)
    wait_until(lambda: log().count(" ready.") == 2, "both workers are there")
    ids = announce(200)
    wait_until(all_sent, "all is sent")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)
    assert sink.senders == {"een@voorbeeld.example", "twee@voorbeeld.example"}


def test_a_broker_that_is_flushed(start_worker: StartWorker, sink: Sink, gate: Gate, broker: redis.Redis) -> None:
    """The table is the truth: flushed in the middle of the work, everything goes, also what comes after."""
    sink.before = gate
    start_worker(TEST_LEASE_SECONDS="120")
    ids = announce(120)
    wait_until(gate.reached.is_set, "the work has begun")
    broker.flushdb()
    gate.opened.set()
    ids |= announce(20, name="later")
    wait_until(all_sent, "all is sent")
    assert dict(sink.taken) == dict.fromkeys(ids, 1)


def test_a_broker_that_is_down_costs_a_request_nothing(
    production: dict[str, str],
    start_worker: StartWorker,
    sink: Sink,
    silent_port: tuple[int, Callable[[], bool]],
) -> None:
    """A process as in production announces without ever knocking at the broker, and a worker finds it later."""
    port, knocked = silent_port
    program = (
        "import django; django.setup()\n"
        "from django.db import transaction\n"
        "from berichten.outbox import enqueue\n"
        "with transaction.atomic():\n"
        "    enqueue(key='proef', to='jan@voorbeeld.example', template='inlogcode', context={'code': '1'})\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**production, "BROKER_URL": f"redis://127.0.0.1:{port}/0"},
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    assert not knocked()
    start_worker()
    wait_until(all_sent, "the message is sent")
    assert sum(sink.taken.values()) == 1
