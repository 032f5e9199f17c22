"""The rules of initiatieven, from their tables."""

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from basis.regels import RuleViolation
from basis.stappen import diagram
from initiatieven import rules
from initiatieven.models import Initiatief
from initiatieven.rules import ENDED, HIDDEN, TRANSITIONS, Partij, Status

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: The table of DESIGN section 6, once more: who changes one of the two has to change the other.
DESIGN = {
    "concept": "aangeboden ingetrokken",
    "aangeboden": "idee concept ingetrokken",
    "idee": "ingediend in_uitvoering ingetrokken",
    "ingediend": "aanvulling_gevraagd ontvankelijk buiten_behandeling afgewezen ingetrokken",
    "aanvulling_gevraagd": "ingediend buiten_behandeling ingetrokken",
    "ontvankelijk": "in_stemming ingetrokken",
    "in_stemming": "gestemd",
    "gestemd": "toegekend afgewezen ontvankelijk",
    "afgewezen": "idee",
    "buiten_behandeling": "idee",
    "toegekend": "in_uitvoering geannuleerd",
    "in_uitvoering": "verantwoord vastgesteld afgerond geannuleerd",
    "verantwoord": "vastgesteld",
}


@pytest.mark.parametrize("van", Status)
def test_each_status_by_each_party(van):
    initiatief = Initiatief(status=van)
    for naar, by in product(Status, Partij):
        parties = TRANSITIONS[van].get(naar)
        assert rules.can_move(initiatief, naar, by) == bool(parties and by in parties)
        if parties is None:
            with pytest.raises(RuleViolation):
                rules.check_transition(initiatief, naar, by)
        elif by not in parties:
            with pytest.raises(PermissionDenied):
                rules.check_transition(initiatief, naar, by)
        else:
            rules.check_transition(initiatief, naar, by)


def test_the_table_is_that_of_the_design():
    assert {van: set(after) for van, after in TRANSITIONS.items()} == {
        status: set(DESIGN.get(status, "").split()) for status in Status
    }


def test_each_step_is_for_somebody():
    assert all(parties for after in TRANSITIONS.values() for parties in after.values())


def test_every_status_can_be_reached():
    reached, left = {Status.CONCEPT}, [Status.CONCEPT]
    while left:
        new = set(TRANSITIONS[left.pop()]) - reached
        reached |= new
        left += new
    assert reached == set(Status)


def test_what_ends_stays_and_what_is_hidden_is_no_end():
    assert {status for status in Status if not TRANSITIONS[status]} == ENDED
    assert not HIDDEN & ENDED


def test_the_drawing_is_that_of_the_table():
    assert diagram(TRANSITIONS) in (DOCS / "initiatief.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("offered", "before"),
    [
        (date(2026, 11, 26), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 12, 1)),
        (date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_it_is_looked_at_within_two_working_days(offered, before):
    assert rules.look_before(offered) == before


@pytest.mark.parametrize(
    ("status", "due", "late"),
    [
        (Status.AANGEBODEN, date(2026, 11, 25), True),
        (Status.AANGEBODEN, date(2026, 11, 26), False),
        (Status.IDEE, date(2026, 11, 25), False),
        (Status.CONCEPT, None, False),
    ],
)
def test_late_is_what_waits_longer(status, due, late):
    assert rules.is_late(Initiatief(status=status, beloofd_op=due), date(2026, 11, 26)) is late


def test_what_is_missing_is_named():
    initiatief = Initiatief(titel="Bankje", soort="organisatie")
    assert rules.missing(initiatief) == ["wat", "waarom", "thema", "naam", "email", "organisatie_naam"]
    with pytest.raises(RuleViolation, match="waarom"):
        rules.check_whole(initiatief)


@pytest.mark.parametrize(
    ("via_versie", "gebruiker_id", "may"),
    [(3, None, True), (None, 7, True), (2, None, False), (None, 8, False), (None, None, False), (2, 7, True)],
)
def test_the_maker_comes_by_link_or_account(via_versie, gebruiker_id, may):
    initiatief = Initiatief(via_versie=3, maker_id=7)
    if may:
        rules.check_is_maker(initiatief, via_versie=via_versie, gebruiker_id=gebruiker_id)
    else:
        with pytest.raises(PermissionDenied):
            rules.check_is_maker(initiatief, via_versie=via_versie, gebruiker_id=gebruiker_id)


def test_nobody_is_the_maker_of_an_idea_without_an_account():
    with pytest.raises(PermissionDenied):
        rules.check_is_maker(Initiatief(via_versie=3), via_versie=None, gebruiker_id=None)
