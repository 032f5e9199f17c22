"""Two at once, with real threads on PostgreSQL: nothing twice, nothing lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from basis import fotos, via
from basis.regels import RuleViolation, StaleVersion
from basis.termijnen import add_working_days
from berichten.models import Bericht
from meldingen import actions, rules
from meldingen.actions import Plaats
from meldingen.models import Categorie, Deeltaak, Foto, Melding, Notitie, Overdracht, Routeregel, Stap, Zoekopdracht
from meldingen.rules import CLOSED, Besluit, Reden, Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    FotoFactory,
    GebruikerFactory,
    MeldingFactory,
    OrganisatieFactory,
    OverdrachtFactory,
    WijkFactory,
    ZoekopdrachtFactory,
)
from tests.locks import until_it_waits_or_is_done
from tests.meldingen.conftest import picture

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gave, or raised, in each of `number` threads that begin together."""
    together = Barrier(number)

    def run(which: int) -> Any:
        try:
            together.wait(timeout=10)
            return work(which)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_the_same_form_from_many_tabs_makes_one():
    inzending, categorie, plaats = uuid4(), CategorieFactory(), Plaats(wijk=WijkFactory(), plek="bij de brug")

    def send(which: int) -> Any:
        return actions.send_melding(
            inzending=inzending,
            categorie=categorie,
            plaats=plaats,
            omschrijving=f"Poging {which} van dezelfde melding.",
            email="melder@voorbeeld.example",
        )

    results = at_once(8, send)
    assert sorted(is_new for _melding, is_new in results) == [False] * 7 + [True]
    assert {melding.pk for melding, _new in results} == {Melding.objects.get().pk}
    assert Bericht.objects.count() == 1


def test_the_same_photo_from_two_tabs_is_kept_once(prepared, settings):
    inzending, photo = uuid4(), prepared("red")
    results = at_once(4, lambda _which: actions.keep_foto(inzending=inzending, prepared=photo))
    assert {foto.pk for foto in results} == {Foto.objects.get().pk}
    assert len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 2


def post_at_once(number: int, make_data: Callable[[int], dict[str, Any]]) -> list[Any]:
    """The answers to as many browsers that send the form at once."""
    clients = [Client() for _ in range(number)]
    return at_once(number, lambda which: clients[which].post("/meldingen/nieuw/", make_data(which), follow=True))


def form_in_words(wijk: Any) -> dict[str, Any]:
    return {
        "inzending": str(uuid4()),
        "categorie": CategorieFactory().slug,
        "omschrijving": "De lamp brandt niet meer.",
        "wijk": wijk.slug,
        "plek": "bij de brug",
        "email": "melder@voorbeeld.example",
    }


def test_the_same_form_with_its_photos_from_two_tabs(settings):
    values = form_in_words(WijkFactory())
    answers = post_at_once(2, lambda _which: {**values, "foto": [picture("red"), picture("blue")]})
    melding = Melding.objects.get()
    assert {answer.redirect_chain[-1][0] for answer in answers} == {f"/meldingen/{melding.nummer}/verstuurd/"}
    assert melding.fotos.count() == Foto.objects.count() == 2
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 4
    assert Bericht.objects.count() == 1


def test_other_photos_from_each_tab_go_along_or_their_sender_is_told(settings):
    values = form_in_words(WijkFactory())
    colours = [["red", "green", "blue"], ["yellow", "purple", "black"]]
    answers = post_at_once(2, lambda which: {**values, "foto": [picture(colour) for colour in colours[which]]})
    told = [answer.content.decode() for answer in answers]
    refused = [text for text in told if "hoogstens 3" in text]
    sent = Foto.objects.exclude(melding=None).count()
    assert sent <= 3 and (sent > 0) == (len(refused) < 2)
    if Foto.objects.filter(melding=None).exists():
        assert refused or any("is niet verstuurd" in text for text in told)
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 2 * Foto.objects.count()


