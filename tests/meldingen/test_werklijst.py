"""The work list: what stands in it and in which order, page by page, on the map, in the file, and who looks now."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from basis.models import Spoorregel
from basis.spreadsheets import harmless
from meldingen import aanwezig
from meldingen.models import Melding
from meldingen.rules import Prioriteit, Status
from meldingen.views import werklijst
from tests.factories import (
    BehandelaarFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    ZoekopdrachtFactory,
    many_meldingen,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

LIST, FILE = "/behandelen/", "/behandelen/meldingen.csv"


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def me(behandelaar):
    return behandelaar.gebruiker


@pytest.fixture
def staff(client, me):
    sign_in(client, me)
    return client


@pytest.fixture
def make(behandelaar):
    """Makes a melding of the own afdeling, promised in `days` days."""

    def melding(days=7, **fields):
        day = timezone.localdate() + timedelta(days=days)
        return MeldingFactory(**{"afdeling": behandelaar.afdeling, "beloofd_op": day, **fields})

    return melding


def shown(client, **query):
    page = client.get(LIST, query)
    assert page.status_code == 200
    return list(page.context["page"].rows)


class TestOrder:
    def test_reopened_then_late_then_by_promise_and_of_one_day_what_presses(self, staff, make):
        later, low = make(3), make(2, prioriteit=Prioriteit.LAAG)
        normal, high = make(2), make(2, prioriteit=Prioriteit.HOOG)
        late, reopened = make(-2), make(9, status=Status.HEROPEND)
        assert shown(staff) == [reopened, late, high, normal, low, later]
        page = staff.get(LIST).text
        assert "2 dagen te laat" in page and "nog 3 dagen" in page
        assert "Heropend staat bovenaan" in page

    def test_the_other_orders(self, staff, make):
        now = timezone.now()
        first, second = (make(days, created_at=now - timedelta(days=age)) for days, age in ((5, 9), (4, 3)))
        high = make(8, created_at=now - timedelta(days=6), prioriteit=Prioriteit.HOOG)
        assert shown(staff, volgorde="oud") == [first, high, second]
        assert shown(staff, volgorde="nieuw") == [second, high, first]
        assert shown(staff, volgorde="prioriteit") == [high, second, first]


class TestButtons:
    def test_count_and_filter(self, staff, make, me):
        decided = {"tekst_besluit": "openbaar"}
        mine = make(**decided, behandelaar=me)
        colleagues = make(8, **decided, behandelaar=GebruikerFactory(medewerker=True))
        late, undecided_foto = make(-1, **decided), FotoFactory(melding=make(2, **decided)).melding
        reopened, closed = make(**decided, status=Status.HEROPEND), make(**decided, status=Status.OPGELOST)
        make(**decided, afdeling=BehandelaarFactory().afdeling)
        page = staff.get(LIST)
        counts = {chip["value"]: chip["number"] for chip in page.context["chips"]}
        assert counts == {
            "open": "5",
            "van_mij": "1",
            "van_niemand": "3",
            "heropend": "1",
            "te_laat": "1",
            "te_beoordelen": "1",
            "afgesloten": "",
        }
        for toon, found in {
            "van_mij": [mine],
            "van_niemand": [reopened, late, undecided_foto],
            "heropend": [reopened],
            "te_laat": [late],
            "te_beoordelen": [undecided_foto],
            "afgesloten": [closed],
            "open": [reopened, late, undecided_foto, mine, colleagues],
        }.items():
            assert shown(staff, toon=toon) == found, toon

    @pytest.mark.parametrize(
        ("toon", "sentence"),
        [("van_mij", "Er staat nu niets op uw naam."), ("heropend", "Er is nu niets heropend."), ("open", "Mooi.")],
    )
    def test_nothing_behind_it_is_told(self, staff, toon, sentence):
        assert sentence in staff.get(LIST, {"toon": toon}).text


class TestFilters:
    @pytest.mark.parametrize("text", ["fontein", "langestraat", "LANTAARNPAAL"])
    def test_words(self, staff, make, text):
        found = make(adres="Langestraat 97", plek="bij de fontein")
        make(omschrijving="Iets anders in de buurt.")
        assert shown(staff, q=text) == [found]

    def test_a_number_with_or_without_a_space(self, staff, make):
        melding = make()
        for text in (melding.nummer, melding.nummer_leesbaar, melding.nummer[:5]):
            assert shown(staff, q=text) == [melding]

    def test_digits_are_also_words(self, staff, make):
        melding = make(adres="1811 JG 97")
        assert shown(staff, q="1811") == [melding]

    def test_a_status_is_found_whichever_button_is_pressed(self, staff, make):
        closed = make(status=Status.OPGELOST)
        assert shown(staff, status="opgelost") == [closed]

    def test_each_of_the_others(self, staff, make, me):
        second = BehandelaarFactory(gebruiker=me)
        other = make(afdeling=second.afdeling, created_at=timezone.now() - timedelta(days=40))
        found = make(1, prioriteit=Prioriteit.HOOG, behandelaar=me)
        for query in (
            {"wie": me.pk},
            {"afdeling": found.afdeling.slug},
            {"wijk": found.wijk.slug},
            {"categorie": found.categorie.slug},
            {"prioriteit": "hoog"},
            {"periode": "30"},
        ):
            assert shown(staff, **query) == [found], query
        assert shown(staff) == [found, other]

    def test_who_has_one_afdeling_is_not_asked_which(self, staff):
        assert 'name="afdeling"' not in staff.get(LIST).text

    def test_only_colleagues_can_be_asked_for(self, staff):
        assert staff.get(LIST, {"wie": BehandelaarFactory().gebruiker.pk}).status_code == 400

    @pytest.mark.parametrize(
        "query",
        [
            {"toon": "x"},
            {"wijk": "x"},
            {"volgorde": "x"},
            {"q": "x" * 101},
            {"prioriteit": "2"},
            {"na": "x"},
            {"na": "1_2026-13-01_2_5"},
            {"na": "1_2026-11-01_2"},
            {"voor": "1_2026-11-01_2_99999999999999999999"},
            {"voor": "1_2026-11-01_-2_5", "na": "x"},
            {"na": "2026-11-01T00:00:00+00:00_5"},
        ],
    )
    def test_what_does_not_exist_is_400(self, staff, query):
        page = staff.get(LIST, query)
        assert page.status_code == 400
        assert "Dit filter bestaat niet." in page.text

    def test_filters_that_find_nothing_can_be_cleared(self, staff):
        assert "Wis de filters" in staff.get(LIST, {"q": "onvindbaar"}).text


class TestPages:
    @pytest.fixture(autouse=True)
    def three_a_page(self, monkeypatch):
        monkeypatch.setattr(werklijst, "PAGE_SIZE", 3)

    def way(self, client, page, words):
        """What stands behind a link of the pager."""
        found = [part for part in page.text.split("<a ") if f">{words}</a>" in part]
        if not found:
            return None
        query = found[0].split('href="')[1].split('"')[0].replace("&amp;", "&")
        return client.get(LIST + urlsplit(query).query.join(["?", ""]))

    @pytest.mark.parametrize("order", ["", "prioriteit", "nieuw", "oud"])
    def test_down_and_up_again_shows_each_row_once(self, staff, make, order):
        for days in (4, 4, 4, 1, 1, 9, 9, 9):
            make(days, prioriteit=1 + days % 3)
        make(status=Status.HEROPEND)
        page = staff.get(LIST, {"volgorde": order, "toon": "open"})
        seen = [page]
        while (following := self.way(staff, seen[-1], "Volgende")) is not None:
            seen.append(following)
        rows = [[melding.pk for melding in page.context["page"].rows] for page in seen]
        assert [len(part) for part in rows] == [3, 3, 3]
        assert len({pk for part in rows for pk in part}) == 9
        back = seen[-1]
        for part in reversed(rows[:-1]):
            back = self.way(staff, back, "Vorige")
            assert [melding.pk for melding in back.context["page"].rows] == part
        assert self.way(staff, back, "Vorige") is None

    def test_what_changes_meanwhile_moves_nothing(self, staff, make):
        meldingen = [make(days) for days in range(1, 8)]
        first = staff.get(LIST)
        Melding.objects.filter(pk__in=[meldingen[0].pk, meldingen[2].pk]).update(
            status=Status.OPGELOST, closed_at=timezone.now()
        )
        make(-5)
        second = self.way(staff, first, "Volgende")
        assert list(second.context["page"].rows) == meldingen[3:6]

    def test_the_top_is_shown_whole(self, staff, make):
        meldingen = [make(days) for days in range(1, 6)]
        second = self.way(staff, staff.get(LIST), "Volgende")
        make(-1)
        top = staff.get(LIST, {"voor": second.context["page"].before})
        assert len(top.context["page"].rows) == 3
        Melding.objects.exclude(pk__in=[melding.pk for melding in meldingen[2:]]).delete()
        top = staff.get(LIST, {"voor": second.context["page"].before})
        assert list(top.context["page"].rows) == meldingen[2:]
        assert top.context["page"].before is None

    def test_no_page_skips_rows_by_counting_them(self, staff, make, django_assert_num_queries):
        many_meldingen(30, make())
        page = self.way(staff, staff.get(LIST), "Volgende")
        assert page.context["found"] == "31"
        key = page.context["page"].after
        with django_assert_num_queries(12) as queries:
            staff.get(LIST, {"na": key})
        assert not [query["sql"] for query in queries if "OFFSET" in query["sql"]]


def test_all_on_the_page_can_be_chosen_without_a_script(staff, make):
    make()
    assert " checked" not in staff.get(LIST).text
    assert staff.get(LIST, {"alles": "1"}).text.count(" checked") == 1


class TestMap:
    BOX = "bbox=4.6,52.5,5.0,52.7&zoom=16"

    def numbers(self, client, query=""):
        answer = client.get(f"/behandelen/kaart.json?{self.BOX}{query}").json()
        return {feature["properties"]["nummer"] for feature in answer["features"]}

    def test_shows_what_the_list_shows_and_keeps_nothing(self, staff, make, me):
        near, far = make(lat=52.61, lon=4.71, behandelaar=me), make(lat=52.65, lon=4.80, categorie__openbaar=False)
        MeldingFactory(lat=52.63, lon=4.75)
        assert self.numbers(staff) == {near.nummer, far.nummer}
        assert self.numbers(staff, "&toon=van_mij") == {near.nummer}
        Melding.objects.filter(pk=near.pk).update(behandelaar=None)
        assert self.numbers(staff, "&toon=van_mij") == set()
        assert "no-store" in staff.get(f"/behandelen/kaart.json?{self.BOX}")["Cache-Control"]

    @pytest.mark.parametrize("query", ["bbox=1&zoom=3", f"{BOX}&wijk=x"])
    def test_what_is_no_question_is_400(self, staff, query):
        answer = staff.get(f"/behandelen/kaart.json?{query}")
        assert answer.status_code == 400
        assert answer.json()["fout"]

    def test_stands_beside_the_list(self, staff, make):
        make()
        page = staff.get(LIST, {"kaart": "1", "q": "lantaarnpaal"}).text
        assert "data-kaart" in page and "data-werklijst" in page
        assert "/behandelen/kaart.json?q=lantaarnpaal" in page


class TestFile:
    def test_holds_what_the_filter_shows_and_nothing_of_the_reporter(self, staff, make, me):
        contact = {"naam": "Mien Melder", "email": "mien@voorbeeld.example", "telefoon": "06 00000000"}
        found = make(1, **contact, omschrijving="Ik ben Mien.", straat="Laat", behandelaar=me)
        make(2, straat="=1+1", adres="Bij Mien, =2+2", plek="achter de schuur van Mien")
        make(2, wijk=found.wijk, status=Status.OPGELOST)
        MeldingFactory()
        answer = staff.get(FILE, {"q": "", "toon": "open"})
        text = answer.getvalue().decode()
        assert text.startswith("\ufeffNummer;Categorie;Status;")
        head, first, second = text.strip().split("\r\n")
        assert first.startswith(f"{found.nummer};{found.categorie};Gemeld;Normaal;{me};")
        assert ";'=1+1;" in second
        assert "Mien" not in text and "@" not in text and "06 0000" not in text
        assert answer["Content-Disposition"].startswith('attachment; filename="meldingen-')

    def test_leaves_a_line_that_says_how_many(self, staff, make, me):
        make()
        staff.head(FILE)
        assert not Spoorregel.objects.exists()
        staff.get(FILE)
        line = Spoorregel.objects.get()
        assert (line.handeling, line.door_id, line.details) == ("melding.lijst_geexporteerd", me.pk, {"aantal": 1})

    def test_is_made_while_it_is_sent(self, staff, make, django_assert_num_queries):
        many_meldingen(5, make())
        answer = staff.get(FILE)
        assert answer.streaming
        with django_assert_num_queries(1):
            assert answer.getvalue().count(b"\r\n") == 7

    def test_an_unknown_filter_is_400(self, staff):
        assert staff.get(FILE, {"wijk": "x"}).status_code == 400
        assert not Spoorregel.objects.exists()

    @pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1"])
    def test_nothing_is_a_formula(self, cell):
        assert harmless(cell) == f"'{cell}"

    @pytest.mark.parametrize("cell", ["", "Laat 1", "bij 1+1", "a@b"])
    def test_other_words_stay(self, cell):
        assert harmless(cell) == cell


class TestWhoLooksNow:
    def test_a_colleague_is_named_in_list_and_file_and_oneself_is_not(self, staff, client_of_somebody_else, make):
        melding = make()
        colleague = BehandelaarFactory(afdeling=melding.afdeling, gebruiker__naam="Anna").gebruiker
        sign_in(client_of_somebody_else, colleague)
        file = reverse("behandelen_melding", args=[melding.nummer])
        client_of_somebody_else.head(file)
        assert "mee bezig</span>" not in staff.get(LIST).text
        client_of_somebody_else.get(file)
        assert "Anna is hier nu mee bezig</span>" in staff.get(LIST).text
        assert "Anna is hier nu mee bezig." in staff.get(file).text
        assert "Anna is hier" not in client_of_somebody_else.get(file).text
        staff.logout()
        assert "Anna" not in staff.get(melding.get_absolute_url()).text

    def test_after_some_minutes_nobody_is(self, make, me, monkeypatch):
        melding = make()
        colleague = GebruikerFactory(medewerker=True)
        aanwezig.note(melding, colleague)
        assert aanwezig.others([melding], me) == {melding.pk: [str(colleague)]}
        now = aanwezig.time.time()
        monkeypatch.setattr(aanwezig.time, "time", lambda: now + aanwezig.PRESENT_SECONDS + 1)
        assert aanwezig.others([melding], me) == {}

    def test_it_is_no_row_anywhere(self, make, me, django_assert_num_queries):
        melding = make()
        with django_assert_num_queries(0):
            aanwezig.note(melding, me)
        cache.clear()
        assert aanwezig.others([melding], GebruikerFactory()) == {}


class TestKept:
    def test_stands_above_the_list_of_its_owner_alone(self, staff, me):
        kept = ZoekopdrachtFactory(gebruiker=me, naam="Storm")
        ZoekopdrachtFactory(naam="Van een ander")
        page = staff.get(LIST).text
        assert f'href="{LIST}?{kept.query}"' in page and "Storm" in page
        assert "Van een ander" not in page

    def test_is_made_of_what_the_list_shows(self, staff, me, make):
        melding = make(straat="Laat")
        page = staff.get(LIST, {"q": "laat", "kaart": "1", "wijk": melding.wijk.slug}).text
        address = page.split("zoekopdrachten/nieuw/?")[1].split('"')[0].replace("&amp;", "&")
        assert parse_qs(address) == {"q": ["laat"], "wijk": [melding.wijk.slug]}
