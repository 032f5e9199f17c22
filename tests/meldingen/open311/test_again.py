"""The same melding sent again makes no second one; two people who say the same make two."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from berichten.models import Bericht
from meldingen.models import Aanlevering, Foto, Melding
from meldingen.rules import Status
from tests.factories import KoppelingFactory, jpeg
from tests.meldingen.open311.conftest import SLEUTEL, WAAGPLEIN, Open311, rows

pytestmark = pytest.mark.django_db

SENDER = {"email": "jo@voorbeeld.example", "device_id": "toestel-1"}


@pytest.fixture
def client_(buurt, koppeling, lamp):
    """A client that speaks JSON."""
    return Open311("json")


def sent(client: Open311, **fields: Any) -> str:
    """The number of the melding that came of it."""
    (answer,) = rows(client.send(service_code="lamp", **fields))
    assert client.status == 200, answer
    return answer["service_request_id"]


class TestWithANumber:
    def test_the_same_number_is_the_same_melding_for_ever(self, client_):
        first = sent(client_, **{"attribute[fixmystreet_id]": "4711", **SENDER})
        Melding.objects.update(status=Status.OPGELOST, closed_at=timezone.now())
        with time_machine.travel(timezone.now() + timedelta(days=200), tick=False):
            assert sent(client_, **{"attribute[fixmystreet_id][]": "4711", "description": "Iets anders."}) == first
        melding = Melding.objects.get()
        assert melding.omschrijving == "De lamp brandt niet."
        assert melding.aanlevering.eigen_nummer == "4711"
        assert Bericht.objects.count() == 1

    def test_another_number_is_another_melding(self, client_):
        assert len({sent(client_, **{"attribute[fixmystreet_id]": number}) for number in ("1", "2", "3")}) == 3

    def test_numbers_of_two_systems_have_nothing_to_do_with_each_other(self, client_):
        KoppelingFactory(sleutel="andere-sleutel")
        number = {"attribute[fixmystreet_id]": "1"}
        assert sent(client_, **number) != sent(client_, api_key="andere-sleutel", **number)

    def test_a_new_key_knows_what_was_sent_with_the_old_one(self, client_, koppeling):
        first = sent(client_, **{"attribute[fixmystreet_id]": "1"})
        koppeling.draw_sleutel()
        koppeling.save()
        assert sent(client_, api_key=koppeling.sleutel, **{"attribute[fixmystreet_id]": "1"}) == first


class TestWithoutANumber:
    def test_the_same_again_after_days_is_the_same_melding(self, client_):
        first = sent(client_, **SENDER)
        for days in (0, 2, 40):
            with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
                assert sent(client_, **SENDER) == first
        assert Melding.objects.count() == 1

    def test_while_a_client_may_still_try_a_closed_one_is_the_same_too(self, client_):
        first = sent(client_, **SENDER)
        Melding.objects.update(status=Status.OPGELOST, closed_at=timezone.now())
        with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
            assert sent(client_, **SENDER) == first

    def test_what_breaks_again_later_is_a_new_melding(self, client_):
        first = sent(client_, **SENDER)
        Melding.objects.update(status=Status.OPGELOST, closed_at=timezone.now())
        with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
            second = sent(client_, **SENDER)
            assert second != first
            assert sent(client_, **SENDER) == second
        assert Aanlevering.objects.count() == 2

    @pytest.mark.parametrize(
        "other",
        [
            *({name: f"ander-{name}"} for name in ("device_id", "deviceid", "account_id", "first_name", "last_name")),
            *({"email": "bo@voorbeeld.example"}, {"phone": "0612345678"}, {"description": "De lamp knippert."}),
            *({"lat": "52.63185"}, {"address_string": "Waagplein 2"}, {"attribute[plek]": "bij de brug"}),
        ],
        ids=str,
    )
    def test_another_sender_or_other_words_are_another_melding(self, client_, other):
        assert sent(client_, **SENDER) != sent(client_, **{**SENDER, **other})

    def test_another_photo_is_another_melding_and_the_same_is_not(self, client_):
        def photo(colour):
            return {"foto": SimpleUploadedFile("x.jpg", jpeg(colour), "image/jpeg")}

        first = sent(client_, **SENDER, **photo("red"))
        assert sent(client_, **SENDER, **photo("red")) == first
        assert sent(client_, **SENDER, **photo("blue")) != first
        assert Foto.objects.count() == 2
        assert not Foto.objects.filter(melding__isnull=True).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", ["4711", ""])
def test_the_same_from_many_threads_at_once_makes_one(buurt, koppeling, lamp, number):
    together = threading.Barrier(6)

    def send(_which: int) -> Any:
        try:
            together.wait(timeout=10)
            fields = {"api_key": SLEUTEL, "service_code": "lamp", **WAAGPLEIN, **SENDER, "description": "De lamp."}
            fields["attribute[fixmystreet_id]"] = number
            return Client().post("/open311/v2/requests.json", fields).json()[0]["service_request_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = set(pool.map(send, range(6)))
    assert numbers == {Melding.objects.get().nummer}
    assert Aanlevering.objects.count() == 1
    assert Bericht.objects.count() == 1
