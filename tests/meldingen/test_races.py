"""Two at once, with real threads on PostgreSQL: nothing twice, nothing lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from basis.regels import RuleViolation, StaleVersion
from berichten.models import Bericht
from meldingen import actions
from meldingen.actions import Plaats
from meldingen.models import Foto, Melding
from meldingen.rules import Status
from tests.factories import BehandelaarFactory, CategorieFactory, MeldingFactory, WijkFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gave, or raised, in each of `number` threads that begin together."""
    together = Barrier(number)

    def run(which: int) -> Any:
        try:
            together.wait(timeout=10)
            return work(which)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_the_same_form_from_many_tabs_makes_one():
    inzending, categorie, plaats = uuid4(), CategorieFactory(), Plaats(wijk=WijkFactory(), plek="bij de brug")

    def send(which: int) -> Any:
        return actions.send_melding(
            inzending=inzending,
            categorie=categorie,
            plaats=plaats,
            omschrijving=f"Poging {which} van dezelfde melding.",
            email="melder@voorbeeld.example",
        )

    results = at_once(8, send)
    assert sorted(is_new for _melding, is_new in results) == [False] * 7 + [True]
    assert {melding.pk for melding, _new in results} == {Melding.objects.get().pk}
    assert Bericht.objects.count() == 1


def test_the_same_photo_from_two_tabs_is_kept_once(prepared, settings):
    inzending, photo = uuid4(), prepared("red")
    results = at_once(4, lambda _which: actions.keep_foto(inzending=inzending, prepared=photo))
    assert {foto.pk for foto in results} == {Foto.objects.get().pk}
    assert len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 2


def test_two_cannot_become_doubles_of_each_other():
    behandelaar = BehandelaarFactory()
    two = MeldingFactory.create_batch(2, afdeling=behandelaar.afdeling)

    def change(which: int) -> Any:
        return actions.change_status(
            melding_id=two[which].pk,
            versie=1,
            status=Status.DUBBEL,
            by=behandelaar.gebruiker,
            toelichting="Zelfde.",
            eerste=two[1 - which].nummer,
        )

    results = at_once(2, change)
    assert sum(isinstance(result, Melding) for result in results) == 1
    assert sum(isinstance(result, RuleViolation) for result in results) == 1
    assert Melding.objects.filter(status=Status.DUBBEL).count() == 1


def test_two_behandelaars_on_one_melding_lose_nothing():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling, email="melder@voorbeeld.example")
    to = [Status.IN_BEHANDELING, Status.OPGELOST, Status.NIET_OPGELOST, Status.DOORGEZET]

    def change(which: int) -> Any:
        return actions.change_status(
            melding_id=melding.pk,
            versie=melding.versie,
            status=to[which],
            by=behandelaar.gebruiker,
            toelichting=f"Naar {to[which]}.",
            doorgezet_naar="Het hoogheemraadschap",
        )

    results = at_once(len(to), change)
    won = [result for result in results if isinstance(result, Melding)]
    assert len(won) == 1
    assert sum(isinstance(result, StaleVersion) for result in results) == len(to) - 1
    melding.refresh_from_db()
    assert melding.status == won[0].status
    assert melding.versie == 2
    assert melding.stappen.count() == 2
    assert Bericht.objects.count() == 1
