"""Areas and teams at /beheer/."""

import pytest
from django.test import Client
from django.urls import reverse

from gebieden import actions
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
        reverse("admin:gebieden_teamlid_add"),
        {**CONTACT, "gebied": noord.pk, "gebruiker": medewerker.pk, "opened_versie": 0},
    )
    assert added.status_code == 302
    lid = Teamlid.objects.get()
    assert (lid.gebied, lid.gebruiker, lid.naam, lid.updated_by) == (noord, medewerker, "Wil", beheerder)

    change = reverse("admin:gebieden_teamlid_change", args=[lid.pk])
    assert client.get(change).status_code == 200
    assert (
        client.post(change, {**CONTACT, "naam": "Willy", "gebruiker": "", "opened_versie": lid.versie}).status_code
        == 302
    )
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
        reverse("admin:gebieden_teamlid_change", args=[second.pk]),
        {**CONTACT, "gebruiker": first.gebruiker.pk, "opened_versie": second.versie},
    )
    assert response.status_code == 422
    assert "Dit account hoort al bij iemand anders in dit Gebiedsteam." in response.content.decode()


def test_who_comes_second_is_told_and_may_save_then(client: Client, beheerder: Gebruiker) -> None:
    lid = TeamlidFactory()
    change = reverse("admin:gebieden_teamlid_change", args=[lid.pk])
    opened = client.get(change).context["adminform"].form["opened_versie"].value()
    assert f'name="opened_versie" value="{opened}"' in client.get(change).content.decode()
    actions.update_teamlid(teamlid=lid, **{**CONTACT, "naam": "Van het team"}, versie=opened, by=beheerder)

    response = client.post(change, {**CONTACT, "naam": "Van de beheerder", "gebruiker": "", "opened_versie": opened})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Iemand anders heeft dit intussen gewijzigd." in page
    assert "is gewijzigd" not in page
    assert 'value="Van de beheerder"' in page
    lid.refresh_from_db()
    assert lid.naam == "Van het team"

    again = response.context["adminform"].form["opened_versie"].value()
    data = {**CONTACT, "naam": "Van de beheerder", "gebruiker": "", "opened_versie": again}
    assert client.post(change, data).status_code == 302
    lid.refresh_from_db()
    assert lid.naam == "Van de beheerder"


@pytest.mark.parametrize("versie", ["", "x"])
def test_a_form_without_its_version_is_refused(client: Client, beheerder: Gebruiker, versie: str) -> None:
    lid = TeamlidFactory()
    change = reverse("admin:gebieden_teamlid_change", args=[lid.pk])
    assert client.post(change, {**CONTACT, "gebruiker": "", "opened_versie": versie}).status_code == 422
    lid.refresh_from_db()
    assert lid.versie == 0


def test_half_a_change_is_none(client: Client, beheerder: Gebruiker) -> None:
    """The contact was fine, the account was not: nothing is kept."""
    first = TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True))
    second = TeamlidFactory(gebied=first.gebied, naam="Voor")
    data = {**CONTACT, "naam": "Na", "gebruiker": first.gebruiker.pk, "opened_versie": second.versie}
    client.post(reverse("admin:gebieden_teamlid_change", args=[second.pk]), data)
    second.refresh_from_db()
    assert (second.naam, second.versie) == ("Voor", 0)


def test_residents_cannot_be_chosen(client: Client, beheerder: Gebruiker) -> None:
    lid, bewoner = TeamlidFactory(), GebruikerFactory()
    response = client.post(
        reverse("admin:gebieden_teamlid_change", args=[lid.pk]),
        {**CONTACT, "gebruiker": bewoner.pk, "opened_versie": lid.versie},
    )
    assert response.status_code == 422
    lid.refresh_from_db()
    assert lid.gebruiker is None


@pytest.mark.parametrize("trait, status", [({}, 403), ({"medewerker": True}, 403)])
def test_not_for_others(client: Client, db: None, trait: dict[str, bool], status: int) -> None:
    sign_in(client, GebruikerFactory(**trait))
    assert client.get(reverse("admin:gebieden_teamlid_changelist")).status_code == status
