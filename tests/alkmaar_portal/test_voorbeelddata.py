"""The example data: a year that could have been, by the rules, in which nobody real occurs."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import override_settings
from django.utils import timezone
from django.utils.timezone import localtime
from PIL import Image
from pytest_django import DjangoDbBlocker, Settings

from alkmaar_portal import voorbeelddata
from alkmaar_portal.voorbeelddata import actions, drawings, plan, texts
from alkmaar_portal.voorbeelddata.report import Report
from basis import fotos
from basis.termijnen import is_working_day, local_date
from berichten.models import Bericht
from gebieden.models import Buurt, Gebied, Organisatie, Teamlid, Wijk
from gebieden.outlines import Plane
from gebieden.plaatsen import buurt_at
from gebieden.rules import Rol, can_edit
from gebieden.tegels import cel
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS
from initiatieven.models import Initiatief
from initiatieven.rules import Status as IdeeStatus
from meldingen import rules
from meldingen.management.commands.laad_categorieen import DATA as CATEGORIEEN
from meldingen.models import (
    Behandelaar,
    Categorie,
    Deeltaak,
    Foto,
    Melding,
    Navraag,
    Notitie,
    Overdracht,
    Stap,
    Tekstblok,
)
from meldingen.rules import (
    CLOSED,
    MAX_TOELICHTING,
    MIN_OMSCHRIJVING,
    OPEN,
    TRANSITIONS,
    OverdrachtStatus,
    Status,
    promised_date,
)
from tests.factories import MeldingFactory

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]

# A Monday at noon, just after New Year, a holiday, summer, the night before Christmas, a leap day.
MOMENTS = [
    datetime(2026, 11, 23, 11, tzinfo=UTC),
    datetime(2027, 1, 2, 0, 5, tzinfo=UTC),
    datetime(2027, 5, 5, 12, tzinfo=UTC),
    datetime(2027, 7, 16, 15, tzinfo=UTC),
    datetime(2027, 12, 24, 22, tzinfo=UTC),
    datetime(2028, 2, 29, 3, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def lines(django_db_setup: None, django_db_blocker: DjangoDbBlocker, media: Path) -> Iterator[list[str]]:
    """Loads the example data once for all tests here; gives what was told meanwhile."""
    told: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("importeer_gebieden", verbosity=0)
        call_command("laad_categorieen", verbosity=0)
        with override_settings(MEDIA_ROOT=media):
            assert voorbeelddata.load(told.append) is True
        yield told
        transaction.set_rollback(True)


@pytest.fixture
def loaded(lines: list[str], db: None) -> None:
    """The example data are there."""


@pytest.fixture
def emptied(loaded: None) -> None:
    """Gebieden and categories are there, the example data no longer."""
    for model in (Foto, Stap):
        model.objects.all().delete()
    Melding.objects.filter(status=Status.DUBBEL).delete()
    Melding.objects.all().delete()
    for other in (Teamlid, Behandelaar, Organisatie, Initiatief):
        other.objects.all().delete()
    Wijk.objects.update(inleiding_updated_by=None)
    Gebied.objects.update(inleiding_updated_by=None, team_updated_by=None)
    Gebruiker.objects.all().delete()


@pytest.fixture
def planned(loaded: None) -> Callable[[datetime], list[Report]]:
    """Gives the plan at some moment."""
    categorieen = list(Categorie.objects.select_related("afdeling"))
    return lambda now: actions.plan_reports(categorieen, texts.read_teams(), now, Random(actions.SEED))


def test_it_tells_how_far_it_is(lines: list[str]) -> None:
    assert lines[-1] == "300 van 300 meldingen"
    assert "120 van 300 meldingen" in lines


@pytest.mark.usefixtures("loaded")
class TestMeldingen:
    def test_lie_all_over_the_municipality(self) -> None:
        assert Melding.objects.count() == 300
        in_wijk = dict(Wijk.objects.annotate(number=Count("meldingen")).values_list("slug", "number"))
        assert len(in_wijk) == 11
        assert min(in_wijk.values()) >= 8
        assert in_wijk["de-mare"] > in_wijk["schermer"] > in_wijk["vroonermeer"]
        dorpen = Buurt.objects.dorpen().annotate(number=Count("meldingen"))
        assert dorpen.count() == 13
        assert [dorp.naam for dorp in dorpen if not dorp.number] == []
        assert 1 <= Melding.objects.filter(buurt__naam__startswith="Boekelermeer").count() <= 4

    def test_fill_the_chart_of_every_wijk(self) -> None:
        for wijk in Wijk.objects.all():
            months = Melding.objects.in_wijk(wijk).by_month(12)
            assert sum(number > 0 for _month, number in months) >= 5, wijk
        assert min(number for _month, number in Melding.objects.by_month(12)[:-1]) >= 10

    def test_are_pinned_in_their_buurt(self) -> None:
        for melding in Melding.objects.exclude(lat=None).select_related("buurt"):
            assert melding.lat and melding.lon and melding.buurt
            assert buurt_at(melding.lat, melding.lon) == melding.buurt
            assert melding.buurt.wijk_id == melding.wijk_id
            assert melding.cel == cel(melding.lat, melding.lon)

    def test_without_a_pin_are_told_in_words(self) -> None:
        without = Melding.objects.filter(lat=None)
        assert 10 <= without.count() <= 30
        assert not without.filter(Q(plek="") | ~Q(straat="") | Q(buurt__isnull=False)).exists()

    def test_came_in_all_through_the_year(self) -> None:
        months = Counter(timezone.localtime(at).month for at in Melding.objects.values_list("created_at", flat=True))
        assert len(months) == 12
        assert max(months.values()) <= 60

    def test_stand_where_meldingen_stand(self) -> None:
        numbers = Counter(Melding.objects.values_list("status", flat=True))
        assert set(numbers) == set(Status)
        assert numbers[Status.OPGELOST] > 200
        assert 25 <= sum(numbers[status] for status in OPEN) <= 60
        assert 6 <= Melding.objects.overdue(timezone.localdate()).count() <= 10
        solved = Melding.objects.filter(status=Status.OPGELOST)
        in_time = solved.filter(closed_at__date__lte=F("beloofd_op")).count()
        assert 0.85 <= in_time / solved.count() <= 0.92

    def test_lived_by_the_rules(self) -> None:
        now = timezone.now()
        for melding in Melding.objects.prefetch_related("stappen"):
            steps = list(melding.stappen.all())
            assert (steps[0].van, steps[0].naar, steps[0].at) == ("", Status.GEMELD, melding.created_at)
            for before, step in pairwise(steps):
                assert step.van == before.naar
                assert step.van == step.naar or Status(step.naar) in TRANSITIONS[Status(step.van)]
                assert before.at < step.at <= now
            assert steps[-1].naar == melding.status
            assert melding.closed_at == (steps[-1].at if melding.status in CLOSED else None)
            assert bool(melding.doorgezet_naar) == (melding.status == Status.DOORGEZET)
            assert now - timedelta(days=366) < melding.created_at <= now

    def test_were_handled_by_somebody_of_the_afdeling_at_work(self) -> None:
        steps = Stap.objects.exclude(van="").select_related("melding")
        for step in steps.filter(namens=None).exclude(naar=Status.HEROPEND):
            assert step.door and step.door.behandelt.filter(afdeling=step.melding.afdeling_id).exists()
            assert is_working_day(local_date(step.at))
            assert 8 <= localtime(step.at).hour < 18
        assert not steps.filter(naar=Status.HEROPEND, door__isnull=False).exists()

    def test_lie_partly_with_organisations_that_take_ask_and_finish(self) -> None:
        assert not Organisatie.objects.exclude(email_meldingen__endswith="@voorbeeld.example").exists()
        numbers = Counter(Overdracht.objects.values_list("status", flat=True))
        assert set(numbers) == {OverdrachtStatus.GESTUURD, OverdrachtStatus.AANGENOMEN, OverdrachtStatus.GEREED}
        running = Overdracht.objects.running().select_related("melding", "organisatie")
        assert {one.melding for one in running} == set(Melding.objects.filter(status=Status.DOORGEZET))
        assert all(one.melding.doorgezet_naar == one.organisatie.naam for one in running)
        assert Navraag.objects.filter(antwoord="").exists()
        assert not Stap.objects.exclude(namens=None).exclude(door=None).exists()

    def test_were_explained_to_the_public(self) -> None:
        for toelichting in Stap.objects.exclude(van="").values_list("toelichting", flat=True):
            assert re.fullmatch(r"[^{}]{10,}[.?]", toelichting)

    def test_were_promised_by_their_term(self) -> None:
        asked = Q(stappen__naar=Status.WACHT_OP_MELDER)
        for melding in Melding.objects.exclude(asked).select_related("categorie"):
            term = melding.categorie.termijn_werkdagen
            assert melding.beloofd_op == promised_date(local_date(melding.created_at), term)
        # Who answered got a later date: the days waited do not count.
        answered = Melding.objects.filter(asked).exclude(status=Status.WACHT_OP_MELDER).select_related("categorie")
        assert answered
        for melding in answered:
            term = melding.categorie.termijn_werkdagen
            assert melding.beloofd_op > promised_date(local_date(melding.created_at), term)

    def test_doubles_are_near_the_first_and_of_the_same_kind(self) -> None:
        doubles = Melding.objects.filter(status=Status.DUBBEL).select_related("eerste")
        assert 5 <= len(doubles) <= 15
        plane = Plane.at(52.6)
        for double in doubles:
            first = double.eerste
            assert first and first.status != Status.DUBBEL
            assert first.lat and first.lon and double.lat and double.lon
            north, east = (first.lat - double.lat) * plane.lat_metres, (first.lon - double.lon) * plane.lon_metres
            assert (north**2 + east**2) ** 0.5 < 100
            assert first.categorie_id == double.categorie_id
            assert first.omschrijving != double.omschrijving
            assert double.closed_at
            assert first.created_at < double.created_at < double.closed_at
            assert first.closed_at is None or double.closed_at < first.closed_at

    def test_wait_partly_for_a_decision_about_their_words(self) -> None:
        closed = Counter(Melding.objects.closed().values_list("tekst_besluit", flat=True))
        assert closed["openbaar"] > 0.8 * closed.total()
        assert closed["besloten"]
        assert Melding.objects.to_release().count() >= 5
        assert not Melding.objects.filter(categorie__openbaar=False, tekst_besluit="openbaar").exists()

    def test_are_told_by_nobody_real(self) -> None:
        contact = Melding.objects.exclude(email="")
        assert 70 <= contact.count() <= 130
        assert not contact.exclude(email__endswith="@voorbeeld.example").exists()
        names = {account.naam for account in EXAMPLE_ACCOUNTS} | {"", "Voorbeeldmelder"}
        assert set(Melding.objects.values_list("naam", flat=True)) <= names
        numbers = set(Melding.objects.values_list("telefoon", flat=True)) - {""}
        assert numbers
        assert all(re.fullmatch(r"06 00000\d{3}", number) for number in numbers)
        assert not Melding.objects.exclude(adres="").exists()

    def test_of_the_bewoner_are_a_few(self) -> None:
        bewoner = Gebruiker.objects.get(is_medewerker=False)
        mine = Melding.objects.reported_by(bewoner)
        assert 2 <= len(mine) <= 6
        assert {melding.email for melding in mine} == {bewoner.email}

    def test_announce_nothing(self) -> None:
        assert not Bericht.objects.exists()


@pytest.mark.usefixtures("loaded")
class TestFotos:
    def test_are_partly_released_and_lie_where_they_should(self, settings: Settings, media: Path) -> None:
        settings.MEDIA_ROOT = media
        numbers = Counter(Foto.objects.values_list("besluit", flat=True))
        assert 25 <= numbers.total() <= 35
        assert 0.5 <= numbers["openbaar"] / numbers.total() <= 0.85
        for foto in Foto.objects.all():
            assert default_storage.exists(foto.naam)
            assert default_storage.exists(fotos.public_name(foto.naam)) == foto.is_openbaar
            assert foto.inzending == foto.melding.inzending

    @pytest.mark.parametrize("name", drawings.DRAWINGS)
    def test_every_drawing_is_marked(self, name: str) -> None:
        with Image.open(BytesIO(drawings.draw(name, Random(1)))) as image:
            assert image.size == (800, 600)
            corner = image.crop((640, 560, 800, 600))
            assert drawings.PAPER in {colour for _number, colour in corner.getcolors(maxcolors=10_000) or []}


@pytest.mark.usefixtures("loaded")
class TestDossiers:
    def test_every_afdeling_has_standard_texts_that_fit_a_melding(self) -> None:
        for afdeling in Afdeling.objects.all():
            own = Tekstblok.objects.filter(afdeling=afdeling)
            assert 2 <= own.count() <= 3, afdeling
            for one in Tekstblok.objects.filter(Q(afdeling=afdeling) | Q(afdeling=None)):
                one.full_clean()

    def test_colleagues_noted_something(self) -> None:
        notes = Notitie.objects.select_related("melding", "door")
        assert notes.count() >= 5
        for note in notes:
            assert note.door and note.door.behandelt.filter(afdeling=note.melding.afdeling_id).exists()
            assert note.melding.created_at < note.at <= timezone.now()

    def test_one_shows_all_of_it(self) -> None:
        melding = Melding.objects.exclude(omschrijving_gelakt="").get()
        assert melding.tekst_is_openbaar
        assert rules.blacked_out(melding.omschrijving, melding.omschrijving_gelakt) == melding.omschrijving_gelakt
        assert "nummer 12" not in melding.openbare_omschrijving
        parts = Deeltaak.objects.of(melding)
        assert {(part.status, part.afdeling.slug) for part in parts} == {("gereed", "verkeer"), ("open", "groen")}
        assert all(melding.created_at < part.asked_at <= timezone.now() for part in parts)
        assert Notitie.objects.of(melding).exists()

    def test_a_photo_is_partly_black(self, settings: Settings, media: Path) -> None:
        settings.MEDIA_ROOT = media
        foto = Foto.objects.exclude(vlakken=[]).get()
        assert foto.is_openbaar
        with default_storage.open(fotos.public_name(foto.naam)) as file, Image.open(file) as image:
            assert max(image.getpixel((image.width // 8, image.height // 8))) < 30  # type: ignore[arg-type]


@pytest.mark.usefixtures("loaded")
class TestPeople:
    def test_every_afdeling_has_a_behandelaar(self) -> None:
        assert not Afdeling.objects.filter(behandelaars=None).exists()
        handled = Behandelaar.objects.filter(gebruiker__email="behandelaar-verlichting@voorbeeld.example")
        assert set(handled.values_list("afdeling__slug", flat=True)) == {"openbare-verlichting", "verkeer"}

    def test_every_gebied_has_a_team(self) -> None:
        for gebied in Gebied.objects.all():
            team = Teamlid.objects.of(gebied)
            assert [lid.rol for lid in team] == list(Rol)
            assert all(lid.telefoon or lid.email for lid in team)
            assert {lid.email.rpartition("@")[2] for lid in team} <= {"", "voorbeeld.example"}
            assert {lid.telefoon for lid in team} <= {"", "14 072", "0900-8844"}

    def test_gebiedsteams_keep_their_own_gebied(self) -> None:
        for slug in ("noord", "oost"):
            account = Gebruiker.objects.get(email=f"gebiedsteam-{slug}@voorbeeld.example")
            assert [gebied.slug for gebied in Gebied.objects.all() if can_edit(account, gebied)] == [slug]

    def test_some_areas_are_introduced(self) -> None:
        assert set(Gebied.objects.exclude(inleiding="").values_list("slug", flat=True)) == {"noord", "oost"}
        assert Wijk.objects.exclude(inleiding="").count() == 1
        assert not Gebied.objects.exclude(inleiding="").filter(inleiding_updated_at=None).exists()


class TestIdeas:
    def test_lie_in_every_gebied_in_every_status_that_can_be_reached(self, loaded: None) -> None:
        ideas = Initiatief.objects.all()
        assert 15 <= ideas.count() <= 20
        assert set(ideas.public().values_list("gebied__slug", flat=True)) == {
            gebied.slug for gebied in Gebied.objects.all()
        }
        reached = {IdeeStatus.CONCEPT, IdeeStatus.AANGEBODEN, IdeeStatus.IDEE, IdeeStatus.INGETROKKEN}
        assert set(ideas.values_list("status", flat=True)) == reached
        assert ideas.late(timezone.localdate()).exists()
        assert not ideas.exclude(email__endswith="@voorbeeld.example").exists()

    def test_have_the_step_that_their_status_says(self, loaded: None) -> None:
        for idea in Initiatief.objects.all():
            last = idea.stappen.last()
            assert last is not None and last.naar == idea.status and last.at <= timezone.now()


class TestLoading:
    def test_twice_changes_nothing(self, loaded: None) -> None:
        def state() -> list[object]:
            tables = (Melding, Stap, Foto, Teamlid, Behandelaar, Gebruiker, Gebied)
            return [list(model.objects.order_by("pk").values()) for model in tables]

        before, told = state(), []
        assert voorbeelddata.load(told.append) is False
        assert told == []
        assert state() == before

    def test_is_all_or_nothing(self, emptied: None, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_room(*args: object, **kwargs: object) -> str:
            raise fotos.FotoStorageError

        monkeypatch.setattr(fotos, "store", no_room)
        with pytest.raises(fotos.FotoStorageError):
            voorbeelddata.load(lambda line: None)
        for model in (Melding, Stap, Foto, Teamlid, Behandelaar, Gebruiker):
            assert not model.objects.exists()

    def test_is_for_the_embedded_portal_only(self, emptied: None, settings: Settings) -> None:
        settings.EMBEDDED = False
        with pytest.raises(PermissionDenied):
            voorbeelddata.load(lambda line: None)
        assert not Melding.objects.exists()

    def test_leaves_real_teams_alone(self, emptied: None) -> None:
        Teamlid.objects.create(gebied=Gebied.objects.get(slug="west"), rol=Rol.WIJKAGENT)
        assert voorbeelddata.load(lambda line: None) is False
        assert not Melding.objects.exists()

    def test_leaves_real_meldingen_alone(self, emptied: None) -> None:
        melding = MeldingFactory()
        assert voorbeelddata.load(lambda line: None) is False
        assert list(Melding.objects.all()) == [melding]


class TestPlan:
    @pytest.mark.parametrize("now", MOMENTS, ids=str)
    def test_looks_lived_in_whenever_somebody_starts(
        self, planned: Callable[[datetime], list[Report]], now: datetime
    ) -> None:
        reports, today = planned(now), local_date(now)
        assert len(reports) == 300
        assert {report.status for report in reports} == set(Status)
        assert 6 <= sum(report.status in OPEN and report.promised < today for report in reports) <= 10
        assert max(report.last_at for report in reports) <= now
        assert min(report.created_at for report in reports) > now - timedelta(days=366)
        for report in reports:
            assert report.subject.months[local_date(report.created_at).month - 1] > 0
            assert report.spot.place.ground in report.subject.grounds

    def test_is_the_same_for_the_same_moment(self, planned: Callable[[datetime], list[Report]]) -> None:
        def told() -> list[object]:
            return [(one.created_at, one.point, one.omschrijving, one.steps, one.email) for one in planned(MOMENTS[0])]

        assert told() == told()

    @pytest.mark.parametrize(
        ("weights", "total", "minimum", "shares"),
        [
            ([1, 1, 2], 8, 1, [2, 2, 4]),
            ([1000, 1, 1], 10, 2, [6, 2, 2]),
            ([1, 1, 1], 10, 0, [4, 3, 3]),
        ],
    )
    def test_shares(self, weights: list[float], total: int, minimum: int, shares: list[int]) -> None:
        assert plan.share(weights, total, minimum) == shares


class TestWords:
    @pytest.fixture
    def words(self) -> texts.Meldingen:
        return texts.read_meldingen()

    def test_there_are_some_for_every_categorie(self, words: texts.Meldingen) -> None:
        data = tomllib.loads(CATEGORIEEN.read_text(encoding="utf-8"))
        slugs = {row["slug"] for groep in data["groepen"] for row in groep["categorieen"]}
        assert {subject.slug for subject in words.subjects} == slugs

    def test_fit_in_the_form(self, words: texts.Meldingen) -> None:
        for subject in words.subjects:
            assert len(subject.months) == 12
            assert set(subject.grounds) <= set(texts.GROUNDS)
            for case in subject.cases:
                assert all(len(text) >= MIN_OMSCHRIJVING for text in case.wordings)
                assert len(set(case.wordings)) == len(case.wordings)
                assert case.drawing in {"", *drawings.DRAWINGS}
                told = [*subject.in_behandeling, *case.opgelost, *case.niet_opgelost]
                assert case.opgelost
                assert all(len(text) <= MAX_TOELICHTING for text in told)

    def test_name_what_exists(self, loaded: None) -> None:
        numbers = set(Buurt.objects.values_list("gebiednummer", flat=True))
        assert set(texts.read_places().by_gebiednummer) <= numbers
        teams, emails = texts.read_teams(), {account.email for account in EXAMPLE_ACCOUNTS}
        assert set(teams.behandelaars) | set(teams.accounts.values()) <= emails
        slugs = [slug for handled in teams.behandelaars.values() for slug in handled]
        assert sorted(slugs) == sorted(Afdeling.objects.values_list("slug", flat=True))

    def test_dorpen_have_a_place_where_the_houses_stand(self, loaded: None) -> None:
        places = texts.read_places()
        for dorp in Buurt.objects.dorpen():
            place = places.of(dorp.gebiednummer)
            assert place.ground == "dorp"
            assert place.core
            assert buurt_at(*place.core) == dorp
