"""Areas and teams: reads for pages, searches, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from gebieden.models import Buurt, Gebied, Teamlid, Wijk, searchable
from gebieden.rules import Rol
from tests.factories import BuurtFactory, GebiedFactory, GebruikerFactory, TeamlidFactory, WijkFactory


class TestSearch:
    @pytest.mark.parametrize(
        "text, plain",
        [
            ("Graft-De Rijp", "graft de rijp"),
            ("  Curaçao  ", "curacao"),
            ("Daalmeer/Koedijk", "daalmeer koedijk"),
            ("Graft \N{EN DASH} de R\N{LATIN SMALL LIGATURE IJ}p", "graft de rijp"),
            ("’t Rak", "t rak"),
            ("???", ""),
        ],
    )
    def test_what_is_compared(self, text: str, plain: str) -> None:
        assert searchable(text) == plain

    @pytest.mark.parametrize(
        "text, wijken",
        [
            ("graft de rijp", ["Graft-De Rijp"]),
            ("rijp graft", ["Graft-De Rijp"]),
            ("GRÄFT", ["Graft-De Rijp"]),
            ("mare", ["De Mare"]),
            ("koedijk", ["Daalmeer/Koedijk"]),
            ("daalmeer-koedijk", ["Daalmeer/Koedijk"]),
            ("west", ["West"]),
            ("mare west", []),
            ("", []),
            ("%", []),
            ("_", []),
        ],
    )
    def test_wijken_by_their_words(self, alkmaar: None, text: str, wijken: list[str]) -> None:
        assert [wijk.naam for wijk in Wijk.objects.named_like(text)] == wijken

    def test_buurten_and_dorpen(self, alkmaar: None) -> None:
        assert {buurt.naam for buurt in Buurt.objects.named_like("graftdijk")} == {"Oost-Graftdijk", "West-Graftdijk"}
        assert [buurt.naam for buurt in Buurt.objects.dorpen().named_like("ursem")] == []
        assert [gebied.naam for gebied in Gebied.objects.named_like("noord")] == ["Noord"]

    def test_a_very_long_question_is_no_trouble(self, alkmaar: None) -> None:
        assert not Buurt.objects.named_like("de " * 5000 + "x").filter(naam="x")

    def test_follows_the_name(self, db: None) -> None:
        wijk = WijkFactory(naam="Oude Stad")
        wijk.naam = "Nieuwe Stad"
        wijk.save(update_fields=["naam"])
        assert Wijk.objects.named_like("nieuwe").get() == wijk

    def test_not_what_has_gone(self, alkmaar: None) -> None:
        Wijk.objects.filter(slug="de-mare").update(withdrawn_at="2026-01-01T00:00Z")
        assert not Wijk.objects.named_like("mare")


class TestReads:
    def test_home(self, alkmaar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(2):
            found = [(gebied.naam, [wijk.naam for wijk in gebied.wijken.all()]) for gebied in Gebied.objects.for_home()]
        assert found == [
            ("Noord", ["De Mare", "Daalmeer/Koedijk"]),
            ("Oost", ["Oudorp", "Schermer", "Graft-De Rijp"]),
            ("Zuid", ["Overdie", "Zuid"]),
            ("West", ["West", "Huiswaard", "Vroonermeer"]),
            ("Centrum", ["Centrum"]),
        ]

    def test_page_of_a_gebied(self, alkmaar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(3):
            oost = Gebied.objects.for_page().get(slug="oost")
            dorpen = [dorp for wijk in oost.wijken.all() for dorp in wijk.dorpen()]
            addresses = [area.get_absolute_url() for area in (oost, *oost.wijken.all(), *dorpen)]
        assert len(addresses) == 1 + 3 + 13
        assert "/gebieden/oost/graft-de-rijp/de-rijp/" in addresses

    def test_page_of_a_wijk(self, alkmaar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(2):
            wijk = Wijk.objects.for_page().get(slug="schermer")
            assert (wijk.gebied.naam, len(wijk.dorpen())) == ("Oost", 6)

    def test_page_of_a_dorp(self, alkmaar: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(1):
            dorp = Buurt.objects.for_page().get(slug="stompetoren")
            assert dorp.get_absolute_url() == "/gebieden/oost/schermer/stompetoren/"
        assert not Buurt.objects.for_page().filter(slug="kooimeer")

    def test_team_in_its_own_order(self, db: None) -> None:
        gebied = GebiedFactory()
        second, first = TeamlidFactory(gebied=gebied, volgorde=2), TeamlidFactory(gebied=gebied, volgorde=1)
        TeamlidFactory()
        assert list(Teamlid.objects.of(gebied)) == [first, second]

    def test_bbox_is_written_with_points(self) -> None:
        assert Gebied(west=4.7, south=52.5, east=4.8, north=52.65).bbox == "4.7,52.5,4.8,52.65"

    def test_the_daily_core_and_the_letter(self, db: None) -> None:
        found = {rol: (TeamlidFactory(rol=rol).is_kern, TeamlidFactory(rol=rol).initial) for rol in Rol}
        assert found == {
            Rol.GEBIEDSREGISSEUR: (True, "G"),
            Rol.GEBIEDSMEDEWERKER_OOV: (True, "V"),
            Rol.GEBIEDSHANDHAVER: (False, "H"),
            Rol.WIJKAGENT: (False, "W"),
        }

    def test_telephone_link(self) -> None:
        assert Teamlid(telefoon="+31 (0)72-548 88 88").telefoon_link == "+310725488888"


class TestDatabaseRefuses:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"north": 90.5},
            {"south": 52.7},
            {"west": -180.5},
            {"west": 4.8, "label_lon": 4.7, "east": 4.7},
            {"label_lat": 53.5, "south": 52.0, "north": 53.0},
        ],
    )
    def test_places_that_are_none(self, db: None, wrong: dict[str, float]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            GebiedFactory(**wrong)

    def test_two_of_one_address_or_number(self, db: None) -> None:
        wijk = WijkFactory(slug="de-mare", code="WK036106")
        buurt = BuurtFactory(wijk=wijk, slug="rak", gebiednummer="0361000000000060")
        for make in (
            lambda: GebiedFactory(slug=wijk.gebied.slug),
            lambda: WijkFactory(slug="de-mare"),
            lambda: WijkFactory(code="WK036106"),
            lambda: BuurtFactory(wijk=wijk, slug="rak"),
            lambda: BuurtFactory(gebiednummer=buurt.gebiednummer),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                make()
        assert BuurtFactory(slug="rak").slug == "rak"

    def test_a_function_that_does_not_exist(self, db: None) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamlidFactory(rol="burgemeester")

    def test_an_account_twice_in_a_team(self, db: None) -> None:
        gebied, gebruiker = GebiedFactory(), GebruikerFactory(medewerker=True)
        TeamlidFactory(gebied=gebied, gebruiker=gebruiker)
        TeamlidFactory(gebruiker=gebruiker)
        TeamlidFactory(gebied=gebied)
        TeamlidFactory(gebied=gebied)
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamlidFactory(gebied=gebied, gebruiker=gebruiker)

    def test_who_leaves_stays_in_the_team_without_account(self, db: None) -> None:
        lid = TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True))
        lid.gebruiker.delete()
        lid.refresh_from_db()
        assert lid.gebruiker is None
