"""Handing over to an organisation: the actions with the database, and the pages by who looks at them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from basis import fotos, via
from basis.models import Spoorregel
from basis.regels import RuleViolation, StaleVersion
from berichten import mail
from berichten.models import Bericht
from meldingen import actions
from meldingen.models import Categorie, Foto, Melding, Navraag, Overdracht, Stap
from meldingen.rules import OVERDRACHT_LINK, TRANSITIONS, DeeltaakStatus, Doel, OverdrachtStatus, Status
from tests.factories import (
    BehandelaarFactory,
    DeeltaakFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    OrganisatieFactory,
    OverdrachtFactory,
)
from tests.inloggen import sign_in
from tests.meldingen.conftest import picture

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MELDER, SECRET, TEL = "melder@voorbeeld.example", "Mijn buurman Klaas deed het.", "06 12345678"


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(
        afdeling=behandelaar.afdeling,
        categorie__afdeling=behandelaar.afdeling,
        naam="Mien Melder",
        email=MELDER,
        telefoon=TEL,
        omschrijving=SECRET,
        adres="Achterom 3",
    )


@pytest.fixture
def organisatie():
    return OrganisatieFactory(naam="Het waterschap")


def hand_over(melding, behandelaar, organisatie, **values):
    values = {"vraag": "Kunt u het gemaal nakijken?", "toelichting": "Dit is van het waterschap.", **values}
    return actions.hand_over(
        melding_id=melding.pk, versie=melding.versie, by=behandelaar.gebruiker, organisatie=organisatie, **values
    )


@pytest.fixture
def overdracht(melding, behandelaar, organisatie):
    hand_over(melding, behandelaar, organisatie)
    Bericht.objects.all().delete()
    return Overdracht.objects.get()


def by_link(overdracht, **values):
    overdracht.refresh_from_db()
    return {"overdracht_id": overdracht.pk, "via_versie": overdracht.via_versie, "versie": overdracht.versie, **values}


def mails():
    """Whom what was sent to."""
    return sorted((bericht.to, bericht.template) for bericht in Bericht.objects.all())


class TestHandingOver:
    def test_is_stored_told_and_kept_in_the_spoor(self, melding, behandelaar, organisatie):
        changed = hand_over(melding, behandelaar, organisatie)
        assert (changed.status, changed.doorgezet_naar) == (Status.DOORGEZET, "Het waterschap")
        overdracht = Overdracht.objects.get()
        assert (overdracht.status, overdracht.organisatie) == (OverdrachtStatus.GESTUURD, organisatie)
        assert (overdracht.deelt_omschrijving, overdracht.deelt_contact, overdracht.fotos.count()) == (False, False, 0)
        step = Stap.objects.latest("pk")
        assert (step.naar, step.wijziging, step.namens) == (Status.DOORGEZET, "Naar Het waterschap.", None)
        assert mails() == [(MELDER, "melding_status"), (organisatie.email_meldingen, "overdracht_organisatie")]
        assert Spoorregel.objects.get().details == {"organisatie": organisatie.pk, "gegevens_van_melder": False}

    @pytest.mark.parametrize("nieuws", ["nieuw", "opnieuw", "herinnering", "antwoord", "ingetrokken"])
    def test_no_mail_to_the_organisation_holds_anything_of_the_reporter(
        self, melding, behandelaar, organisatie, nieuws
    ):
        hand_over(melding, behandelaar, organisatie, deelt_contact=True, deelt_omschrijving=True)
        bericht = Bericht.objects.get(template="overdracht_organisatie")
        bericht.context["nieuws"] = nieuws
        message = mail.compose(bericht).message().as_string()
        for text in (MELDER, "Mien", TEL, SECRET, "Achterom"):
            assert text not in message
        assert ("/via/" in message) is (nieuws != "ingetrokken")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"vraag": " \n"}, "vraag"),
            ({"toelichting": ""}, "toelichting"),
            ({"beloofd_op": date(2020, 1, 1)}, "beloofd_op"),
        ],
    )
    def test_what_is_missing_is_said(self, melding, behandelaar, organisatie, values, field):
        with pytest.raises(RuleViolation) as refused:
            hand_over(melding, behandelaar, organisatie, **values)
        assert refused.value.field == field
        assert not Overdracht.objects.exists()

    @pytest.mark.parametrize("changed", [{"actief": False}, {"email_meldingen": ""}])
    def test_an_organisation_that_was_changed_meanwhile_gets_nothing(self, melding, behandelaar, organisatie, changed):
        type(organisatie).objects.update(**changed)
        with pytest.raises(RuleViolation):
            hand_over(melding, behandelaar, organisatie)
        assert not Bericht.objects.exists()

    def test_contact_that_was_never_given_is_not_shared(self, behandelaar, organisatie):
        anonymous = MeldingFactory(afdeling=behandelaar.afdeling)
        with pytest.raises(RuleViolation):
            hand_over(anonymous, behandelaar, organisatie, deelt_contact=True)

    def test_only_its_own_photos_are_shared(self, melding, behandelaar, organisatie):
        mine, other = FotoFactory(melding=melding), FotoFactory()
        hand_over(melding, behandelaar, organisatie, fotos=[mine.uuid, other.uuid])
        assert list(Overdracht.objects.get().fotos.all()) == [mine]

    @pytest.mark.parametrize("status", Status)
    def test_only_from_where_the_table_says(self, behandelaar, organisatie, status):
        eerste = MeldingFactory() if status == Status.DUBBEL else None
        melding = MeldingFactory(afdeling=behandelaar.afdeling, status=status, eerste=eerste)
        if Status.DOORGEZET in TRANSITIONS[status]:
            assert hand_over(melding, behandelaar, organisatie).status == Status.DOORGEZET
        else:
            with pytest.raises(RuleViolation):
                hand_over(melding, behandelaar, organisatie)

    def test_somebody_of_another_afdeling_may_not(self, melding, organisatie):
        with pytest.raises(PermissionDenied):
            hand_over(melding, BehandelaarFactory(), organisatie)

    def test_who_comes_second_is_told(self, melding, behandelaar, organisatie):
        hand_over(melding, behandelaar, organisatie)
        with pytest.raises(StaleVersion):
            hand_over(melding, behandelaar, organisatie)

    def test_changing_the_status_does_not_hand_over(self, melding, behandelaar):
        with pytest.raises(RuleViolation):
            actions.change_status(
                melding_id=melding.pk, versie=1, status="doorgezet", by=behandelaar.gebruiker, toelichting="Weg."
            )

    @pytest.mark.parametrize("to", [Status.IN_BEHANDELING, Status.OPGELOST])
    def test_the_behandelaar_takes_it_back_and_the_organisation_is_told(self, overdracht, behandelaar, to):
        melding = actions.change_status(
            melding_id=overdracht.melding_id, versie=2, status=to, by=behandelaar.gebruiker, toelichting="Toch wij."
        )
        overdracht.refresh_from_db()
        assert (overdracht.status, melding.doorgezet_naar) == (OverdrachtStatus.INGETROKKEN, "")
        told = Bericht.objects.get(template="overdracht_organisatie").context
        assert told["nieuws"] == "ingetrokken"
        with pytest.raises(RuleViolation):
            actions.finish_overdracht(**by_link(overdracht, toelichting="Toch gedaan."))

    def test_a_new_link_ends_the_one_before(self, overdracht, behandelaar):
        old = via.address(OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie)
        actions.repeat_link(melding_id=overdracht.melding_id, versie=2, by=behandelaar.gebruiker)
        new = Bericht.objects.get(template="overdracht_organisatie").context["url"]
        assert Client().get(old).status_code == 404
        assert Client().get(new).status_code == 302

    def test_the_database_knows_one_running_at_most(self, overdracht):
        with pytest.raises(IntegrityError), transaction.atomic():
            OverdrachtFactory(melding=overdracht.melding)


class TestTheOrganisation:
    def test_takes_it_with_its_own_number_and_date(self, overdracht):
        beloofd_op = timezone.localdate() + timedelta(days=14)
        while beloofd_op.weekday() > 4:
            beloofd_op += timedelta(days=1)
        values = {"toelichting": "Volgende week.", "kenmerk": " W-12 ", "beloofd_op": beloofd_op}
        actions.take_overdracht(**by_link(overdracht, **values))
        overdracht.refresh_from_db()
        assert (overdracht.status, overdracht.kenmerk) == (OverdrachtStatus.AANGENOMEN, "W-12")
        assert Melding.objects.get().beloofd_op == beloofd_op
        step = Stap.objects.latest("pk")
        assert (step.van, step.naar, step.door, step.namens) == ("doorgezet", "doorgezet", None, overdracht.organisatie)
        assert step.wijziging.startswith("Aangenomen. Nieuwe datum:")
        # It is not the reporter's own step, so the reporter hears of it.
        bericht = Bericht.objects.get(to=MELDER)
        assert bericht.context["namens"] == "Het waterschap"
        assert "namens Het waterschap" in mail.compose(bericht).body

    def test_does_not_leave_a_date_that_has_gone_by(self, overdracht):
        Melding.objects.update(beloofd_op=timezone.localdate() - timedelta(days=1))
        with pytest.raises(RuleViolation) as refused:
            actions.take_overdracht(**by_link(overdracht, toelichting="Doen we."))
        assert refused.value.field == "beloofd_op"

    def test_asks_and_gets_an_answer(self, overdracht, behandelaar):
        actions.ask_about_overdracht(**by_link(overdracht, tekst="Welk gemaal?"))
        assert mails() == [(behandelaar.afdeling.email, "overdracht_afdeling")]
        with pytest.raises(RuleViolation):
            actions.ask_about_overdracht(**by_link(overdracht, tekst="Nog iets?"))
        Bericht.objects.all().delete()
        melding = Melding.objects.get()
        who = {"melding_id": melding.pk, "by": behandelaar.gebruiker}
        actions.answer_navraag(**who, versie=melding.versie, tekst="Dat aan de dijk.")
        told = Bericht.objects.get()
        assert (told.to, told.context["tekst"]) == (overdracht.organisatie.email_meldingen, "Dat aan de dijk.")
        with pytest.raises(RuleViolation):
            actions.answer_navraag(**who, versie=melding.versie + 1, tekst="Nog eens.")
        # Neither is for the public.
        assert not Stap.objects.filter(toelichting__contains="gemaal?").exists()

    def test_is_done_and_the_reporter_is_asked(self, overdracht, prepared):
        actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt.", foto=[prepared("teal")]))
        melding = Melding.objects.get()
        assert (melding.status, melding.doorgezet_naar) == (Status.OPGELOST, "")
        assert melding.closed_at is not None
        told = Bericht.objects.get(to=MELDER).context
        assert (told["vraagt"], told["namens"]) == ("opgelost", "Het waterschap")
        assert Foto.objects.get().besluit == ""

    @pytest.mark.django_db(transaction=True)
    def test_its_photos_are_not_those_of_the_reporter(self, overdracht, behandelaar, prepared, client):
        mine = FotoFactory(melding=overdracht.melding, naam=fotos.store(prepared("olive"), folder="meldingen"))
        actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt.", foto=[prepared("teal")]))
        melding, theirs = Melding.objects.get(), Foto.objects.exclude(pk=mine.pk).get()
        assert theirs.namens == overdracht.organisatie
        client.get(via.address("melding", melding.pk, melding.via_versie))
        own_pages = [reverse("melding_gegevens", args=[melding.nummer]), f"{melding.get_absolute_url()}gegevens.json"]

        def seen(foto):
            """Whether the reporter sees it: on the page of the melding, by its address, and among the own data."""
            addresses = [melding.get_absolute_url(), *own_pages]
            on_page, *among_own = [str(foto.uuid) in client.get(one).content.decode() for one in addresses]
            return on_page, client.get(reverse("melding_foto", args=[foto.uuid])).status_code == 200, *among_own

        assert seen(mine) == (True, True, True, True)
        assert seen(theirs) == (False, False, False, False)
        values = {"melding_id": melding.pk, "versie": melding.versie, "by": behandelaar.gebruiker}
        actions.decide_foto(**values, foto_uuid=theirs.uuid, besluit="openbaar")
        assert seen(theirs) == (True, True, False, False)
        actions.erase(melding_id=melding.pk, via_versie=melding.via_versie, doel=Doel.FOTOS)
        assert list(Foto.objects.all()) == [theirs]
        assert (default_storage.exists(theirs.naam), default_storage.exists(mine.naam)) == (True, False)

    def test_is_done_only_after_the_part_of_an_afdeling(self, overdracht):
        """What can't be done from outside is not asked: an organisation takes no part back."""
        part = DeeltaakFactory(melding=overdracht.melding)
        with pytest.raises(RuleViolation, match="De gemeente doet zelf ook een deel") as refused:
            actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt."))
        assert "trek" not in str(refused.value)
        assert part.afdeling.naam not in str(refused.value)
        part.close(DeeltaakStatus.GEREED, by=GebruikerFactory(), uitleg="Klaar.")
        actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt."))
        assert Melding.objects.get().status == Status.OPGELOST

    def test_gives_it_back_to_the_list_of_the_afdeling(self, overdracht, behandelaar):
        # Also when it is late: the municipality gives another date.
        Melding.objects.update(beloofd_op=timezone.localdate() - timedelta(days=1))
        actions.return_overdracht(**by_link(overdracht, toelichting="Dit is van de gemeente."))
        assert Melding.objects.get().status == Status.IN_BEHANDELING
        assert mails() == [
            (behandelaar.afdeling.email, "overdracht_afdeling"),
            (MELDER, "melding_status"),
        ]

    def test_what_it_solved_comes_to_the_behandelaar_when_the_reporter_reopens_it(self, overdracht, behandelaar):
        actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt."))
        melding = Melding.objects.get()
        Bericht.objects.all().delete()
        actions.judge_solved(
            melding_id=melding.pk, via_versie=melding.via_versie, opgelost=False, tekst="Er staat nog water."
        )
        reopened = Melding.objects.handled_by([behandelaar.afdeling_id]).open().get()
        assert (reopened.status, reopened.doorgezet_naar) == (Status.HEROPEND, "")
        # What the reporter did is not told to the reporter.
        assert not Bericht.objects.filter(to=MELDER).exists()
        with pytest.raises(RuleViolation):
            actions.return_overdracht(**by_link(overdracht, toelichting="Niet van ons."))

    @pytest.mark.parametrize("again", ["take_overdracht", "finish_overdracht", "return_overdracht"])
    def test_pressing_twice_is_refused_kindly(self, overdracht, again):
        values = by_link(overdracht, toelichting="Gedaan.")
        getattr(actions, again)(**values)
        with pytest.raises(RuleViolation) as refused:
            getattr(actions, again)(**values)
        assert "al gedaan" in str(refused.value)
        assert Stap.objects.filter(namens=overdracht.organisatie).count() == 1

    def test_who_comes_second_with_something_else_is_told(self, overdracht):
        values = by_link(overdracht)
        actions.take_overdracht(**values, toelichting="Doen we.")
        with pytest.raises(StaleVersion):
            actions.return_overdracht(**values, toelichting="Niet van ons.")

    @pytest.mark.parametrize(
        "action", ["take_overdracht", "finish_overdracht", "return_overdracht", "ask_about_overdracht"]
    )
    def test_with_a_link_that_was_ended_may_do_nothing(self, overdracht, action):
        values = by_link(overdracht)
        words = "tekst" if action == "ask_about_overdracht" else "toelichting"
        with pytest.raises(PermissionDenied):
            getattr(actions, action)(**{**values, "via_versie": 2}, **{words: "Woorden."})


