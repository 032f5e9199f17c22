"""The file of a melding: notes, standard texts, what is blacked out, parts of others, joined doubles, entered ones."""

from datetime import date, timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from basis import fotos
from basis.fotos import Vlak
from basis.regels import RuleViolation
from basis.termijnen import add_working_days
from berichten.models import Bericht
from meldingen import actions, rules
from meldingen.models import Deeltaak, Foto, Melding, Notitie
from meldingen.rules import CLOSED, DeeltaakStatus, Kanaal, Partij, Status
from tests.factories import (
    BehandelaarFactory,
    CategorieFactory,
    DeeltaakFactory,
    FotoFactory,
    MeldingFactory,
    NotitieFactory,
    OrganisatieFactory,
    TekstblokFactory,
    WijkFactory,
)
from tests.inloggen import sign_in

TEXT = "Mijn buurman Jan Jansen, nummer 12, zet zijn bus op de stoep. Jan lacht erom."
MINE, ASKED, OTHERS = 1, 2, 3


class TestBlackedOut:
    """Only the reporter's words, in their order; what was taken out shows."""

    @pytest.mark.parametrize(
        ("shown", "public"),
        [
            (TEXT, TEXT),
            (TEXT.replace("Jan Jansen", "[weggelakt]"), TEXT.replace("Jan Jansen", "[weggelakt]")),
            (TEXT.replace("Jan Jansen", "███"), TEXT.replace("Jan Jansen", "[weggelakt]")),
            (TEXT.replace("Jan Jansen, ", ""), TEXT.replace("Jan Jansen,", "[weggelakt]")),
            ("zet zijn bus op de stoep.", "[weggelakt] zet zijn bus op de stoep. [weggelakt]"),
            # A mark where nothing was taken out is none.
            (TEXT.replace("zet", "[weggelakt] zet"), TEXT),
        ],
    )
    def test_what_is_left(self, shown, public):
        assert rules.blacked_out(TEXT, shown) == public

    @pytest.mark.parametrize("shown", [f"{TEXT} Echt.", "Jan is aardig.", "Jansen buurman", "buur", "mijn buurman"])
    def test_other_words_are_refused(self, shown):
        with pytest.raises(RuleViolation) as caught:
            rules.blacked_out(TEXT, shown)
        assert caught.value.field == "tekst"

    @pytest.mark.parametrize("shown", ["", "[weggelakt]", "., █"])
    def test_something_must_be_left(self, shown):
        with pytest.raises(RuleViolation):
            rules.blacked_out(TEXT, shown)

    @pytest.mark.parametrize(
        ("vlakken", "fits"),
        [
            ([], False),
            ([Vlak(0, 0, 100, 100)], True),
            ([Vlak(60, 0, 50, 10)], False),
            ([Vlak(0, 95, 10, 10)], False),
            ([Vlak(10, 10, 0, 10)], False),
            ([Vlak(-1, 0, 10, 10)], False),
            ([Vlak(0, 0, 1, 1)] * 11, False),
        ],
    )
    def test_rectangles(self, vlakken, fits):
        if fits:
            rules.check_vlakken(vlakken, had_some=False)
        else:
            with pytest.raises(RuleViolation):
                rules.check_vlakken(vlakken, had_some=False)

    def test_none_take_back_what_was_black(self):
        rules.check_vlakken([], had_some=True)


