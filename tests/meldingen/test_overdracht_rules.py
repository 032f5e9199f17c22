"""The rules of an overdracht, exhaustively from their tables: what may follow what, and whose step it is."""

from datetime import date, datetime
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from basis.regels import RuleViolation
from basis.stappen import diagram
from meldingen import rules
from meldingen.rules import BROUGHT_BY, OVERDRACHT_TRANSITIONS, RUNNING_OVERDRACHT, OverdrachtStatus, Partij

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def overdracht(status=OverdrachtStatus.GESTUURD, **values):
    return SimpleNamespace(status=status, ended_at=None, **values)


def test_every_status_has_a_row_and_a_side():
    assert set(OVERDRACHT_TRANSITIONS) == set(OverdrachtStatus)
    assert set(BROUGHT_BY) == set(OverdrachtStatus) - {OverdrachtStatus.GESTUURD}
    assert {status for status, further in OVERDRACHT_TRANSITIONS.items() if further} == RUNNING_OVERDRACHT


@pytest.mark.parametrize(("van", "naar", "by"), list(product(OverdrachtStatus, OverdrachtStatus, Partij)))
def test_every_pair_for_both_sides(van, naar, by):
    if BROUGHT_BY.get(naar) is not by:
        with pytest.raises(PermissionDenied):
            rules.check_overdracht(overdracht(van), naar, by)
    elif naar in OVERDRACHT_TRANSITIONS[van]:
        rules.check_overdracht(overdracht(van), naar, by)
    else:
        with pytest.raises(RuleViolation):
            rules.check_overdracht(overdracht(van), naar, by)


def test_the_drawing_is_that_of_the_table():
    text = (Path(__file__).resolve().parents[2] / "docs" / "melding.md").read_text(encoding="utf-8")
    assert diagram(OVERDRACHT_TRANSITIONS) in text


@pytest.mark.parametrize(
    ("today", "works"), [(date(2026, 11, 20), True), (date(2026, 12, 18), True), (date(2026, 12, 19), False)]
)
def test_the_link_ends_28_local_days_after_the_end(today, works):
    ended = overdracht(OverdrachtStatus.GEREED)
    ended.ended_at = datetime(2026, 11, 20, 23, 30, tzinfo=AMSTERDAM)
    assert rules.link_works(ended, today) is works
    assert rules.link_works(overdracht(), today)


@pytest.mark.parametrize(
    ("actief", "email", "ok"), [(True, "a@b.example", True), (False, "a@b.example", False), (True, "", False)]
)
def test_an_organisation_without_an_address_or_out_of_use_gets_nothing(actief, email, ok):
    organisatie = SimpleNamespace(actief=actief, email_meldingen=email)
    if ok:
        rules.check_organisatie(organisatie)
    else:
        with pytest.raises(RuleViolation) as refused:
            rules.check_organisatie(organisatie)
        assert refused.value.field == "organisatie"


@pytest.mark.parametrize("has_contact", [True, False])
@pytest.mark.parametrize("shared", [True, False])
def test_contact_is_shared_only_where_there_is_some(has_contact, shared):
    melding = SimpleNamespace(has_contact=has_contact)
    if shared and not has_contact:
        with pytest.raises(RuleViolation):
            rules.check_shared_contact(melding, deelt_contact=shared)
    else:
        rules.check_shared_contact(melding, deelt_contact=shared)


@pytest.mark.parametrize("status", OverdrachtStatus)
@pytest.mark.parametrize("has_open", [True, False])
def test_one_question_at_a_time_while_it_lies_there(status, has_open):
    can = status in RUNNING_OVERDRACHT and not has_open
    assert rules.can_ask(overdracht(status), has_open_navraag=has_open) is can
    if can:
        rules.check_can_ask(overdracht(status), has_open_navraag=has_open)
    else:
        with pytest.raises(RuleViolation):
            rules.check_can_ask(overdracht(status), has_open_navraag=has_open)