def test_more_photos_than_may_go_along_stay_behind():
    """What two tabs at once can have kept: each looked before the other wrote."""
    wijk, inzending = WijkFactory(), uuid4()
    FotoFactory.create_batch(5, inzending=inzending, melding=None)
    melding, _new = actions.send_melding(
        inzending=inzending, categorie=CategorieFactory(), plaats=Plaats(wijk=wijk, plek="hier"), omschrijving="Kapot."
    )
    assert melding.fotos.count() == 3
    assert Foto.objects.filter(melding=None).count() == 2


def test_a_photo_that_comes_after_the_melding_is_told(client):
    values = form_in_words(WijkFactory())
    client.post("/meldingen/nieuw/", values)
    again = client.post("/meldingen/nieuw/", values, follow=True).content.decode()
    assert "hadden we al ontvangen" in again
    later = client.post("/meldingen/nieuw/", {**values, "foto": [picture("red")]}, follow=True).content.decode()
    assert "Wat u nu schreef, is niet verstuurd" in later


def test_different_changes_to_one_melding_one_wins_and_the_others_are_told():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling, email="melder@voorbeeld.example")
    categorie, afdeling = CategorieFactory(), AfdelingFactory()
    same = {"melding_id": melding.pk, "versie": 1, "by": behandelaar.gebruiker}
    words = {**same, "toelichting": "We pakken dit op."}
    changes: list[Callable[[], Any]] = [
        lambda: actions.change_status(**words, status=Status.OPGELOST),
        lambda: actions.change_categorie(**words, categorie=categorie),
        lambda: actions.change_afdeling(**words, afdeling=afdeling),
        lambda: actions.decide_tekst(**same, besluit=Besluit.OPENBAAR),
    ]
    results = at_once(len(changes), lambda which: changes[which]())
    (won,) = [which for which, result in enumerate(results) if isinstance(result, Melding)]
    # Who no longer handles it after the change of somebody else may not even know.
    assert all(isinstance(r, StaleVersion | PermissionDenied) for which, r in enumerate(results) if which != won)
    melding.refresh_from_db()
    assert melding.versie == 2
    assert melding.status == (Status.OPGELOST if won == 0 else Status.GEMELD)
    assert (melding.categorie == categorie) == (won == 1)
    assert (melding.afdeling == afdeling) == (won == 2)
    assert (melding.tekst_besluit == Besluit.OPENBAAR) == (won == 3)
    assert melding.stappen.count() == (1 if won == 3 else 2)
    assert Bericht.objects.count() == (0 if won == 3 else 1)


@pytest.mark.parametrize("turn", range(4))
def test_a_double_of_one_that_is_closing_is_told_or_refused(turn):
    behandelaar = BehandelaarFactory()
    first, second = (
        MeldingFactory(afdeling=behandelaar.afdeling, email=f"{name}@voorbeeld.example") for name in ("jan", "wil")
    )
    # Both orders of their ids: rows are locked in that order.
    first, second = (first, second) if turn % 2 else (second, first)
    same = {"versie": 1, "by": behandelaar.gebruiker, "toelichting": "Zie de eerste."}
    changes: list[Callable[[], Any]] = [
        lambda: actions.change_status(melding_id=first.pk, status=Status.OPGELOST, **same),
        lambda: actions.change_status(melding_id=second.pk, status=Status.DUBBEL, eerste=first.nummer, **same),
    ]
    closed, double = at_once(2, lambda which: changes[which]())
    assert isinstance(closed, Melding), closed
    second.refresh_from_db()
    to_second = Bericht.objects.filter(key__startswith=f"melding:{second.nummer}:").count()
    if isinstance(double, Melding):
        assert second.eerste == first
        assert to_second == 2, "that it is a double, and that the first one is solved"
    else:
        assert isinstance(double, RuleViolation)
        assert second.status == Status.GEMELD
        assert to_second == 0


