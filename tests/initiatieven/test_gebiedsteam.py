"""What a Gebiedsteam sees and does with ideas."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from basis.models import Spoorregel
from basis.regels import RuleViolation
from berichten.models import Bericht
from initiatieven import actions
from initiatieven.models import Foto, Initiatief
from initiatieven.rules import Handeling, Status
from initiatieven.tasks import purge_fotos
from tests.factories import JPEG, GebruikerFactory, InitiatiefFactory, TeamlidFactory, WijkFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db
LIST = "/gebiedsteam/initiatieven/"


@pytest.fixture
def initiatief():
    return InitiatiefFactory(status=Status.AANGEBODEN)


@pytest.fixture
def lid(initiatief):
    return TeamlidFactory(gebied=initiatief.gebied, gebruiker=GebruikerFactory(medewerker=True)).gebruiker


def pages(initiatief):
    names = ("gebiedsteam_initiatief", "gebiedsteam_plaatsen", "gebiedsteam_teruggeven")
    return [reverse(name, args=[initiatief.nummer]) for name in names]


class TestAccess:
    def test_anonymous_visitors_sign_in(self, client, initiatief):
        for address in [LIST, *pages(initiatief)]:
            assert client.get(address).url.startswith("/inloggen/medewerkers/")

    @pytest.mark.parametrize("role", ["bewoner", "medewerker"])
    def test_other_roles_are_refused(self, client, initiatief, role):
        sign_in(client, GebruikerFactory(**({"medewerker": True} if role == "medewerker" else {})))
        for address in [LIST, *pages(initiatief)]:
            assert client.get(address).status_code == 403

    def test_the_team_of_another_gebied_finds_nothing(self, client, initiatief):
        sign_in(client, TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True)).gebruiker)
        assert initiatief.titel not in client.get(LIST).text
        for address in pages(initiatief):
            assert client.get(address).status_code == 404

    def test_a_concept_is_of_its_maker_alone(self, client, lid, initiatief):
        concept = InitiatiefFactory(status=Status.CONCEPT, wijk=initiatief.wijk)
        sign_in(client, lid)
        assert client.get(pages(concept)[0]).status_code == 404

    def test_the_action_asks_too(self, initiatief):
        stranger = TeamlidFactory(gebruiker=GebruikerFactory(medewerker=True)).gebruiker
        with pytest.raises(PermissionDenied):
            actions.publish(initiatief_id=initiatief.pk, versie=initiatief.versie, by=stranger)


class TestJudging:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, lid):
        sign_in(client, lid)

    def test_what_is_late_stands_on_top(self, client, initiatief):
        today = timezone.localdate()
        late = InitiatiefFactory(
            status=Status.AANGEBODEN, wijk=initiatief.wijk, titel="Oud", beloofd_op=today - timedelta(days=1)
        )
        text = client.get(LIST).text
        assert text.index(late.titel) < text.index(initiatief.titel) and "te laat" in text

    def test_an_unknown_filter_is_told(self, client):
        response = client.get(LIST, {"toon": "x"})
        assert response.status_code == 400 and "Dit filter bestaat niet" in response.text

    def test_an_idea_is_published(self, client, initiatief, lid):
        assert client.get(initiatief.get_absolute_url()).status_code == 404
        response = client.post(pages(initiatief)[1], {"versie": initiatief.versie, "toelichting": "Mooi!"})
        assert response.url == LIST
        initiatief.refresh_from_db()
        assert initiatief.status == Status.IDEE and initiatief.published_at
        client.cookies.clear()
        text = client.get(initiatief.get_absolute_url()).text
        assert initiatief.wat in text and "Mooi!" in text
        assert initiatief.naam not in text and initiatief.email not in text
        assert Bericht.objects.get().template == "initiatief_bekeken"
        assert Spoorregel.objects.filter(handeling=Handeling.GEPLAATST, door_id=lid.pk).count() == 1

    def test_an_idea_is_given_back(self, client, initiatief):
        client.post(pages(initiatief)[2], {"versie": initiatief.versie, "toelichting": "Wie helpt er mee?"})
        initiatief.refresh_from_db()
        assert initiatief.status == Status.CONCEPT
        assert Bericht.objects.get().context["toelichting"] == "Wie helpt er mee?"

    def test_what_went_between_maker_and_team_stays_there(self, client, initiatief):
        client.post(pages(initiatief)[2], {"versie": initiatief.versie, "toelichting": "Wie helpt er mee?"})
        initiatief.refresh_from_db()
        actions.offer(initiatief_id=initiatief.pk, maker=actions.Maker(via_versie=initiatief.via_versie))
        initiatief.refresh_from_db()
        client.post(pages(initiatief)[1], {"versie": initiatief.versie})
        client.cookies.clear()
        text = client.get(initiatief.get_absolute_url()).text
        assert initiatief.wat in text and "Wie helpt er mee?" not in text

    def test_giving_back_needs_words(self, client, initiatief):
        assert client.post(pages(initiatief)[2], {"versie": initiatief.versie}).status_code == 422

    def test_who_comes_second_is_told(self, client, initiatief):
        versie = initiatief.versie
        actions_of_a_colleague = initiatief.store
        actions_of_a_colleague()
        response = client.post(pages(initiatief)[2], {"versie": versie, "toelichting": "Te laat."})
        assert response.status_code == 422 and "Te laat." in response.text

    def test_each_photo_is_decided_first(self, client, initiatief, lid):
        foto = Foto.add(prepared(), inzending=initiatief.inzending, owner=initiatief)
        with pytest.raises(RuleViolation, match="foto"):
            actions.publish(initiatief_id=initiatief.pk, versie=initiatief.versie, by=lid)
        address = reverse("gebiedsteam_foto", args=[initiatief.nummer, foto.uuid])
        client.post(address, {"versie": initiatief.versie, "besluit": "openbaar"})
        initiatief.refresh_from_db()
        photo = reverse("initiatief_foto", args=[foto.uuid])
        assert client.get(photo).status_code == 200
        client.cookies.clear()
        assert client.get(photo).status_code == 404, "not before the idea itself"
        actions.publish(initiatief_id=initiatief.pk, versie=initiatief.versie, by=lid)
        assert client.get(photo).status_code == 200

    def test_looking_at_the_maker_leaves_a_line(self, client, initiatief):
        assert initiatief.email in client.get(pages(initiatief)[0]).text
        assert Spoorregel.objects.filter(handeling=Handeling.CONTACT_BEKEKEN).count() == 1


def prepared():
    from django.core.files.base import ContentFile

    from basis import fotos

    return fotos.prepare(ContentFile(JPEG))


@pytest.mark.parametrize(("day", "told"), [(date(2026, 11, 26), 1), (date(2026, 11, 28), 0)])
def test_the_team_is_told_in_the_morning_once(initiatief, lid, day, told):
    Initiatief.objects.update(beloofd_op=day)
    InitiatiefFactory(status=Status.AANGEBODEN, wijk=WijkFactory(), beloofd_op=day + timedelta(days=1))
    assert actions.announce_waiting(today=day) == told
    actions.announce_waiting(today=day)
    assert [(one.to, one.context["aantal"]) for one in Bericht.objects.all()] == [(lid.email, 1)] * told


def test_the_night_clears_what_was_never_sent(initiatief):
    kept = Foto.add(prepared(), inzending=initiatief.inzending, owner=None)
    Foto.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert purge_fotos() == 1
    assert not Foto.objects.filter(pk=kept.pk).exists()
