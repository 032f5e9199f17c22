"""What reporters do with their own melding: answer, judge, be kept a promise; and what time does."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from basis import via
from basis.regels import RuleViolation
from basis.termijnen import add_working_days
from berichten import mail
from berichten.models import Bericht
from meldingen import actions, rules, tasks
from meldingen.models import Antwoord, Foto, Melding
from meldingen.rules import QUESTION_LINK, REOPEN_DAYS, RUNNING, Reden, Status
from tests.factories import BehandelaarFactory, BuurtFactory, CategorieFactory, MeldingFactory
from tests.meldingen.conftest import picture

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=AMSTERDAM)
MELDER = "melder@voorbeeld.example"


@pytest.fixture(autouse=True)
def clock():
    """A Monday at noon, to be shifted."""
    with time_machine.travel(MONDAY, tick=False) as moment:
        yield moment


@pytest.fixture
def behandelaar():
    return BehandelaarFactory().gebruiker


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(
        afdeling=behandelaar.behandelt.get().afdeling, email=MELDER, status=Status.IN_BEHANDELING, naam="Mien"
    )


def change(melding, by, status, **values):
    melding.refresh_from_db()
    values = {"toelichting": "Zo staat het ervoor.", **values}
    return actions.change_status(melding_id=melding.pk, versie=melding.versie, status=status, by=by, **values)


def judge(melding, **values):
    return actions.judge_solved(melding_id=melding.pk, via_versie=melding.via_versie, **values)


def answer(melding, tekst="Bij nummer 12.", **values):
    return actions.answer_question(melding_id=melding.pk, via_versie=melding.via_versie, tekst=tekst, **values)


def last_mail(template="melding_status"):
    return Bericht.objects.filter(to=MELDER, template=template).latest("pk").context


class TestPromise:
    @pytest.fixture
    def late(self, melding):
        melding.beloofd_op = date(2026, 11, 20)
        melding.save()
        return melding

    @pytest.mark.parametrize("to", sorted({Status.INGEPLAND, Status.WACHT_OP_MELDER}))
    def test_what_is_late_goes_on_with_a_new_date_only(self, late, behandelaar, to):
        arguments = {}
        if to in RUNNING:
            with pytest.raises(RuleViolation) as refused:
                change(late, behandelaar, to, **arguments)
            assert refused.value.field == "beloofd_op"
            arguments["beloofd_op"] = date(2026, 11, 27)
        change(late, behandelaar, to, **arguments)
        late.refresh_from_db()
        assert late.beloofd_op == (date(2026, 11, 27) if to in RUNNING else date(2026, 11, 20))

    def test_the_new_date_is_told_with_the_old_one(self, late, behandelaar):
        change(late, behandelaar, Status.INGEPLAND, beloofd_op=date(2026, 11, 27), toelichting="De aannemer is ziek.")
        said = "Nieuwe datum: vrijdag 27 november 2026. Eerder beloofden we vrijdag 20 november 2026."
        assert last_mail()["wijziging"] == said
        assert last_mail()["beloofd_op"] == "vrijdag 27 november 2026"

    @pytest.mark.parametrize("through", [Status.WACHT_OP_MELDER, Status.DUBBEL])
    def test_no_way_round_leads_on_without_a_new_date(self, late, behandelaar, clock, through):
        first = MeldingFactory() if through == Status.DUBBEL else None
        change(late, behandelaar, through, eerste=first.nummer if first else "")
        clock.shift(timedelta(days=1))
        with pytest.raises(RuleViolation) as refused:
            change(late, behandelaar, Status.IN_BEHANDELING)
        assert refused.value.field == "beloofd_op"

    def test_the_same_date_is_no_new_one(self, melding, behandelaar):
        melding.beloofd_op = date(2026, 12, 1)
        melding.save()
        with pytest.raises(RuleViolation) as refused:
            actions.change_promise(
                melding_id=melding.pk, versie=1, beloofd_op=date(2026, 12, 1), by=behandelaar, toelichting="Later."
            )
        assert refused.value.field == "beloofd_op"

    def test_what_is_done_needs_no_new_date(self, late, behandelaar):
        assert change(late, behandelaar, Status.OPGELOST).status == Status.OPGELOST

    @pytest.mark.parametrize(
        "wrong", [date(2026, 11, 23), date(2026, 11, 20), date(2027, 11, 24), date(2026, 11, 28), date(2026, 12, 25)]
    )
    def test_a_date_is_a_working_day_after_today_within_a_year(self, melding, behandelaar, wrong):
        with pytest.raises(RuleViolation) as refused:
            actions.change_promise(
                melding_id=melding.pk, versie=1, beloofd_op=wrong, by=behandelaar, toelichting="Later."
            )
        assert refused.value.field == "beloofd_op"

    def test_a_date_may_change_without_another_step(self, melding, behandelaar):
        changed = actions.change_promise(
            melding_id=melding.pk, versie=1, beloofd_op=date(2026, 12, 1), by=behandelaar, toelichting="Later."
        )
        assert (changed.status, changed.beloofd_op) == (Status.IN_BEHANDELING, date(2026, 12, 1))
        assert last_mail()["toelichting"] == "Later."

    @pytest.mark.parametrize("status", sorted(set(Status) - RUNNING))
    def test_no_date_where_none_is_kept(self, behandelaar, status):
        first = MeldingFactory() if status == Status.DUBBEL else None
        melding = MeldingFactory(afdeling=behandelaar.behandelt.get().afdeling, status=status, eerste=first)
        with pytest.raises(RuleViolation):
            actions.change_promise(
                melding_id=melding.pk, versie=1, beloofd_op=date(2026, 12, 1), by=behandelaar, toelichting="Later."
            )


class TestReason:
    def test_not_solved_needs_a_reason_from_the_list(self, melding, behandelaar):
        for reden in ("", "zomaar"):
            with pytest.raises(RuleViolation) as refused:
                change(melding, behandelaar, Status.NIET_OPGELOST, reden=reden)
            assert refused.value.field == "reden"
        change(melding, behandelaar, Status.NIET_OPGELOST, reden=Reden.GEEN_GELD)
        assert melding.stappen.latest("at", "pk").reden == Reden.GEEN_GELD
        assert last_mail()["reden"] == Reden.GEEN_GELD.label

    def test_other_steps_have_none(self, melding, behandelaar):
        change(melding, behandelaar, Status.OPGELOST, reden=Reden.GEEN_GELD)
        assert melding.stappen.latest("at", "pk").reden == ""
        with pytest.raises(IntegrityError), transaction.atomic():
            melding.stappen.update(reden=Reden.GEEN_GELD)


class TestAnswer:
    @pytest.fixture
    def asked(self, melding, behandelaar):
        change(melding, behandelaar, Status.WACHT_OP_MELDER, toelichting="Welke lamp?")
        melding.refresh_from_db()
        return melding

    def test_the_mail_leads_to_the_question(self, asked, client):
        assert last_mail()["vraagt"] == Status.WACHT_OP_MELDER
        page = client.get(last_mail()["vraag_url"].removeprefix("http://localhost:8000"), follow=True)
        assert page.redirect_chain[-1][0] == f"/meldingen/{asked.nummer}/antwoord/"
        assert "Welke lamp?" in page.content.decode()

    def test_an_answer_goes_on_and_moves_the_date_by_the_days_waited(self, asked, clock):
        promised = asked.beloofd_op
        clock.shift(timedelta(days=3))
        answer(asked)
        asked.refresh_from_db()
        assert asked.status == Status.IN_BEHANDELING
        assert (asked.waited_days, asked.beloofd_op) == (3, add_working_days(promised, 3))
        assert Antwoord.objects.get().tekst == "Bij nummer 12."

    def test_the_moved_date_is_told_beside_the_one_that_was_promised(self, asked, behandelaar, clock):
        promised = asked.beloofd_op
        clock.shift(timedelta(days=3))
        change(asked, behandelaar, Status.IN_BEHANDELING)
        moved = last_mail()["beloofd_op"]
        said = f"Nieuwe datum: {moved}. Eerder beloofden we {date_format(promised, 'l j F Y')}."
        assert last_mail()["wijziging"] == said
        change(asked, behandelaar, Status.WACHT_OP_MELDER)
        clock.shift(timedelta(days=1))
        answer(asked)
        assert f"Eerder beloofden we {moved}." in asked.stappen.latest("at", "pk").wijziging

    def test_another_category_meanwhile_is_not_the_question(self, asked, behandelaar, client, clock):
        question = asked.stappen.latest("at", "pk")
        clock.shift(timedelta(hours=1))
        actions.change_categorie(
            melding_id=asked.pk,
            versie=asked.versie,
            categorie=CategorieFactory(afdeling=asked.afdeling),
            by=behandelaar,
            toelichting="Dit past beter.",
        )
        page = client.get(via.address(QUESTION_LINK, asked.pk, asked.via_versie), follow=True).content.decode()
        assert "Welke lamp?" in page and "Dit past beter." not in page
        answer(asked)
        assert Antwoord.objects.get().stap == question

    def test_the_public_reads_that_there_was_an_answer_and_not_which(self, asked, client):
        answer(asked)
        page = client.get(asked.get_absolute_url()).content.decode()
        assert "De melder heeft antwoord gegeven." in page
        assert "nummer 12" not in page
        client.get(via.address("melding", asked.pk, asked.via_versie))
        assert "nummer 12" in client.get(asked.get_absolute_url()).content.decode()

    def test_nobody_is_mailed_the_own_answer(self, asked):
        Bericht.objects.all().delete()
        answer(asked)
        assert not Bericht.objects.exists()

    def test_once(self, asked):
        answer(asked)
        with pytest.raises(RuleViolation):
            answer(asked)

    def test_with_words(self, asked):
        with pytest.raises(RuleViolation):
            answer(asked, tekst=" \n")
        asked.refresh_from_db()
        assert asked.status == Status.WACHT_OP_MELDER

    def test_a_link_that_was_ended_opens_nothing(self, asked):
        with pytest.raises(PermissionDenied):
            actions.answer_question(melding_id=asked.pk, via_versie=asked.via_versie + 1, tekst="Hier.")

    def test_the_page_takes_words_and_a_photo(self, asked, client):
        client.get(via.address(QUESTION_LINK, asked.pk, asked.via_versie))
        page = f"/meldingen/{asked.nummer}/antwoord/"
        empty = client.post(page, {"tekst": ""})
        assert empty.status_code == 422
        sent = client.post(page, {"tekst": "Deze.", "foto": picture("red")})
        assert sent["Location"] == asked.get_absolute_url()
        foto = Foto.objects.get()
        assert (foto.melding, foto.besluit) == (asked, "")
        assert client.get(page)["Location"] == asked.get_absolute_url()

    def test_a_photo_that_came_too_late_with_the_form_goes_along_now(self, asked, prepared):
        actions.keep_foto(inzending=asked.inzending, prepared=prepared("red"))
        answer(asked, foto=[prepared("red")])
        assert Foto.objects.get().melding == asked

    def test_while_we_wait_nothing_is_called_late(self, asked, clock):
        clock.shift(timedelta(days=60))
        assert "te laat" not in asked.termijn_tekst

    def test_a_photo_that_is_none_is_refused_and_nothing_is_stored(self, asked, client):
        client.get(via.address(QUESTION_LINK, asked.pk, asked.via_versie))
        bad = picture("red")
        bad.file.truncate(100)
        refused = client.post(f"/meldingen/{asked.nummer}/antwoord/", {"tekst": "Deze.", "foto": bad})
        assert refused.status_code == 422
        assert not (Foto.objects.exists() or Antwoord.objects.exists())


class TestJudge:
    @pytest.fixture
    def solved(self, melding, behandelaar):
        change(melding, behandelaar, Status.OPGELOST)
        melding.refresh_from_db()
        return melding

    def test_the_mail_asks_once_and_says_until_when(self, solved, client):
        context = last_mail()
        assert (context["vraagt"], context["vraag_tot"]) == (Status.OPGELOST, "maandag 21 december 2026")
        page = client.get(context["vraag_url"].removeprefix("http://localhost:8000"), follow=True)
        assert page.redirect_chain[-1][0] == f"/meldingen/{solved.nummer}/oordeel/"

    def test_yes_is_kept_and_changes_nothing_else(self, solved):
        Bericht.objects.all().delete()
        judge(solved, opgelost=True)
        solved.refresh_from_db()
        assert solved.status == Status.OPGELOST
        assert Antwoord.objects.get().opgelost is True
        assert not Bericht.objects.exists()

    def test_no_reopens_with_a_new_date_and_tells_the_others(self, solved, clock):
        clock.shift(timedelta(days=7))
        judge(solved, opgelost=False, tekst="Hij knippert.")
        solved.refresh_from_db()
        assert (solved.status, solved.closed_at) == (Status.HEROPEND, None)
        assert solved.beloofd_op == rules.promised_date(date(2026, 11, 30), solved.categorie.termijn_werkdagen)
        step = solved.stappen.latest("at", "pk")
        assert (step.door, step.toelichting) == (None, "De melder zegt dat het niet is opgelost.")
        assert "knippert" not in step.toelichting + step.wijziging

    def test_another_category_after_that_promises_from_then_on(self, solved, behandelaar, clock):
        clock.shift(timedelta(days=21))
        judge(solved, opgelost=False, tekst="Nee.")
        solved.refresh_from_db()
        categorie = CategorieFactory(afdeling=solved.afdeling, termijn_werkdagen=5)
        changed = actions.change_categorie(
            melding_id=solved.pk, versie=solved.versie, categorie=categorie, by=behandelaar, toelichting="Past beter."
        )
        assert changed.beloofd_op == date(2026, 12, 21)

    def test_who_said_yes_is_not_asked_again(self, solved, behandelaar, client, clock):
        client.get(via.address("melding", solved.pk, solved.via_versie))
        asks = "Klopt dat?"
        assert asks in client.get(solved.get_absolute_url()).content.decode()
        judge(solved, opgelost=True)
        page = client.get(solved.get_absolute_url()).content.decode()
        assert asks not in page
        assert f"/meldingen/{solved.nummer}/oordeel/" in page
        judge(solved, opgelost=False, tekst="Toch niet.")
        clock.shift(timedelta(hours=1))
        change(solved, behandelaar, Status.OPGELOST)
        assert asks in client.get(solved.get_absolute_url()).content.decode()

    def test_who_changes_their_mind_is_heard(self, solved):
        judge(solved, opgelost=True)
        judge(solved, opgelost=False, tekst="Toch niet.")
        assert (Antwoord.objects.get().opgelost, Antwoord.objects.get().tekst) == (False, "Toch niet.")

    @pytest.mark.parametrize(("days", "allowed"), [(0, True), (REOPEN_DAYS, True), (REOPEN_DAYS + 1, False)])
    def test_within_28_days(self, solved, clock, days, allowed):
        clock.shift(timedelta(days=days))
        assert rules.can_judge(solved, timezone.localdate()) is allowed
        if allowed:
            judge(solved, opgelost=False, tekst="Nee.")
        else:
            with pytest.raises(RuleViolation):
                judge(solved, opgelost=False, tekst="Nee.")

    def test_no_needs_words(self, solved):
        with pytest.raises(RuleViolation):
            judge(solved, opgelost=False)
        assert not Antwoord.objects.exists()

    def test_not_solved_can_be_disputed(self, melding, behandelaar):
        change(melding, behandelaar, Status.NIET_OPGELOST, reden=Reden.NIET_GEVONDEN)
        judge(melding, opgelost=False, tekst="Het ligt er nog.")
        melding.refresh_from_db()
        assert melding.status == Status.HEROPEND

    def test_who_agrees_that_it_is_not_solved_does_not_say_that_it_is(self, melding, behandelaar, client):
        change(melding, behandelaar, Status.NIET_OPGELOST, reden=Reden.GEEN_GELD)
        client.get(via.address("melding", melding.pk, melding.via_versie))
        asked = client.get(f"/meldingen/{melding.nummer}/oordeel/").content.decode()
        assert "Nee, het is niet opgelost" not in asked
        client.post(f"/meldingen/{melding.nummer}/oordeel/", {"opgelost": "ja"})
        page = client.get(melding.get_absolute_url()).content.decode()
        assert "De melder is het hiermee eens." in page
        assert "De melder zegt: het is opgelost." not in page

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.OPGELOST, Status.NIET_OPGELOST}))
    def test_nothing_else_can_be_judged(self, status):
        first = MeldingFactory() if status == Status.DUBBEL else None
        melding = MeldingFactory(status=status, eerste=first)
        with pytest.raises(RuleViolation):
            judge(melding, opgelost=False, tekst="Nee.")

    def test_the_page(self, solved, client):
        page = f"/meldingen/{solved.nummer}/oordeel/"
        assert client.get(page).status_code == 404
        client.get(via.address(QUESTION_LINK, solved.pk, solved.via_versie))
        assert client.post(page, {}).status_code == 422
        assert client.post(page, {"opgelost": "nee"}).status_code == 422
        sent = client.post(page, {"opgelost": "nee", "tekst": "Hij knippert."}, follow=True)
        assert "Uiterlijk klaar: maandag 30 november 2026." in sent.content.decode()
        assert Melding.objects.get(pk=solved.pk).status == Status.HEROPEND
        assert client.get(page)["Location"] == solved.get_absolute_url()

    def test_a_second_closing_asks_again(self, solved, behandelaar):
        judge(solved, opgelost=False, tekst="Nee.")
        change(solved, behandelaar, Status.OPGELOST)
        judge(solved, opgelost=True)
        assert list(Antwoord.objects.order_by("pk").values_list("opgelost", flat=True)) == [False, True]


class TestTime:
    def test_who_does_not_answer_is_reminded_once_after_five_working_days(self, melding, behandelaar, clock):
        change(melding, behandelaar, Status.WACHT_OP_MELDER, toelichting="Welke lamp?")
        asked_on = date_format(timezone.localdate(), "l j F Y")
        clock.shift(timedelta(days=4))
        assert tasks.remind_reporters() == 0
        clock.shift(timedelta(days=3))
        for _twice in range(2):
            assert tasks.remind_reporters() == 1
        assert Bericht.objects.filter(template="melding_herinnering").count() == 1
        assert last_mail("melding_herinnering")["vraag"] == "Welke lamp?"
        bericht = Bericht.objects.get(template="melding_herinnering")
        # By its date: over Christmas five working days are more than a week.
        assert f"Op {asked_on} stelden we u een vraag" in str(mail.compose(bericht).body)
        assert f"Op {asked_on} stelden we u een vraag" in str(mail.compose(bericht).alternatives[0][0])
        answer(melding)
        assert tasks.remind_reporters() == 0

    def test_a_second_question_is_reminded_of_anew(self, melding, behandelaar, clock):
        for _question in range(2):
            change(melding, behandelaar, Status.WACHT_OP_MELDER)
            clock.shift(timedelta(days=7))
            tasks.remind_reporters()
            answer(melding)
        assert Bericht.objects.filter(template="melding_herinnering").count() == 2

    def test_a_question_that_was_let_go_is_not_reminded_of(self, melding, behandelaar, clock):
        change(melding, behandelaar, Status.WACHT_OP_MELDER, toelichting="Welke lamp?")
        change(melding, behandelaar, Status.IN_BEHANDELING)
        clock.shift(timedelta(days=14))
        change(melding, behandelaar, Status.WACHT_OP_MELDER, beloofd_op=None, toelichting="Welke kleur?")
        assert tasks.remind_reporters() == 0
        clock.shift(timedelta(days=7))
        assert tasks.remind_reporters() == 1
        assert last_mail("melding_herinnering")["vraag"] == "Welke kleur?"

    def test_many_late_ones_ask_no_more_than_one(self, behandelaar, django_assert_max_num_queries):
        MeldingFactory.create_batch(
            8, afdeling=behandelaar.behandelt.get().afdeling, beloofd_op=date(2026, 11, 20), buurt=BuurtFactory()
        )
        with django_assert_max_num_queries(2):
            assert tasks.announce_overdue() == 8

    def test_late_ones_are_told_to_the_afdeling_on_working_days_once(self, behandelaar, clock):
        afdeling = behandelaar.behandelt.get().afdeling
        MeldingFactory.create_batch(2, afdeling=afdeling, beloofd_op=date(2026, 11, 20))
        MeldingFactory(afdeling=afdeling, beloofd_op=date(2026, 11, 23))
        MeldingFactory(afdeling=afdeling, beloofd_op=date(2026, 11, 20), status=Status.WACHT_OP_MELDER)
        for _twice in range(2):
            assert tasks.announce_overdue() == 2
        bericht = Bericht.objects.get(template="meldingen_te_laat")
        assert (bericht.to, bericht.context["aantal"]) == (afdeling.email, 2)
        assert MELDER not in str(bericht.context)
        clock.move_to(datetime(2026, 11, 28, 7, tzinfo=AMSTERDAM))
        assert tasks.announce_overdue() == 0

    def test_an_afdeling_without_an_address_is_told_through_its_behandelaars(self, behandelaar):
        afdeling = behandelaar.behandelt.get().afdeling
        afdeling.email = ""
        afdeling.save()
        colleague = BehandelaarFactory(afdeling=afdeling).gebruiker
        gone = BehandelaarFactory(afdeling=afdeling, gebruiker__is_active=False).gebruiker
        MeldingFactory(afdeling=afdeling, beloofd_op=date(2026, 11, 20))
        tasks.announce_overdue()
        told = set(Bericht.objects.filter(template="meldingen_te_laat").values_list("to", flat=True))
        assert told == {behandelaar.email, colleague.email}
        assert gone.email not in told

    def test_beat_does_both_every_day(self, settings):
        planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        assert {"meldingen.tasks.remind_reporters", "meldingen.tasks.announce_overdue"} <= planned


def test_a_visitor_gets_to_none_of_these_pages(client: Client, melding):
    for page in ("antwoord", "oordeel"):
        assert client.get(f"/meldingen/{melding.nummer}/{page}/").status_code == 404
        assert client.post(f"/meldingen/{melding.nummer}/{page}/", {"tekst": "x"}).status_code == 404
