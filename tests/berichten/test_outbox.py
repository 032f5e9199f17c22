import json
import socket
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy
from pytest_django import Settings

from alkmaar_portal.celery import app
from basis.origin import Origin, serving
from berichten.models import Bericht, Status
from berichten.outbox import enqueue
from tests.berichten.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def announce(key: str = "proef:1", to: str = "jan@voorbeeld.example", **context: object) -> None:
    enqueue(key=key, to=to, template="proef", context={**CONTEXT, **context})


def test_a_message_is_a_row_that_waits() -> None:
    announce()
    bericht = Bericht.objects.get()
    assert (bericht.key, bericht.to, bericht.template) == ("proef:1", "jan@voorbeeld.example", "proef")
    assert (bericht.status, bericht.attempts, bericht.sent_at) == (Status.WACHT, 0, None)
    assert bericht.context == CONTEXT
    assert Bericht.objects.due().get() == bericht


def test_a_message_knows_the_request_that_caused_it() -> None:
    with serving(Origin("192.0.2.1", "van-de-proxy-1")):
        announce()
    assert Bericht.objects.get().request_id == "van-de-proxy-1"


def test_the_same_key_again_changes_nothing() -> None:
    announce()
    announce(to="piet@voorbeeld.example", wie="Piet")
    bericht = Bericht.objects.get()
    assert (bericht.to, bericht.context) == ("jan@voorbeeld.example", CONTEXT)


def test_the_same_key_again_leaves_the_transaction_whole() -> None:
    announce()
    with transaction.atomic():
        announce()
        announce(key="proef:2")
    assert Bericht.objects.count() == 2


def test_no_change_no_mail() -> None:
    class Changed(Exception):
        pass

    with pytest.raises(Changed), transaction.atomic():
        announce()
        raise Changed
    assert not Bericht.objects.exists()


@pytest.mark.parametrize("address", ["", "  "])
def test_without_an_address_nothing_happens(address: str) -> None:
    announce(to=address)
    assert not Bericht.objects.exists()


def test_context_may_hold_dates_and_translations() -> None:
    announce(
        wie=gettext_lazy("Melding"),
        dag=date(2026, 11, 21),
        om=datetime(2026, 11, 21, 9, tzinfo=UTC),
        som=Decimal("1.50"),
    )
    context = Bericht.objects.get().context
    assert context is not None
    assert (context["wie"], context["dag"], context["om"]) == ("Melding", "2026-11-21", "2026-11-21T09:00:00Z")
    assert json.loads(json.dumps(context)) == context


def test_what_json_cannot_hold_is_a_mistake_that_shows() -> None:
    with pytest.raises(TypeError):
        announce(wie=object())


@pytest.mark.parametrize("missing", ["key", "template"])
def test_a_message_without_key_or_template_is_a_mistake_that_shows(missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        enqueue(**{"key": "proef:1", "to": "jan@voorbeeld.example", "template": "proef", "context": {}, missing: ""})
    assert not Bericht.objects.exists()


def test_a_message_without_a_context_is_a_mistake_that_shows() -> None:
    with pytest.raises(TypeError):
        enqueue(key="proef:1", to="jan@voorbeeld.example", template="proef", context=None)  # type: ignore[arg-type]
    enqueue(key="proef:1", to="jan@voorbeeld.example", template="proef", context={})
    assert Bericht.objects.get().context == {}


def test_each_message_has_its_own_message_id_in_the_portals_name(settings: Settings) -> None:
    settings.PORTAL_URL = "https://samen.voorbeeld.example"
    announce()
    announce(key="proef:2")
    first, second = Bericht.objects.order_by("pk").values_list("message_id", flat=True)
    assert first != second
    assert first.startswith("<")
    assert first.endswith("@samen.voorbeeld.example>")


def test_announcing_never_touches_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{broker.getsockname()[1]}/0")
        with transaction.atomic():
            announce()
        broker.setblocking(False)
        with pytest.raises(BlockingIOError):
            broker.accept()
