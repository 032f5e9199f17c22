"""Which afdeling gets a melding: by category, wijk and words, and which rules are none."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from basis.regels import RuleViolation
from meldingen import actions
from meldingen.actions import Plaats
from meldingen.models import Melding, Routeregel
from meldingen.rules.routeren import MAX_WOORDEN, Route, check_route, first_fit, fits, is_shadowed, words_in
from tests.factories import (
    AfdelingFactory,
    BehandelaarFactory,
    CategorieFactory,
    GebruikerFactory,
    MeldingFactory,
    WijkFactory,
)
from tests.inloggen import sign_in

words = st.sampled_from(["olie", "olielek", "put", "open put", "boom"])
routes = st.builds(
    Route,
    afdeling=st.integers(1, 3),
    categorie=st.none() | st.integers(1, 2),
    wijk=st.none() | st.integers(1, 2),
    woorden=st.lists(words, max_size=3, unique=True).map(tuple),
)
asked = st.fixed_dictionaries(
    {"categorie": st.integers(1, 2), "wijk": st.integers(1, 2), "text": st.lists(words, max_size=4).map(" en ".join)}
)


@pytest.mark.parametrize(
    ("woorden", "text", "does"),
    [
        ("olie", "Er ligt OLIE op de weg.", True),
        ("olie", "Een olielek", True),
        ("olie", "petrolie", False),
        ("Olië", "oliè", True),
        ("open put", "Hier is een open  putdeksel", True),
        ("open put", "open, put", True),
        ("open put", "put open", False),
        ("put, boom", "een boom", True),
        ("", "wat dan ook", True),
    ],
)
def test_a_word_fits_where_a_word_begins_with_it(woorden, text, does):
    assert fits(Route(1, woorden=words_in(woorden)), categorie=1, wijk=1, text=text) is does


@pytest.mark.parametrize(
    ("route", "does"),
    [
        (Route(1), True),
        (Route(1, categorie=1), True),
        (Route(1, categorie=2), False),
        (Route(1, wijk=1), True),
        (Route(1, wijk=2), False),
        (Route(1, 1, 1, ("olie",)), True),
        (Route(1, 1, 1, ("boom",)), False),
        (Route(1, 1, 2, ("olie",)), False),
    ],
)
def test_all_that_a_rule_asks_must_fit(route, does):
    assert fits(route, categorie=1, wijk=1, text="olie") is does


@given(st.lists(routes, max_size=4), routes, asked)
def test_what_is_shadowed_never_gets_anything(earlier, route, melding):
    if is_shadowed(route, earlier) and fits(route, **melding):
        assert first_fit([*earlier, route], **melding) is not route
        assert any(fits(one, **melding) for one in earlier)


@given(st.lists(routes, max_size=4), asked)
def test_the_first_that_fits_counts(rules, melding):
    found = first_fit(rules, **melding)
    fitting = [one for one in rules if fits(one, **melding)]
    assert found is (fitting[0] if fitting else None)


@pytest.mark.parametrize(
    ("route", "earlier", "later", "field"),
    [
        (Route(1), [], [], None),
        (Route(1, woorden=("ab",)), [], [], "woorden"),
        (Route(1, woorden=tuple(f"woord{number}" for number in range(MAX_WOORDEN + 1))), [], [], "woorden"),
        (Route(1, categorie=1, wijk=1), [Route(2, categorie=1)], [], "volgorde"),
        (
            Route(1, woorden=("olielek", "boomtak")),
            [Route(2, woorden=("olie",)), Route(2, woorden=("boom",))],
            [],
            "volgorde",
        ),
        (Route(1, categorie=1), [], [Route(2, categorie=1, woorden=("olie",), naam="10")], "volgorde"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(route, earlier, later, field):
    with pytest.raises(RuleViolation) as refused:
        check_route(route, earlier, later)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("route", "earlier"),
    [
        (Route(1, categorie=1), [Route(2, categorie=1, wijk=1), Route(2, categorie=2)]),
        (Route(1, woorden=("olie",)), [Route(2, woorden=("olielek",))]),
        (Route(1, categorie=1), [Route(2, woorden=("olie",))]),
    ],
)
def test_a_rule_that_something_is_left_for_is_fine(route, earlier):
    check_route(route, earlier, [])


@pytest.mark.django_db
class TestKept:
    @pytest.fixture
    def beheerder(self):
        return GebruikerFactory(beheerder=True)

    @pytest.fixture
    def afdeling(self):
        return BehandelaarFactory().afdeling

    def save(self, beheerder, **values):
        rule = Routeregel(**values)
        actions.save_routeregel(routeregel=rule, by=beheerder)
        return rule

    def send(self, categorie, **values):
        values = {
            "omschrijving": "Er ligt olie op straat.",
            "plaats": Plaats(wijk=WijkFactory(), plek="hoek"),
            **values,
        }
        return actions.send_melding(inzending=uuid4(), categorie=categorie, **values)[0]

    def test_what_comes_in_goes_by_the_rules_else_by_the_category(self, beheerder, afdeling):
        categorie = CategorieFactory()
        assert self.send(categorie).afdeling == categorie.afdeling
        rule = self.save(beheerder, categorie=categorie, woorden="olie", afdeling=afdeling)
        assert self.send(categorie).afdeling == afdeling
        assert self.send(categorie, omschrijving="Een losse tegel.").afdeling == categorie.afdeling
        assert self.send(CategorieFactory()).afdeling != afdeling
        rule.actief = False
        actions.save_routeregel(routeregel=rule, by=beheerder)
        assert self.send(categorie).afdeling == categorie.afdeling

    def test_another_category_asks_the_rules_again(self, beheerder, afdeling):
        by = BehandelaarFactory()
        melding, categorie = MeldingFactory(afdeling=by.afdeling), CategorieFactory()
        self.save(beheerder, categorie=categorie, wijk=melding.wijk, afdeling=afdeling)
        changed = actions.change_categorie(
            melding_id=melding.pk, versie=1, categorie=categorie, by=by.gebruiker, toelichting="Dit past beter."
        )
        assert changed.afdeling == afdeling

    def test_who_handled_it_keeps_it_only_in_the_own_afdeling(self, beheerder, afdeling):
        by = BehandelaarFactory()
        for to in (by.afdeling, afdeling):
            melding = MeldingFactory(afdeling=by.afdeling, behandelaar=by.gebruiker)
            categorie = CategorieFactory()
            BehandelaarFactory(afdeling=categorie.afdeling)
            self.save(beheerder, categorie=categorie, wijk=melding.wijk, afdeling=to)
            changed = actions.change_categorie(
                melding_id=melding.pk, versie=1, categorie=categorie, by=by.gebruiker, toelichting="Dit past beter."
            )
            assert changed.behandelaar == (by.gebruiker if to == by.afdeling else None)

    def test_only_a_beheerder(self, afdeling):
        with pytest.raises(PermissionDenied):
            self.save(GebruikerFactory(medewerker=True), categorie=CategorieFactory(), afdeling=afdeling)

    def test_what_it_names_must_be_in_use(self, beheerder, afdeling):
        gone = WijkFactory(withdrawn_at="2026-01-01T00:00:00Z")
        unused = CategorieFactory(actief=False)
        for values, field in [
            ({"categorie": unused, "afdeling": afdeling}, "categorie"),
            ({"wijk": gone, "afdeling": afdeling}, "wijk"),
            ({"categorie": CategorieFactory(), "afdeling": CategorieFactory().afdeling}, "afdeling"),
        ]:
            with pytest.raises(RuleViolation) as refused:
                self.save(beheerder, **values)
            assert refused.value.field == field
        assert not Routeregel.objects.exists()

    def test_the_page_says_why_not(self, client, beheerder, afdeling):
        sign_in(client, beheerder)
        form = {"volgorde": "10", "woorden": "", "afdeling": afdeling.pk, "actief": "on"}
        refused = client.post("/beheer/meldingen/routeregel/add/", form)
        assert refused.status_code == 422 and "Anders gaat elke melding hierheen." in refused.content.decode()
        assert client.post("/beheer/meldingen/routeregel/add/", {**form, "woorden": "olie"}).status_code == 302
        again = client.post("/beheer/meldingen/routeregel/add/", {**form, "woorden": "olielek"})
        assert re.search("werkt nooit", again.content.decode())


@pytest.mark.django_db
class TestTried:
    """The page that tells a beheerder where a melding would go."""

    PAGE = "/beheer/meldingen/routeregel/proberen/"

    @pytest.fixture
    def regels(self):
        """One that is off, one for a wijk with words, and one for the category."""
        to = BehandelaarFactory().afdeling
        categorie, wijk = CategorieFactory(), WijkFactory()
        off = Routeregel.objects.create(volgorde=1, woorden="olie", afdeling=CategorieFactory().afdeling, actief=False)
        words = Routeregel.objects.create(volgorde=2, wijk=wijk, woorden="olie", afdeling=to)
        later = Routeregel.objects.create(volgorde=3, categorie=categorie, afdeling=CategorieFactory().afdeling)
        return off, words, later

    def ask(self, client, categorie, wijk, woorden):
        return client.post(self.PAGE, {"categorie": categorie.slug, "wijk": wijk.slug, "woorden": woorden})

    def test_says_which_afdeling_and_which_rule(self, client, regels):
        sign_in(client, GebruikerFactory(beheerder=True))
        off, words, later = regels
        assert self.PAGE in client.get("/beheer/meldingen/routeregel/").content.decode()
        for categorie, wijk, woorden, decides in [
            (later.categorie, words.wijk, "Er ligt Olie.", words),
            (later.categorie, words.wijk, "", later),
            (CategorieFactory(), WijkFactory(), "Er ligt olie.", None),
        ]:
            page = self.ask(client, categorie, wijk, woorden)
            assert page.status_code == 200 and "no-store" in page["Cache-Control"]
            afdeling = Routeregel.objects.afdeling_for(categorie, wijk, woorden)
            assert page.context["afdeling"].pk == afdeling
            assert page.context["beslist"] == decides
            assert page.context["wordt_behandeld"] is (decides == words)
            assert ("Dat beslist regel" in page.content.decode()) is bool(decides)
            assert off not in [regel for regel, _fits in page.context["regels"]]
        assert not Melding.objects.exists()

    def test_asks_no_more_with_more_rules(self, client, regels):
        sign_in(client, GebruikerFactory(beheerder=True))
        categorie, wijk = regels[2].categorie, regels[1].wijk
        with CaptureQueriesContext(connection) as few:
            self.ask(client, categorie, wijk, "olie")
        for number in range(9):
            Routeregel.objects.create(
                categorie=CategorieFactory(), wijk=WijkFactory(), woorden=f"olie{number}", afdeling=AfdelingFactory()
            )
        with CaptureQueriesContext(connection) as many:
            assert self.ask(client, categorie, wijk, "olie").content.count(b"past niet") == 9
        assert len(many) == len(few)

    def test_what_is_missing_is_said(self, client):
        sign_in(client, GebruikerFactory(beheerder=True))
        page = client.post(self.PAGE, {"categorie": "bestaat-niet"})
        assert page.status_code == 422
        assert set(page.context["form"].errors) == {"categorie", "wijk"}

    def test_for_beheerders_alone(self, client):
        assert client.get(self.PAGE)["Location"].startswith("/beheer/login/")
        sign_in(client, BehandelaarFactory().gebruiker)
        assert client.get(self.PAGE).status_code == 403
        assert client.post(self.PAGE, {}).status_code == 403
