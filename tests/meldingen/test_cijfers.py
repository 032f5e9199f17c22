"""The figures: what counts where, and the page that shows them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from statistics import median_low
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from meldingen.models import Antwoord, Jaarcijfers, Melding, Stap
from meldingen.rules import Cijfers, Status
from tests.factories import CategorieFactory, GebiedFactory, MeldingFactory, WijkFactory


def moment(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo("Europe/Amsterdam"))


def closed(status: Status = Status.OPGELOST, **fields: object) -> Melding:
    """A melding of 3 March that was promised for 10 March and closed on that day, unless `fields` say otherwise."""
    return MeldingFactory(
        status=status,
        **{"created_at": moment(3, 3), "closed_at": moment(3, 10), "beloofd_op": date(2026, 3, 10), **fields},
    )


def judged(melding: Melding, at: datetime, *, opgelost: bool) -> None:
    step = Stap.objects.create(melding=melding, van=Status.IN_BEHANDELING, naar=melding.status, at=at)
    Antwoord.objects.create(stap=step, opgelost=opgelost, tekst="Het is er nog.", at=at)


def figures(year: int = 2026) -> Jaarcijfers:
    return Melding.objects.public().cijfers(year)


class TestRules:
    def test_of_nothing_there_is_no_share_and_no_median(self):
        nothing = Cijfers(gemeld=3)
        assert (nothing.deel_op_tijd, nothing.deel_opgelost, nothing.mediaan_dagen) == (None, None, None)
        assert not nothing.is_empty
        assert Cijfers().is_empty

    def test_shares_in_whole_percents(self):
        found = Cijfers(afgesloten=3, op_tijd=2, opgelost=1, heropend=7)
        assert (found.deel_op_tijd, found.deel_opgelost, found.beantwoord) == (67, 12, 8)

    @given(st.lists(st.integers(0, 400), min_size=1))
    def test_the_median_is_the_day_on_which_half_was_done(self, days):
        assert Cijfers(dagen=Counter(days)).mediaan_dagen == median_low(days)

    def test_adding_counts_everything(self):
        one = Cijfers(1, 2, 3, 4, 5, Counter({6: 1}))
        one.add(Cijfers(10, 20, 30, 40, 50, Counter({6: 2, 7: 1})))
        assert one == Cijfers(11, 22, 33, 44, 55, Counter({6: 3, 7: 1}))


@pytest.mark.django_db
class TestCounting:
    def test_each_counts_in_the_month_in_which_it_happened(self):
        melding = closed(closed_at=moment(4, 2), beloofd_op=date(2026, 4, 1))
        judged(melding, moment(5, 1), opgelost=True)
        found = figures()
        assert found.maanden[date(2026, 3, 1)] == Cijfers(gemeld=1)
        assert found.maanden[date(2026, 4, 1)] == Cijfers(afgesloten=1, dagen=Counter({30: 1}))
        assert found.maanden[date(2026, 5, 1)] == Cijfers(opgelost=1)
        whole = Cijfers(gemeld=1, afgesloten=1, opgelost=1, dagen=Counter({30: 1}))
        assert found.totaal == found.wijken[melding.wijk_id] == found.categorieen[melding.categorie_id] == whole

    @pytest.mark.parametrize(("hour", "in_time"), [(23, 1), (24, 0)])
    def test_in_time_is_until_the_end_of_the_promised_day_in_alkmaar(self, hour, in_time):
        closed(closed_at=moment(3, 10 + hour // 24, hour % 24))
        assert figures().totaal.op_tijd == in_time

    @pytest.mark.parametrize(
        ("since", "until", "days"),
        [
            (moment(3, 3, 23), moment(3, 4, 0), 1),
            (moment(3, 3, 0), moment(3, 3, 23), 0),
            # The clock goes forward on 29 March: those days have 71 hours.
            (moment(3, 28, 0), moment(3, 31, 0), 3),
        ],
    )
    def test_days_are_calendar_days_in_alkmaar(self, since, until, days):
        closed(created_at=since, closed_at=until)
        assert figures().totaal.dagen == Counter({days: 1})

    def test_not_solved_is_closed_too_and_a_double_is_not(self):
        first = closed(Status.NIET_OPGELOST)
        closed(Status.DUBBEL, eerste=first)
        assert figures().totaal == Cijfers(gemeld=2, afgesloten=1, op_tijd=1, dagen=Counter({7: 1}))

    def test_what_the_public_may_not_see_is_not_counted(self):
        hidden = closed(categorie=CategorieFactory(openbaar=False))
        judged(hidden, moment(3, 11), opgelost=True)
        assert figures().totaal.is_empty

    def test_a_no_is_a_reopening(self):
        judged(closed(), moment(3, 11), opgelost=True)
        judged(closed(), moment(3, 12), opgelost=False)
        assert (figures().totaal.opgelost, figures().totaal.heropend, figures().totaal.deel_opgelost) == (1, 1, 50)

    def test_the_year_goes_by_the_clock_of_alkmaar(self):
        MeldingFactory(created_at=moment(1, 1, 0))
        MeldingFactory(created_at=moment(12, 31, 23))
        MeldingFactory(created_at=moment(12, 31, 23, year=2025))
        assert (figures(2025).totaal.gemeld, figures().totaal.gemeld) == (1, 2)

    def test_years_go_back_to_the_first_melding(self, django_assert_num_queries):
        this_year = Melding.objects.years()
        assert len(this_year) == 1
        MeldingFactory(created_at=moment(12, 31, 23, year=this_year[0] - 2))
        with django_assert_num_queries(1):
            assert Melding.objects.years() == [this_year[0], this_year[0] - 1, this_year[0] - 2]

    def test_it_takes_as_many_queries_whatever_there_is(self, django_assert_num_queries):
        for _number in range(3):
            judged(closed(), moment(3, 11), opgelost=True)
        with django_assert_num_queries(5):
            figures()


@pytest.mark.django_db
class TestPage:
    def test_shows_the_gebieden_and_of_one_its_wijken(self, client: Client):
        noord = GebiedFactory(naam="Noord", slug="noord")
        melding = MeldingFactory(wijk=WijkFactory(gebied=noord, naam="De Mare"))
        zuid = MeldingFactory(wijk=WijkFactory(gebied=GebiedFactory(naam="Zuid", slug="zuid"), naam="Overdie"))
        page = client.get("/meldingen/cijfers/").content.decode()
        assert "Heel Alkmaar" in page
        assert ">Noord</th>" in page
        assert ">Zuid</th>" in page
        page = client.get("/meldingen/cijfers/?gebied=noord").content.decode()
        assert ">De Mare</th>" in page
        assert melding.categorie.naam in page
        assert "Overdie" not in page
        assert zuid.categorie.naam not in page

    def test_says_how_many_reporters_find_it_solved(self, client: Client):
        now = Melding.objects.years()[0]
        fields = {"created_at": moment(1, 1, year=now), "closed_at": moment(1, 1, 13, year=now)}
        for opgelost in (True, True, False):
            judged(closed(beloofd_op=date(now, 1, 1), **fields), moment(1, 1, 14, year=now), opgelost=opgelost)
        page = " ".join(client.get("/meldingen/cijfers/").content.decode().split())
        assert '67% <span class="meta">(2 van 3)</span>' in page
        assert "opgelost volgens de 3 melders die antwoordden" in page

    def test_an_empty_year_says_so(self, client: Client):
        page = client.get("/meldingen/cijfers/")
        assert page.status_code == 200
        assert "is hier niets gemeld" in page.content.decode()

    def test_the_same_figures_as_a_file(self, client: Client):
        melding = MeldingFactory(wijk=WijkFactory(naam="De Mare", gebied=GebiedFactory(naam="Noord", slug="noord")))
        answer = client.get("/meldingen/cijfers.csv?gebied=noord")
        assert f'filename="cijfers-noord-{Melding.objects.years()[0]}.csv"' in answer["Content-Disposition"]
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Soort;Naam;Gemeld;Afgesloten;Op tijd;")
        assert lines[1] == "Wijk;De Mare;1;0;0;;0;0"
        assert lines[2] == f"Categorie;{melding.categorie.naam};1;0;0;;0;0"
        assert client.get("/meldingen/cijfers.csv?gebied=mars").status_code == 400

    @pytest.mark.parametrize("query", ["jaar=1900", "jaar=abc", "gebied=mars", "jaar=2026&jaar=x"])
    def test_what_there_is_not_gets_400(self, client: Client, query):
        page = client.get(f"/meldingen/cijfers/?{query}")
        assert page.status_code == 400
        assert "Deze cijfers hebben we niet" in page.content.decode()
