"""The rules of a melding, exhaustively from their tables."""

from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from basis import fotos
from basis.regels import RuleViolation, StaleVersion, check_versie
from basis.stappen import diagram
from basis.termijnen import is_working_day, working_days_between
from meldingen import rules
from meldingen.rules import BY_MELDER, BY_OVERDRACHT, CLOSED, OPEN, TRANSITIONS, Status

MINE, OTHERS = 1, 2
PAIRS = list(product(Status, Status))


def melding(status=Status.GEMELD, **values):
    return SimpleNamespace(status=status, afdeling_id=MINE, versie=3, beloofd_op=date(2026, 11, 20), **values)


def test_every_status_has_a_row():
    assert set(TRANSITIONS) == set(Status)
    assert frozenset(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED


def test_every_status_can_be_reached_from_gemeld():
    reached, todo = {Status.GEMELD}, [Status.GEMELD]
    while todo:
        new = TRANSITIONS[todo.pop()] - reached
        reached |= new
        todo += new
    assert reached == set(Status)


@pytest.mark.parametrize(("van", "naar"), PAIRS)
def test_every_pair_for_a_behandelaar_of_the_afdeling(van, naar):
    allowed = naar in TRANSITIONS[van] and naar not in BY_MELDER
    assert (naar in rules.next_statuses(melding(van))) is (allowed and naar not in BY_OVERDRACHT)
    if allowed:
        rules.check_transition(melding(van), naar, {MINE})
    else:
        with pytest.raises(PermissionDenied if naar in BY_MELDER else RuleViolation):
            rules.check_transition(melding(van), naar, {MINE})


@pytest.mark.parametrize(("van", "naar"), PAIRS)
@pytest.mark.parametrize("afdelingen", [set(), {OTHERS}])
def test_every_pair_for_anybody_else(van, naar, afdelingen):
    with pytest.raises(PermissionDenied):
        rules.check_transition(melding(van), naar, afdelingen)


def test_a_status_that_cannot_be_says_so_at_the_field():
    with pytest.raises(RuleViolation) as caught:
        rules.check_transition(melding(Status.INGEPLAND), Status.WACHT_OP_MELDER, {MINE})
    assert caught.value.field == "status"
    assert "Ingepland" in str(caught.value)
    assert "Wacht op melder" in str(caught.value)


def test_an_older_version_is_refused():
    check_versie(3, 3)
    with pytest.raises(StaleVersion):
        check_versie(3, 2)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_every_step_has_an_explanation(text):
    with pytest.raises(RuleViolation) as caught:
        rules.check_toelichting(text)
    assert caught.value.field == "toelichting"


@pytest.mark.parametrize("status", Status)
def test_a_closed_melding_keeps_its_category(status):
    if status in CLOSED:
        with pytest.raises(RuleViolation):
            rules.check_changeable(melding(status))
    else:
        rules.check_changeable(melding(status))


@pytest.mark.parametrize(
    ("status", "today", "overdue"),
    [
        (Status.GEMELD, date(2026, 11, 20), False),
        (Status.GEMELD, date(2026, 11, 21), True),
        (Status.DOORGEZET, date(2026, 11, 21), True),
        (Status.WACHT_OP_MELDER, date(2026, 11, 21), False),
        (Status.OPGELOST, date(2026, 12, 24), False),
    ],
)
def test_overdue_is_open_after_the_promised_date(status, today, overdue):
    assert rules.is_overdue(melding(status), today) is overdue


def test_waiting_moves_the_promise_by_the_working_days_waited():
    promised = date(2026, 11, 20)
    assert rules.moved_promise(promised, rules.waited_days(date(2026, 11, 17), date(2026, 11, 17))) == promised
    assert rules.moved_promise(promised, rules.waited_days(date(2026, 11, 13), date(2026, 11, 17))) == date(
        2026, 11, 24
    )


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 30), st.integers(1, 20))
def test_a_moved_promise_lies_as_much_later(since, waited, term):
    promised = rules.promised_date(since, term)
    today = rules.promised_date(since, waited)
    moved = rules.moved_promise(promised, rules.waited_days(since, today))
    assert is_working_day(moved)
    assert working_days_between(promised, moved) == working_days_between(since, today)


def test_the_number_of_photos(settings):
    settings.FOTO_MAX_NUMBER = 3
    fotos.check_number(3)
    with pytest.raises(RuleViolation, match="3"):
        fotos.check_number(4)


def test_the_diagram_in_the_docs_is_drawn_from_the_table():
    page = (Path(__file__).parents[2] / "docs" / "melding.md").read_text(encoding="utf-8")
    assert diagram(TRANSITIONS) in page