@pytest.mark.parametrize("way", ["double", "categorie"])
def test_a_category_goes_out_of_sight_while_one_of_it_gets_doubles(way):
    """The reporter of a double is never left with a first that nothing is told of: who comes second is refused."""
    behandelaar, beheerder = BehandelaarFactory(), GebruikerFactory(beheerder=True)
    first = MeldingFactory(afdeling=behandelaar.afdeling)
    double = MeldingFactory(afdeling=behandelaar.afdeling)
    categorie = first.categorie
    if way == "categorie":
        MeldingFactory(status=Status.DUBBEL, eerste=first)
        categorie = CategorieFactory(afdeling=behandelaar.afdeling)
    same = {"versie": 1, "by": behandelaar.gebruiker, "toelichting": "Zie de eerste."}
    ways: dict[str, Callable[[], Any]] = {
        "double": lambda: actions.change_status(
            melding_id=double.pk, status=Status.DUBBEL, eerste=first.nummer, **same
        ),
        "categorie": lambda: actions.change_categorie(melding_id=first.pk, categorie=categorie, **same),
    }

    def second() -> Any:
        try:
            return ways[way]()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hidden = Categorie.objects.get(pk=categorie.pk)
            hidden.openbaar = False
            actions.save_categorie(categorie=hidden, by=beheerder)
            job = pool.submit(second)
            until_it_waits_or_is_done(job)
        with pytest.raises(RuleViolation, match="niet openbaar"):
            job.result(timeout=10)


@pytest.mark.parametrize("turn", range(2))
def test_a_photo_released_while_the_melding_stops_being_public(turn, client):
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling)
    foto = FotoFactory(melding=melding, stored=True)
    hidden = CategorieFactory(openbaar=False, afdeling=behandelaar.afdeling)
    same = {"melding_id": melding.pk, "versie": 1, "by": behandelaar.gebruiker}
    changes: list[Callable[[], Any]] = [
        lambda: actions.decide_foto(**same, foto_uuid=foto.uuid, besluit=Besluit.OPENBAAR),
        lambda: actions.change_categorie(**same, categorie=hidden, toelichting="Dit is niet voor iedereen."),
    ]
    results = at_once(2, lambda which: changes[which]())
    assert sum(isinstance(result, StaleVersion) for result in results) == 1, results
    released = isinstance(results[0], Foto)
    foto.refresh_from_db()
    assert foto.is_openbaar == released
    assert default_storage.exists(fotos.public_name(foto.naam)) == released
    assert client.get(f"/meldingen/foto/{foto.uuid}.jpg").status_code == (200 if released else 404)


def test_the_same_private_link_opened_at_once(client):
    melding = MeldingFactory()
    path = urlsplit(via.address("melding", melding.pk, melding.via_versie)).path
    in_one_browser = [Client() for _ in range(3)]
    client.get("/meldingen/mijn/")
    for tab in in_one_browser:
        tab.cookies = client.cookies
    others = [Client() for _ in range(3)]
    everybody = [*in_one_browser, *others]
    answers = at_once(len(everybody), lambda which: everybody[which].get(path, secure=True))
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, melding.get_absolute_url())}
    for other in others:
        assert via_kept(other) == {"melding": {str(melding.pk): melding.via_versie}}


def via_kept(client: Client) -> Any:
    """What the session of `client` knows of private links."""
    return client.session.get("via")


def test_two_cannot_become_doubles_of_each_other():
    behandelaar = BehandelaarFactory()
    two = MeldingFactory.create_batch(2, afdeling=behandelaar.afdeling)

    def change(which: int) -> Any:
        return actions.change_status(
            melding_id=two[which].pk,
            versie=1,
            status=Status.DUBBEL,
            by=behandelaar.gebruiker,
            toelichting="Zelfde.",
            eerste=two[1 - which].nummer,
        )

    results = at_once(2, change)
    assert sum(isinstance(result, Melding) for result in results) == 1
    assert sum(isinstance(result, RuleViolation) for result in results) == 1
    assert Melding.objects.filter(status=Status.DUBBEL).count() == 1


def test_two_behandelaars_on_one_melding_lose_nothing():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling, email="melder@voorbeeld.example")
    first = MeldingFactory()
    to = [Status.IN_BEHANDELING, Status.OPGELOST, Status.NIET_OPGELOST, Status.DUBBEL]

    def change(which: int) -> Any:
        return actions.change_status(
            melding_id=melding.pk,
            versie=melding.versie,
            status=to[which],
            by=behandelaar.gebruiker,
            toelichting=f"Naar {to[which]}.",
            eerste=first.nummer,
            reden=Reden.NIET_GEVONDEN,
        )

    results = at_once(len(to), change)
    won = [result for result in results if isinstance(result, Melding)]
    assert len(won) == 1
    assert sum(isinstance(result, StaleVersion) for result in results) == len(to) - 1, results
    melding.refresh_from_db()
    assert melding.status == won[0].status
    assert melding.versie == 2
    assert melding.stappen.count() == 2
    assert Bericht.objects.count() == 1