class TestReminders:
    def test_the_organisation_after_five_and_the_afdeling_after_ten_working_days_both_once(self, overdracht):
        Overdracht.objects.update(link_at=datetime(2026, 11, 9, 16, tzinfo=AMSTERDAM))
        days = {}
        for day in (13, 16, 17, 20, 23, 24):
            with time_machine.travel(datetime(2026, 11, day, 9, 5, tzinfo=AMSTERDAM), tick=False):
                actions.remind_organisaties(today=date(2026, 11, day))
            days[day] = Bericht.objects.count()
        assert days == {13: 0, 16: 1, 17: 1, 20: 1, 23: 2, 24: 2}
        assert [bericht.template for bericht in Bericht.objects.order_by("pk")] == [
            "overdracht_organisatie",
            "overdracht_afdeling",
        ]

    def remind(self, overdracht, days):
        """What the task of the night sends when the last link went so many days ago; nothing the second time."""
        Overdracht.objects.update(link_at=timezone.now() - timedelta(days=days))
        Bericht.objects.all().delete()
        sent = actions.remind_organisaties(today=timezone.localdate())
        told = [(bericht.template, bericht.context["nieuws"]) for bericht in Bericht.objects.order_by("pk")]
        assert (sent, actions.remind_organisaties(today=timezone.localdate())) == (len(told), 0)
        return told

    def test_what_was_told_is_kept_in_the_row_and_not_told_again(self, overdracht):
        versie = overdracht.versie
        assert self.remind(overdracht, 60) == [
            ("overdracht_organisatie", "herinnering"),
            ("overdracht_afdeling", "wacht"),
        ]
        assert self.remind(overdracht, 60) == []
        overdracht.refresh_from_db()
        assert overdracht.reminded_at and overdracht.told_at
        assert overdracht.versie == versie

    def test_not_while_the_municipality_owes_an_answer_and_from_then_on_anew(self, overdracht, behandelaar):
        actions.ask_about_overdracht(**by_link(overdracht, tekst="Welk gemaal?"))
        assert self.remind(overdracht, 60) == []
        versie = Melding.objects.get().versie
        actions.answer_navraag(
            melding_id=overdracht.melding_id, versie=versie, by=behandelaar.gebruiker, tekst="Aan de dijk."
        )
        assert actions.remind_organisaties(today=timezone.localdate()) == 0
        assert len(self.remind(overdracht, 60)) == 2

    def test_a_new_link_gives_the_time_anew(self, overdracht, behandelaar):
        assert len(self.remind(overdracht, 60)) == 2
        Bericht.objects.all().delete()
        actions.repeat_link(melding_id=overdracht.melding_id, versie=2, by=behandelaar.gebruiker)
        assert actions.remind_organisaties(today=timezone.localdate()) == 0
        assert len(self.remind(overdracht, 60)) == 2

    def test_nobody_about_what_was_taken(self, overdracht):
        actions.take_overdracht(**by_link(overdracht, toelichting="Doen we."))
        Bericht.objects.all().delete()
        Overdracht.objects.update(link_at=timezone.now() - timedelta(days=60))
        assert actions.remind_organisaties(today=timezone.localdate()) == 0
        assert not Bericht.objects.exists()


