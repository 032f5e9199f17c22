"""What reporters see, take along, correct and erase of what we hold of them; and all their meldingen together."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from basis import via
from basis.models import Spoorregel
from basis.regels import RuleViolation
from berichten.models import Bericht
from meldingen import actions, rules
from meldingen.models import Antwoord, Emailwijziging, Foto, Melding
from meldingen.rules import EMAIL_LINK, OWN_LINK, Besluit, Doel, OverdrachtStatus, Status
from tests.factories import (
    CategorieFactory,
    DeeltaakFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    NotitieFactory,
    OrganisatieFactory,
    OverdrachtFactory,
)

pytestmark = pytest.mark.django_db
OLD, NEW = "mien@voorbeeld.example", "mien@nieuw.example"
WORDS = {"omschrijving": "Bij mijn buurman Piet.", "adres": "Kerkstraat 3", "plek": "achter het hek"}


@pytest.fixture
def melding():
    return MeldingFactory(naam="Mien", email=OLD, telefoon="06 12345678", tekst_besluit=Besluit.OPENBAAR, **WORDS)


@pytest.fixture
def own(client, melding):
    """The browser of the reporter."""
    open_link(client, OWN_LINK, melding.pk, melding.via_versie)
    return client


def open_link(client, kind, pk, version):
    return client.get(via.address(kind, pk, version).removeprefix("http://localhost:8000"))


def page(melding, rest=""):
    return f"{melding.get_absolute_url()}gegevens/{rest}"


def pages(melding):
    json_file = f"{melding.get_absolute_url()}gegevens.json"
    return [page(melding), json_file, page(melding, "contact/"), *(page(melding, f"wissen/{doel}/") for doel in Doel)]


def change(melding, **values):
    values = {"naam": "Mien", "email": OLD, "telefoon": "", **values}
    return actions.change_contact(melding_id=melding.pk, via_versie=melding.via_versie, **values)


def erase(melding, doel):
    return actions.erase(melding_id=melding.pk, via_versie=melding.via_versie, doel=doel)


def mails():
    return [(bericht.to, bericht.template) for bericht in Bericht.objects.order_by("pk")]


class TestSeeing:
    def test_only_the_reporter(self, own, melding, client_of_somebody_else):
        for address in pages(melding):
            assert own.get(address).status_code == 200
            assert client_of_somebody_else.get(address).status_code == 404
            assert client_of_somebody_else.post(address).status_code in (404, 405)
        assert own.get(page(melding, "wissen/alles/")).status_code == 404

    def test_everything_is_there(self, own, melding):
        asked = melding.stappen.create(van=Status.GEMELD, naar=Status.WACHT_OP_MELDER, toelichting="Welke?")
        Antwoord.objects.create(stap=asked, tekst="De linker.")
        melding.stappen.create(
            van="gemeld", naar="gemeld", wijziging="Aanvulling", toelichting="Nog iets.", openbaar=False
        )
        melding.stappen.create(
            van="gemeld",
            naar="gemeld",
            namens=OrganisatieFactory(),
            wijziging="Aangenomen.",
            toelichting="Van hen.",
            openbaar=False,
        )
        FotoFactory(melding=melding, stored=True)
        melding.stappen.create(
            van="gemeld", naar="gemeld", door=GebruikerFactory(medewerker=True), toelichting="Van ons."
        )
        shown = own.get(page(melding)).content.decode()
        data = json.loads(own.get(f"{melding.get_absolute_url()}gegevens.json").content)
        for text in ["Mien", OLD, "06 12345678", *WORDS.values(), "De linker.", "Nog iets."]:
            assert text in shown and text in json.dumps(data, ensure_ascii=False)
        assert "Van ons." not in shown and "Van hen." not in shown
        assert data["contact"] == {"naam": "Mien", "email": OLD, "telefoon": "06 12345678"}
        assert len(data["antwoorden"]) == 2 and len(data["fotos"]) == 1
        assert data["wordt_vernietigd_op"] == {"contact": None, "woorden": None, "fotos": None}

    def test_what_others_got_and_what_was_left_out_is_told(self, own, melding):
        Melding.objects.filter(pk=melding.pk).update(omschrijving_gelakt="Bij mijn buurman [weggelakt].")
        FotoFactory(melding=melding, besluit=Besluit.OPENBAAR, vlakken=[[1, 2, 3, 4]])
        NotitieFactory(melding=melding, tekst="Belt elke dag.")
        deeltaak = DeeltaakFactory(melding=melding, wat="Bel Mien niet terug.")
        overdracht = OverdrachtFactory(
            melding=melding, deelt_contact=True, status=OverdrachtStatus.GEREED, ended_at=timezone.now()
        )
        shown = own.get(page(melding)).content.decode()
        raw = own.get(f"{melding.get_absolute_url()}gegevens.json").content.decode()
        data = json.loads(raw)
        for content in (shown, raw):
            assert "Bij mijn buurman [weggelakt]." in content
            assert "Bij mijn buurman Piet." in content
            assert deeltaak.afdeling.naam in content
            assert "de gegevens van de melder" in content
            # What staff say to each other is no answer to be read here, but that they did is told.
            assert "Belt elke dag" not in content and "niet terug" not in content
        assert "Medewerkers schreven 1 notitie" in shown and "deel hebben we zwart gemaakt" in shown
        assert data["aantal_notities_van_medewerkers"] == 1
        assert [one["is_deels_weggelakt"] for one in data["fotos"]] == [True]
        assert {one["met"] for one in data["gedeeld_met"]} == {deeltaak.afdeling.naam, overdracht.organisatie.naam}

    def test_it_says_when_each_goes(self, own, melding, settings):
        assert f"{settings.BEWAARTERMIJNEN['contact']['opgelost']} dagen na" in own.get(page(melding)).content.decode()
        Melding.objects.filter(pk=melding.pk).update(status=Status.OPGELOST, closed_at=timezone.now())
        data = json.loads(own.get(f"{melding.get_absolute_url()}gegevens.json").content)
        days = settings.BEWAARTERMIJNEN["woorden"]["opgelost"] + 1
        assert data["wordt_vernietigd_op"]["woorden"] == str(timezone.localdate() + timedelta(days=days))

    def test_it_is_kept_by_nobody_on_the_way(self, own, melding):
        for address in pages(melding):
            assert "no-store" in own.get(address)["Cache-Control"]

    def test_looking_at_ones_own_data_leaves_no_line(self, own, melding):
        own.get(page(melding))
        erase(melding, Doel.CONTACT)
        assert not Spoorregel.objects.exists()


class TestContact:
    def test_a_new_address_is_used_only_after_a_yes_by_mail(self, own, melding, client_of_somebody_else):
        sent = own.post(page(melding, "contact/"), {"naam": "Mien", "email": NEW, "telefoon": "14 072 123"})
        assert sent["Location"] == page(melding)
        melding.refresh_from_db()
        assert (melding.email, melding.telefoon) == (OLD, "14 072 123")
        assert mails() == [(NEW, "melding_email_bevestigen")]
        link = Bericht.objects.get().context["url"].removeprefix("http://localhost:8000")
        asked = client_of_somebody_else.get(link, follow=True)
        assert asked.status_code == 200
        shown = asked.content.decode()
        assert melding.nummer_leesbaar in shown and not [text for text in [*WORDS.values(), OLD] if text in shown]
        # Looking is no yes: mail scanners open links.
        melding.refresh_from_db()
        assert melding.email == OLD
        assert client_of_somebody_else.get(page(melding)).status_code == 404
        done = client_of_somebody_else.post(asked.request["PATH_INFO"], {"antwoord": "ja"})
        assert done["Location"] == page(melding)
        assert client_of_somebody_else.get(page(melding)).status_code == 200
        melding.refresh_from_db()
        assert melding.email == NEW
        assert mails()[1:] == [(OLD, "melding_email_weg"), (NEW, "melding_email_nieuw")]
        assert NEW not in json.dumps(Bericht.objects.get(template="melding_email_weg").context)

    def test_links_in_the_old_mailbox_open_nothing_any_more(self, melding, client):
        old = melding.via_versie
        actions.confirm_new_email(wijziging_id=change(melding, email=NEW).pk)
        assert open_link(client, OWN_LINK, melding.pk, old).status_code == 404

    def test_who_knows_nothing_of_it_is_forgotten(self, melding, client):
        waiting = change(melding, email=NEW)
        open_link(client, EMAIL_LINK, waiting.pk, 1)
        client.post(f"/meldingen/email/{waiting.pk}/", {"antwoord": "nee"})
        assert not Emailwijziging.objects.exists()
        assert open_link(client, EMAIL_LINK, waiting.pk, 1).status_code == 404
        melding.refresh_from_db()
        assert melding.email == OLD

    def test_without_the_link_nobody_answers(self, melding, client):
        waiting = change(melding, email=NEW)
        assert client.post(f"/meldingen/email/{waiting.pk}/", {"antwoord": "ja"}).status_code == 404

    def test_the_last_address_counts(self, melding):
        first = change(melding, email=NEW)
        second = change(melding, email="ander@voorbeeld.example")
        with pytest.raises(Emailwijziging.DoesNotExist):
            actions.confirm_new_email(wijziging_id=first.pk)
        assert actions.confirm_new_email(wijziging_id=second.pk).email == "ander@voorbeeld.example"

    def test_ones_own_proven_address_is_used_at_once(self, own, melding):
        user = GebruikerFactory(email=NEW, email_confirmed_at=timezone.now())
        own.force_login(user)
        own.post(page(melding, "contact/"), {"email": NEW.upper()})
        melding.refresh_from_db()
        assert melding.email == NEW.upper()
        assert own.get(page(melding)).status_code == 200
        assert (NEW, "melding_email_bevestigen") not in mails()

    @pytest.mark.parametrize("same", [OLD, OLD.upper()])
    def test_the_same_address_asks_nothing(self, melding, same):
        assert change(melding, email=same) is None
        assert mails() == []

    def test_no_address_ends_the_mail(self, melding):
        actions.confirm_new_email(wijziging_id=change(melding, email=NEW).pk)
        melding.refresh_from_db()
        assert change(melding, email="") is None
        melding.refresh_from_db()
        assert melding.email == ""
        assert not Bericht.objects.waiting().filter(to=NEW).exists()

    def test_nothing_is_given_once_the_term_is_over(self, own, melding):
        Melding.objects.filter(pk=melding.pk).update(
            status=Status.OPGELOST, closed_at=timezone.now() - timedelta(days=900)
        )
        actions.purge_bewaard(today=timezone.localdate())
        assert own.get(page(melding, "contact/"))["Location"] == page(melding)
        with pytest.raises(RuleViolation):
            change(melding, email=NEW)

    def test_nobodys_mailbox_is_filled(self, own, melding, settings):
        settings.LIMIETEN = {**settings.LIMIETEN, "emailwijziging": {"mailbox": 1, "seconds": 3600}}
        assert own.post(page(melding, "contact/"), {"email": NEW}).status_code == 302
        refused = own.post(page(melding, "contact/"), {"email": NEW})
        assert refused.status_code == 429 and refused["Retry-After"]

    def test_what_is_wrong_is_told(self, own, melding):
        refused = own.post(page(melding, "contact/"), {"email": "geen adres", "telefoon": "12"})
        assert refused.status_code == 422
        assert "klopt niet" in refused.content.decode()

    def test_an_ended_link_changes_nothing(self, melding):
        with pytest.raises(PermissionDenied):
            actions.change_contact(melding_id=melding.pk, via_versie=7, naam="", email="", telefoon="")
        with pytest.raises(PermissionDenied):
            actions.erase(melding_id=melding.pk, via_versie=7, doel=Doel.CONTACT)

    def test_staff_see_that_it_was_changed_and_the_public_does_not(self, melding, client):
        version = melding.versie
        change(melding, naam="Mina")
        melding.refresh_from_db()
        assert melding.versie > version
        assert "wijzigde de contactgegevens" not in client.get(melding.get_absolute_url()).content.decode()
        assert melding.stappen.filter(wijziging="De melder wijzigde de contactgegevens.").exists()

    def test_an_address_that_nobody_confirms_is_forgotten(self, melding):
        waiting = change(melding, email=NEW)
        for days, left in ((6, 1), (8, 0)):
            Emailwijziging.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=days))
            actions.purge_bewaard(today=timezone.localdate())
            assert Emailwijziging.objects.count() == left


class TestErasing:
    def test_a_page_tells_what_follows_before_anything_goes(self, own, melding):
        for doel in Doel:
            asked = own.get(page(melding, f"wissen/{doel}/")).content.decode()
            assert "Wij kunnen het niet terughalen." in asked
        melding.refresh_from_db()
        assert melding.email and melding.omschrijving

    def test_contact_goes_and_the_melding_stays(self, own, melding):
        user = GebruikerFactory()
        Melding.objects.filter(pk=melding.pk).update(melder=user)
        melding.refresh_from_db()
        actions.announce.received(melding)
        assert own.post(page(melding, "wissen/contact/"))["Location"] == page(melding)
        melding.refresh_from_db()
        assert (melding.naam, melding.email, melding.telefoon, melding.melder) == ("", "", "", None)
        assert (melding.status, melding.omschrijving) == (Status.GEMELD, WORDS["omschrijving"])
        assert mails() == [], "what still waited is taken back"
        # The link goes on opening what is left.
        assert own.get(page(melding)).status_code == 200

    def test_what_went_by_mail_is_emptied(self, melding):
        actions.announce.received(melding)
        Bericht.objects.update(status="verstuurd", sent_at=timezone.now())
        erase(melding, Doel.CONTACT)
        assert Bericht.objects.get().context is None

    def test_words_go_also_when_they_were_public(self, own, melding, client_of_somebody_else):
        assert WORDS["omschrijving"] in client_of_somebody_else.get(melding.get_absolute_url()).content.decode()
        own.post(page(melding, "wissen/woorden/"))
        melding.refresh_from_db()
        assert (melding.omschrijving, melding.adres, melding.plek) == ("", "", "")
        assert melding.tekst_besluit == Besluit.BESLOTEN
        assert melding.lat is not None and melding.email == OLD
        assert WORDS["omschrijving"] not in client_of_somebody_else.get(melding.get_absolute_url()).content.decode()
        assert own.get(page(melding)).status_code == own.get(melding.get_absolute_url()).status_code == 200

    def test_what_is_said_afterwards_still_has_a_term(self, melding):
        erase(melding, Doel.WOORDEN)
        melding.refresh_from_db()
        assert melding.woorden_vernietigd_op is None

    @pytest.mark.django_db(transaction=True)
    def test_photos_go_also_when_they_were_public(self, own, melding, client_of_somebody_else):
        foto = FotoFactory(melding=melding, stored=True, besluit="openbaar")
        address = f"/meldingen/foto/{foto.uuid}.jpg"
        assert client_of_somebody_else.get(address).status_code == 200
        own.post(page(melding, "wissen/fotos/"))
        assert not Foto.objects.exists()
        assert client_of_somebody_else.get(address).status_code == own.get(address).status_code == 404

    def test_twice_is_fine(self, melding):
        for doel in [*Doel, *Doel]:
            erase(melding, doel)


class TestMine:
    @pytest.fixture
    def user(self):
        return GebruikerFactory(email="mien@voorbeeld.example", email_confirmed_at=timezone.now())

    def test_sent_while_signed_in_or_with_the_proven_address(self, client, user):
        own = [
            MeldingFactory(melder=user),
            MeldingFactory(email="mien@voorbeeld.example"),
            MeldingFactory(email="Mien@Voorbeeld.example", categorie=CategorieFactory(openbaar=False)),
        ]
        others = [
            MeldingFactory(),
            MeldingFactory(email="mien@voorbeeld.example.org"),
            MeldingFactory(melder=GebruikerFactory()),
        ]
        assert set(Melding.objects.reported_by(user)) == set(own)
        client.force_login(user)
        shown = client.get("/meldingen/mijn/").content.decode()
        for melding in own:
            assert melding.get_absolute_url() in shown
            assert client.get(page(melding)).status_code == 200
        for melding in others:
            assert melding.get_absolute_url() not in shown
            assert client.get(page(melding)).status_code == 404
        assert 'href="/volgen/"' in shown and "Uiterlijk klaar" in shown

    def test_an_address_that_was_not_proven_is_nobodys(self, client):
        user = GebruikerFactory(email="mien@voorbeeld.example", email_confirmed_at=None)
        melding = MeldingFactory(email=user.email)
        assert not Melding.objects.reported_by(user).exists()
        client.force_login(user)
        assert client.get(page(melding)).status_code == 404
        assert "Dit meldde u terwijl u was ingelogd." in client.get("/meldingen/mijn/").content.decode()

    def test_no_address_matches_none(self):
        user = GebruikerFactory(email=None, email_confirmed_at=timezone.now())
        MeldingFactory(email="")
        assert not Melding.objects.reported_by(user).exists()

    def test_it_says_so_when_there_is_nothing(self, client, user):
        client.force_login(user)
        assert "We vonden geen meldingen van u." in client.get("/meldingen/mijn/").content.decode()

    def test_nobody_else_gets_there(self):
        assert Client().get("/meldingen/mijn/").status_code == 302


def test_the_rules_know_when_contact_may_be_given():
    assert rules.can_give_contact(Melding())
    assert not rules.can_give_contact(Melding(contact_vernietigd_op=timezone.localdate()))
