"""How many meldingen and photos one address may send, and what becomes of what is too much."""

import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from basis import fotos, via
from berichten.models import Bericht
from meldingen.actions import drop_kept_fotos
from meldingen.models import Foto, Melding
from tests.factories import BuurtFactory, CategorieFactory, GebruikerFactory, MeldingFactory
from tests.inloggen import sign_in
from tests.meldingen.conftest import picture

pytestmark = pytest.mark.django_db
NEW = "/meldingen/nieuw/"
START = "2026-11-21 14:00:30 +0100"


@pytest.fixture(autouse=True)
def three_and_five(settings):
    """Behind a proxy; 3 an address and 5 a network, so that it goes quicker than with the numbers of the portal."""
    settings.TRUSTED_PROXY_COUNT = 1
    real = settings.LIMIETEN
    settings.LIMIETEN = {**real, "melding": {"visitor": 3, "network": 5, "seconds": 3600}}
    return real


@pytest.fixture
def values():
    wijk = BuurtFactory().wijk
    return {
        "categorie": CategorieFactory().slug,
        "omschrijving": "De lamp brandt niet meer.",
        "wijk": wijk.slug,
        "plek": "bij de speeltuin",
    }


@pytest.fixture
def send(values):
    """Send a melding from an address; without a client by somebody who brings no cookies."""

    def post(address, client=None, **changes):
        values_now = {"inzending": str(uuid4()), **values, **changes}
        return (client or Client()).post(NEW, values_now, headers={"X-Forwarded-For": address})

    return post


def sent(send, number, address, client=None):
    """How many of `number` meldingen are taken in."""
    return [send(address, client).status_code for _time in range(number)].count(302)


def test_an_address_sends_twenty_an_hour(send, settings, three_and_five):
    settings.LIMIETEN = three_and_five
    assert settings.LIMIETEN["melding"] == {"visitor": 20, "network": 200, "seconds": 3600}
    with time_machine.travel(START, tick=False) as moment:
        assert sent(send, 21, "198.51.100.7") == 20
        assert Melding.objects.count() == 20
        moment.shift(60 * 60 + 1)
        assert send("198.51.100.7").status_code == 302


def test_what_is_too_much_says_when_and_keeps_what_was_typed(send):
    with time_machine.travel(START, tick=False) as moment:
        sent(send, 3, "198.51.100.7")
        moment.shift(10 * 60)
        typed = {"naam": "Wil", "email": "wil@bewoner.example", "telefoon": "06 00000000", "inzending": str(uuid4())}
        response = send("198.51.100.7", **typed)
        assert response.status_code == 429
        # An hour after the first one, which was at 14.00 and 30 seconds.
        assert response["Retry-After"] == str(50 * 60)
        page = response.text
        for text in ["om 15.01 uur", "14 072", "112", "log in", "De lamp brandt niet meer.", *typed.values()]:
            assert text in page
        assert not Bericht.objects.exists()
        moment.shift(int(response["Retry-After"]) + 1)
        assert send("198.51.100.7", **typed).status_code == 302


def test_photos_that_were_sent_along_wait_too(send):
    with time_machine.travel(START, tick=False) as moment:
        sent(send, 3, "198.51.100.7")
        client, inzending = Client(), str(uuid4())
        assert send("198.51.100.7", client, inzending=inzending, foto=[picture("red")]).status_code == 429
        moment.shift(60 * 60 + 1)
        assert send("198.51.100.7", client, inzending=inzending).status_code == 302
    assert Melding.objects.get(inzending=inzending).fotos.count() == 1


def test_a_network_has_a_number_of_its_own(send):
    assert [sent(send, 4, f"198.51.100.{number}") for number in (1, 2, 3)] == [3, 2, 0]
    # Signing in would not help.
    assert "log in" not in send("198.51.100.3").text
    assert send("198.51.101.1").status_code == 302


def test_a_school_behind_one_address_goes_on_signed_in(send):
    assert sent(send, 4, "198.51.100.7") == 3
    for _pupil in range(2):
        client = Client()
        sign_in(client, GebruikerFactory())
        assert send("198.51.100.7", client).status_code == 302
    # The network has a limit all the same.
    client = Client()
    sign_in(client, GebruikerFactory())
    assert send("198.51.100.7", client).status_code == 429


