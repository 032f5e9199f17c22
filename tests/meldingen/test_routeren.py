"""Which afdeling gets a melding: by category, wijk and words, and which rules are none."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from basis.regels import RuleViolation
from meldingen import actions
from meldingen.actions import Plaats
from meldingen.models import Routeregel
from meldingen.rules.routeren import MAX_WOORDEN, Route, check_route, first_fit, fits, is_shadowed, words_in
from tests.factories import BehandelaarFactory, CategorieFactory, GebruikerFactory, MeldingFactory, WijkFactory
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
