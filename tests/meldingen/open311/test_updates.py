"""Updates both ways: what happened to meldingen, and what a reporter adds through a client."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from basis.regels import RuleViolation
from berichten.models import Bericht
from meldingen import actions
from meldingen.models import Aanlevering, Antwoord, Melding, Stap
from meldingen.rules import Status
from tests.factories import BehandelaarFactory, CategorieFactory, MeldingFactory
from tests.inloggen import sign_in
from tests.meldingen.open311.conftest import SLEUTEL, rows
from tests.meldingen.open311.test_contract import UPDATE, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def melding(koppeling):
    """An open melding that the system of the tests sent."""
    melding = MeldingFactory(kanaal="open311", email="jo@voorbeeld.example")
    Aanlevering.objects.create(koppeling=koppeling, melding=melding, kenmerk="x" * 64, eigen_nummer="4711")
    return melding


def close(melding, *, days_ago=0):
    closed_at = timezone.now() - timedelta(days=days_ago)
    Melding.objects.filter(pk=melding.pk).update(status=Status.OPGELOST, closed_at=closed_at)
    melding.stappen.create(van=Status.GEMELD, naar=Status.OPGELOST, at=closed_at)


def add(open311, melding, **fields):
    """What the system of the tests adds to `melding`."""
    whole = {"service_request_id": melding.nummer, "update_id": "u1", "description": "Het is nog erger.", **fields}
    return open311.post("servicerequestupdates", api_key=SLEUTEL, **whole)


class TestReading:
    def test_public_steps_of_the_last_two_hours_oldest_first(self, open311):
        melding, now = MeldingFactory(), timezone.now()
        steps = [
            melding.stappen.create(
                van="gemeld", naar="in_behandeling", toelichting=f"Stap {minutes}.", at=now - timedelta(minutes=minutes)
            )
            for minutes in (119, 5, 121)
        ]
        melding.stappen.create(van="gemeld", naar="gemeld", toelichting="Geheim.", openbaar=False)
        hidden = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        hidden.stappen.create(van="gemeld", naar="in_behandeling", toelichting="Geheim.")
        content = open311.get("servicerequestupdates")
        found = rows(content)
        assert [row["description"] for row in found] == ["Stap 119.", "Stap 5."]
        assert list(found[0]) == UPDATE
        assert found[0]["service_request_id"] == melding.nummer
        assert found[0]["status"] == "IN_PROGRESS"
        assert found[0]["update_id"] == steps[0].kenmerk
        if open311.extension == "xml":
            assert (content.tag, content[0].tag) == ("service_request_updates", "request_update")
        window = {
            name: (now - timedelta(minutes=m)).isoformat() for name, m in (("start_date", 122), ("end_date", 120))
        }
        assert [row["description"] for row in rows(open311.get("servicerequestupdates", **window))] == ["Stap 121."]

    def test_that_it_came_in_is_no_update(self, open311):
        MeldingFactory()
        assert rows(open311.get("servicerequestupdates")) == []

    def test_a_number_stays_the_same_and_counts_nothing(self, open311):
        melding = MeldingFactory()
        step = melding.stappen.create(van="gemeld", naar="gemeld", wijziging="Andere afdeling.")
        (first,), (second,) = (rows(open311.get("servicerequestupdates")) for _time in range(2))
        assert first["update_id"] == second["update_id"]
        assert str(step.pk) != first["update_id"]

    @pytest.mark.parametrize("wrong", [{"start_date": "gisteren"}, {"page": "0"}, {"page_size": "1001"}], ids=str)
    def test_what_is_not_understood_is_400(self, open311, wrong):
        assert refused(open311, open311.get("servicerequestupdates", **wrong), 400)

    def test_a_list_asks_no_more_with_more_rows(self, open311, django_assert_num_queries):
        for _time in range(2):
            MeldingFactory().stappen.create(van="gemeld", naar="gemeld")
            with django_assert_num_queries(1):
                open311.get("servicerequestupdates")


class TestAdding:
    def test_words_are_for_the_behandelaar_and_the_reporter_alone(self, open311, client, melding):
        content = add(open311, melding, media_url=["https://elders.example/1.jpg", ""], email="jo@voorbeeld.example")
        assert open311.status == 200
        if open311.extension == "xml":
            assert (content.tag, content[0].tag) == ("service_request_updates", "request_update")
        note = melding.stappen.exclude(van="").get()
        assert rows(content) == [{"update_id": note.kenmerk}]
        assert (note.openbaar, note.van, note.naar) == (False, "gemeld", "gemeld")
        assert note.toelichting == "Het is nog erger.\nhttps://elders.example/1.jpg"
        assert "nog erger" not in client.get(melding.get_absolute_url()).content.decode()
        sign_in(client, BehandelaarFactory(afdeling=melding.afdeling).gebruiker)
        page = client.get(f"/behandelen/{melding.nummer}/").content.decode()
        assert "nog erger" in page
        assert "Alleen voor de behandelaar en de melder." in page
        assert "nummer daar: 4711" in page
        assert rows(open311.get("servicerequestupdates")) == []
        melding.refresh_from_db()
        assert melding.versie == 2

    def test_the_same_update_id_again_adds_nothing(self, open311, melding):
        first = rows(add(open311, melding))
        assert rows(add(open311, melding, description="Iets anders.")) == first
        assert rows(add(open311, melding, update_id="u2")) != first
        assert Stap.objects.filter(openbaar=False).count() == 2

    def test_a_note_leaves_a_closed_melding_closed_when_it_was(self, open311, melding):
        close(melding, days_ago=3)
        closed_at = Melding.objects.get(pk=melding.pk).closed_at
        for status in ("OPEN", "", "CLOSED", "fixed"):
            add(open311, melding, update_id=f"u{status}", status=status)
            assert open311.status == 200
        melding.refresh_from_db()
        assert (melding.status, melding.closed_at) == (Status.OPGELOST, closed_at)

    def test_a_reporter_opens_it_again_within_28_days(self, open311, melding, client):
        close(melding, days_ago=27)
        add(open311, melding, status="REOPEN", email="JO@voorbeeld.example", description="Mijn eigen woorden.")
        assert open311.status == 200
        melding.refresh_from_db()
        assert (melding.status, melding.closed_at) == (Status.HEROPEND, None)
        assert melding.beloofd_op > timezone.localdate()
        assert Antwoord.objects.get().stap.naar == Status.OPGELOST
        assert (Antwoord.objects.get().opgelost, Antwoord.objects.get().tekst) == (False, "Mijn eigen woorden.")
        page = client.get(melding.get_absolute_url()).content.decode()
        assert "De melder zegt dat het niet is opgelost." in page
        assert "Mijn eigen woorden" not in page
        # Who said so need not be told.
        assert not Bericht.objects.exists()
        (row,) = rows(open311.get("servicerequestupdates"))
        assert row["status"] == "REOPEN"
        # Once more, as a client does that heard nothing.
        add(open311, melding, status="REOPEN")
        assert open311.status == 200
        assert melding.stappen.filter(naar=Status.HEROPEND, openbaar=True).count() == 1

    def test_while_it_waits_for_the_reporter_this_is_the_answer(self, open311, melding, client):
        Melding.objects.update(status=Status.WACHT_OP_MELDER)
        question = melding.stappen.create(van="in_behandeling", naar="wacht_op_melder", toelichting="Welke lamp?")
        add(open311, melding, description="De linker.")
        assert open311.status == 200
        melding.refresh_from_db()
        assert melding.status == Status.IN_BEHANDELING
        assert question.antwoord.tekst == "De linker."
        told = {row["description"] for row in rows(open311.get("servicerequestupdates"))}
        assert told == {"Welke lamp?", "De melder heeft antwoord gegeven."}
        # The same again is the same answer, not a second one.
        add(open311, melding, description="De linker.")
        assert (open311.status, melding.stappen.count()) == (200, 3)

    def test_no_counts_after_yes_and_without_words(self, open311, melding, koppeling):
        close(melding)
        actions.judge_solved(melding_id=melding.pk, via_versie=1, opgelost=True)
        add(open311, melding, status="REOPEN", description="")
        assert open311.status == 200
        antwoord = Antwoord.objects.get()
        assert (antwoord.opgelost, antwoord.tekst) == (False, f"Zonder toelichting, via {koppeling}.")

    @pytest.mark.parametrize(
        ("status", "days_ago", "fields"),
        [
            (None, 0, {"status": "REOPEN"}),
            (Status.OPGELOST, 29, {"status": "REOPEN"}),
            (Status.OPGELOST, 1, {"status": "REOPEN", "email": "iemand@anders.example"}),
            (None, 0, {"status": "FIXED"}),
            (None, 0, {"status": "CANCELLED"}),
            (None, 0, {"status": "onbekend"}),
            (None, 0, {"description": ""}),
            (None, 0, {"description": "x" * 2001}),
            (None, 0, {"update_id": ""}),
            (None, 0, {"update_id": "\x00"}),
            (None, 0, {"service_request_id": ""}),
            (None, 0, {"updated_datetime": "straks"}),
            (None, 0, {"email": "geen adres"}),
            (None, 0, {"media_url": "ftp://x"}),
        ],
        ids=str,
    )
    def test_what_cannot_be_is_400_and_changes_nothing(self, open311, melding, status, days_ago, fields):
        if status:
            close(melding, days_ago=days_ago)
        assert refused(open311, add(open311, melding, **fields), 400)
        assert melding.stappen.count() == (2 if status else 1)

    def test_a_double_is_not_opened_again_by_its_reporter(self, open311, melding):
        Melding.objects.filter(pk=melding.pk).update(
            status=Status.DUBBEL, eerste=MeldingFactory(), closed_at=timezone.now()
        )
        assert refused(open311, add(open311, melding, status="REOPEN"), 400)

    def test_what_others_sent_is_403_and_what_is_not_there_404(self, open311, melding, koppeling):
        assert refused(open311, add(open311, MeldingFactory()), 403)
        hidden = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        for number in (hidden.nummer, "00000000", "x"):
            assert refused(open311, add(open311, melding, service_request_id=number), 404)

    def test_photos_elsewhere_are_kept_as_words_of_a_new_melding(self, open311, buurt, koppeling, lamp, network_guard):
        urls = ["http://169.254.169.254/latest/meta-data", "https://elders.example/1.jpg"]
        open311.send(service_code="lamp", media_url=urls)
        note = Melding.objects.get().stappen.get(openbaar=False)
        assert note.toelichting == "\n".join(urls)
        assert network_guard == []


def test_the_action_is_the_gate(koppeling, melding):
    """Also for callers that are no view."""
    with pytest.raises(PermissionDenied):
        actions.add_aanvulling(koppeling=koppeling, melding=MeldingFactory(), update_id="1", tekst="Hallo.")
    with pytest.raises(RuleViolation):
        actions.add_aanvulling(koppeling=koppeling, melding=melding, update_id="1")
