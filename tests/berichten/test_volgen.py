"""Following: nothing is sent or counted before the owner of an address said yes, and stopping takes one click."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from basis.regels import RuleViolation
from berichten import actions, onderwerpen, tasks
from berichten.models import Abonnement, Bericht
from berichten.onderwerpen import Onderwerp
from tests.factories import GebruikerFactory

pytestmark = pytest.mark.django_db

PROEF = Onderwerp("Een proef", "/gebieden/")


@pytest.fixture(autouse=True)
def visible() -> Iterator[set[int]]:
    """The subjects of kind `proef` that everybody may see."""
    seen = {1, 2}
    onderwerpen.register("proef", lambda pks: dict.fromkeys(seen.intersection(pks), PROEF))
    yield seen
    del onderwerpen._finders["proef"]


def follow(email: str = "Jan@Voorbeeld.example", onderwerp: int = 1, *, proven: bool = False) -> Abonnement:
    return actions.follow(email=email, soort="proef", onderwerp=onderwerp, proven=proven)


def open_link(client: Client, abonnement: Abonnement) -> str:
    """Come in by the private link; gives the clean address that it leads to."""
    response = client.get(actions.abonnement_link(abonnement).removeprefix("http://localhost:8000"))
    assert response.status_code == 302
    return str(response["Location"])


def test_an_address_that_was_typed_is_asked_first() -> None:
    abonnement = follow()
    assert not Abonnement.objects.confirmed().exists()
    bericht = Bericht.objects.get()
    assert (bericht.to, bericht.template) == ("jan@voorbeeld.example", "volgen_bevestigen")
    assert bericht.context == {"titel": "Een proef", "url": actions.abonnement_link(abonnement)}


def test_asking_again_the_same_day_mails_nobody_twice() -> None:
    first = follow()
    assert follow("JAN@voorbeeld.example ") == first
    assert Bericht.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        follow()
    assert Bericht.objects.count() == 2


def test_who_is_signed_in_follows_at_once() -> None:
    abonnement = follow(proven=True)
    assert abonnement.confirmed_at is not None
    assert follow(proven=True).confirmed_at == abonnement.confirmed_at
    assert not Bericht.objects.exists()


def test_who_types_an_address_does_not_learn_that_it_follows_already() -> None:
    abonnement = follow(proven=True)
    assert follow().confirmed_at == abonnement.confirmed_at
    assert Bericht.objects.get().template == "volgen_bevestigen"


def test_what_nobody_may_see_cannot_be_followed(visible: set[int]) -> None:
    for kind, onderwerp in [("proef", 3), ("onbekend", 1)]:
        with pytest.raises(RuleViolation):
            actions.follow(email="jan@voorbeeld.example", soort=kind, onderwerp=onderwerp, proven=True)
    assert not Abonnement.objects.exists()


def test_the_link_asks_before_it_confirms_and_leads_to_the_subject(client: Client) -> None:
    abonnement = follow()
    page = open_link(client, abonnement)
    assert "Ja, houd mij op de hoogte" in client.get(page).content.decode()
    assert not Abonnement.objects.confirmed().exists(), "a mail scanner that follows links says yes to nothing"
    response = client.post(f"{page}bevestigen/")
    assert response["Location"] == "/gebieden/"
    assert Abonnement.objects.confirmed().get() == abonnement


def test_stopping_takes_one_click_and_leaves_nothing(client: Client) -> None:
    abonnement = follow(proven=True)
    page = open_link(client, abonnement)
    assert client.get(f"{page}stoppen/")["Location"] == page
    assert client.post(f"{page}stoppen/")["Location"] == "/gebieden/"
    assert not Abonnement.objects.exists()
    assert client.get(page).status_code == 404
    assert client.get(actions.abonnement_link(abonnement)).status_code == 404


def test_nobody_else_sees_or_changes_it(client: Client) -> None:
    abonnement, other = follow(proven=True), follow("piet@voorbeeld.example", proven=True)
    open_link(client, other)
    for path in ("", "bevestigen/", "stoppen/"):
        method = client.post if path else client.get
        assert method(f"/volgen/{abonnement.pk}/{path}").status_code == 404
    assert Abonnement.objects.count() == 2


def test_a_subject_that_is_gone_can_still_be_left(client: Client, visible: set[int]) -> None:
    abonnement = follow(proven=True)
    visible.clear()
    page = open_link(client, abonnement)
    assert "Dit is niet meer te volgen" in client.get(page).content.decode()
    assert client.post(f"{page}stoppen/")["Location"] == "/"


def test_the_own_list_shows_what_one_follows_and_nothing_else(client: Client) -> None:
    bewoner = GebruikerFactory(email="jan@voorbeeld.example")
    assert client.get("/volgen/").status_code == 302
    client.force_login(bewoner)
    assert "U volgt nog niets" in client.get("/volgen/").content.decode()
    follow(proven=True)
    follow(onderwerp=2)
    follow("piet@voorbeeld.example", proven=True)
    page = client.get("/volgen/").content.decode()
    assert page.count("Een proef</a>") == 1
    client.post(f"/volgen/{Abonnement.objects.of_user(bewoner).confirmed().get().pk}/stoppen/")
    assert "U volgt nog niets" in client.get("/volgen/").content.decode()


def test_who_is_asked_again_has_a_week_from_then_on() -> None:
    follow()
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
        follow()
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        tasks.purge_unconfirmed_follows()
        assert Abonnement.objects.exists()


def test_an_address_that_never_said_yes_is_forgotten() -> None:
    follow("een@voorbeeld.example", proven=True)
    follow("twee@voorbeeld.example")
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
        follow("drie@voorbeeld.example")
        tasks.purge_unconfirmed_follows()
        assert Abonnement.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        tasks.purge_unconfirmed_follows()
    assert set(Abonnement.objects.values_list("email", flat=True)) == {
        "een@voorbeeld.example",
        "drie@voorbeeld.example",
    }


def test_who_stops_and_confirms_at_the_same_moment_has_stopped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    abonnement = follow()

    def stop_first(request: HttpRequest, found: Abonnement) -> bool:
        Abonnement.objects.all().delete()
        return True

    monkeypatch.setattr("berichten.views.volgen.is_own", stop_first)
    assert client.post(f"/volgen/{abonnement.pk}/bevestigen/").status_code == 404
    assert not Abonnement.objects.exists()
