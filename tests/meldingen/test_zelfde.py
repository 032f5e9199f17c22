"""Is this the same? What is shown nearby, and following it instead of reporting it again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from berichten.actions import follow
from berichten.models import Abonnement, Bericht
from meldingen import actions, tasks
from meldingen.models import Melding
from meldingen.rules import FOLLOWED_AS, Status
from tests.factories import BehandelaarFactory, BuurtFactory, CategorieFactory, GebruikerFactory, MeldingFactory

pytestmark = pytest.mark.django_db

LAT, LON = 52.6318, 4.7502
#: Degrees of latitude in one metre, at Alkmaar.
METRE = 1 / 111_270


@pytest.fixture
def melding() -> Melding:
    return MeldingFactory(email="melder@voorbeeld.example")


def nearby(melding: Melding, lat: float = LAT, lon: float = LON) -> list[Melding]:
    return Melding.objects.maybe_same(melding.categorie, lat, lon)


def followed(melding: Melding, email: str, *, proven: bool = True) -> Abonnement:
    return follow(email=email, soort=FOLLOWED_AS, onderwerp=melding.pk, proven=proven)


class TestNearby:
    @pytest.mark.parametrize(("metres", "found"), [(0, True), (99, True), (101, False)])
    def test_within_a_hundred_metres_in_every_direction(self, melding, metres, found):
        east = METRE * 111_270 / 67_700
        for up, right in [(1, 0), (-1, 0), (0, east / METRE), (0, -east / METRE)]:
            place = LAT + up * metres * METRE, LON + right * metres * METRE
            assert (nearby(melding, *place) == [melding]) is found

    def test_not_in_the_corners_of_the_box(self, melding):
        assert nearby(melding, LAT + 80 * METRE, LON + 80 * METRE * 1.64) == []

    def test_the_nearest_first_with_its_distance(self, melding):
        further = MeldingFactory(categorie=melding.categorie, lat=LAT + 60 * METRE)
        between = MeldingFactory(categorie=melding.categorie, lat=LAT + 30 * METRE)
        assert [(one, one.afstand) for one in nearby(melding)] == [(melding, 0), (between, 30), (further, 60)]

    def test_of_the_same_group_open_and_public(self, melding):
        same_group = MeldingFactory(categorie=CategorieFactory(groep=melding.categorie.groep))
        MeldingFactory()
        MeldingFactory(categorie=melding.categorie, status=Status.OPGELOST)
        MeldingFactory(categorie=CategorieFactory(groep=melding.categorie.groep, openbaar=False))
        MeldingFactory(categorie=melding.categorie, lat=None, lon=None)
        assert {one.pk for one in nearby(melding)} == {melding.pk, same_group.pk}

    def test_the_form_asks_for_it_while_it_is_filled_in(self, client: Client, melding):
        question = {"lat": LAT, "lon": LON, "categorie": melding.categorie.slug}
        page = client.get("/meldingen/nabij/", question)
        assert page.status_code == 200
        assert f"/meldingen/{melding.nummer}/volgen/" in page.content.decode()
        assert melding.omschrijving not in page.content.decode()
        far = client.get("/meldingen/nabij/", {**question, "lat": 52.55})
        assert far.content.decode().strip() == ""

    @pytest.mark.parametrize("wrong", [{"lat": "nan"}, {"lat": ""}, {"lon": "999"}, {"categorie": "bestaat-niet"}])
    def test_a_question_that_is_none_gets_400(self, client: Client, melding, wrong):
        question = {"lat": LAT, "lon": LON, "categorie": melding.categorie.slug}
        assert client.get("/meldingen/nabij/", {**question, **wrong}).status_code == 400

    def test_without_scripts_a_button_looks_and_sends_nothing(self, client: Client, melding, monkeypatch):
        buurt = BuurtFactory(wijk=melding.wijk)
        monkeypatch.setattr("meldingen.forms.melden.buurt_at", lambda lat, lon: buurt)
        typed = {"inzending": str(uuid4()), "categorie": melding.categorie.slug, "lat": LAT, "lon": LON, "naam": "Jo"}
        page = client.post("/meldingen/nieuw/", {**typed, "kijk": "ja"})
        text = page.content.decode()
        assert page.status_code == 200
        assert f"/meldingen/{melding.nummer}/volgen/" in text
        assert 'value="Jo"' in text
        assert typed["inzending"] in text
        assert "field-error" not in text
        assert Melding.objects.count() == 1

    def test_a_photo_that_cannot_be_kept_is_told_at_once(self, client: Client, melding):
        broken = SimpleUploadedFile("foto.jpg", b"this is no photo", content_type="image/jpeg")
        page = client.post("/meldingen/nieuw/", {"inzending": str(uuid4()), "kijk": "ja", "foto": broken})
        assert page.status_code == 422
        assert "kunnen we niet lezen als foto" in page.content.decode()

    def test_without_a_place_it_says_what_is_needed(self, client: Client, melding):
        page = client.post("/meldingen/nieuw/", {"inzending": str(uuid4()), "kijk": "ja"})
        assert "Vul eerst een adres in Alkmaar in" in page.content.decode()


class TestFollow:
    def test_a_visitor_confirms_by_mail(self, client: Client, melding):
        page = f"/meldingen/{melding.nummer}/volgen/"
        assert client.get(page).status_code == 200
        response = client.post(page, {"email": "buur@voorbeeld.example"})
        assert response["Location"] == f"/meldingen/{melding.nummer}/"
        assert Bericht.objects.get().template == "volgen_bevestigen"
        assert "ziet dit ook" not in client.get(f"/meldingen/{melding.nummer}/").content.decode()

    def test_whoever_types_an_address_reads_the_same_whether_it_follows_already_or_not(self, client: Client, melding):
        followed(melding, "buur@voorbeeld.example")
        # The last one asked for a mail today already, and gets no other.
        for email in ("buur@voorbeeld.example", "ander@voorbeeld.example", "ander@voorbeeld.example"):
            page = client.post(f"/meldingen/{melding.nummer}/volgen/", {"email": email}, follow=True).content.decode()
            assert "Bijna klaar. Kijk in uw mail" in page
            assert "hoogstens één keer per dag" in page
        assert Bericht.objects.count() == 2

    def test_who_is_signed_in_follows_at_once(self, client: Client, melding):
        client.force_login(GebruikerFactory(email="buur@voorbeeld.example"))
        client.post(f"/meldingen/{melding.nummer}/volgen/", {"email": "ander@voorbeeld.example"})
        assert Abonnement.objects.confirmed().get().email == "buur@voorbeeld.example"
        assert "1 ander ziet dit ook" in client.get(f"/meldingen/{melding.nummer}/").content.decode()

    def test_a_bad_address_is_told(self, client: Client, melding):
        response = client.post(f"/meldingen/{melding.nummer}/volgen/", {"email": "geen adres"})
        assert response.status_code == 422
        assert "Dit e-mailadres klopt niet" in response.content.decode()
        assert not Abonnement.objects.exists()

    @pytest.mark.parametrize("hidden", [{"status": Status.OPGELOST}, {"categorie__openbaar": False}])
    def test_only_what_is_open_and_public(self, client: Client, hidden):
        nummer = MeldingFactory(**hidden).nummer
        for method in (client.get, client.post):
            assert method(f"/meldingen/{nummer}/volgen/").status_code == 404


class TestForgotten:
    @pytest.mark.parametrize(("days", "kept"), [(28, 1), (30, 0)])
    def test_who_followed_what_is_finished(self, melding, days, kept):
        closed = MeldingFactory(status=Status.OPGELOST, closed_at=timezone.now() - timedelta(days=days))
        double = MeldingFactory(status=Status.DUBBEL, eerste=closed)
        waits = MeldingFactory(status=Status.DUBBEL, eerste=melding, closed_at=timezone.now() - timedelta(days=99))
        for one in (melding, closed, double, waits):
            Abonnement.objects.create(soort=FOLLOWED_AS, onderwerp=one.pk, email="buur@voorbeeld.example")
        other = Abonnement.objects.create(soort="anders", onderwerp=closed.pk, email="buur@voorbeeld.example")
        assert tasks.end_follows_of_finished() == 2 - 2 * kept
        left = set(Abonnement.objects.filter(soort=FOLLOWED_AS).values_list("onderwerp", flat=True))
        assert left == {melding.pk, waits.pk} | ({closed.pk, double.pk} if kept else set())
        assert Abonnement.objects.filter(pk=other.pk).exists()


class TestTold:
    @pytest.fixture
    def behandelaar(self, melding):
        return BehandelaarFactory(afdeling=melding.afdeling).gebruiker

    def step(self, melding, by, status=Status.IN_BEHANDELING, **values):
        melding.refresh_from_db()
        actions.change_status(
            melding_id=melding.pk, versie=melding.versie, status=status, by=by, toelichting="Wij komen.", **values
        )
        return {(bericht.to, bericht.template) for bericht in Bericht.objects.all()}

    def test_every_step_goes_to_the_reporter_and_to_who_confirmed(self, melding, behandelaar):
        followed(melding, "buur@voorbeeld.example")
        followed(melding, "onbevestigd@voorbeeld.example", proven=False)
        Bericht.objects.all().delete()
        assert self.step(melding, behandelaar) == {
            ("melder@voorbeeld.example", "melding_status"),
            ("buur@voorbeeld.example", "melding_volger"),
        }
        context = Bericht.objects.get(to="buur@voorbeeld.example").context
        assert "naam" not in context
        assert "/via/" in context["stop_url"]
        assert context["url"].endswith(f"/meldingen/{melding.nummer}/")

    def test_nobody_hears_of_it_twice(self, melding, behandelaar):
        followed(melding, "MELDER@voorbeeld.example")
        assert self.step(melding, behandelaar) == {("melder@voorbeeld.example", "melding_status")}

    def test_who_reported_or_follows_a_double_hears_every_step_of_the_first(self, melding, behandelaar):
        double = MeldingFactory(
            categorie=melding.categorie, afdeling=melding.afdeling, email="tweede@voorbeeld.example"
        )
        followed(double, "buur@voorbeeld.example")
        self.step(double, behandelaar, Status.DUBBEL, eerste=melding.nummer)
        Bericht.objects.all().delete()
        assert self.step(melding, behandelaar) == {
            ("melder@voorbeeld.example", "melding_status"),
            ("tweede@voorbeeld.example", "melding_status"),
            ("buur@voorbeeld.example", "melding_volger"),
        }
        assert Melding.objects.for_page().get(pk=melding.pk).also_seen == 2
        # Taken apart again: the first has nothing to do with them any more.
        self.step(double, behandelaar)
        Bericht.objects.all().delete()
        assert self.step(melding, behandelaar, Status.INGEPLAND) == {("melder@voorbeeld.example", "melding_status")}
        assert Melding.objects.for_page().get(pk=melding.pk).also_seen == 0

    @pytest.mark.parametrize(
        ("doubles", "followers", "followers_of_doubles", "number"),
        [
            ([], [], [], 0),
            ([], ["buur"], [], 1),
            ([], ["melder"], [], 0),
            ([], ["melder", "buur"], ["melder"], 1),
            (["Melder"], [], [], 0),
            (["buur"], ["buur"], ["buur"], 1),
            (["Buur", "buur"], ["buur"], [], 1),
            (["buur"], ["ander"], ["derde", "ander"], 3),
            (["", ""], ["buur"], [], 3),
        ],
    )
    def test_each_address_counts_once_and_the_reporter_never(
        self, melding, doubles, followers, followers_of_doubles, number
    ):
        Melding.objects.filter(pk=melding.pk).update(email="MELDER@voorbeeld.example")
        other = MeldingFactory(email="melder@voorbeeld.example")
        followed(other, "vreemde@voorbeeld.example")
        double = None
        for name in doubles:
            email = name and f"{name}@voorbeeld.example"
            double = MeldingFactory(status=Status.DUBBEL, eerste=melding, email=email)
        for name in followers:
            followed(melding, f"{name}@voorbeeld.example")
        followed(melding, "onbevestigd@voorbeeld.example", proven=False)
        double = double or (MeldingFactory(status=Status.DUBBEL, eerste=melding, email="melder@voorbeeld.example"))
        for name in followers_of_doubles:
            followed(double, f"{name}@voorbeeld.example")
        assert Melding.objects.for_page().get(pk=melding.pk).also_seen == number
        assert Melding.objects.for_list().get(pk=other.pk).also_seen == 1

    def test_followers_hear_nothing_of_what_is_not_public(self, melding, behandelaar):
        followed(melding, "buur@voorbeeld.example")
        melding.categorie.openbaar = False
        melding.categorie.save()
        assert self.step(melding, behandelaar) == {("melder@voorbeeld.example", "melding_status")}