class TestRulesOfParts:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("who", [MINE, ASKED, OTHERS])
    def test_who_sees_the_file(self, status, who):
        melding = SimpleNamespace(afdeling_id=MINE, status=status)
        allowed = who == MINE or (who == ASKED and status not in CLOSED)
        assert rules.can_see({who}, melding, frozenset({ASKED})) is allowed

    @pytest.mark.parametrize("status", DeeltaakStatus)
    @pytest.mark.parametrize("who", [MINE, ASKED, OTHERS])
    def test_who_finishes_and_who_takes_back(self, status, who):
        melding = SimpleNamespace(afdeling_id=MINE, status=Status.GEMELD)
        part = SimpleNamespace(afdeling_id=ASKED, status=status)
        is_open = status == DeeltaakStatus.OPEN
        assert rules.can_finish({who}, part) is (is_open and who == ASKED)
        assert rules.can_withdraw({who}, melding, part) is (is_open and who == MINE)

    @pytest.mark.parametrize("to", Status)
    def test_nothing_closes_while_a_part_is_open(self, to):
        part = SimpleNamespace(afdeling="Verkeer")
        for by, words in ((Partij.BEHANDELAAR, "Verkeer"), (Partij.ORGANISATIE, "Stel ons dan een vraag")):
            rules.check_together(to, [], by)
            if to in CLOSED:
                with pytest.raises(RuleViolation, match=words):
                    rules.check_together(to, [part], by)
            else:
                rules.check_together(to, [part], by)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"afdeling_id": MINE}, "afdeling"),
            ({"wat": " "}, "wat"),
            ({"gereed_voor": date(2026, 11, 25)}, "gereed_voor"),
            ({"gereed_voor": date(2026, 11, 28)}, "gereed_voor"),
            ({"gereed_voor": date(2028, 1, 3)}, "gereed_voor"),
            ({"open_parts": 10}, None),
        ],
    )
    def test_what_can_be_asked(self, changed, field):
        melding = SimpleNamespace(afdeling_id=MINE, status=Status.GEMELD)
        asked = {"afdeling_id": ASKED, "wat": "Zet af.", "gereed_voor": date(2026, 11, 26), "open_parts": 0}
        rules.check_ask_part(melding, **asked, today=date(2026, 11, 26))
        with pytest.raises(RuleViolation) as caught:
            rules.check_ask_part(melding, **{**asked, **changed}, today=date(2026, 11, 26))
        assert caught.value.field == field


@pytest.fixture
def behandelaar(db):
    return BehandelaarFactory()


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(
        categorie=CategorieFactory(afdeling=behandelaar.afdeling), omschrijving=TEXT, email="melder@voorbeeld.example"
    )


@pytest.fixture
def staff(client, behandelaar):
    sign_in(client, behandelaar.gebruiker)
    return client


def file_of(melding):
    return reverse("behandelen_melding", args=[melding.nummer])


class TestNotes:
    def test_stand_in_the_file_and_nowhere_else(self, staff, melding):
        staff.post(reverse("notitie_nieuw", args=[melding.nummer]), {"tekst": "De aannemer komt dinsdag."})
        assert "De aannemer komt dinsdag." in staff.get(file_of(melding)).text
        assert "De aannemer" not in staff.get(melding.get_absolute_url()).text
        assert not Bericht.objects.exists()
        assert Melding.objects.get().versie == 1

    def test_an_empty_one_is_refused(self, staff, melding):
        response = staff.post(reverse("notitie_nieuw", args=[melding.nummer]), {"tekst": " "})
        assert response.status_code == 422
        assert "Schrijf op wat uw collega’s moeten weten." in response.text

    def test_the_own_one_is_corrected_and_removed_within_a_day(self, staff, behandelaar, melding):
        notitie = NotitieFactory(melding=melding, door=behandelaar.gebruiker)
        address = reverse("notitie_verbeteren", args=[melding.nummer, notitie.pk])
        staff.post(address, {"tekst": "Toch woensdag."})
        assert Notitie.objects.get().tekst == "Toch woensdag."
        Notitie.objects.update(at=timezone.now() - timedelta(hours=25))
        assert staff.post(address, {"tekst": "Te laat."}).status_code == 422
        assert staff.post(address, {"weg": "ja", "tekst": "x"}).status_code == 422
        Notitie.objects.update(at=timezone.now())
        staff.post(address, {"weg": "ja", "tekst": "x"})
        assert not Notitie.objects.exists()

    def test_after_the_words_were_destroyed_it_is_destroyed_too(self, behandelaar):
        long_ago = timezone.now() - timedelta(days=5000)
        old = MeldingFactory(afdeling=behandelaar.afdeling, status=Status.OPGELOST, closed_at=long_ago)
        actions.purge_bewaard(today=timezone.localdate())
        actions.add_notitie(melding_id=old.pk, tekst="De buurman belde.", by=behandelaar.gebruiker)
        actions.purge_bewaard(today=timezone.localdate())
        assert not Notitie.objects.exists()

    def test_nobody_else_corrects_it(self, staff, melding):
        notitie = NotitieFactory(melding=melding)
        assert staff.post(reverse("notitie_verbeteren", args=[melding.nummer, notitie.pk]), {}).status_code == 403


