"""Whose a melding is and how much it presses; the same for many at once; searches that somebody keeps."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from basis.models import Spoorregel
from basis.regels import RuleViolation, StaleVersion
from berichten.models import Bericht
from meldingen import actions, rules
from meldingen.models import Melding, Stap, Zoekopdracht
from meldingen.rules import CLOSED, MAX_SAMEN, MAX_ZOEKOPDRACHTEN, ONE_BY_ONE, TRANSITIONS, Prioriteit, Status
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    GebruikerFactory,
    MeldingFactory,
    ZoekopdrachtFactory,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

SAMEN, KEPT = "/behandelen/samen/", "/behandelen/zoekopdrachten/"


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def me(behandelaar):
    return behandelaar.gebruiker


@pytest.fixture
def colleague(behandelaar):
    return BehandelaarFactory(afdeling=behandelaar.afdeling).gebruiker


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(afdeling=behandelaar.afdeling, email="melder@voorbeeld.example")


@pytest.fixture
def staff(client, me):
    sign_in(client, me)
    return client


class TestAssign:
    def test_to_oneself_a_colleague_and_nobody(self, melding, me, colleague):
        for versie, to in enumerate([me, colleague, None], start=1):
            actions.assign(melding_id=melding.pk, versie=versie, behandelaar=to, by=me)
            melding.refresh_from_db()
            assert (melding.behandelaar, melding.versie) == (to, versie + 1)
        assert [line.details for line in Spoorregel.objects.order_by("pk")] == [
            {"van": None, "naar": me.pk},
            {"van": me.pk, "naar": colleague.pk},
            {"van": colleague.pk, "naar": None},
        ]

    def test_is_no_step_and_no_mail(self, melding, me):
        actions.assign(melding_id=melding.pk, versie=1, behandelaar=me, by=me)
        actions.set_prioriteit(melding_id=melding.pk, versie=2, prioriteit=1, by=me)
        assert Stap.objects.of(melding).count() == 1
        assert not Bericht.objects.exists()

    def test_only_to_who_handles_them_now(self, melding, me):
        gone = BehandelaarFactory(afdeling=melding.afdeling, gebruiker__is_active=False).gebruiker
        for somebody in (BehandelaarFactory().gebruiker, GebruikerFactory(), gone):
            with pytest.raises(RuleViolation, match="handelt geen meldingen van"):
                actions.assign(melding_id=melding.pk, versie=1, behandelaar=somebody, by=me)

    def test_not_again_to_the_same(self, melding, me):
        with pytest.raises(RuleViolation, match="al van niemand"):
            actions.assign(melding_id=melding.pk, versie=1, behandelaar=None, by=me)
        actions.assign(melding_id=melding.pk, versie=1, behandelaar=me, by=me)
        with pytest.raises(RuleViolation, match=f"al van {me}"):
            actions.assign(melding_id=melding.pk, versie=2, behandelaar=me, by=me)

    @pytest.mark.parametrize("act", [("assign", "behandelaar"), ("set_prioriteit", "prioriteit")])
    def test_who_may_not_and_who_comes_second(self, melding, me, act):
        name, field = act
        arguments = {"melding_id": melding.pk, field: {"behandelaar": me, "prioriteit": 1}[field]}
        with pytest.raises(PermissionDenied):
            getattr(actions, name)(**arguments, versie=1, by=BehandelaarFactory().gebruiker)
        with pytest.raises(StaleVersion):
            getattr(actions, name)(**arguments, versie=2, by=me)

    @pytest.mark.parametrize("status", list(Status))
    def test_nothing_that_is_closed(self, behandelaar, me, status):
        first = MeldingFactory() if status == Status.DUBBEL else None
        melding = MeldingFactory(afdeling=behandelaar.afdeling, status=status, eerste=first)

        def both():
            actions.assign(melding_id=melding.pk, versie=1, behandelaar=me, by=me)
            actions.set_prioriteit(melding_id=melding.pk, versie=2, prioriteit=1, by=me)

        if status in CLOSED:
            with pytest.raises(RuleViolation, match="afgesloten"):
                both()
        else:
            both()

    def test_another_afdeling_makes_it_nobodys(self, melding, me):
        to = AfdelingFactory()
        common = {"melding_id": melding.pk, "by": me, "toelichting": "Hoort daar."}
        for change in (
            lambda versie: actions.change_afdeling(**common, versie=versie, afdeling=to),
            lambda versie: actions.change_categorie(**common, versie=versie, categorie=CategorieFactory()),
        ):
            Melding.objects.update(behandelaar=me, afdeling=melding.afdeling)
            change(Melding.objects.get().versie)
            assert Melding.objects.get().behandelaar is None

    def test_another_category_of_the_same_afdeling_changes_nothing(self, melding, me):
        Melding.objects.update(behandelaar=me)
        new = CategorieFactory(afdeling=melding.afdeling)
        actions.change_categorie(melding_id=melding.pk, versie=1, categorie=new, by=me, toelichting="Past beter.")
        assert Melding.objects.get().behandelaar == me

    def test_reopened_it_is_still_of_the_same(self, melding, me):
        Melding.objects.update(behandelaar=me)
        actions.change_status(melding_id=melding.pk, versie=1, status="opgelost", by=me, toelichting="Klaar.")
        actions.judge_solved(melding_id=melding.pk, via_versie=1, opgelost=False, tekst="Nog steeds stuk.")
        reopened = Melding.objects.get()
        assert (reopened.status, reopened.behandelaar) == (Status.HEROPEND, me)

    def test_who_leaves_the_afdeling_leaves_the_open_ones_to_nobody(self, melding, behandelaar, me):
        closed = MeldingFactory(afdeling=melding.afdeling, status=Status.OPGELOST, behandelaar=me)
        elsewhere = MeldingFactory(afdeling=BehandelaarFactory(gebruiker=me).afdeling, behandelaar=me)
        Melding.objects.filter(pk=melding.pk).update(behandelaar=me)
        actions.dismiss_behandelaar(behandelaar=behandelaar, by=GebruikerFactory(beheerder=True))
        left = dict(Melding.objects.values_list("pk", "behandelaar"))
        assert left == {melding.pk: None, closed.pk: me.pk, elsewhere.pk: me.pk}
        assert Melding.objects.get(pk=melding.pk).versie == 2

    def test_an_account_that_goes_leaves_it_to_nobody(self, melding, colleague):
        Melding.objects.update(behandelaar=colleague)
        colleague.delete()
        assert Melding.objects.get().behandelaar is None


class TestPrioriteit:
    def test_is_set_and_not_twice_the_same(self, melding, me):
        actions.set_prioriteit(melding_id=melding.pk, versie=1, prioriteit=1, by=me)
        assert Melding.objects.get().prioriteit == Prioriteit.HOOG
        assert Spoorregel.objects.get().details == {"van": 2, "naar": 1}
        with pytest.raises(RuleViolation, match="andere prioriteit"):
            actions.set_prioriteit(melding_id=melding.pk, versie=2, prioriteit=1, by=me)


class TestFile:
    def test_one_takes_it_with_one_press(self, staff, melding, me):
        file = reverse("behandelen_melding", args=[melding.nummer])
        assert "Neem deze melding" in staff.get(file).text
        sent = {"versie": 1, "behandelaar": me.pk}
        page = staff.post(reverse("behandelen_toewijzen", args=[melding.nummer]), sent, follow=True)
        assert page.redirect_chain == [(file, 302)]
        assert "Van: <strong>u</strong>" in page.text
        assert "Neem deze melding" not in page.text

    def test_large_numbers_are_sent_as_they_are(self, client, melding):
        """In a text they would get separators."""
        me = BehandelaarFactory(afdeling=melding.afdeling, gebruiker__pk=12_345).gebruiker
        sign_in(client, me)
        Melding.objects.update(versie=6_789)
        page = client.get(reverse("behandelen_melding", args=[melding.nummer])).text
        assert 'name="behandelaar" value="12345"' in page and 'name="versie" value="6789"' in page
        assert f'value="{melding.nummer}.6789"' in client.get("/behandelen/").text
        assert (
            f'value="{melding.nummer}.6789"' in client.get(SAMEN, {"wat": "status", "m": f"{melding.nummer}.6789"}).text
        )

    def test_only_colleagues_are_offered(self, staff, melding, me, colleague):
        stranger = BehandelaarFactory(gebruiker__naam="Een vreemde").gebruiker
        address = reverse("behandelen_toewijzen", args=[melding.nummer])
        page = staff.get(address).text
        assert str(colleague) in page and str(stranger) not in page
        assert staff.post(address, {"versie": 1, "behandelaar": stranger.pk}).status_code == 422

    def test_priority(self, staff, melding):
        address = reverse("behandelen_prioriteit", args=[melding.nummer])
        assert staff.post(address, {"versie": 1}).status_code == 422
        page = staff.post(address, {"versie": 1, "prioriteit": "1"}, follow=True)
        assert "Prioriteit: <strong>Hoog</strong>" in page.text

    def test_closed_it_says_why_not(self, staff, melding):
        Melding.objects.update(status=Status.OPGELOST, closed_at=timezone.now())
        page = staff.get(reverse("behandelen_toewijzen", args=[melding.nummer])).text
        assert "Toewijzen en prioriteit geven kan niet meer." in page
        assert 'class="field"' not in page

    def test_the_public_sees_nothing_of_it(self, client, melding, me):
        Melding.objects.update(behandelaar=me, prioriteit=Prioriteit.HOOG)
        page = client.get(melding.get_absolute_url()).text
        assert me.naam not in page and "Prioriteit" not in page


def chosen(*meldingen, **versies):
    return [f"{melding.nummer}.{melding.versie}" for melding in meldingen]


class TestSamen:
    @pytest.fixture
    def others(self, melding):
        return MeldingFactory.create_batch(2, afdeling=melding.afdeling, email="ander@voorbeeld.example")

    def test_says_first_what_will_happen_to_how_many(self, staff, melding, others):
        closed = MeldingFactory(afdeling=melding.afdeling, status=Status.OPGELOST)
        page = staff.get(SAMEN, {"wat": "status", "m": chosen(melding, *others, closed), "terug": "toon=open&q=x"})
        assert page.status_code == 200
        assert "Dit gebeurt met 3 meldingen." in page.text and "Met 1 melding gebeurt niets." in page.text
        assert "Deze melding is afgesloten. De status staat vast." in page.text
        assert 'href="/behandelen/?toon=open&amp;q=x"' in page.text
        assert Melding.objects.filter(versie__gt=1).count() == 0

    def test_the_same_status_for_all_each_with_its_own_step_line_and_mail(self, staff, melding, others, me):
        sent = {
            "wat": "status",
            "m": chosen(melding, *others),
            "status": "opgelost",
            "toelichting": "De storm is over.",
        }
        page = staff.post(SAMEN, sent)
        assert "3 meldingen zijn gewijzigd." in page.text
        assert set(Melding.objects.values_list("status", "versie")) == {(Status.OPGELOST, 2)}
        assert Stap.objects.filter(naar=Status.OPGELOST, door=me, toelichting="De storm is over.").count() == 3
        assert Spoorregel.objects.filter(handeling="melding.status_gewijzigd").count() == 3
        assert Bericht.objects.count() == 3

    def test_to_a_colleague_and_another_afdeling(self, staff, melding, others, colleague):
        staff.post(SAMEN, {"wat": "toewijzen", "m": chosen(melding, *others), "behandelaar": colleague.pk})
        assert set(Melding.objects.values_list("behandelaar", flat=True)) == {colleague.pk}
        to = AfdelingFactory()
        again = chosen(*Melding.objects.all())
        sent = {"wat": "afdeling", "m": again, "afdeling": to.slug, "toelichting": "Hoort daar."}
        assert "3 meldingen zijn gewijzigd." in staff.post(SAMEN, sent).text
        assert set(Melding.objects.values_list("afdeling", "behandelaar")) == {(to.pk, None)}

    def test_what_is_refused_leaves_the_others_alone_and_says_why(self, staff, melding, others, me):
        stale, late = others
        Melding.objects.filter(pk=late.pk).update(beloofd_op=timezone.localdate().replace(year=2020))
        elsewhere = MeldingFactory()
        sent = {
            "wat": "status",
            "m": [*chosen(melding, late, elsewhere), f"{stale.nummer}.7"],
            "status": "in_behandeling",
            "toelichting": "We kijken.",
        }
        page = staff.post(SAMEN, sent)
        assert page.context["done"] == [melding]
        reasons = {outcome.melding: outcome.why_not for outcome in page.context["refused"]}
        assert reasons.keys() == {stale, late}
        assert reasons[stale].startswith("Iemand anders heeft deze melding intussen gewijzigd.")
        assert "datum" in reasons[late]
        assert "1 melding is gewijzigd." in page.text and "2 meldingen niet" in page.text
        assert elsewhere.nummer_leesbaar not in page.text
        changed = Melding.objects.filter(status=Status.IN_BEHANDELING)
        assert list(changed) == [melding]

    def test_sent_twice_it_is_done_once(self, staff, melding, others):
        sent = {"wat": "status", "m": chosen(melding, *others), "status": "opgelost", "toelichting": "Klaar."}
        staff.post(SAMEN, sent)
        page = staff.post(SAMEN, sent)
        assert page.status_code == 422
        assert "Geen van deze meldingen kan zo worden gewijzigd." in page.text
        assert Stap.objects.filter(naar=Status.OPGELOST).count() == 3

    def test_only_what_all_may_become_is_offered(self, staff, melding, others):
        Melding.objects.filter(pk=others[0].pk).update(status=Status.WACHT_OP_MELDER)
        page = staff.get(SAMEN, {"wat": "status", "m": chosen(melding, *others)})
        assert [value for value, _label in page.context["form"].fields["status"].choices] == [
            "in_behandeling",
            "niet_opgelost",
        ]

    def test_without_a_status_for_all_it_says_so(self, staff, melding, others):
        Melding.objects.filter(pk=melding.pk).update(status=Status.DUBBEL, eerste=others[0], closed_at=timezone.now())
        Melding.objects.filter(pk=others[0].pk).update(status=Status.IN_BEHANDELING)
        page = staff.get(SAMEN, {"wat": "status", "m": chosen(melding, *others)})
        assert "Er is geen status die voor al deze meldingen kan." in page.text

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ({"wat": "status"}, "Kies in de lijst eerst een of meer meldingen."),
            ({"wat": "status", "m": ["x", "1.1", "12345678", "12345678.x", "१२३४५६७८.1"]}, "Kies in de lijst eerst"),
            ({"m": ["12345678.1"]}, "Kies onder de lijst wat u wilt doen."),
            ({"wat": "weg", "m": ["12345678.1"]}, "Kies onder de lijst wat u wilt doen."),
            ({"wat": "status", "m": [f"{10_000_000 + n}.1" for n in range(MAX_SAMEN + 1)]}, "Kies hoogstens 100"),
        ],
    )
    def test_what_is_no_choice_is_400(self, staff, query, sentence):
        page = staff.get(SAMEN, query)
        assert page.status_code == 400
        assert sentence in page.text

    def test_a_hundred_is_not_too_many_and_what_is_not_mine_is_not_named(self, staff):
        page = staff.get(SAMEN, {"wat": "status", "m": [f"{10_000_000 + n}.1" for n in range(MAX_SAMEN)]})
        assert page.status_code == 200
        assert "Dit gebeurt met 0 meldingen." in page.text

    def test_what_is_missing_is_said_and_nothing_is_done(self, staff, melding):
        page = staff.post(SAMEN, {"wat": "status", "m": chosen(melding), "status": "opgelost"})
        assert page.status_code == 422
        assert "Schrijf in een of twee zinnen" in page.text
        assert Melding.objects.get().versie == 1

    @pytest.mark.parametrize(("who", "status"), [(None, 302), ({}, 403), ({"medewerker": True}, 403)])
    def test_who_comes_in(self, client, melding, who, status):
        if who is not None:
            sign_in(client, GebruikerFactory(**who))
        for address in (SAMEN, KEPT, f"{KEPT}nieuw/", "/behandelen/kaart.json", "/behandelen/meldingen.csv"):
            assert client.get(address).status_code == status
        assert client.post(SAMEN, {"wat": "status", "m": chosen(melding)}).status_code == status

    @pytest.mark.parametrize("status", list(Status))
    def test_statuses_for_all_are_those_of_each(self, status):
        one, other = Melding(status=status), Melding(status=Status.GEMELD)
        may = TRANSITIONS[status] - ONE_BY_ONE - rules.BY_MELDER
        assert set(rules.statuses_for_all([one])) == may
        assert set(rules.statuses_for_all([one, other])) == may & TRANSITIONS[Status.GEMELD]


class TestZoekopdrachten:
    def test_kept_renamed_and_taken_away(self, staff, me):
        page = staff.post(f"{KEPT}nieuw/?toon=te_laat", {"naam": "Storm", "query": "toon=te_laat&onzin=1&kaart=1"})
        kept = Zoekopdracht.objects.get()
        assert (kept.gebruiker, kept.naam, kept.query) == (me, "Storm", "toon=te_laat")
        assert page.url == "/behandelen/?toon=te_laat"
        staff.post(f"{KEPT}{kept.pk}/", {"naam": "Herfst"})
        assert Zoekopdracht.objects.get().naam == "Herfst"
        assert "Wilt u de zoekopdracht ‘Herfst’ verwijderen?" in staff.get(f"{KEPT}{kept.pk}/verwijderen/").text
        staff.post(f"{KEPT}{kept.pk}/verwijderen/")
        assert not Zoekopdracht.objects.exists()

    def test_only_what_the_filter_knows(self, staff):
        assert staff.get(f"{KEPT}nieuw/?wijk=x").status_code == 400
        assert staff.post(f"{KEPT}nieuw/", {"naam": "X", "query": "wijk=x"}).status_code == 422
        long = staff.post(f"{KEPT}nieuw/", {"naam": "X", "query": "q=" + "é" * 100})
        assert long.status_code == 422
        assert "te lang om te bewaren" in long.text
        assert not Zoekopdracht.objects.exists()

    def test_of_somebody_else_it_is_not_there(self, staff):
        other = ZoekopdrachtFactory()
        for address in (f"{KEPT}{other.pk}/", f"{KEPT}{other.pk}/verwijderen/"):
            assert staff.get(address).status_code == 404
            assert staff.post(address, {"naam": "Van mij"}).status_code == 404
        for act in (actions.rename_zoekopdracht, actions.remove_zoekopdracht):
            arguments = {"naam": "Van mij"} if act is actions.rename_zoekopdracht else {}
            with pytest.raises(Zoekopdracht.DoesNotExist):
                act(zoekopdracht_id=other.pk, by=GebruikerFactory(), **arguments)

    def test_a_name_is_taken_once_and_there_are_twenty_at_most(self, staff, me):
        ZoekopdrachtFactory(gebruiker=me, naam="Storm")
        page = staff.post(f"{KEPT}nieuw/", {"naam": "storm", "query": ""})
        assert page.status_code == 422
        assert "U heeft al een zoekopdracht met deze naam." in page.text
        ZoekopdrachtFactory.create_batch(MAX_ZOEKOPDRACHTEN - 1, gebruiker=me)
        page = staff.post(f"{KEPT}nieuw/", {"naam": "Nog een", "query": ""})
        assert page.status_code == 422
        assert "U heeft er al 20 bewaard." in page.text