def test_an_account_is_one_sender_wherever_it_is(send):
    client = Client()
    sign_in(client, GebruikerFactory())
    assert [send(f"198.51.{number}.1", client).status_code for number in range(4)] == [302] * 3 + [429]
    page = send("198.51.30.1", client).text
    assert "U deed net veel meldingen." in page
    assert "log in" not in page


def test_made_up_addresses_and_fresh_sessions_do_not_help(send):
    assert sent(send, 3, "198.51.100.7") == 3
    for claimed in ["203.0.113.9, 198.51.100.7", "unknown, 198.51.100.7", "198.51.100.7"]:
        assert send(claimed).status_code == 429
    opened = Client()
    opened.get(NEW)
    assert send("198.51.100.7", opened).status_code == 429


def test_an_ipv6_subscriber_is_one_address(send):
    statuses = [send(f"2001:db8:0:1::{number:x}").status_code for number in range(1, 5)]
    assert statuses == [302] * 3 + [429]
    assert send("2001:db8:0:2::1").status_code == 302


def test_forms_with_errors_do_not_count(send):
    for _time in range(4):
        assert send("198.51.100.7", omschrijving="").status_code == 422
    assert sent(send, 4, "198.51.100.7") == 3


def test_the_same_form_again_counts_once_and_is_never_refused(send):
    first = {"inzending": str(uuid4())}
    for _time in range(4):
        assert send("198.51.100.7", **first).status_code == 302
    assert sent(send, 3, "198.51.100.7") == 2
    again = send("198.51.100.7", **first)
    nummer = Melding.objects.get(inzending=first["inzending"]).nummer
    assert again.url == f"/meldingen/{nummer}/verstuurd/"


@pytest.fixture
def few_photos(settings, monkeypatch):
    """Four photos an hour; gives a list that grows with each photo that is converted."""
    settings.LIMIETEN = {**settings.LIMIETEN, "foto": {"visitor": 4, "network": 600, "seconds": 3600}}
    converted = []
    prepare = fotos.prepare
    monkeypatch.setattr(fotos, "prepare", lambda upload: converted.append(upload) or prepare(upload))
    return converted


def test_photos_of_ever_new_forms_with_errors_do_not_fill_the_disk(send, few_photos):
    with time_machine.travel(START, tick=False) as moment:
        for _time in range(2):
            send("198.51.100.7", omschrijving="", foto=[picture("red"), picture("green")])
        response = send("198.51.100.7", omschrijving="", foto=[picture("blue")])
        assert (response.status_code, response["Retry-After"]) == (429, "3600")
        assert "Om 15.01 uur kunt u weer een foto meesturen" in response.text
        # Neither kept nor looked at.
        assert Foto.objects.count() == len(few_photos) == 4
        # Throwing away makes no room, or it would be a way to go on.
        for foto in Foto.objects.all():
            drop_kept_fotos(inzending=foto.inzending, uuids=[foto.uuid])
        assert send("198.51.100.7", foto=[picture("blue")]).status_code == 429
        assert not Melding.objects.exists()
        # The melding itself can be sent, and others are not held up.
        assert send("198.51.100.7").status_code == 302
        assert send("198.51.100.8", foto=[picture("blue")]).status_code == 302
        moment.shift(3601)
        assert send("198.51.100.7", foto=[picture("blue")]).status_code == 302


@pytest.mark.parametrize(("status", "page"), [("wacht_op_melder", "antwoord"), ("opgelost", "oordeel")])
def test_photos_with_an_answer_count_too(few_photos, status, page):
    closed_at = timezone.now() if status == "opgelost" else None
    melding = MeldingFactory(status=status, closed_at=closed_at)
    client = Client()
    client.get(via.address("melding", melding.pk, melding.via_versie))
    path = f"/meldingen/{melding.nummer}/{page}/"
    responses = [client.post(path, {"foto": [picture("red"), picture("green")]}) for _time in range(3)]
    assert [response.status_code for response in responses] == [422, 422, 429]
    assert "kunt u weer een foto meesturen" in responses[-1].text
    assert len(few_photos) == 4


def test_the_limit_of_photos_leaves_room_for_the_most_that_meldingen_may_have(settings, three_and_five):
    number = settings.FOTO_MAX_NUMBER
    melding, foto = three_and_five["melding"], three_and_five["foto"]
    assert (foto["visitor"], foto["network"]) == (number * melding["visitor"], number * melding["network"])