class TestStandardTexts:
    def test_the_button_puts_one_in_and_changes_nothing(self, staff, melding):
        tekst = TekstblokFactory(afdeling=melding.afdeling, tekst="Melding {nummer} is klaar.", statussen=["opgelost"])
        TekstblokFactory(afdeling=CategorieFactory().afdeling, titel="Van een ander")
        address = reverse("behandelen_status", args=[melding.nummer])
        assert "Van een ander" not in staff.get(address).text
        typed = {"versie": 1, "status": "opgelost", "toelichting": "Dank u.", "standaardtekst": tekst.pk}
        typed["eerste"] = "1234 5678"
        page = staff.post(address, {**typed, "zet_in": "ja"})
        assert page.status_code == 200
        assert f"Dank u.\nMelding {melding.nummer_leesbaar} is klaar." in page.text
        assert 'value="1234 5678"' in page.text
        assert Melding.objects.get().status == Status.GEMELD
        assert staff.post(address, typed).status_code == 302
        assert Bericht.objects.get().context["toelichting"] == "Dank u."

    @pytest.mark.parametrize("again", ["zet_in", "versie"])
    def test_what_was_ticked_stays_and_what_was_unticked_too(self, staff, melding, again):
        """Also where somebody else was first: `again` is why the form is shown again."""
        TekstblokFactory(afdeling=melding.afdeling)
        Melding.objects.update(tekst_besluit="openbaar")
        fotos = FotoFactory.create_batch(3, melding=melding, besluit="openbaar")
        typed = {"versie": 1, "vraag": "Wilt u kijken?", "toelichting": "Naar buiten.", "standaardtekst": ""}
        typed |= {"organisatie": OrganisatieFactory().slug, "fotos": [str(foto.uuid) for foto in fotos[:2]]}
        typed |= {again: "0"}
        page = staff.post(reverse("behandelen_doorzetten", args=[melding.nummer]), typed)
        form = page.context["form"]
        assert form["fotos"].value() == typed["fotos"]
        assert not form["deelt_omschrijving"].value()
        assert page.text.count(" checked") == 2


class TestRelease:
    def test_blacked_out_words_are_public_nowhere(self, staff, client_of_somebody_else, melding):
        shown = TEXT.replace("Jan Jansen", "[weggelakt]")
        staff.post(reverse("tekst_lakken", args=[melding.nummer]), {"versie": 1, "tekst": shown})
        gebied = melding.wijk.gebied.slug
        for address in (
            melding.get_absolute_url(),
            reverse("gebied_rss", args=[gebied]),
            f"/open311/v2/requests/{melding.nummer}.json",
            f"/open311/v2/requests/{melding.nummer}.xml",
        ):
            answer = client_of_somebody_else.get(address).text
            assert "[weggelakt]" in answer
            assert "Jansen" not in answer
        assert not Melding.objects.with_public_words("Jansen").exists()
        assert Melding.objects.with_public_words("stoep").exists()
        assert Melding.objects.with_words("Jansen").exists()
        assert "Jansen" in staff.get(file_of(melding)).text

    def test_all_words_again_undo_it(self, staff, melding):
        address = reverse("tekst_lakken", args=[melding.nummer])
        staff.post(address, {"versie": 1, "tekst": "zet zijn bus op de stoep"})
        staff.post(address, {"versie": 2, "tekst": TEXT})
        assert Melding.objects.get().openbare_omschrijving == TEXT
        assert Melding.objects.get().omschrijving_gelakt == ""

    def test_nobody_writes_in_the_name_of_the_reporter(self, staff, melding):
        response = staff.post(reverse("tekst_lakken", args=[melding.nummer]), {"versie": 1, "tekst": "Alles is goed"})
        assert response.status_code == 422
        assert "U kunt alleen woorden weghalen." in response.text
        assert Melding.objects.get().tekst_besluit == ""

    def test_the_public_copy_of_a_photo_is_black_there(self, staff, melding):
        content = BytesIO()
        Image.new("RGB", (200, 100), "white").save(content, "JPEG")
        prepared = fotos.prepare(ContentFile(content.getvalue()))
        foto = actions.keep_foto(inzending=melding.inzending, prepared=prepared)
        Foto.objects.update(melding=melding)
        address = reverse("foto_lakken", args=[melding.nummer, foto.uuid])
        assert staff.post(address, {"versie": 1, "vlakken": "50 0 50,0 100"}).status_code == 302
        for name in (fotos.public_name(foto.naam), fotos.thumbnail_name(fotos.public_name(foto.naam))):
            with default_storage.open(name) as file, Image.open(file) as image:
                white, black = image.getpixel((20, 50)), image.getpixel((150, 50))
                assert min(white) > 230
                assert max(black) < 25
        # The original stays as it was, for the behandelaar alone.
        with default_storage.open(foto.naam) as file:
            assert file.read() == prepared.content
        original = reverse("foto_origineel", args=[melding.nummer, foto.uuid])
        assert staff.get(original).status_code == 200
        # Hidden and shown again it is black again.
        decide = reverse("behandelen_foto", args=[melding.nummer, foto.uuid])
        staff.post(decide, {"versie": 2, "besluit": "besloten"})
        staff.post(decide, {"versie": 3, "besluit": "openbaar"})
        with default_storage.open(fotos.public_name(foto.naam)) as file, Image.open(file) as image:
            assert max(image.getpixel((150, 50))) < 25
        staff.logout()
        assert staff.get(original).status_code == 302

    @pytest.mark.parametrize("vlakken", ["1 2 3", "a b c d", "nan 0 10 10", "10 10 101 10", "60 0 50 10"])
    def test_numbers_that_are_no_rectangle(self, staff, melding, vlakken):
        foto = FotoFactory(melding=melding, stored=True)
        address = reverse("foto_lakken", args=[melding.nummer, foto.uuid])
        assert staff.post(address, {"versie": 1, "vlakken": vlakken}).status_code == 422
        assert Foto.objects.get().besluit == ""