@pytest.fixture
def organisation(client, overdracht):
    """Who opened the link."""
    client.get(via.address(OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie))
    return client


@pytest.fixture
def staff(behandelaar):
    client = Client()
    sign_in(client, behandelaar.gebruiker)
    return client


PAGES = ["overdracht", "overdracht_aannemen", "overdracht_vraag", "overdracht_gereed", "overdracht_teruggeven"]


def address(name, overdracht):
    return reverse(name, args=[overdracht.melding.nummer])


class TestThePageOfTheOrganisation:
    @pytest.mark.parametrize("name", PAGES)
    def test_opens_by_the_link_alone(self, overdracht, organisation, client_of_somebody_else, staff, name):
        assert organisation.get(address(name, overdracht)).status_code == 200
        assert client_of_somebody_else.get(address(name, overdracht)).status_code == 404
        assert staff.get(address(name, overdracht)).status_code == 404

    def test_the_link_of_the_reporter_does_not_open_it(self, overdracht, client):
        client.get(via.address("melding", overdracht.melding_id, 1))
        assert client.get(address("overdracht", overdracht)).status_code == 404

    @pytest.mark.parametrize("words", [True, False])
    @pytest.mark.parametrize("contact", [True, False])
    def test_shows_what_was_ticked_and_no_more(self, organisation, overdracht, words, contact):
        Overdracht.objects.update(deelt_omschrijving=words, deelt_contact=contact)
        page = organisation.get(address("overdracht", overdracht)).content.decode()
        assert "Kunt u het gemaal nakijken?" in page
        assert (SECRET in page, "Achterom 3" in page) == (words, words)
        assert (MELDER in page, TEL in page, "Mien Melder" in page) == (contact,) * 3

    def test_shares_photos_that_were_ticked_as_long_as_it_lies_there(self, organisation, overdracht, behandelaar):
        shared, other = FotoFactory.create_batch(2, melding=overdracht.melding, stored=True)
        overdracht.fotos.set([shared])
        assert str(shared.uuid) in organisation.get(address("overdracht", overdracht)).content.decode()
        assert organisation.get(reverse("melding_foto", args=[shared.uuid])).status_code == 200
        assert organisation.get(reverse("melding_foto", args=[other.uuid])).status_code == 404
        assert Client().get(reverse("melding_foto", args=[shared.uuid])).status_code == 404
        actions.return_overdracht(**by_link(overdracht, toelichting="Niet van ons."))
        assert organisation.get(reverse("melding_foto", args=[shared.uuid])).status_code == 404

    def test_a_photo_that_is_black_in_parts_is_shown_as_everybody_sees_it_or_not_at_all(
        self, organisation, overdracht, behandelaar, prepared
    ):
        naam = fotos.store(prepared("teal"), folder="meldingen")
        foto = FotoFactory(melding=overdracht.melding, naam=naam)
        overdracht.fotos.set([foto])
        by = {"melding_id": overdracht.melding_id, "foto_uuid": foto.uuid, "by": behandelaar.gebruiker}
        actions.black_out_foto(**by, versie=2, vlakken=[fotos.Vlak(0, 0, 100, 100)])

        def shown():
            """Whether the page has it, and what the two addresses give."""
            page = organisation.get(address("overdracht", overdracht)).content.decode()
            got = [organisation.get(reverse(name, args=[foto.uuid])) for name in ("melding_foto", "melding_foto_klein")]
            return str(foto.uuid) in page, *(b"".join(one) if one.status_code == 200 else None for one in got)

        originals = {prepared("teal").content, prepared("teal").thumbnail}
        is_listed, *black = shown()
        assert is_listed and None not in black and originals.isdisjoint(black)
        actions.decide_foto(**by, versie=3, besluit="besloten")
        assert shown() == (False, None, None)
        actions.decide_foto(**by, versie=4, besluit="openbaar")
        assert shown() == (True, *black)
        # Neither is the original what is left where a category is not for everybody.
        Categorie.objects.update(openbaar=False)
        assert shown() == (False, None, None)

    def test_after_a_return_shows_the_story_and_nothing_of_the_reporter(self, organisation, overdracht):
        Overdracht.objects.update(deelt_omschrijving=True, deelt_contact=True)
        actions.return_overdracht(**by_link(overdracht, toelichting="Niet van ons."))
        page = organisation.get(address("overdracht", overdracht)).content.decode()
        assert "U hoeft niets meer te doen" in page
        assert "Niet van ons." in page
        for text in (SECRET, MELDER, TEL, "Achterom"):
            assert text not in page
        response = organisation.get(address("overdracht_gereed", overdracht), follow=True)
        assert "ligt niet meer bij u" in response.content.decode()

    def test_after_being_taken_back_shows_only_that(self, organisation, overdracht, behandelaar):
        Overdracht.objects.update(deelt_omschrijving=True, deelt_contact=True)
        actions.change_status(
            melding_id=overdracht.melding_id,
            versie=2,
            status=Status.IN_BEHANDELING,
            by=behandelaar.gebruiker,
            toelichting="Toch wij.",
        )
        page = organisation.get(address("overdracht", overdracht)).content.decode()
        assert "teruggehaald" in page
        for text in (SECRET, MELDER, TEL, "Achterom", "Kunt u het gemaal"):
            assert text not in page

    def test_is_gone_28_days_later(self, organisation, overdracht):
        actions.return_overdracht(**by_link(overdracht, toelichting="Niet van ons."))
        Overdracht.objects.update(ended_at=timezone.now() - timedelta(days=29))
        assert organisation.get(address("overdracht", overdracht)).status_code == 404
        link = via.address(OVERDRACHT_LINK, overdracht.pk, overdracht.via_versie)
        assert Client().get(link).status_code == 404

    def test_the_whole_way_by_its_forms(self, organisation, overdracht):
        organisation.post(address("overdracht_vraag", overdracht), {"versie": 1, "tekst": "Welk gemaal?"})
        assert Navraag.objects.get().tekst == "Welk gemaal?"
        response = organisation.get(address("overdracht_aannemen", overdracht))
        assert "We hebben uw melding aangenomen" in response.content.decode()
        taken = {"versie": 2, "toelichting": "Doen we.", "kenmerk": "W-12"}
        assert organisation.post(address("overdracht_aannemen", overdracht), taken).status_code == 302
        done = {"versie": 3, "toelichting": "Het gemaal werkt.", "foto": picture("teal")}
        response = organisation.post(address("overdracht_gereed", overdracht), done, follow=True)
        assert "De melder krijgt bericht" in response.content.decode()
        melding = Melding.objects.get()
        assert (melding.status, melding.fotos.count()) == (Status.OPGELOST, 1)
        public = Client().get(melding.get_absolute_url()).content.decode()
        assert public.count("namens Het waterschap") == 2
        assert "Welk gemaal?" not in public

    @pytest.mark.parametrize(
        ("name", "form", "sentence"),
        [
            ("overdracht_aannemen", {"toelichting": ""}, "Schrijf in een of twee zinnen"),
            ("overdracht_aannemen", {"toelichting": "Ja.", "beloofd_op": "31-13-2026"}, "Dit is geen datum"),
            ("overdracht_vraag", {"tekst": " "}, "wat u wilt weten"),
            ("overdracht_gereed", {}, "Schrijf in een of twee zinnen"),
            ("overdracht_teruggeven", {}, "Schrijf in een of twee zinnen"),
            ("overdracht_teruggeven", {"toelichting": "Nee.", "versie": "x"}, "open de pagina opnieuw"),
        ],
    )
    def test_what_is_wrong_is_said(self, organisation, overdracht, name, form, sentence):
        response = organisation.post(address(name, overdracht), {"versie": 1, **form})
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert not Bericht.objects.exists()

    def test_who_comes_second_keeps_the_words_and_can_send_again(self, organisation, overdracht):
        actions.ask_about_overdracht(**by_link(overdracht, tekst="Welk gemaal?"))
        form = {"versie": 1, "toelichting": "Niet van ons."}
        response = organisation.post(address("overdracht_teruggeven", overdracht), form)
        assert response.status_code == 422
        assert "Iemand anders heeft dit intussen gewijzigd" in response.content.decode()
        form["versie"] = response.context["form"]["versie"].value()
        assert organisation.post(address("overdracht_teruggeven", overdracht), form).status_code == 302

    def test_too_often_is_told_and_keeps_the_words(self, organisation, overdracht, settings):
        settings.LIMIETEN = {**settings.LIMIETEN, "overdracht": {"visitor": 1, "network": 9, "seconds": 60}}
        organisation.post(address("overdracht_vraag", overdracht), {"versie": 1, "tekst": "Welk gemaal?"})
        form = {"versie": 2, "toelichting": "Niet van ons."}
        response = organisation.post(address("overdracht_teruggeven", overdracht), form)
        assert response.status_code == 429
        assert "Niet van ons." in response.content.decode()


