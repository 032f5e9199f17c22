"""The promised date of a melding: how it is reckoned, moved and kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation
from basis.termijnen import add_working_days, is_working_day, working_days_between
from meldingen.rules.statussen import RUNNING, Status

if TYPE_CHECKING:
    from meldingen.models import Melding

#: A new date lies at most so many days ahead.
MAX_PROMISE_DAYS = 365


def needs_new_promise(melding: Melding, to: Status, today: date) -> bool:
    """Whether a step to `to` needs a new date: what was promised has gone by, and it is not done yet."""
    return to in RUNNING and melding.beloofd_op < today


def check_promise(melding: Melding, to: Status, new: date | None, today: date) -> None:
    """Raise RuleViolation when a step to `to` needs a new date and has none, or when `new` is no date to promise."""
    if new is None:
        if needs_new_promise(melding, to, today):
            raise RuleViolation(
                _("De beloofde datum is voorbij. Geef een nieuwe datum, en leg uit waarom het later wordt."),
                field="beloofd_op",
            )
        return
    if to not in RUNNING:
        raise RuleViolation(_("Bij deze status hoort geen nieuwe datum. Haal die weg."), field="beloofd_op")
    if not today < new <= today + timedelta(days=MAX_PROMISE_DAYS):
        raise RuleViolation(_("Kies een datum na vandaag, en binnen een jaar."), field="beloofd_op")
    if not is_working_day(new):
        raise RuleViolation(_("Op deze dag werken we niet. Kies een werkdag."), field="beloofd_op")


def can_promise(melding: Melding) -> bool:
    """Whether a new date can be promised for `melding` without another step."""
    return melding.status in RUNNING


def check_can_promise(melding: Melding) -> None:
    """Raise RuleViolation unless a new date can be promised for `melding`."""
    if not can_promise(melding):
        raise RuleViolation(_("Bij deze status hoort geen nieuwe datum."))


def promised_date(reported: date, working_days: int) -> date:
    """The date that is promised for a melding of local date `reported` with a term of `working_days`."""
    return add_working_days(reported, working_days)


def moved_promise(promised: date, waited: int) -> date:
    """The promised date after waiting `waited` working days for the reporter: as many later."""
    return add_working_days(promised, waited) if waited else promised


def waited_days(since: date, today: date) -> int:
    """The working days waited for the reporter, from local date `since` until `today`."""
    return max(0, working_days_between(since, today))


def is_overdue(melding: Melding, today: date) -> bool:
    """Whether `melding` should have been done before local date `today`."""
    return melding.status in RUNNING and melding.beloofd_op < today
