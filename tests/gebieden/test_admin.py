"""Areas and teams at /beheer/."""

import pytest
from django.test import Client
from django.urls import reverse

from gebieden.models import AreaImport, Buurt, Gebied, Teamlid, Wijk
from gebruikers.models import Gebruiker
from tests.factories import GebruikerFactory, TeamlidFactory
from tests.inloggen import sign_in

CONTACT = {"rol": "wijkagent", "naam": "Wil", "email": "", "telefoon": "0900-8844", "bereikbaar": ""}


@pytest.fixture
def beheerder(client: Client, db: None) -> Gebruiker:
    gebruiker = GebruikerFactory(beheerder=True)
    sign_in(client, gebruiker)
    return gebruiker


@pytest.mark.parametrize("model", [Gebied, Wijk, Buurt, AreaImport])
def test_areas_are_looked_at_and_not_changed(
    alkmaar: None, client: Client, beheerder: Gebruiker, model: type[Gebied]
) -> None:
    name = f"admin:gebieden_{model._meta.model_name}"
    row = model.objects.all()[0]
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    page = client.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert "coordinates" not in page.content.decode()
    assert client.get(reverse(f"{name}_add")).status_code == 403
    assert client.post(reverse(f"{name}_change", args=[row.pk]), {"naam": "x"}).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_areas_are_found_by_name(alkmaar: None, client: Client, beheerder: Gebruiker) -> None:
    assert "Stompetoren" in client.get(reverse("admin:gebieden_buurt_changelist"), {"q": "stompe"}).content.decode()


def test_a_team_is_kept_with_its_accounts(alkmaar: None, client: Client, beheerder: Gebruiker) -> None:
    noord, medewerker = Gebied.objects.get(slug="noord"), GebruikerFactory(medewerker=True)
    added = client.post(
        reverse("admin:gebieden_teamlid_add"), {**CONTACT, "gebied": noord.pk, "gebruiker": medewerker.pk}
    )
    assert added.status_code == 302
    lid = Teamlid.objects.get()
    assert (lid.gebied, lid.gebruiker, lid.naam, lid.updated_by) == (noord, medewerker, "Wil", beheerder)

    change = reverse("admin:gebieden_teamlid_change", args=[lid.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {**CONTACT, "naam": "Willy", "gebruiker": ""}).status_code == 302
    lid.refresh_from_db()
    assert (lid.gebruiker, lid.naam, lid.versie) == (None, "Willy", 2)

    assert client.get(reverse("admin:gebieden_teamlid_changelist")).status_code == 200
    assert client.post(reverse("admin:gebieden_teamlid_delete", args=[lid.pk]), {"post": "yes"}).status_code == 302
    assert not Teamlid.objects.exists()
    noord.refresh_from_db()
    assert noord.team_updated_by == beheerder


def test_several_are_removed_at_once(client: Client, beheerder: Gebruiker) -> None:
    gone, stays = TeamlidFactory(), TeamlidFactory()
    client.post(
        reverse("admin:gebieden_teamlid_changelist"),
        {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"},
    )
    assert Teamlid.objects.get() == stays


def test_an_account_twice_in_a_team_is_said_at_the_field(client: Client, beheerder: Gebruiker) -> None:
    first = TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True))
    second = TeamlidFactory(gebied=first.gebied)
    response = client.post(
        reverse("admin:gebieden_teamlid_change", args=[second.pk]), {**CONTACT, "gebruiker": first.gebruiker.pk}
    )
    assert response.status_code == 200
    assert "Dit account hoort al bij iemand anders in dit Gebiedsteam." in response.content.decode()


def test_residents_cannot_be_chosen(client: Client, beheerder: Gebruiker) -> None:
    lid, bewoner = TeamlidFactory(), GebruikerFactory()
    response = client.post(
        reverse("admin:gebieden_teamlid_change", args=[lid.pk]), {**CONTACT, "gebruiker": bewoner.pk}
    )
    assert response.status_code == 200
    lid.refresh_from_db()
    assert lid.gebruiker is None


@pytest.mark.parametrize("trait, status", [({}, 403), ({"medewerker": True}, 403)])
def test_not_for_others(client: Client, db: None, trait: dict[str, bool], status: int) -> None:
    sign_in(client, GebruikerFactory(**trait))
    assert client.get(reverse("admin:gebieden_teamlid_changelist")).status_code == status