class TestThePagesOfTheBehandelaar:
    def test_only_photos_that_everybody_sees_whole_are_ticked(self, staff, melding):
        FotoFactory(melding=melding, besluit="openbaar")
        FotoFactory(melding=melding, besluit="besloten")
        FotoFactory(melding=melding, besluit="openbaar", vlakken=[[0, 0, 50, 50]])
        Melding.objects.update(tekst_besluit="openbaar", plek="bij Mien achter", adres="Laat 1")
        page = staff.get(reverse("behandelen_doorzetten", args=[melding.nummer])).content.decode()
        assert page.count(" checked") == 1
        assert "Foto 2 (niet openbaar)" in page
        # Who ticks the words, sees all that goes along.
        assert "bij Mien achter" in page and "Laat 1" in page

    def test_hands_over_what_was_ticked(self, staff, melding, organisatie):
        foto = FotoFactory(melding=melding)
        form = {
            "versie": 1,
            "organisatie": organisatie.slug,
            "vraag": "Kunt u kijken?",
            "deelt_omschrijving": "on",
            "fotos": [str(foto.uuid)],
            "toelichting": "Naar het waterschap.",
        }
        response = staff.post(reverse("behandelen_doorzetten", args=[melding.nummer]), form, follow=True)
        page = response.content.decode()
        assert "Ligt bij Het waterschap" in page
        assert "de omschrijving en 1 foto" in page
        overdracht = Overdracht.objects.get()
        assert (overdracht.deelt_omschrijving, overdracht.deelt_contact) == (True, False)

    def test_organisations_that_cannot_get_it_are_no_choice(self, staff, melding, organisatie):
        OrganisatieFactory(naam="Zonder adres", email_meldingen="")
        OrganisatieFactory(naam="Buiten gebruik", actief=False)
        page = staff.get(reverse("behandelen_doorzetten", args=[melding.nummer])).content.decode()
        assert "Het waterschap" in page
        assert "Zonder adres" not in page
        assert "Buiten gebruik" not in page

    @pytest.mark.parametrize("name", ["behandelen_doorzetten", "behandelen_navraag", "behandelen_link"])
    def test_are_for_behandelaars_of_the_afdeling(self, overdracht, client, bewoner, name):
        assert client.get(address(name, overdracht)).status_code == 302
        other = Client()
        sign_in(other, BehandelaarFactory().gebruiker)
        assert other.get(address(name, overdracht)).status_code == 404
        sign_in(client, bewoner)
        assert client.get(address(name, overdracht)).status_code == 403

    def test_a_question_is_shown_and_answered(self, staff, overdracht):
        actions.ask_about_overdracht(**by_link(overdracht, tekst="Welk gemaal?"))
        page = staff.get(address("behandelen_melding", overdracht)).content.decode()
        assert "heeft een vraag en wacht op uw antwoord" in page
        assert "Welk gemaal?" in staff.get(address("behandelen_navraag", overdracht)).content.decode()
        versie = Melding.objects.get().versie
        assert staff.post(address("behandelen_navraag", overdracht), {"versie": versie}).status_code == 422
        form = {"versie": versie, "tekst": "Aan de dijk."}
        page = staff.post(address("behandelen_navraag", overdracht), form, follow=True).content.decode()
        assert "Aan de dijk." in page
        assert "geen vraag" in staff.get(address("behandelen_navraag", overdracht)).content.decode()

    def test_sends_a_new_link(self, staff, overdracht):
        assert (
            overdracht.organisatie.email_meldingen in staff.get(address("behandelen_link", overdracht)).content.decode()
        )
        staff.post(address("behandelen_link", overdracht), {"versie": 2})
        assert Bericht.objects.get().context["nieuws"] == "opnieuw"
        assert staff.post(address("behandelen_link", overdracht), {"versie": 2}).status_code == 422
        assert Bericht.objects.count() == 1

    def test_a_mail_that_never_arrived_is_told(self, staff, melding, behandelaar, organisatie):
        hand_over(melding, behandelaar, organisatie)
        page = reverse("behandelen_melding", args=[melding.nummer])
        assert "kwam niet aan" not in staff.get(page).content.decode()
        Bericht.objects.filter(template="overdracht_organisatie").update(status="mislukt")
        assert "kwam niet aan" in staff.get(page).content.decode()
        actions.repeat_link(melding_id=melding.pk, versie=2, by=behandelaar.gebruiker)
        assert "kwam niet aan" not in staff.get(page).content.decode()

    def test_a_name_from_before_keeps_showing_and_can_be_taken_back(self, staff, melding):
        Melding.objects.update(status=Status.DOORGEZET, doorgezet_naar="De provincie")
        assert "De provincie" in Client().get(melding.get_absolute_url()).content.decode()
        page = staff.get(reverse("behandelen_melding", args=[melding.nummer])).content.decode()
        assert "doorgezet zonder link" in page
        form = {"versie": 1, "status": "in_behandeling", "toelichting": "Toch wij."}
        assert staff.post(reverse("behandelen_status", args=[melding.nummer]), form).status_code == 302


def test_other_systems_read_on_whose_behalf(overdracht):
    actions.take_overdracht(**by_link(overdracht, toelichting="Doen we."))
    [row] = Client().get(f"/open311/v2/requests/{overdracht.melding.nummer}.json").json()
    assert row["agency_responsible"] == "Het waterschap"
    assert row["status_notes"].startswith("Het waterschap: Aangenomen")


def test_what_was_asked_is_destroyed_with_the_words_of_the_melding(overdracht, settings):
    actions.ask_about_overdracht(**by_link(overdracht, tekst="Belde Klaas hierover?"))
    actions.finish_overdracht(**by_link(overdracht, toelichting="Het gemaal werkt."))
    late = timezone.localdate() + timedelta(days=max(settings.BEWAARTERMIJNEN["woorden"].values()) + 2)
    actions.purge_bewaard(today=late)
    overdracht.refresh_from_db()
    assert (overdracht.vraag, overdracht.kenmerk, Navraag.objects.count()) == ("", "", 0)
    # What everybody read stays, and whose it was.
    assert Stap.objects.get(namens=overdracht.organisatie).toelichting == "Het gemaal werkt."