def test_an_answer_waits_for_a_change_of_category_and_is_taken_in():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling)
    same = {"melding_id": melding.pk, "by": behandelaar.gebruiker, "toelichting": "Welke lamp?"}
    actions.change_status(**same, versie=1, status=Status.IN_BEHANDELING)
    actions.change_status(**same, versie=2, status=Status.WACHT_OP_MELDER)
    categorie = CategorieFactory(afdeling=behandelaar.afdeling)

    def answer() -> Melding:
        try:
            return actions.answer_question(melding_id=melding.pk, via_versie=melding.via_versie, tekst="De linker.")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            actions.change_categorie(**same, versie=3, categorie=categorie)
            job = threads.submit(answer)
            until_it_waits_or_is_done(job)
        answered = job.result(timeout=30)
    assert (answered.status, answered.categorie) == (Status.IN_BEHANDELING, categorie)


def test_what_is_opened_again_meanwhile_keeps_what_it_holds():
    """The task of the night finds a double of something closed; before it has the lock, that is opened again."""
    long_ago = timezone.now() - timedelta(days=500)
    first = MeldingFactory(status=Status.OPGELOST, closed_at=long_ago)
    double = MeldingFactory(status=Status.DUBBEL, eerste=first, closed_at=long_ago, email="a@voorbeeld.example")

    def night() -> int:
        try:
            return actions.purge_bewaard(today=timezone.localdate())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Melding.objects.filter(pk=first.pk).locked()
            job = threads.submit(night)
            until_it_waits_or_is_done(job)
            Melding.objects.filter(pk=first.pk).update(status=Status.HEROPEND, closed_at=None)
        job.result(timeout=30)
    double.refresh_from_db()
    assert double.email == "a@voorbeeld.example"


def test_two_behandelaars_hand_over_once():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling)
    two = OrganisatieFactory.create_batch(2)

    def hand_over(which: int) -> Any:
        return actions.hand_over(
            melding_id=melding.pk,
            versie=melding.versie,
            by=behandelaar.gebruiker,
            organisatie=two[which],
            vraag="Wilt u kijken?",
            toelichting="Naar buiten.",
        )

    results = at_once(2, hand_over)
    assert sum(isinstance(result, Melding) for result in results) == 1
    assert sum(isinstance(result, StaleVersion) for result in results) == 1
    assert Overdracht.objects.count() == Bericht.objects.count() == 1


def test_colleagues_of_an_organisation_and_a_behandelaar_end_it_once():
    behandelaar = BehandelaarFactory()
    overdracht = OverdrachtFactory(
        melding__afdeling=behandelaar.afdeling, melding__categorie__afdeling=behandelaar.afdeling
    )
    by_link = {"overdracht_id": overdracht.pk, "via_versie": 1, "versie": 1, "toelichting": "Zo is het."}

    def end(which: int) -> Any:
        if which == 0:
            return actions.finish_overdracht(**by_link)
        if which == 1:
            return actions.return_overdracht(**by_link)
        if which == 2:
            return actions.take_overdracht(**by_link)
        return actions.change_status(
            melding_id=overdracht.melding_id,
            versie=1,
            status=Status.IN_BEHANDELING,
            by=behandelaar.gebruiker,
            toelichting="Toch wij.",
        )

    results = at_once(4, end)
    # Who comes later is told so in a sentence.
    won = [result for result in results if isinstance(result, Melding | Overdracht)]
    assert all(isinstance(result, RuleViolation) for result in results if result not in won), results
    assert len(won) == 1
    assert Stap.objects.filter(melding=overdracht.melding, van=Status.DOORGEZET).count() == 1