class TestParts:
    @pytest.fixture
    def colleague(self):
        return BehandelaarFactory()

    @pytest.fixture
    def part(self, melding, colleague):
        return DeeltaakFactory(melding=melding, afdeling=colleague.afdeling)

    def test_asked_it_is_told_and_seen(self, staff, client_of_somebody_else, melding, colleague):
        form = {"versie": 1, "afdeling": colleague.afdeling.slug, "wat": "Zet de weg af."}
        form["gereed_voor"] = str(add_working_days(timezone.localdate(), 3))
        sign_in(client_of_somebody_else, colleague.gebruiker)
        assert client_of_somebody_else.get(file_of(melding)).status_code == 404
        staff.post(reverse("deeltaak_vragen", args=[melding.nummer]), form)
        bericht = Bericht.objects.get()
        assert (bericht.to, bericht.template) == (colleague.afdeling.email, "deeltaak_gevraagd")
        melding.stappen.create(
            van="gemeld", naar="gemeld", wijziging="Aanvulling", toelichting="Bel mij: 06 12.", openbaar=False
        )
        page = client_of_somebody_else.get(file_of(melding)).text
        assert "Zet de weg af." in page
        assert "melder@voorbeeld.example" not in page
        assert "06 12" not in page and "06 12" in staff.get(file_of(melding)).text
        assert "Zet de weg af." in client_of_somebody_else.get(reverse("deeltaken")).text
        assert "Zet de weg af." not in staff.get(melding.get_absolute_url()).text

    def test_who_does_a_part_changes_nothing_else(self, client, melding, colleague, part):
        sign_in(client, colleague.gebruiker)
        for name in ("behandelen_status", "behandelen_categorie", "tekst_lakken", "deeltaak_vragen", "samenvoegen"):
            assert client.post(reverse(name, args=[melding.nummer]), {}).status_code == 404
        assert client.post(reverse("deeltaak_intrekken", args=[melding.nummer, part.pk]), {}).status_code == 404
        client.post(reverse("notitie_nieuw", args=[melding.nummer]), {"tekst": "De hekken staan er."})
        assert Notitie.objects.get().door == colleague.gebruiker

    def test_finished_the_whole_can_close(self, staff, client_of_somebody_else, melding, colleague, part):
        close = {"versie": 1, "status": "opgelost", "toelichting": "Klaar."}
        response = staff.post(reverse("behandelen_status", args=[melding.nummer]), close)
        assert response.status_code == 422
        assert colleague.afdeling.naam in response.text
        sign_in(client_of_somebody_else, colleague.gebruiker)
        done = reverse("deeltaak_gereed", args=[melding.nummer, part.pk])
        assert client_of_somebody_else.post(done, {"versie": 1, "uitleg": "De weg is af."}).status_code == 302
        assert Bericht.objects.get().to == melding.afdeling.email
        staff.post(reverse("behandelen_status", args=[melding.nummer]), {**close, "versie": 2})
        assert Melding.objects.get().status == Status.OPGELOST
        assert client_of_somebody_else.get(file_of(melding)).status_code == 404

    def test_taken_back_it_is_seen_no_longer(self, staff, client_of_somebody_else, melding, colleague, part):
        staff.post(
            reverse("deeltaak_intrekken", args=[melding.nummer, part.pk]), {"versie": 1, "uitleg": "Hoeft niet."}
        )
        assert Deeltaak.objects.get().status == DeeltaakStatus.INGETROKKEN
        sign_in(client_of_somebody_else, colleague.gebruiker)
        assert client_of_somebody_else.get(file_of(melding)).status_code == 404

    def test_nobody_finishes_the_part_of_another(self, melding, behandelaar, part):
        with pytest.raises(PermissionDenied):
            actions.finish_deeltaak(
                melding_id=melding.pk, deeltaak_id=part.pk, versie=1, uitleg="Klaar.", by=behandelaar.gebruiker
            )


