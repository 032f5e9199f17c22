"""Actions of meldingen with the database: what is stored, what is announced, what is refused."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from basis.regels import RuleViolation, StaleVersion
from berichten.models import Bericht
from meldingen import actions
from meldingen.actions import Plaats
from meldingen.models import Foto, Melding
from meldingen.rules import BY_MELDER, BY_OVERDRACHT, CLOSED, TRANSITIONS, Reden, Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    WijkFactory,
)

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def send(**values):
    categorie = values.pop("categorie", None) or CategorieFactory(termijn_werkdagen=5)
    plaats = values.pop("plaats", None) or Plaats(wijk=WijkFactory(), lat=52.6318, lon=4.7502, straat="Waagplein")
    arguments = {"inzending": uuid4(), "omschrijving": "De lamp brandt niet.", "email": "melder@voorbeeld.example"}
    return actions.send_melding(categorie=categorie, plaats=plaats, **{**arguments, **values})


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(afdeling=behandelaar.afdeling, email="melder@voorbeeld.example")


def change(melding, behandelaar, status, **values):
    values = {"toelichting": "We zijn ermee bezig.", "versie": melding.versie, **values}
    return actions.change_status(melding_id=melding.pk, status=status, by=behandelaar.gebruiker, **values)


class TestSend:
    @time_machine.travel(datetime(2026, 11, 20, 23, 30, tzinfo=AMSTERDAM), tick=False)
    def test_stores_place_afdeling_and_promise_on_the_local_date(self):
        melding, is_new = send()
        melding.refresh_from_db()
        assert is_new
        assert len(melding.nummer) == 8
        assert melding.afdeling == melding.categorie.afdeling
        assert melding.beloofd_op == date(2026, 11, 27)
        assert melding.cel is not None
        assert melding.tekst_besluit == ""
        assert [(step.van, step.naar) for step in melding.stappen.all()] == [("", Status.GEMELD)]

    def test_confirms_by_mail_with_a_private_link(self):
        melding, _ = send(naam="Voorbeeld")
        bericht = Bericht.objects.get()
        assert bericht.to == "melder@voorbeeld.example"
        assert bericht.key == f"melding:{melding.nummer}:ontvangen"
        assert "/via/" in bericht.context["url"]

    def test_without_an_address_nothing_is_announced(self):
        send(email="")
        assert not Bericht.objects.exists()

    def test_the_same_form_again_leads_to_the_first(self):
        inzending = uuid4()
        first, _ = send(inzending=inzending)
        again, is_new = send(inzending=inzending, omschrijving="Iets heel anders.")
        assert again == first
        assert not is_new
        assert Melding.objects.get().omschrijving == "De lamp brandt niet."
        assert Bericht.objects.count() == 1

    def test_a_taken_number_is_drawn_again(self, monkeypatch):
        taken = MeldingFactory().nummer
        numbers = iter([taken, "12345678"])
        monkeypatch.setattr(Melding, "new_nummer", classmethod(lambda cls: next(numbers)))
        melding, _ = send()
        assert melding.nummer == "12345678"

    def test_nothing_is_left_when_the_mail_cannot_be_queued(self, monkeypatch):
        monkeypatch.setattr(actions.announce.outbox, "enqueue", lambda **_: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            send()
        assert not Melding.objects.exists()

    def test_kept_photos_go_along(self):
        mine, other = FotoFactory(melding=None), FotoFactory(melding=None)
        melding, _ = send(inzending=mine.inzending)
        assert list(melding.fotos.all()) == [mine]
        assert Foto.objects.get(pk=other.pk).melding is None


class TestChangeStatus:
    def test_moves_records_and_tells(self, melding, behandelaar):
        changed = change(melding, behandelaar, Status.IN_BEHANDELING)
        step = changed.stappen.latest("pk")
        assert (step.van, step.naar, step.door) == (Status.GEMELD, Status.IN_BEHANDELING, behandelaar.gebruiker)
        assert changed.versie == melding.versie + 1
        bericht = Bericht.objects.get()
        assert bericht.key == f"melding:{melding.nummer}:{step.pk}:melder"
        assert bericht.context["toelichting"] == "We zijn ermee bezig."

    def test_closing_sets_the_date_and_reopening_takes_it_away(self, melding, behandelaar):
        assert change(melding, behandelaar, Status.OPGELOST).closed_at is not None
        double = MeldingFactory(afdeling=behandelaar.afdeling, status=Status.DUBBEL, eerste=MeldingFactory())
        assert change(double, behandelaar, Status.IN_BEHANDELING).closed_at is None

    @pytest.mark.parametrize("text", ["", "  \n "])
    def test_wants_an_explanation(self, melding, behandelaar, text):
        with pytest.raises(RuleViolation):
            change(melding, behandelaar, Status.IN_BEHANDELING, toelichting=text)
        melding.refresh_from_db()
        assert melding.status == Status.GEMELD
        assert not Bericht.objects.exists()

    def test_somebody_of_another_afdeling_may_not(self, melding):
        with pytest.raises(PermissionDenied):
            change(melding, BehandelaarFactory(), Status.IN_BEHANDELING)

    @pytest.mark.parametrize("flag", ["is_medewerker", "is_active"])
    def test_who_left_may_not(self, melding, behandelaar, flag):
        setattr(behandelaar.gebruiker, flag, False)
        with pytest.raises(PermissionDenied):
            change(melding, behandelaar, Status.IN_BEHANDELING)

    def test_who_comes_second_is_told(self, melding, behandelaar):
        change(melding, behandelaar, Status.IN_BEHANDELING)
        with pytest.raises(StaleVersion):
            change(melding, behandelaar, Status.OPGELOST)
        assert Melding.objects.get().status == Status.IN_BEHANDELING

    def test_waiting_for_the_reporter_moves_the_promise(self, behandelaar):
        with time_machine.travel(datetime(2026, 11, 9, 12, tzinfo=AMSTERDAM), tick=False):
            melding = MeldingFactory(
                afdeling=behandelaar.afdeling, status=Status.IN_BEHANDELING, beloofd_op=date(2026, 11, 12)
            )
            melding = change(melding, behandelaar, Status.WACHT_OP_MELDER)
        with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=AMSTERDAM), tick=False):
            melding = change(melding, behandelaar, Status.IN_BEHANDELING)
        assert melding.beloofd_op == date(2026, 11, 19)

    def test_a_double_names_the_first(self, melding, behandelaar):
        first = MeldingFactory()
        double = change(melding, behandelaar, Status.DUBBEL, eerste=first.nummer_leesbaar)
        assert double.eerste == first
        assert change(double, behandelaar, Status.IN_BEHANDELING).eerste is None

    def test_a_double_of_nothing_itself_or_a_double_is_refused(self, melding, behandelaar):
        double = MeldingFactory(status=Status.DUBBEL, eerste=MeldingFactory())
        for nummer in ("", "00000000", melding.nummer, double.nummer):
            with pytest.raises(RuleViolation) as caught:
                change(melding, behandelaar, Status.DUBBEL, eerste=nummer)
            assert caught.value.field == "eerste"

    def test_a_double_of_a_closed_one_is_refused(self, melding, behandelaar):
        with pytest.raises(RuleViolation):
            change(melding, behandelaar, Status.DUBBEL, eerste=MeldingFactory(status=Status.OPGELOST).nummer)

    def test_a_first_one_cannot_become_a_double(self, melding, behandelaar):
        MeldingFactory(status=Status.DUBBEL, eerste=melding)
        with pytest.raises(RuleViolation):
            change(melding, behandelaar, Status.DUBBEL, eerste=MeldingFactory().nummer)

    def test_closing_the_first_tells_who_reported_the_same(self, melding, behandelaar):
        double = MeldingFactory(status=Status.DUBBEL, eerste=melding, email="ook@voorbeeld.example")
        change(melding, behandelaar, Status.OPGELOST)
        assert set(Bericht.objects.values_list("to", flat=True)) == {melding.email, double.email}
        assert Bericht.objects.get(to=double.email).context["is_dubbel"] is True


@pytest.mark.parametrize(("van", "naar"), [(van, naar) for van in Status for naar in Status])
def test_every_pair_through_the_action(behandelaar, van, naar):
    afdeling = behandelaar.afdeling
    eerste = MeldingFactory() if van == Status.DUBBEL else None
    melding = MeldingFactory(afdeling=afdeling, status=van, eerste=eerste)
    if van == Status.WACHT_OP_MELDER:
        melding.stappen.create(van=Status.IN_BEHANDELING, naar=van)
    arguments = {"eerste": MeldingFactory().nummer, "reden": Reden.GEEN_GELD}
    # Handing over has its own action.
    possible = TRANSITIONS[van] - BY_MELDER - BY_OVERDRACHT
    if naar in possible:
        changed = change(melding, behandelaar, naar, **arguments)
        assert changed.status == naar
        assert (changed.closed_at is not None) == (naar in CLOSED)
    else:
        with pytest.raises((RuleViolation, PermissionDenied)):
            change(melding, behandelaar, naar, **arguments)
    melding.refresh_from_db()
    assert melding.status == (naar if naar in possible else van)


class TestPromise:
    """The promised date around waiting for the reporter and other categories."""

    def at(self, day):
        return time_machine.travel(datetime(2026, 11, day, 12, tzinfo=AMSTERDAM), tick=False)

    def other_category(self, melding, behandelaar, **values):
        categorie = CategorieFactory(afdeling=behandelaar.afdeling, **values)
        return actions.change_categorie(
            melding_id=melding.pk,
            versie=melding.versie,
            categorie=categorie,
            by=behandelaar.gebruiker,
            toelichting="Dit past beter.",
        )

    def test_a_change_of_category_while_waiting_is_no_new_wait(self, behandelaar):
        with self.at(2):
            melding = MeldingFactory(
                afdeling=behandelaar.afdeling, status=Status.IN_BEHANDELING, beloofd_op=date(2026, 11, 9)
            )
            melding = change(melding, behandelaar, Status.WACHT_OP_MELDER)
        with self.at(12):
            melding = self.other_category(melding, behandelaar, termijn_werkdagen=5)
            assert not melding.is_overdue
        with self.at(16):
            melding = change(melding, behandelaar, Status.IN_BEHANDELING)
        assert melding.waited_days == 10
        assert melding.beloofd_op == date(2026, 11, 26)

    def test_days_waited_count_in_another_category_too(self, behandelaar):
        with self.at(2):
            melding = MeldingFactory(
                afdeling=behandelaar.afdeling, status=Status.IN_BEHANDELING, beloofd_op=date(2026, 11, 9)
            )
            melding = change(melding, behandelaar, Status.WACHT_OP_MELDER)
        with self.at(9):
            melding = change(melding, behandelaar, Status.IN_BEHANDELING)
            melding = self.other_category(melding, behandelaar, termijn_werkdagen=10)
        assert melding.beloofd_op == date(2026, 11, 23)

    def test_nobody_is_promised_a_day_that_has_gone(self, behandelaar):
        with self.at(2):
            melding = MeldingFactory(afdeling=behandelaar.afdeling, beloofd_op=date(2026, 11, 23))
        with self.at(14):
            melding = self.other_category(melding, behandelaar, termijn_werkdagen=1)
        assert melding.beloofd_op == date(2026, 11, 16)


class TestHidden:
    """What was decided or written while a melding was not public stays out of sight."""

    @pytest.fixture
    def hidden(self, behandelaar):
        categorie = CategorieFactory(openbaar=False, afdeling=behandelaar.afdeling)
        melding = MeldingFactory(categorie=categorie, status=Status.IN_BEHANDELING, tekst_besluit="openbaar")
        FotoFactory(melding=melding, stored=True, besluit="openbaar")
        return change(melding, behandelaar, Status.INGEPLAND, toelichting="Alleen voor de melder.")

    def test_made_public_everything_is_judged_anew(self, hidden, behandelaar, client, settings):
        public = CategorieFactory(afdeling=behandelaar.afdeling)
        actions.change_categorie(
            melding_id=hidden.pk,
            versie=hidden.versie,
            categorie=public,
            by=behandelaar.gebruiker,
            toelichting="Dit mag iedereen zien.",
        )
        page = client.get(hidden.get_absolute_url()).content.decode()
        assert hidden.omschrijving not in page
        assert "Alleen voor de melder." not in page
        assert "/meldingen/foto/" not in page
        foto = hidden.fotos.get()
        assert foto.besluit == ""
        assert not list((settings.MEDIA_ROOT / "openbaar").rglob("*.jpg"))

    def test_with_its_whole_category_too(self, hidden, client, settings):
        hidden.categorie.openbaar = True
        actions.save_categorie(categorie=hidden.categorie, by=GebruikerFactory(beheerder=True))
        page = client.get(hidden.get_absolute_url()).content.decode()
        assert hidden.omschrijving not in page
        assert "/meldingen/foto/" not in page
        assert hidden.fotos.get().besluit == ""
        assert not list((settings.MEDIA_ROOT / "openbaar").rglob("*.jpg"))

    def test_a_category_that_was_public_keeps_what_was_decided(self, melding):
        Melding.objects.update(tekst_besluit="openbaar")
        actions.save_categorie(categorie=melding.categorie, by=GebruikerFactory(beheerder=True))
        melding.refresh_from_db()
        assert melding.tekst_is_openbaar

    @pytest.mark.parametrize("is_hidden_too", [False, True])
    def test_none_is_a_double_of_it(self, hidden, melding, behandelaar, is_hidden_too):
        if is_hidden_too:
            Melding.objects.filter(pk=melding.pk).update(categorie=hidden.categorie)
        with pytest.raises(RuleViolation) as caught:
            change(melding, behandelaar, Status.DUBBEL, eerste=hidden.nummer)
        assert caught.value.field == "eerste"

    def test_one_with_doubles_stays_public(self, melding, hidden, behandelaar):
        """Who reported the double follows it."""
        MeldingFactory(status=Status.DUBBEL, eerste=melding)
        with pytest.raises(RuleViolation) as caught:
            actions.change_categorie(
                melding_id=melding.pk,
                versie=melding.versie,
                categorie=hidden.categorie,
                by=behandelaar.gebruiker,
                toelichting="Niet voor iedereen.",
            )
        assert caught.value.field == "categorie"

    def test_its_words_are_mailed_to_nobody_else(self, hidden, behandelaar):
        MeldingFactory(status=Status.DUBBEL, eerste=hidden, email="ander@voorbeeld.example")
        change(hidden, behandelaar, Status.OPGELOST, toelichting="Alleen voor de melder.")
        assert not Bericht.objects.filter(to="ander@voorbeeld.example").exists()


class TestCategorieAndAfdeling:
    def test_another_category_brings_its_afdeling_and_term(self, melding, behandelaar):
        new = CategorieFactory(termijn_werkdagen=20)
        changed = actions.change_categorie(
            melding_id=melding.pk,
            versie=melding.versie,
            categorie=new,
            by=behandelaar.gebruiker,
            toelichting="Beter zo.",
        )
        assert (changed.categorie, changed.afdeling) == (new, new.afdeling)
        assert changed.beloofd_op > melding.beloofd_op
        assert str(new) in changed.stappen.latest("pk").wijziging
        mail = Bericht.objects.get().context
        assert str(new) in mail["wijziging"]
        assert f"Nieuwe datum: {mail['beloofd_op']}." in mail["wijziging"]
        assert mail["nieuws"] == "andere categorie"

    def test_a_date_that_stays_is_not_called_new(self, melding, behandelaar):
        new = CategorieFactory(afdeling=melding.afdeling)
        change = {"by": behandelaar.gebruiker, "toelichting": "Beter zo."}
        first = actions.change_categorie(melding_id=melding.pk, versie=melding.versie, categorie=new, **change)
        new = CategorieFactory(afdeling=melding.afdeling, termijn_werkdagen=new.termijn_werkdagen)
        actions.change_categorie(melding_id=melding.pk, versie=first.versie, categorie=new, **change)
        assert "Nieuwe datum" not in melding.stappen.latest("pk").wijziging

    def test_another_afdeling_takes_over(self, melding, behandelaar):
        new = AfdelingFactory()
        arguments = {"afdeling": new, "by": behandelaar.gebruiker, "toelichting": "Voor hen."}
        changed = actions.change_afdeling(melding_id=melding.pk, versie=melding.versie, **arguments)
        assert changed.afdeling == new
        assert Bericht.objects.get().context["nieuws"] == "naar een andere afdeling"
        with pytest.raises(PermissionDenied):
            actions.change_afdeling(melding_id=melding.pk, versie=changed.versie, **arguments)

    @pytest.mark.parametrize("status", sorted(CLOSED))
    def test_not_once_it_is_closed(self, behandelaar, status):
        eerste = MeldingFactory() if status == Status.DUBBEL else None
        melding = MeldingFactory(afdeling=behandelaar.afdeling, status=status, eerste=eerste)
        with pytest.raises(RuleViolation):
            actions.change_afdeling(
                melding_id=melding.pk,
                versie=melding.versie,
                afdeling=AfdelingFactory(),
                by=behandelaar.gebruiker,
                toelichting="Toch.",
            )

    def test_the_same_again_is_no_change(self, melding, behandelaar):
        with pytest.raises(RuleViolation):
            actions.change_categorie(
                melding_id=melding.pk,
                versie=melding.versie,
                categorie=melding.categorie,
                by=behandelaar.gebruiker,
                toelichting="Zelfde.",
            )


class TestRelease:
    def test_text(self, melding, behandelaar):
        changed = actions.decide_tekst(
            melding_id=melding.pk, versie=melding.versie, besluit="openbaar", by=behandelaar.gebruiker
        )
        assert changed.tekst_is_openbaar
        assert Bericht.objects.count() == 0

    def test_photo_gets_a_public_copy_and_loses_it(self, melding, behandelaar, settings):
        foto = FotoFactory(melding=melding, stored=True)
        public = settings.MEDIA_ROOT / foto.naam.replace("besloten/", "openbaar/")
        assert not public.exists()
        for besluit, exists in (("openbaar", True), ("besloten", False), ("openbaar", True)):
            melding.refresh_from_db()
            actions.decide_foto(
                melding_id=melding.pk,
                versie=melding.versie,
                foto_uuid=foto.uuid,
                besluit=besluit,
                by=behandelaar.gebruiker,
            )
            foto.refresh_from_db()
            assert (foto.besluit, public.exists()) == (besluit, exists)

    def test_a_photo_of_another_melding_is_not_found(self, melding, behandelaar):
        foto = FotoFactory(melding=MeldingFactory())
        with pytest.raises(Foto.DoesNotExist):
            actions.decide_foto(
                melding_id=melding.pk,
                versie=melding.versie,
                foto_uuid=foto.uuid,
                besluit="openbaar",
                by=behandelaar.gebruiker,
            )

    def test_not_by_another_afdeling(self, melding):
        with pytest.raises(PermissionDenied):
            actions.decide_tekst(
                melding_id=melding.pk, versie=melding.versie, besluit="openbaar", by=BehandelaarFactory().gebruiker
            )


class TestKeptFotos:
    def test_the_same_photo_twice_is_kept_once(self, prepared):
        inzending = uuid4()
        first = actions.keep_foto(inzending=inzending, prepared=prepared("red"))
        assert actions.keep_foto(inzending=inzending, prepared=prepared("red")) == first

    def test_a_fourth_one_is_refused_and_leaves_no_file(self, prepared, settings):
        inzending = uuid4()
        for colour in ("red", "green", "blue"):
            actions.keep_foto(inzending=inzending, prepared=prepared(colour))
        before = sorted(settings.MEDIA_ROOT.rglob("*.jpg"))
        with pytest.raises(RuleViolation):
            actions.keep_foto(inzending=inzending, prepared=prepared("yellow"))
        assert sorted(settings.MEDIA_ROOT.rglob("*.jpg")) == before

    def test_unsent_ones_are_destroyed_after_a_day(self, prepared, settings, django_capture_on_commit_callbacks):
        old = actions.keep_foto(inzending=uuid4(), prepared=prepared("red"))
        new = actions.keep_foto(inzending=uuid4(), prepared=prepared("green"))
        Foto.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.purge_unsent_fotos(before=timezone.now() - timedelta(days=1)) == 1
        assert list(Foto.objects.all()) == [new]
        assert not (settings.MEDIA_ROOT / old.naam).exists()
        assert (settings.MEDIA_ROOT / new.naam).exists()

    def test_files_that_no_row_knows_are_destroyed(self, prepared, settings):
        kept = actions.keep_foto(inzending=uuid4(), prepared=prepared("red"))
        released = FotoFactory(stored=True, besluit="openbaar")
        lost = settings.MEDIA_ROOT / actions.keep_foto(inzending=uuid4(), prepared=prepared("green")).naam
        Foto.objects.filter(naam=str(lost.relative_to(settings.MEDIA_ROOT))).delete()
        assert actions.purge_orphan_fotos(older_than=timedelta(hours=1)) == 0
        assert actions.purge_orphan_fotos(older_than=timedelta(seconds=-1)) == 2
        assert not lost.exists()
        names = [kept.naam, released.naam, released.naam.replace("besloten/", "openbaar/")]
        assert all((settings.MEDIA_ROOT / name).exists() for name in names)

    def test_only_photos_of_the_own_form_are_dropped(self, prepared):
        mine = actions.keep_foto(inzending=uuid4(), prepared=prepared("red"))
        other = actions.keep_foto(inzending=uuid4(), prepared=prepared("green"))
        actions.drop_kept_fotos(inzending=mine.inzending, uuids=[mine.uuid, other.uuid, UUID(int=0)])
        assert list(Foto.objects.all()) == [other]


@pytest.mark.parametrize(
    "values",
    [
        {"status": "weg"},
        {"lat": 52.6},
        {"lat": float("1e3"), "lon": 4.7, "cel": 1},
        {"status": Status.OPGELOST, "closed_at": None},
        {"closed_at": datetime(2026, 1, 1, tzinfo=AMSTERDAM)},
        {"status": Status.DUBBEL, "closed_at": datetime(2026, 1, 1, tzinfo=AMSTERDAM)},
        {"tekst_besluit": "misschien"},
    ],
)
def test_the_database_refuses_nonsense(values):
    melding = MeldingFactory(lat=None, lon=None, cel=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Melding.objects.filter(pk=melding.pk).update(**values)


def test_the_database_refuses_a_double_of_itself():
    melding = MeldingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Melding.objects.filter(pk=melding.pk).update(status=Status.DUBBEL, eerste=melding, closed_at=timezone.now())
