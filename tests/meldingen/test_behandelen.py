"""The room of the behandelaar: who comes in, what is shown, what can be done."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from basis import fotos
from berichten.models import Bericht
from meldingen.models import Foto, Melding
from meldingen.rules import Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(
        afdeling=behandelaar.afdeling,
        naam="Voorbeeldmelder",
        email="melder@voorbeeld.example",
        telefoon="06 00000000",
        adres="Langestraat 97",
        plek="bij de fontein",
    )


@pytest.fixture
def staff(client, behandelaar):
    sign_in(client, behandelaar.gebruiker)
    return client


PAGES = [
    "behandelen_melding",
    "behandelen_status",
    "behandelen_categorie",
    "behandelen_afdeling",
    "behandelen_toewijzen",
    "behandelen_prioriteit",
]
POSTS = [*PAGES[1:], "behandelen_tekst", "behandelen_foto"]


def address(name, melding, foto=None):
    if name == "behandelen":
        return reverse(name)
    return reverse(name, args=[melding.nummer, *([foto or uuid4()] if name == "behandelen_foto" else [])])


class TestClosed:
    @pytest.mark.parametrize("name", PAGES[1:])
    def test_what_stays_as_it_is_has_no_form_but_a_sentence_and_a_way_back(self, staff, melding, name):
        assert '<form method="post" novalidate>' in staff.get(address(name, melding)).text
        Melding.objects.update(status=Status.OPGELOST, closed_at=timezone.now())
        page = staff.get(address(name, melding)).text
        assert '<form method="post" novalidate>' not in page
        assert "Deze melding is afgesloten." in page
        assert f'<a href="{address("behandelen_melding", melding)}">Terug naar de melding</a>' in page

    def test_a_double_can_be_taken_apart_again(self, staff, melding):
        first = MeldingFactory(afdeling=melding.afdeling)
        Melding.objects.filter(pk=melding.pk).update(status=Status.DUBBEL, eerste=first, closed_at=timezone.now())
        assert '<form method="post" novalidate>' in staff.get(address("behandelen_status", melding)).text


class TestWhoComesIn:
    """Anonymous → the sign-in of staff; no behandelaar → 403; another afdeling → 404."""

    @pytest.fixture
    def people(self, behandelaar):
        return {
            "nobody": None,
            "bewoner": GebruikerFactory(),
            "medewerker": GebruikerFactory(medewerker=True),
            "beheerder": GebruikerFactory(beheerder=True),
            "other": BehandelaarFactory().gebruiker,
            "behandelaar": behandelaar.gebruiker,
        }

    @pytest.mark.parametrize("name", ["behandelen", *PAGES])
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("nobody", 302),
            ("bewoner", 403),
            ("medewerker", 403),
            ("beheerder", 403),
            ("other", 404),
            ("behandelaar", 200),
        ],
    )
    def test_pages(self, client, melding, people, name, who, status):
        if people[who]:
            sign_in(client, people[who])
        response = client.get(address(name, melding))
        expected = 200 if (name, who) == ("behandelen", "other") else status
        assert response.status_code == expected
        if status == 302:
            assert response.url.startswith(reverse("account_login"))

    @pytest.mark.parametrize("name", POSTS)
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("nobody", 302),
            ("bewoner", 403),
            ("medewerker", 403),
            ("beheerder", 403),
            ("other", 404),
            ("behandelaar", 422),
        ],
    )
    def test_posts_that_change_nothing(self, client, melding, people, name, who, status):
        if people[who]:
            sign_in(client, people[who])
        assert client.post(address(name, melding), {}).status_code == status
        unchanged = Melding.objects.get()
        assert (unchanged.status, unchanged.versie, unchanged.tekst_besluit) == (Status.GEMELD, 1, "")

    def test_the_list_of_another_afdeling_does_not_show_it(self, client, melding):
        sign_in(client, BehandelaarFactory().gebruiker)
        assert client.get(reverse("behandelen")).context["page"].rows == []


class TestOne:
    def test_shows_what_is_known(self, staff, melding):
        page = staff.get(address("behandelen_melding", melding)).content.decode()
        for text in ("Voorbeeldmelder", "melder@voorbeeld.example", "06 00000000", "Langestraat 97", "bij de fontein"):
            assert text in page

    def test_status(self, staff, melding):
        form = {"versie": 1, "status": "opgelost", "toelichting": "De lamp is vervangen."}
        response = staff.post(address("behandelen_status", melding), form, follow=True)
        assert "De melder krijgt bericht" in response.content.decode()
        assert Melding.objects.get().status == Status.OPGELOST
        assert Bericht.objects.get().context["toelichting"] == "De lamp is vervangen."

    @pytest.mark.parametrize(
        ("form", "sentence"),
        [
            ({"status": "opgelost"}, "Schrijf in een of twee zinnen"),
            ({"toelichting": "Klaar."}, "Kies de nieuwe status"),
            ({"status": "heropend", "toelichting": "Toch niet."}, "Deze status kan nu niet"),
            ({"status": "weg", "toelichting": "Weg."}, "Deze status kan nu niet"),
            ({"status": "dubbel", "toelichting": "Zelfde."}, "Vul het nummer van de eerste melding in."),
            ({"status": "doorgezet", "toelichting": "Naar buiten."}, "Deze status kan nu niet"),
            ({"status": "opgelost", "toelichting": "Klaar.", "versie": "x"}, "open de pagina opnieuw"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, staff, melding, form, sentence):
        response = staff.post(address("behandelen_status", melding), {"versie": 1, **form})
        page = response.content.decode()
        assert response.status_code == 422
        assert sentence in page
        assert form.get("toelichting", "") in page
        assert not Bericht.objects.exists()

    def test_who_comes_second_is_told_and_can_send_again(self, staff, melding):
        first = {"versie": 1, "status": "in_behandeling", "toelichting": "We kijken."}
        staff.post(address("behandelen_status", melding), first)
        second = {"versie": 1, "status": "ingepland", "toelichting": "Volgende week."}
        response = staff.post(address("behandelen_status", melding), second)
        assert response.status_code == 422
        assert "Iemand anders heeft dit intussen gewijzigd" in response.content.decode()
        assert "Volgende week." in response.content.decode()
        form = response.context["form"]
        again = {"versie": form["versie"].value(), "status": "ingepland", "toelichting": "Volgende week."}
        assert staff.post(address("behandelen_status", melding), again).status_code == 302
        assert Melding.objects.get().status == Status.INGEPLAND

    def test_category(self, staff, melding, behandelaar):
        new = CategorieFactory(afdeling=behandelaar.afdeling)
        form = {"versie": 1, "categorie": new.slug, "toelichting": "Dit past beter."}
        response = staff.post(address("behandelen_categorie", melding), form)
        assert response.url == address("behandelen_melding", melding)
        assert Melding.objects.get().categorie == new

    def test_handed_over_it_is_gone_from_the_own_list(self, staff, melding):
        form = {"versie": 1, "afdeling": AfdelingFactory().slug, "toelichting": "Hoort daar."}
        response = staff.post(address("behandelen_afdeling", melding), form)
        assert response.url == reverse("behandelen")
        assert staff.get(address("behandelen_melding", melding)).status_code == 404

    def test_release_of_text_and_photo(self, staff, melding):
        foto = FotoFactory(melding=melding, stored=True)
        staff.post(address("behandelen_tekst", melding), {"versie": 1, "besluit": "openbaar"})
        staff.post(address("behandelen_foto", melding, foto.uuid), {"versie": 2, "besluit": "openbaar"})
        staff.logout()
        page = staff.get(melding.get_absolute_url()).content.decode()
        assert melding.omschrijving in page
        assert reverse("melding_foto", args=[foto.uuid]) in page
        assert staff.get(reverse("melding_foto", args=[foto.uuid])).status_code == 200

    def test_back_from_the_sign_in_one_stands_at_the_melding(self, staff, melding):
        for name in ("behandelen_tekst", "behandelen_foto"):
            assert staff.get(address(name, melding)).url == address("behandelen_melding", melding)

    def test_a_full_disk_is_told(self, staff, melding, monkeypatch):
        def full(*arguments):
            raise fotos.FotoStorageError

        foto = FotoFactory(melding=melding, stored=True)
        monkeypatch.setattr("meldingen.actions.behandelen.fotos.release", full)
        response = staff.post(address("behandelen_foto", melding, foto.uuid), {"versie": 1, "besluit": "openbaar"})
        assert response.status_code == 503
        assert Foto.objects.get().besluit == ""

    def test_an_old_release_button_is_refused(self, staff, melding):
        Melding.objects.update(versie=5)
        response = staff.post(address("behandelen_tekst", melding), {"versie": 1, "besluit": "openbaar"})
        assert response.status_code == 422
        assert Melding.objects.get().tekst_besluit == ""

    @pytest.mark.parametrize("besluit", ["", "x"])
    def test_another_decision_does_not_exist(self, staff, melding, besluit):
        response = staff.post(address("behandelen_tekst", melding), {"versie": 1, "besluit": besluit})
        assert response.status_code == 422


def test_photos_that_cannot_be_hidden_now_stop_a_change_of_category(client, monkeypatch):
    by = BehandelaarFactory()
    melding = MeldingFactory(afdeling=by.afdeling, categorie__openbaar=False)
    FotoFactory(melding=melding, stored=True, besluit="openbaar")
    sign_in(client, by.gebruiker)

    def fail(name):
        raise fotos.FotoStorageError

    monkeypatch.setattr("basis.fotos.hide", fail)
    sent = {"versie": melding.versie, "categorie": CategorieFactory().slug, "toelichting": "Past beter."}
    page = client.post(f"/behandelen/{melding.nummer}/categorie/", sent)
    assert page.status_code == 503
    assert "We kunnen de foto’s bij deze melding nu niet weghalen." in page.content.decode()
    melding.refresh_from_db()
    assert melding.versie == sent["versie"]
