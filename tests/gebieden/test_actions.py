"""What a Gebiedsteam writes: rules, locks and traces."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from basis.regels import RuleViolation, StaleVersion
from gebieden import actions, rules
from gebieden.models import Gebied, Teamlid
from gebieden.rules import Rol
from gebruikers.models import Gebruiker
from tests.factories import BuurtFactory, GebiedFactory, GebruikerFactory, TeamlidFactory, WijkFactory

CONTACT: dict[str, Any] = {
    "rol": Rol.WIJKAGENT,
    "naam": "Wil Wijk",
    "email": "wijkagent@voorbeeld.example",
    "telefoon": "0900-8844",
    "bereikbaar": "elke dag",
}


@pytest.fixture
def gebied(db: None) -> Gebied:
    return GebiedFactory()


@pytest.fixture
def lid(gebied: Gebied) -> Gebruiker:
    """A medewerker in the team of `gebied`."""
    gebruiker = GebruikerFactory(medewerker=True)
    TeamlidFactory(gebied=gebied, gebruiker=gebruiker, volgorde=0)
    return gebruiker


@pytest.fixture
def beheerder(db: None) -> Gebruiker:
    return GebruikerFactory(beheerder=True)


def strangers(gebied: Gebied) -> list[Gebruiker]:
    """People who may not edit `gebied`, each for another reason."""
    inactive = GebruikerFactory(medewerker=True, is_active=False)
    TeamlidFactory(gebied=gebied, gebruiker=inactive)
    no_longer_staff = GebruikerFactory()
    TeamlidFactory(gebied=gebied, gebruiker=no_longer_staff)
    of_another = GebruikerFactory(medewerker=True)
    TeamlidFactory(gebruiker=of_another)
    return [inactive, no_longer_staff, of_another, GebruikerFactory(), GebruikerFactory(medewerker=True)]


class TestWhoMay:
    def test_can_edit(self, gebied: Gebied, lid: Gebruiker, beheerder: Gebruiker) -> None:
        assert rules.can_edit(lid, gebied)
        assert rules.can_edit(beheerder, gebied)
        assert [rules.can_edit(stranger, gebied) for stranger in strangers(gebied)] == [False] * 5

    def test_the_list_of_ones_own_gebieden_says_the_same(self, gebied: Gebied, lid: Gebruiker) -> None:
        GebiedFactory()
        for user in [lid, GebruikerFactory(beheerder=True), *strangers(gebied)]:
            expected = {row for row in Gebied.objects.all() if rules.can_edit(user, row)}
            assert set(Gebied.objects.editable_by(user)) == expected

    def test_only_a_beheerder_links_accounts(self, lid: Gebruiker, beheerder: Gebruiker) -> None:
        assert rules.can_link_account(beheerder)
        assert not rules.can_link_account(lid)

    def test_every_action_refuses_strangers(self, gebied: Gebied, lid: Gebruiker) -> None:
        wijk = WijkFactory(gebied=gebied)
        teamlid = TeamlidFactory(gebied=gebied, volgorde=1)
        before = list(Teamlid.objects.order_by("pk").values())
        for by in strangers(gebied):
            for attempt in (
                lambda by=by: actions.update_inleiding(area=gebied, inleiding="x", versie=0, by=by),
                lambda by=by: actions.update_inleiding(area=wijk, inleiding="x", versie=0, by=by),
                lambda by=by: actions.add_teamlid(gebied=gebied, by=by, **CONTACT),
                lambda by=by: actions.update_teamlid(teamlid=teamlid, versie=0, by=by, **CONTACT),
                lambda by=by: actions.move_teamlid(teamlid=teamlid, up=True, by=by),
                lambda by=by: actions.remove_teamlid(teamlid=teamlid, by=by),
                lambda by=by: actions.link_account(teamlid=teamlid, gebruiker=by, by=by),
            ):
                with pytest.raises(PermissionDenied):
                    attempt()
        assert list(Teamlid.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before
        gebied.refresh_from_db()
        wijk.refresh_from_db()
        assert (gebied.inleiding, wijk.inleiding, gebied.team_updated_at) == ("", "", None)


class TestInleiding:
    @pytest.mark.parametrize("level", ["gebied", "wijk", "dorp"])
    def test_text_date_author_and_version(self, gebied: Gebied, lid: Gebruiker, level: str) -> None:
        wijk = WijkFactory(gebied=gebied)
        area = {"gebied": gebied, "wijk": wijk, "dorp": BuurtFactory(wijk=wijk, dorp=True)}[level]
        actions.update_inleiding(area=area, inleiding="Welkom.\n\nKom langs.", versie=0, by=lid)
        area.refresh_from_db()
        assert (area.inleiding, area.inleiding_updated_by, area.versie) == ("Welkom.\n\nKom langs.", lid, 1)
        assert area.inleiding_updated_at is not None

    def test_who_comes_second_is_told_and_changes_nothing(
        self, gebied: Gebied, lid: Gebruiker, beheerder: Gebruiker
    ) -> None:
        actions.update_inleiding(area=gebied, inleiding="Van de eerste", versie=0, by=lid)
        with pytest.raises(StaleVersion):
            actions.update_inleiding(area=gebied, inleiding="Van de tweede", versie=0, by=beheerder)
        gebied.refresh_from_db()
        assert (gebied.inleiding, gebied.inleiding_updated_by) == ("Van de eerste", lid)


class TestTeam:
    def test_add_at_the_end(self, gebied: Gebied, lid: Gebruiker) -> None:
        added = actions.add_teamlid(gebied=gebied, by=lid, **CONTACT)
        assert list(Teamlid.objects.of(gebied))[-1] == added
        assert (added.naam, added.rol, added.updated_by, added.gebruiker) == ("Wil Wijk", "wijkagent", lid, None)
        gebied.refresh_from_db()
        assert gebied.team_updated_by == lid

    def test_update(self, gebied: Gebied, lid: Gebruiker) -> None:
        teamlid = TeamlidFactory(gebied=gebied)
        actions.update_teamlid(teamlid=teamlid, versie=0, by=lid, **CONTACT)
        teamlid.refresh_from_db()
        assert {name: getattr(teamlid, name) for name in CONTACT} == CONTACT
        assert (teamlid.versie, teamlid.updated_by) == (1, lid)
        with pytest.raises(StaleVersion):
            actions.update_teamlid(teamlid=teamlid, versie=0, by=lid, **CONTACT)

    def test_remove_takes_the_right_to_edit_away(self, gebied: Gebied, lid: Gebruiker, beheerder: Gebruiker) -> None:
        actions.remove_teamlid(teamlid=Teamlid.objects.get(gebruiker=lid), by=beheerder)
        assert not rules.can_edit(lid, gebied)

    def test_nobody_shuts_themselves_out(self, gebied: Gebied, lid: Gebruiker, beheerder: Gebruiker) -> None:
        own = Teamlid.objects.get(gebruiker=lid)
        with pytest.raises(RuleViolation, match="U kunt uzelf niet uit het Gebiedsteam halen"):
            actions.remove_teamlid(teamlid=own, by=lid)
        assert rules.can_edit(lid, gebied)
        # A beheerder may edit all the same.
        other = TeamlidFactory(gebied=gebied, gebruiker=beheerder)
        actions.remove_teamlid(teamlid=other, by=beheerder)
        assert not Teamlid.objects.filter(pk=other.pk).exists()

    @pytest.mark.parametrize(
        "who, up, order", [(2, True, "021"), (0, False, "102"), (0, True, "012"), (2, False, "012")]
    )
    def test_move(self, gebied: Gebied, beheerder: Gebruiker, who: int, up: bool, order: str) -> None:
        # All with the same place, as rows from before may have.
        for naam in "012":
            TeamlidFactory(gebied=gebied, naam=naam, volgorde=0)
        TeamlidFactory(volgorde=0)
        actions.move_teamlid(teamlid=Teamlid.objects.of(gebied)[who], up=up, by=beheerder)
        assert "".join(row.naam for row in Teamlid.objects.of(gebied)) == order


class TestLinkAccount:
    def test_gives_the_right_to_edit_and_takes_it(self, gebied: Gebied, beheerder: Gebruiker) -> None:
        teamlid, gebruiker = TeamlidFactory(gebied=gebied), GebruikerFactory(medewerker=True)
        actions.link_account(teamlid=teamlid, gebruiker=gebruiker, by=beheerder)
        assert rules.can_edit(gebruiker, gebied)
        actions.link_account(teamlid=teamlid, gebruiker=None, by=beheerder)
        assert not rules.can_edit(gebruiker, gebied)

    def test_not_by_a_teamlid(self, gebied: Gebied, lid: Gebruiker) -> None:
        teamlid, gebruiker = TeamlidFactory(gebied=gebied), GebruikerFactory(medewerker=True)
        with pytest.raises(PermissionDenied):
            actions.link_account(teamlid=teamlid, gebruiker=gebruiker, by=lid)
        assert not rules.can_edit(gebruiker, gebied)

    def test_not_for_who_is_no_medewerker(self, gebied: Gebied, beheerder: Gebruiker) -> None:
        for gebruiker in (GebruikerFactory(), GebruikerFactory(medewerker=True, is_active=False)):
            with pytest.raises(RuleViolation, match="niet van een medewerker"):
                actions.link_account(teamlid=TeamlidFactory(gebied=gebied), gebruiker=gebruiker, by=beheerder)

    def test_not_twice_in_a_team(self, gebied: Gebied, lid: Gebruiker, beheerder: Gebruiker) -> None:
        with pytest.raises(RuleViolation, match="hoort al bij iemand anders"):
            actions.link_account(teamlid=TeamlidFactory(gebied=gebied), gebruiker=lid, by=beheerder)
        actions.link_account(teamlid=TeamlidFactory(), gebruiker=lid, by=beheerder)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told() -> None:
    gebied, beheerder = GebiedFactory(), GebruikerFactory(beheerder=True)
    start = threading.Barrier(2)

    def write(text: str) -> str:
        try:
            start.wait(20)
            actions.update_inleiding(area=gebied, inleiding=text, versie=0, by=beheerder)
            return "kept"
        except StaleVersion:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, ["Van de een", "Van de ander"])) == ["kept", "told"]
    gebied.refresh_from_db()
    assert gebied.versie == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_team_at_the_same_moment_leave_an_order() -> None:
    gebied, beheerder = GebiedFactory(), GebruikerFactory(beheerder=True)
    team = [TeamlidFactory(gebied=gebied, volgorde=volgorde) for volgorde in range(4)]
    start = threading.Barrier(2)

    def move(teamlid: Teamlid) -> None:
        try:
            start.wait(20)
            actions.move_teamlid(teamlid=teamlid, up=True, by=beheerder)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(move, [team[2], team[3]]))
    assert sorted(Teamlid.objects.of(gebied).values_list("volgorde", flat=True)) == [0, 1, 2, 3]