def test_nobody_has_a_mailbox_filled_with_questions(settings):
    number = settings.LIMIETEN["volgen"]["mailbox"]
    meldingen = MeldingFactory.create_batch(number + 2)

    def ask(melding, email, address):
        path = f"/meldingen/{melding.nummer}/volgen/"
        return Client().post(path, {"email": email}, headers={"X-Forwarded-For": address})

    spellings = ["wil@bewoner.example", "WIL@bewoner.example"]
    with time_machine.travel(START, tick=False):
        *answers, refused = [
            ask(melding, spellings[index % 2], f"198.51.{index}.7") for index, melding in enumerate(meldingen[:-1])
        ]
        assert {answer.status_code for answer in answers} == {302}
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
        assert "om 15.01 uur" in refused.text
        assert Bericht.objects.count() == number
        assert ask(meldingen[-1], "iemand@bewoner.example", "198.51.0.7").status_code == 302
        # Who is signed in is not asked by mail.
        client = Client()
        sign_in(client, GebruikerFactory())
        statuses = [client.post(f"/meldingen/{melding.nummer}/volgen/").status_code for melding in meldingen]
        assert set(statuses) == {302}


def test_nobody_has_a_mailbox_filled_with_confirmations(send, settings):
    """The melding comes in all the same, and its page says that no mail comes."""
    number = settings.LIMIETEN["bevestiging"]["mailbox"]
    spellings = ["wil@bewoner.example", "WIL@bewoner.example"]
    with time_machine.travel(START, tick=False) as moment:
        assert {send(f"198.51.{at}.7", email=spellings[at % 2]).status_code for at in range(number)} == {302}
        client = Client()
        answer = send("198.51.100.7", client, email=spellings[0])
        assert (answer.status_code, Melding.objects.count(), Bericht.objects.count()) == (302, number + 1, number)
        page = client.get(answer.url).text
        assert "We sturen nu geen bevestiging" in page
        assert via.address("melding", (one := Melding.objects.latest("pk")).pk, one.via_versie) in page
        # Another mailbox, none at all, and an hour later.
        client = Client()
        page = client.get(send("198.51.101.7", client, email="iemand@bewoner.example").url).text
        assert "We sturen nu geen bevestiging" not in page
        page = client.get(send("198.51.101.7", client).url).text
        assert "We sturen nu geen bevestiging" not in page
        moment.shift(3601)
        send("198.51.102.7", email=spellings[0])
    assert Bericht.objects.count() == number + 2


def test_who_is_signed_in_always_gets_a_confirmation_at_the_own_address(send, settings):
    settings.LIMIETEN = {**settings.LIMIETEN, "bevestiging": {"mailbox": 0, "seconds": 3600}}
    gebruiker = GebruikerFactory()
    client = Client()
    sign_in(client, gebruiker)
    send("198.51.100.7", client, email=gebruiker.email.upper())
    assert Bericht.objects.count() == 1
    send("198.51.100.7", client, email="iemand@bewoner.example")
    assert Bericht.objects.count() == 1


@pytest.mark.parametrize(("path", "name"), [("/zoeken/?q=waag", "zoeken"), ("/adressen.json?q=waag", "adressen")])
def test_what_asks_pdok_is_limited(client, settings, monkeypatch, path, name):
    monkeypatch.setattr("gebieden.pdok._ask", lambda *question: [])
    with time_machine.travel(START, tick=False):
        statuses = [client.get(path).status_code for _time in range(settings.LIMIETEN[name]["visitor"] + 1)]
        assert set(statuses[:-1]) == {200}
        assert statuses[-1] == 429
        response = client.get(path)
    assert response["Retry-After"] == "10"
    assert re.search("om 14.01 uur", response.text)


@pytest.mark.parametrize("name", ["meldingen.rss", "meldingen.geojson"])
def test_what_other_programs_read_is_limited(client, settings, name):
    path = f"/gebieden/{BuurtFactory().wijk.gebied.slug}/{name}"
    with time_machine.travel(START, tick=False):
        # Each another address, so that none is answered from a cache.
        asked = [f"{path}?nr={number}" for number in range(settings.LIMIETEN["lezen"]["visitor"] + 1)]
        responses = [client.get(question, headers={"X-Forwarded-For": "198.51.100.7"}) for question in asked]
        assert {response.status_code for response in responses[:-1]} == {200}
        assert (responses[-1].status_code, responses[-1]["Retry-After"]) == (429, "10")
        assert client.get(asked[-1], headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 200
