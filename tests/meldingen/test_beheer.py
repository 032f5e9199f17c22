"""Categories and behandelaars at /beheer/."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from basis.regels import RuleViolation
from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.models import Behandelaar, Categorie, Groep
from meldingen.rules import Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    GebruikerFactory,
    GroepFactory,
    MeldingFactory,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def beheerder(client: Client) -> Gebruiker:
    gebruiker = GebruikerFactory(beheerder=True)
    sign_in(client, gebruiker)
    return gebruiker


def address(page: str, *args: int) -> str:
    return reverse(f"admin:meldingen_{page}", args=args)


def test_a_heading_and_a_category_are_made_and_changed(client: Client, beheerder: Gebruiker) -> None:
    client.post(address("groep_add"), {"naam": "Groen", "slug": "groen", "volgorde": 1})
    groep = Groep.objects.get()
    data = {
        "groep": groep.pk,
        "naam": "Boom",
        "slug": "boom",
        "afdeling": AfdelingFactory().pk,
        "termijn_werkdagen": 5,
        "thema": "heel",
        "openbaar": "on",
        "actief": "on",
        "volgorde": 1,
    }
    assert client.post(address("categorie_add"), data).status_code == 302
    categorie = Categorie.objects.get()
    client.post(address("categorie_change", categorie.pk), {**data, "naam": "Boom of struik"})
    client.post(address("groep_change", groep.pk), {"naam": "Bomen", "slug": "groen", "volgorde": 1})
    categorie.refresh_from_db()
    assert (categorie.naam, categorie.groep.naam) == ("Boom of struik", "Bomen")
    assert client.post(address("categorie_delete", categorie.pk), {"post": "yes"}).status_code == 403


def test_nonsense_is_said_at_the_form(client: Client, beheerder: Gebruiker) -> None:
    categorie = CategorieFactory()
    response = client.post(address("categorie_change", categorie.pk), {"naam": "x", "termijn_werkdagen": 0})
    assert response.status_code == 422


def test_a_heading_goes_when_nothing_stands_under_it(client: Client, beheerder: Gebruiker) -> None:
    empty, full = GroepFactory(), CategorieFactory().groep
    client.post(address("groep_delete", empty.pk), {"post": "yes"})
    client.post(address("groep_delete", full.pk), {"post": "yes"})
    assert list(Groep.objects.all()) == [full]
    with pytest.raises(RuleViolation):
        actions.remove_groep(groep=full, by=beheerder)


def test_a_behandelaar_is_appointed_and_dismissed(client: Client, beheerder: Gebruiker) -> None:
    medewerker, afdeling = GebruikerFactory(medewerker=True), AfdelingFactory()
    data = {"gebruiker": medewerker.pk, "afdeling": afdeling.pk}
    assert client.post(address("behandelaar_add"), data).status_code == 302
    row = Behandelaar.objects.get()
    assert (row.gebruiker, row.afdeling) == (medewerker, afdeling)
    assert client.post(address("behandelaar_add"), data).status_code == 422
    assert client.get(address("behandelaar_change", row.pk)).status_code == 200
    assert client.post(address("behandelaar_change", row.pk), data).status_code == 403
    assert client.post(address("behandelaar_delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Behandelaar.objects.exists()


def test_several_are_dismissed_at_once(client: Client, beheerder: Gebruiker) -> None:
    gone, stays = BehandelaarFactory(), BehandelaarFactory()
    data = {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"}
    client.post(address("behandelaar_changelist"), data)
    assert list(Behandelaar.objects.all()) == [stays]


@pytest.mark.parametrize("who", [{}, {"medewerker": True, "is_active": False}], ids=["resident", "switched off"])
def test_only_who_works_here_becomes_behandelaar(client: Client, beheerder: Gebruiker, who: dict[str, bool]) -> None:
    gebruiker, afdeling = GebruikerFactory(**who), AfdelingFactory()
    assert str(gebruiker) not in client.get(address("behandelaar_add")).content.decode()
    response = client.post(address("behandelaar_add"), {"gebruiker": gebruiker.pk, "afdeling": afdeling.pk})
    assert response.status_code == 422
    with pytest.raises(RuleViolation):
        actions.appoint_behandelaar(gebruiker=gebruiker, afdeling=afdeling, by=beheerder)
    assert not Behandelaar.objects.exists()


class TestOutOfSight:
    """A category that is not public any more: who reported a double of one of its meldingen would hear no more."""

    def hide(self, client: Client, categorie: Categorie) -> Any:
        data = {
            "groep": categorie.groep_id,
            "naam": categorie.naam,
            "slug": categorie.slug,
            "afdeling": categorie.afdeling_id,
            "termijn_werkdagen": categorie.termijn_werkdagen,
            "thema": categorie.thema,
            "actief": "on",
            "volgorde": categorie.volgorde,
        }
        return client.post(address("categorie_change", categorie.pk), data)

    @pytest.mark.parametrize(
        ("first", "refused"),
        [
            ({}, True),
            ({"status": Status.OPGELOST, "closed_at": timezone.now() - timedelta(days=27)}, True),
            ({"status": Status.OPGELOST, "closed_at": timezone.now() - timedelta(days=30)}, False),
        ],
        ids=["open", "may be opened again", "over"],
    )
    def test_a_category_with_doubles_stays_public(
        self, client: Client, beheerder: Gebruiker, first: dict[str, Any], refused: bool
    ) -> None:
        melding = MeldingFactory(**first)
        double = MeldingFactory(status=Status.DUBBEL, eerste=melding)
        response = self.hide(client, melding.categorie)
        assert response.status_code == (422 if refused else 302)
        assert (melding.nummer_leesbaar in response.content.decode()) is refused
        melding.categorie.refresh_from_db()
        assert melding.categorie.openbaar is refused
        # The category of the double says nothing: it is the first that its reporter hears of.
        assert self.hide(client, double.categorie).status_code == 302

    def test_without_doubles_it_goes(self, client: Client, beheerder: Gebruiker) -> None:
        melding = MeldingFactory()
        assert self.hide(client, melding.categorie).status_code == 302

    def test_what_was_out_of_sight_may_be_changed(self, client: Client, beheerder: Gebruiker) -> None:
        melding = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        MeldingFactory(status=Status.DUBBEL, eerste=melding)
        assert self.hide(client, melding.categorie).status_code == 302


ATTEMPTS: list[Callable[[Gebruiker], Any]] = [
    lambda by: actions.save_groep(groep=GroepFactory.build(), by=by),
    lambda by: actions.remove_groep(groep=GroepFactory(), by=by),
    lambda by: actions.save_categorie(categorie=CategorieFactory(), by=by),
    lambda by: actions.appoint_behandelaar(gebruiker=by, afdeling=AfdelingFactory(), by=by),
    lambda by: actions.dismiss_behandelaar(behandelaar=BehandelaarFactory(), by=by),
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_actions_are_for_beheerders(attempt: Callable[[Gebruiker], Any]) -> None:
    for by in (GebruikerFactory(medewerker=True), GebruikerFactory(beheerder=True, is_active=False)):
        with pytest.raises(PermissionDenied):
            attempt(by)
