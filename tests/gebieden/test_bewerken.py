"""The pages where a Gebiedsteam keeps texts and team."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gebieden.models import Buurt, Gebied, Teamlid, Wijk
from gebieden.rules import INLEIDING_MAX_LENGTH
from gebruikers.models import Gebruiker
from tests.factories import BehandelaarFactory, GebruikerFactory, TeamlidFactory
from tests.inloggen import sign_in

OVERVIEW = "/gebieden/oost/bewerken/"
CONTACT = {
    "rol": "wijkagent",
    "naam": "Wil Wijk",
    "email": "wijkagent@voorbeeld.example",
    "telefoon": "0900-8844",
    "bereikbaar": "elke dag",
}


@pytest.fixture
def oost(alkmaar: None) -> Gebied:
    return Gebied.objects.get(slug="oost")


@pytest.fixture
def own(oost: Gebied) -> Teamlid:
    """The place in the team of who is signed in as `lid`."""
    return TeamlidFactory(gebied=oost, gebruiker=GebruikerFactory(medewerker=True), naam="Otto Oost", volgorde=0)


@pytest.fixture
def colleague(oost: Gebied) -> Teamlid:
    return TeamlidFactory(gebied=oost, naam="Hanneke Handhaver", rol="gebiedshandhaver", volgorde=1)


@pytest.fixture
def lid(client: Client, own: Teamlid) -> Client:
    """A browser in which a teamlid of Oost is signed in."""
    assert own.gebruiker is not None
    sign_in(client, own.gebruiker)
    return client


def addresses(teamlid: Teamlid) -> dict[str, tuple[str, dict[str, str]]]:
    """Every address of this part with a form that it accepts, by its name."""
    team = {"gebied": "oost", "pk": teamlid.pk}
    text = {"inleiding": "Welkom.", "versie": "0"}
    return {
        "gebied_bewerken": (OVERVIEW, {}),
        "gebied_inleiding": (reverse("gebied_inleiding", args=["oost"]), text),
        "wijk_inleiding": (reverse("wijk_inleiding", args=["oost", "schermer"]), text),
        "dorp_inleiding": (reverse("dorp_inleiding", args=["oost", "schermer", "stompetoren"]), text),
        "teamlid_nieuw": (reverse("teamlid_nieuw", args=["oost"]), CONTACT),
        "teamlid_wijzigen": (reverse("teamlid_wijzigen", kwargs=team), {**CONTACT, "versie": "0"}),
        "teamlid_verplaatsen": (reverse("teamlid_verplaatsen", kwargs=team), {"richting": "omhoog"}),
        "teamlid_verwijderen": (reverse("teamlid_verwijderen", kwargs=team), {}),
    }


def of_another_gebied() -> Gebruiker:
    gebruiker = GebruikerFactory(medewerker=True)
    TeamlidFactory(gebied=Gebied.objects.get(slug="noord"), gebruiker=gebruiker)
    return gebruiker


STRANGERS: dict[str, Callable[[], Gebruiker | None]] = {
    "anonymous": lambda: None,
    "bewoner": GebruikerFactory,
    "medewerker": lambda: GebruikerFactory(medewerker=True),
    "behandelaar": lambda: BehandelaarFactory().gebruiker,
    "teamlid of another gebied": of_another_gebied,
}


def written() -> list[object]:
    """Everything that these pages can change."""
    texts = [model.objects.exclude(inleiding="").count() for model in (Gebied, Wijk, Buurt)]
    return [*texts, *Teamlid.objects.order_by("pk").values_list()]


class TestWhoGetsIn:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_strangers_see_and_change_nothing(self, client: Client, oost: Gebied, colleague: Teamlid, who: str) -> None:
        gebruiker = STRANGERS[who]()
        if gebruiker is not None:
            sign_in(client, gebruiker)
        before = written()
        for name, (address, form) in addresses(colleague).items():
            for response in (client.get(address), client.post(address, form)):
                if gebruiker is None:
                    assert response.status_code == 302, name
                    assert response["Location"] == f"{reverse('account_login')}?next={address}"
                else:
                    assert response.status_code == 403, name
        assert written() == before

    @pytest.mark.parametrize("who", ["teamlid", "beheerder"])
    def test_the_team_and_the_beheerder_see_and_change(
        self, client: Client, own: Teamlid, colleague: Teamlid, who: str
    ) -> None:
        sign_in(client, {"teamlid": own.gebruiker, "beheerder": GebruikerFactory(beheerder=True)}[who])
        for name, (address, form) in addresses(colleague).items():
            page = client.get(address)
            assert page.status_code == (405 if name == "teamlid_verplaatsen" else 200), name
            before = written()
            response = client.post(address, form)
            if name == "gebied_bewerken":
                assert response.status_code == 405
                continue
            assert response.status_code == 302, name
            assert response["Location"].partition("#")[0] == OVERVIEW
            assert written() != before, name

    def test_pages_are_kept_nowhere(self, lid: Client) -> None:
        assert "no-store" in lid.get(OVERVIEW)["Cache-Control"]

    @pytest.mark.parametrize(
        "address",
        [
            "/gebieden/oosten/bewerken/",
            "/gebieden/oost/bewerken/inleiding/de-mare/",
            "/gebieden/oost/bewerken/inleiding/schermer/ursem/",
            "/gebieden/oost/bewerken/inleiding/graft-de-rijp/stompetoren/",
            "/gebieden/oost/bewerken/team/999999/",
            "/gebieden/oost/bewerken/team/99999999999999999999999/",
        ],
    )
    def test_what_is_not_there(self, lid: Client, address: str) -> None:
        assert lid.get(address).status_code == 404

    def test_teamleden_of_another_gebied_are_not_there(self, lid: Client) -> None:
        other = TeamlidFactory(gebied=Gebied.objects.get(slug="noord"))
        for name in ("teamlid_wijzigen", "teamlid_verwijderen", "teamlid_verplaatsen"):
            address = reverse(name, args=["oost", other.pk])
            assert lid.post(address, {**CONTACT, "versie": "0", "richting": "omhoog"}).status_code == 404
        assert Teamlid.objects.filter(pk=other.pk, naam=other.naam).exists()


class TestOverview:
    def test_all_texts_and_the_team_in_order(self, lid: Client, colleague: Teamlid) -> None:
        page = lid.get(OVERVIEW).content.decode()
        for wijk in ("oudorp", "schermer", "graft-de-rijp"):
            assert f"/gebieden/oost/bewerken/inleiding/{wijk}/" in page
        assert page.count("(dorp)") == 13
        assert "Ursem" not in page
        assert page.index("Otto Oost") < page.index("Hanneke Handhaver")
        assert "Nog geen inleiding" in page

    def test_no_button_for_what_the_rules_refuse(self, lid: Client, own: Teamlid, colleague: Teamlid) -> None:
        page = lid.get(OVERVIEW).content.decode()
        assert reverse("teamlid_verwijderen", args=["oost", colleague.pk]) in page
        assert reverse("teamlid_verwijderen", args=["oost", own.pk]) not in page

    def test_says_who_wrote_last_and_when(self, lid: Client, own: Teamlid) -> None:
        assert own.gebruiker is not None
        lid.post(reverse("wijk_inleiding", args=["oost", "schermer"]), {"inleiding": "Polder.", "versie": "0"})
        assert f"door {own.gebruiker.naam}" in lid.get(OVERVIEW).content.decode()

    def test_the_way_to_accounts_is_for_the_beheerder(self, client: Client, lid: Client, own: Teamlid) -> None:
        assert "/beheer/" not in lid.get(OVERVIEW).content.decode()
        sign_in(client, GebruikerFactory(beheerder=True))
        assert f"/beheer/gebieden/teamlid/?gebied__id__exact={own.gebied_id}" in client.get(OVERVIEW).content.decode()

    def test_number_of_queries_does_not_grow(
        self, lid: Client, oost: Gebied, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_max_num_queries(30) as few:
            lid.get(OVERVIEW)
        for _number in range(20):
            TeamlidFactory(gebied=oost, gebruiker=GebruikerFactory(medewerker=True))
        for area in (*Wijk.objects.all(), *Buurt.objects.dorpen()):
            area.write_inleiding("Tekst", by=GebruikerFactory(medewerker=True))
        with django_assert_max_num_queries(len(few)):
            assert lid.get(OVERVIEW).status_code == 200


class TestInleiding:
    ADDRESS = "/gebieden/oost/bewerken/inleiding/schermer/"

    def test_is_kept_with_plain_line_ends(self, lid: Client) -> None:
        response = lid.post(self.ADDRESS, {"inleiding": "  Polder.\r\n\r\nMet dorpen. ", "versie": "0"}, follow=True)
        assert "De inleiding van wijk Schermer is bewaard." in response.content.decode()
        assert Wijk.objects.get(slug="schermer").inleiding == "Polder.\n\nMet dorpen."

    def test_may_be_emptied(self, lid: Client) -> None:
        lid.post(self.ADDRESS, {"inleiding": "Polder.", "versie": "0"})
        lid.post(self.ADDRESS, {"inleiding": " ", "versie": "1"})
        assert Wijk.objects.get(slug="schermer").inleiding == ""

    def test_too_long_is_said_and_what_was_typed_stays(self, lid: Client) -> None:
        response = lid.post(self.ADDRESS, {"inleiding": "p" * (INLEIDING_MAX_LENGTH + 1), "versie": "0"})
        assert response.status_code == 422
        page = response.content.decode()
        assert "De inleiding is te lang: hoogstens 2000 tekens. U heeft er 2001." in page
        assert "p" * (INLEIDING_MAX_LENGTH + 1) in page

    def test_a_line_end_counts_once(self, lid: Client) -> None:
        text = "\r\n".join(["p"] * (INLEIDING_MAX_LENGTH // 2))
        assert lid.post(self.ADDRESS, {"inleiding": text, "versie": "0"}).status_code == 302

    @pytest.mark.parametrize("versie", ["", "x", "-1", "1.5"])
    def test_a_form_without_its_version_says_what_to_do(self, lid: Client, versie: str) -> None:
        response = lid.post(self.ADDRESS, {"inleiding": "Polder.", "versie": versie})
        assert response.status_code == 422
        assert "Kopieer uw tekst en open de pagina opnieuw." in response.content.decode()
        assert Wijk.objects.get(slug="schermer").inleiding == ""

    def test_who_comes_second_sees_both_texts_and_can_go_on(self, lid: Client) -> None:
        lid.post(self.ADDRESS, {"inleiding": "Van de eerste.", "versie": "0"})
        response = lid.post(self.ADDRESS, {"inleiding": "Van de tweede.", "versie": "0"})
        assert response.status_code == 422
        page = response.content.decode()
        assert "Iemand anders heeft dit intussen gewijzigd." in page
        assert "Zo staat het er nu" in page
        assert "Van de eerste." in page
        assert "Van de tweede." in page
        assert Wijk.objects.get(slug="schermer").inleiding == "Van de eerste."
        versie = response.context["form"]["versie"].value()
        assert lid.post(self.ADDRESS, {"inleiding": "Van beiden.", "versie": versie}).status_code == 302
        assert Wijk.objects.get(slug="schermer").inleiding == "Van beiden."

    def test_text_is_shown_as_text(self, lid: Client) -> None:
        lid.post(self.ADDRESS, {"inleiding": "<script>alert(1)</script>", "versie": "0"})
        assert "<script>alert" not in lid.get(self.ADDRESS).content.decode()


class TestTeam:
    def test_add(self, lid: Client, oost: Gebied, own: Teamlid) -> None:
        response = lid.post(reverse("teamlid_nieuw", args=["oost"]), CONTACT, follow=True)
        assert "Het teamlid is toegevoegd." in response.content.decode()
        added = Teamlid.objects.of(oost).last()
        assert added is not None
        assert {name: getattr(added, name) for name in CONTACT} == CONTACT
        assert added.gebruiker is None

    def test_an_account_cannot_be_slipped_in(self, lid: Client, oost: Gebied) -> None:
        friend = GebruikerFactory(medewerker=True)
        lid.post(reverse("teamlid_nieuw", args=["oost"]), {**CONTACT, "gebruiker": str(friend.pk)})
        assert not Teamlid.objects.linked_to(friend)

    @pytest.mark.parametrize(
        "wrong, sentence",
        [
            ({"rol": ""}, "Kies de functie in het Gebiedsteam."),
            ({"rol": "burgemeester"}, "Kies een van de functies uit de lijst."),
            ({"email": "wijkagent"}, "Vul een e-mailadres in zoals team@alkmaar.nl."),
            ({"telefoon": "bel me"}, "Vul een telefoonnummer in met cijfers"),
            ({"telefoon": "1" * 21}, "20"),
            ({"naam": "n" * 81}, "80"),
        ],
    )
    def test_what_is_wrong_is_said(self, lid: Client, wrong: dict[str, str], sentence: str) -> None:
        response = lid.post(reverse("teamlid_nieuw", args=["oost"]), {**CONTACT, **wrong})
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert not Teamlid.objects.filter(naam=CONTACT["naam"]).exists()

    def test_who_comes_second_sees_what_stands_there(self, lid: Client, colleague: Teamlid) -> None:
        address = reverse("teamlid_wijzigen", args=["oost", colleague.pk])
        lid.post(address, {**CONTACT, "versie": "0"})
        response = lid.post(address, {**CONTACT, "naam": "Hanneke", "versie": "0"})
        assert response.status_code == 422
        page = response.content.decode()
        assert "Zo staat het er nu" in page
        assert "<dd>Wil Wijk</dd>" in page
        versie = response.context["form"]["versie"].value()
        assert lid.post(address, {**CONTACT, "naam": "Hanneke", "versie": versie}).status_code == 302
        colleague.refresh_from_db()
        assert colleague.naam == "Hanneke"

    def test_nobody_removes_themselves(self, lid: Client, own: Teamlid) -> None:
        response = lid.post(reverse("teamlid_verwijderen", args=["oost", own.pk]))
        assert response.status_code == 422
        assert "U kunt uzelf niet uit het Gebiedsteam halen." in response.content.decode()

    def test_removing_is_asked_first(self, lid: Client, colleague: Teamlid) -> None:
        page = lid.get(reverse("teamlid_verwijderen", args=["oost", colleague.pk])).content.decode()
        assert "Hanneke Handhaver" in page
        assert Teamlid.objects.filter(pk=colleague.pk).exists()

    @pytest.mark.parametrize("richting, first", [("omhoog", "colleague"), ("opzij", "own"), ("", "own")])
    def test_move(self, lid: Client, own: Teamlid, colleague: Teamlid, richting: str, first: str) -> None:
        response = lid.post(reverse("teamlid_verplaatsen", args=["oost", colleague.pk]), {"richting": richting})
        assert response["Location"] == f"{OVERVIEW}#team"
        expected = {"own": own, "colleague": colleague}[first]
        assert Teamlid.objects.of(own.gebied).first() == expected