class TestDoubles:
    def test_joined_with_one_press_and_taken_apart_again(self, staff, melding):
        later = MeldingFactory(
            categorie=melding.categorie, wijk=melding.wijk, email="tweede@voorbeeld.example", created_at=timezone.now()
        )
        page = staff.get(file_of(melding)).text
        assert later.nummer_leesbaar in page
        assert "Voeg samen" in page
        form = {"versie": 1, "eerste": melding.nummer}
        staff.post(reverse("samenvoegen", args=[later.nummer]), form)
        later.refresh_from_db()
        assert (later.status, later.eerste) == (Status.DUBBEL, melding)
        assert [bericht.to for bericht in Bericht.objects.all()] == ["tweede@voorbeeld.example"]
        news = {"versie": 1, "status": "in_behandeling", "toelichting": "We kijken."}
        staff.post(reverse("behandelen_status", args=[melding.nummer]), news)
        assert set(Bericht.objects.values_list("to", flat=True)) == {melding.email, later.email}
        apart = {"versie": 2, "status": "in_behandeling", "toelichting": "Het is toch iets anders."}
        staff.post(reverse("behandelen_status", args=[later.nummer]), apart)
        before = Bericht.objects.count()
        solved = {"versie": 2, "status": "opgelost", "toelichting": "Klaar."}
        staff.post(reverse("behandelen_status", args=[melding.nummer]), solved)
        assert [bericht.to for bericht in Bericht.objects.order_by("pk")[before:]] == [melding.email]


class TestEntered:
    def test_with_its_way_and_who_entered_it(self, staff, behandelaar, melding, monkeypatch):
        form = {
            "inzending": str(uuid4()),
            "categorie": melding.categorie.slug,
            "wijk": WijkFactory().slug,
            "plek": "bij de brug",
            "omschrijving": "Er ligt een grote tak op het fietspad.",
            "kanaal": "telefoon",
            "email": "beller@voorbeeld.example",
        }
        assert staff.post(reverse("behandelen_nieuw"), {**form, "kanaal": "open311"}).status_code == 422
        response = staff.post(reverse("behandelen_nieuw"), form)
        entered = Melding.objects.get(kanaal=Kanaal.TELEFOON)
        assert response.url == file_of(entered)
        assert entered.stappen.get().door == behandelaar.gebruiker
        assert entered.melder is None
        assert Bericht.objects.get().to == "beller@voorbeeld.example"

    def test_residents_do_not_come_there(self, client, bewoner):
        client.force_login(bewoner)
        assert client.get(reverse("behandelen_nieuw")).status_code == 403