def test_two_take_the_same_melding_one_has_it_and_the_other_is_told():
    melding = MeldingFactory()
    people = [BehandelaarFactory(afdeling=melding.afdeling).gebruiker for _ in range(2)]

    def take(which: int) -> Any:
        by = people[which]
        return actions.assign(melding_id=melding.pk, versie=1, behandelaar=by, by=by)

    results = at_once(2, take)
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [StaleVersion]
    melding.refresh_from_db()
    assert (melding.behandelaar in people, melding.versie) == (True, 2)


def test_two_tabs_keep_no_twenty_first_search():
    by = BehandelaarFactory().gebruiker
    ZoekopdrachtFactory.create_batch(rules.MAX_ZOEKOPDRACHTEN - 1, gebruiker=by)
    at_once(3, lambda which: actions.save_zoekopdracht(naam=f"Nieuw {which}", query="", by=by))
    assert Zoekopdracht.objects.of(by).count() == rules.MAX_ZOEKOPDRACHTEN


@pytest.mark.parametrize("first", ["ask", "close"])
def test_no_part_is_asked_of_what_is_being_closed(first):
    """Whoever is second waits for the first; a closed melding with an open part would never be looked at again."""
    behandelaar, other = BehandelaarFactory(), AfdelingFactory()
    melding = MeldingFactory(afdeling=behandelaar.afdeling)
    same = {"melding_id": melding.pk, "by": behandelaar.gebruiker}
    # A working day within reach, whenever this runs.
    by_then = add_working_days(timezone.localdate(), 3)

    def ask(versie: int) -> Any:
        return actions.ask_deeltaak(**same, versie=versie, afdeling=other, wat="Zet af.", gereed_voor=by_then)

    def close(versie: int) -> Any:
        return actions.change_status(**same, versie=versie, status=Status.OPGELOST, toelichting="Klaar.")

    def second() -> Any:
        try:
            # Knowing what the first will have made of it: not the version keeps them apart, but the rule.
            return close(2) if first == "ask" else ask(2)
        except RuleViolation as violation:
            return violation
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            if first == "ask":
                ask(1)
            else:
                close(1)
            job = threads.submit(second)
            until_it_waits_or_is_done(job)
        refused = job.result(timeout=30)
    assert isinstance(refused, RuleViolation), refused
    assert not isinstance(refused, StaleVersion)
    melding.refresh_from_db()
    assert (melding.status in CLOSED, Deeltaak.objects.open().exists()) == (first == "close", first == "ask")


@pytest.mark.parametrize("number", [0, 1])
def test_of_two_routing_rules_that_do_not_go_together_one_is_kept(number):
    """Whoever comes second sees the first one, also where there was no rule yet."""
    by, afdeling, categorie = GebruikerFactory(beheerder=True), BehandelaarFactory().afdeling, CategorieFactory()
    for _one in range(number):
        Routeregel.objects.create(afdeling=afdeling, wijk=WijkFactory())

    def save(**values: Any) -> None:
        try:
            actions.save_routeregel(routeregel=Routeregel(afdeling=afdeling, categorie=categorie, **values), by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            actions.save_routeregel(
                routeregel=Routeregel(afdeling=afdeling, categorie=categorie, woorden="olie", volgorde=20), by=by
            )
            job = threads.submit(save, volgorde=10)
            until_it_waits_or_is_done(job)
        with pytest.raises(RuleViolation, match="werkt"):
            job.result(timeout=30)
    assert Routeregel.objects.count() == number + 1


def test_a_note_waits_for_what_destroys_the_words_and_has_a_term_too():
    behandelaar = BehandelaarFactory()
    melding = MeldingFactory(
        afdeling=behandelaar.afdeling, status=Status.OPGELOST, closed_at=timezone.now() - timedelta(days=5000)
    )
    night = {"today": timezone.localdate()}

    def write() -> Notitie:
        try:
            return actions.add_notitie(melding_id=melding.pk, tekst="Van de buurman.", by=behandelaar.gebruiker)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            actions.purge_bewaard(**night)
            job = threads.submit(write)
            until_it_waits_or_is_done(job)
        assert job.result(timeout=30) == Notitie.objects.get()
    actions.purge_bewaard(**night)
    assert not Notitie.objects.exists()
