"""How long what meldingen hold of people is kept, and what is left when it was destroyed."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alkmaar_portal.settings import ValidationError, every_result_and_reopenable
from meldingen import actions, rules, tasks
from meldingen.actions import vernietigen
from meldingen.models import (
    Aanlevering,
    Antwoord,
    Deeltaak,
    Emailwijziging,
    Foto,
    Melding,
    Notitie,
    Vernietiging,
)
from meldingen.rules import CLOSED, FINISHED, OPEN, REOPEN_DAYS, UITKOMSTEN, Doel, Status
from tests.factories import (
    BehandelaarFactory,
    CategorieFactory,
    DeeltaakFactory,
    FotoFactory,
    GebruikerFactory,
    KoppelingFactory,
    MeldingFactory,
    NotitieFactory,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = datetime(2026, 11, 24, 3, 45, tzinfo=AMSTERDAM)
TODAY = NIGHT.date()
PERSONAL = {"naam": "Mien Melder", "email": "mien@voorbeeld.example", "telefoon": "06 12345678"}
TYPED = {"omschrijving": "Bij mijn buurman Piet.", "adres": "Kerkstraat 3", "plek": "achter het hek"}


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture(autouse=True)
def clock():
    """A Tuesday night, to be shifted."""
    with time_machine.travel(NIGHT, tick=False) as moment:
        yield moment


@pytest.fixture(autouse=True)
def terms(settings):
    """Nine different terms."""
    settings.BEWAARTERMIJNEN = {
        "contact": {"opgelost": 30, "niet_opgelost": 40, "dubbel": 50},
        "woorden": {"opgelost": 100, "niet_opgelost": 110, "dubbel": 120},
        "fotos": {"opgelost": 60, "niet_opgelost": 70, "dubbel": 80},
    }
    return settings.BEWAARTERMIJNEN


def closed(days, status=Status.OPGELOST, **fields):
    """A melding that was closed so many local dates ago, at noon."""
    at = datetime.combine(TODAY - timedelta(days=days), datetime.min.time(), AMSTERDAM) + timedelta(hours=12)
    return MeldingFactory(**{"status": status, "closed_at": at, **PERSONAL, **TYPED, **fields})


def purge(today=TODAY):
    return actions.purge_bewaard(today=today)


def report():
    return {(row.doel, row.uitkomst): (row.termijn_dagen, row.aantal) for row in Vernietiging.objects.all()}


def held(melding):
    """For which purposes `melding` still holds something."""
    melding.refresh_from_db()
    found = {Doel.CONTACT: melding.naam, Doel.WOORDEN: melding.omschrijving, Doel.FOTOS: melding.fotos.exists()}
    return {doel for doel, value in found.items() if value}


class TestTerms:
    def test_none_may_be_shorter_than_the_time_to_reopen(self):
        for days, is_fine in ((REOPEN_DAYS, True), (REOPEN_DAYS - 1, False)):
            terms = dict.fromkeys(UITKOMSTEN, days)
            if is_fine:
                every_result_and_reopenable(terms)
            else:
                with pytest.raises(ValidationError):
                    every_result_and_reopenable(terms)

    @pytest.mark.django_db
    @pytest.mark.parametrize("doel", Doel)
    @pytest.mark.parametrize("status", sorted(FINISHED))
    def test_each_goes_on_the_day_that_was_told_and_not_before(self, doel, status, terms):
        days = terms[doel][status]
        kept, gone = closed(days, status), closed(days + 1, status)
        for melding in (kept, gone):
            FotoFactory(melding=melding)
        assert rules.destroyed_on(gone, doel) == TODAY
        assert rules.destroyed_on(kept, doel) == TODAY + timedelta(days=1)
        purge()
        assert doel in held(kept)
        assert doel not in held(gone)

    @pytest.mark.django_db
    @pytest.mark.parametrize("hour", [0, 12, 23])
    @pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 23)])
    def test_who_may_still_reopen_is_still_known(self, day, hour, terms):
        """Also on days of 23 and 25 hours, at the shortest term there can be."""
        terms["contact"] = dict.fromkeys(UITKOMSTEN, REOPEN_DAYS)
        at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=AMSTERDAM)
        melding = MeldingFactory(status=Status.OPGELOST, closed_at=at, **PERSONAL)
        last = day + timedelta(days=REOPEN_DAYS)
        assert rules.can_judge(melding, last)
        purge(last)
        assert Doel.CONTACT in held(melding)
        assert not rules.can_judge(melding, last + timedelta(days=1))
        purge(last + timedelta(days=1))
        assert Doel.CONTACT not in held(melding)

    @pytest.mark.django_db
    @pytest.mark.parametrize("status", sorted(OPEN))
    def test_what_is_open_is_never_touched(self, status):
        melding = MeldingFactory(status=status, created_at=NIGHT - timedelta(days=9000), **PERSONAL, **TYPED)
        FotoFactory(melding=melding)
        assert purge() == 0
        assert held(melding) == set(Doel)
        assert rules.destroyed_on(melding, Doel.CONTACT) is None

    @pytest.mark.django_db
    @pytest.mark.parametrize("first_status", sorted(set(Status) - {Status.DUBBEL}))
    @pytest.mark.parametrize("days", [50, 51])
    def test_a_double_waits_for_the_first(self, first_status, days):
        at = NIGHT - timedelta(days=days) if first_status in CLOSED else None
        first = MeldingFactory(status=first_status, closed_at=at)
        double = closed(400, Status.DUBBEL, eerste=first)
        purge()
        is_over = first_status in CLOSED and days > 50
        assert (Doel.CONTACT in held(double)) is not is_over
        expected = TODAY + timedelta(days=51 - days) if first_status in CLOSED else None
        assert rules.destroyed_on(double, Doel.CONTACT) == expected

    @given(st.integers(0, 200), st.integers(0, 200), st.sampled_from(Doel), st.sampled_from(UITKOMSTEN))
    def test_the_date_that_is_told_is_the_one_of_the_reads(self, days, first_days, doel, status):
        """`rules.destroyed_on` for one row, `closed_before` for the database."""
        first = None
        if status == Status.DUBBEL:
            first = Melding(status=Status.OPGELOST, closed_at=NIGHT - timedelta(days=first_days))
        melding = Melding(status=status, closed_at=NIGHT - timedelta(days=days), eerste=first)
        limit = rules.closed_before(doel, status, TODAY)
        ends = [TODAY - timedelta(days=number) for number in ([days, first_days] if first else [days])]
        assert (rules.destroyed_on(melding, doel) <= TODAY) is all(end < limit for end in ends)


@pytest.mark.django_db
class TestWhatGoes:
    def test_contact_goes_and_nothing_else(self):
        melding = closed(31, melder=GebruikerFactory())
        Emailwijziging.objects.create(melding=melding, email="nieuw@voorbeeld.example")
        before = Melding.objects.filter(pk=melding.pk).values().get()
        purge()
        after = Melding.objects.filter(pk=melding.pk).values().get()
        gone = {"naam": "", "email": "", "telefoon": "", "melder_id": None, "contact_vernietigd_op": TODAY}
        assert after == {**before, **gone}
        assert not Emailwijziging.objects.exists()
        assert report() == {("contact", "opgelost"): (30, 1)}

    def test_words_go_with_answers_and_what_only_staff_could_read(self):
        melding = closed(101)
        medewerker = GebruikerFactory(medewerker=True)
        public = melding.stappen.create(van=Status.GEMELD, naar=Status.OPGELOST, door=medewerker, toelichting="Klaar.")
        Antwoord.objects.create(stap=public, opgelost=False, tekst="Piet doet het weer.")
        for door in (None, medewerker):
            melding.stappen.create(
                van=Status.GEMELD,
                naar=Status.GEMELD,
                door=door,
                toelichting="Piet!",
                wijziging="Aanvulling",
                openbaar=False,
            )
        NotitieFactory(melding=melding, tekst="Piet belt elke dag.")
        DeeltaakFactory(melding=melding, wat="Bel bij Piet aan.", status="gereed")
        Melding.objects.filter(pk=melding.pk).update(omschrijving_gelakt="Bij [weggelakt].")
        kept = NotitieFactory(melding=closed(100))
        place = (melding.lat, melding.lon, melding.cel, melding.wijk_id)
        purge()
        assert list(Notitie.objects.all()) == [kept]
        assert not Deeltaak.objects.exists()
        melding.refresh_from_db()
        assert (melding.omschrijving, melding.omschrijving_gelakt, melding.adres, melding.plek) == ("", "", "", "")
        assert (melding.lat, melding.lon, melding.cel, melding.wijk_id) == place
        assert set(melding.stappen.values_list("toelichting", flat=True)) == {"", "Klaar."}
        answer = Antwoord.objects.get()
        assert (answer.opgelost, answer.tekst, answer.gewist) == (False, "", True)
        assert report()["woorden", "opgelost"] == (100, 1)

    def test_pin_and_street_of_what_was_never_public_go_with_the_words(self):
        melding = closed(101, categorie=CategorieFactory(openbaar=False), straat="Waagplein")
        wijk = melding.wijk_id
        purge()
        melding.refresh_from_db()
        assert (melding.lat, melding.lon, melding.cel, melding.straat) == (None, None, None, "")
        assert melding.wijk_id == wijk

    @pytest.mark.django_db(transaction=True)
    def test_photos_go_with_every_file(self):
        gone, kept = closed(61), closed(60)
        for melding in (gone, kept):
            FotoFactory(melding=melding, stored=True, besluit="openbaar")
        FotoFactory(melding=gone, stored=True)
        purge()
        files = {path.name for path in Path(django_settings.MEDIA_ROOT).rglob("*.jpg")}
        (left,) = Foto.objects.all()
        assert left.melding == kept
        name = Path(left.naam).stem
        assert files == {f"{name}.jpg", f"{name}_klein.jpg"}
        assert report()["fotos", "opgelost"] == (60, 2)

    def test_the_figures_stay(self, client):
        categorie = CategorieFactory()
        for days in (0, 20, 101, 300):
            closed(days, categorie=categorie, created_at=NIGHT - timedelta(days=days + 3))

        def figures():
            every = Melding.objects.public()
            return every.figures(TODAY), every.by_month(12), every.by_categorie(5)

        before = figures()
        assert purge()
        assert figures() == before

    def test_nothing_of_anybody_is_left_in_the_row(self, terms):
        for doel in Doel:
            terms[doel] = dict.fromkeys(UITKOMSTEN, 28)
        melding = closed(29, melder=GebruikerFactory())
        koppeling = KoppelingFactory()
        Aanlevering.objects.create(koppeling=koppeling, melding=melding, eigen_nummer="K-12", kenmerk="a" * 64)
        purge()
        written = str([*Melding.objects.filter(pk=melding.pk).values(), *Aanlevering.objects.values()])
        assert not [text for text in [*PERSONAL.values(), *TYPED.values(), "K-12", "aaaa"] if text in written]


@pytest.mark.django_db
class TestReport:
    def test_it_counts_what_was_destroyed_and_not_what_was_looked_at(self):
        closed(31)
        closed(31, naam="", email="", telefoon="")
        closed(41, Status.NIET_OPGELOST)
        assert purge() == 3
        assert report() == {("contact", "opgelost"): (30, 1), ("contact", "niet_opgelost"): (40, 1)}

    def test_again_changes_nothing(self):
        FotoFactory(melding=closed(500))
        assert purge() == 3
        before = list(Vernietiging.objects.values())
        assert purge() == 0
        assert list(Vernietiging.objects.values()) == before

    def test_who_is_killed_in_the_middle_goes_on_and_reports_nothing_twice(self, monkeypatch):
        monkeypatch.setattr(vernietigen, "BATCH", 2)
        for _number in range(5):
            closed(31)
        add, calls = Vernietiging.objects.add, []

        def killed(**values):
            calls.append(values["aantal"])
            # Doubles, of which there are none, come first.
            if calls == [0, 2, 2]:
                raise Killed
            add(**values)

        monkeypatch.setattr(Vernietiging.objects, "add", killed)
        with pytest.raises(Killed):
            purge()
        assert Melding.objects.filter(email="").count() == 2
        assert report() == {("contact", "opgelost"): (30, 2)}
        purge()
        assert Melding.objects.filter(email="").count() == 5
        assert report() == {("contact", "opgelost"): (30, 5)}

    def test_the_task_of_the_night(self):
        closed(31)
        assert tasks.purge_bewaard() == 1

    def test_everybody_may_read_it_and_nobody_is_in_it(self, client):
        melding = closed(500)
        empty = client.get("/privacy/vernietigd/").content.decode()
        assert "nog niets vernietigd" in empty
        purge()
        page = client.get("/privacy/vernietigd/").content.decode()
        sheet = b"".join(client.get("/privacy/vernietigd.csv").streaming_content).decode()
        assert "Contactgegevens" in page and "30 dagen" in page
        assert "2026-11-24;contact;opgelost;30;1" in sheet.splitlines()
        assert not [text for text in [*PERSONAL.values(), melding.nummer] if text in page + sheet]

    def test_residents_read_the_terms_that_are_set(self, client):
        page = client.get("/privacy/").content.decode()
        assert [days for days in (30, 40, 50, 60, 70, 80, 100, 110, 120) if f"{days} dagen" not in page] == []


@pytest.mark.django_db
class TestAnew:
    def test_what_is_opened_again_has_its_terms_anew(self, clock):
        behandelaar = BehandelaarFactory()
        first = MeldingFactory(status=Status.OPGELOST, closed_at=NIGHT - timedelta(days=500))
        double = closed(600, Status.DUBBEL, eerste=first, afdeling=behandelaar.afdeling)
        purge()
        double.refresh_from_db()
        change = {"by": behandelaar.gebruiker, "toelichting": "Toch iets anders.", "beloofd_op": date(2026, 12, 1)}
        actions.change_status(melding_id=double.pk, versie=double.versie, status="in_behandeling", **change)
        actions.change_status(
            melding_id=double.pk, versie=double.versie + 1, status="wacht_op_melder", **{**change, "beloofd_op": None}
        )
        actions.answer_question(melding_id=double.pk, via_versie=double.via_versie, tekst="Het is Piet.")
        double.refresh_from_db()
        actions.change_status(
            melding_id=double.pk, versie=double.versie, status="opgelost", **{**change, "beloofd_op": None}
        )
        purge(TODAY + timedelta(days=100))
        assert Antwoord.objects.get().tekst == "Het is Piet."
        purge(TODAY + timedelta(days=101))
        assert Antwoord.objects.get().tekst == ""

    def test_what_another_system_adds_later_has_a_term_too(self):
        koppeling, melding = KoppelingFactory(), closed(500)
        Aanlevering.objects.create(koppeling=koppeling, melding=melding, kenmerk="a" * 64)
        purge()
        actions.add_aanvulling(koppeling=koppeling, melding=melding, update_id="1", tekst="Piet weer.")
        purge()
        assert not melding.stappen.filter(toelichting="Piet weer.").exists()

    def test_a_system_can_send_again_what_was_forgotten(self):
        koppeling = KoppelingFactory()
        again = Aanlevering.objects.next_inzending
        melding = closed(500, inzending=again(koppeling, "a" * 64))
        Aanlevering.objects.create(koppeling=koppeling, melding=melding, eigen_nummer="1", kenmerk="a" * 64)
        second = again(koppeling, "a" * 64)
        purge()
        assert Aanlevering.objects.same_again(koppeling, "a" * 64, timezone.now()) is None
        assert again(koppeling, "a" * 64) == second != melding.inzending
