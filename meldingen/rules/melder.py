"""What the reporter of a melding is asked and may do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation
from basis.termijnen import local_date
from meldingen.rules.statussen import Status

if TYPE_CHECKING:
    from meldingen.models import Melding

#: Statuses that ask the reporter something: a question in words, or whether it is solved.
ASKING = frozenset({Status.WACHT_OP_MELDER, Status.OPGELOST, Status.NIET_OPGELOST})
#: For so many days after closing the reporter may say that it is not solved.
REOPEN_DAYS = 28
#: After so many working days without an answer the reporter is reminded, and the behandelaar may decide.
REMIND_WORKING_DAYS = 5
#: The kinds of private link that open one's own melding: its page, and what one is asked about it.
OWN_LINK, QUESTION_LINK = "melding", "vraag"
#: What a melding is called among the subjects that can be followed.
FOLLOWED_AS = "melding"
MAX_ANTWOORD = 2000


def check_is_melder(melding: Melding, email: str) -> None:
    """Raise RuleViolation when `email` is known to be of somebody else than whoever reported `melding`."""
    if email and melding.email and email.casefold() != melding.email.casefold():
        raise RuleViolation(_("Alleen wie de melding deed, kan zeggen dat het niet is opgelost."), field="email")


def can_answer(melding: Melding) -> bool:
    """Whether a behandelaar waits for the reporter's answer to a question."""
    return melding.status == Status.WACHT_OP_MELDER


def can_judge(melding: Melding, today: date) -> bool:
    """Whether the reporter may say whether it is solved: within 28 days after closing, on local dates."""
    if melding.status not in (Status.OPGELOST, Status.NIET_OPGELOST) or melding.closed_at is None:
        return False
    return today <= local_date(melding.closed_at) + timedelta(days=REOPEN_DAYS)


def check_answer(melding: Melding) -> None:
    """Raise RuleViolation unless a question waits for an answer."""
    if not can_answer(melding):
        raise RuleViolation(_("De behandelaar wacht niet meer op uw antwoord. Bel 14 072 als u nog iets wilt zeggen."))


def check_judge(melding: Melding, today: date) -> None:
    """Raise RuleViolation unless the reporter may still say whether it is solved."""
    if not can_judge(melding, today):
        raise RuleViolation(
            _("U kunt dit alleen zeggen binnen %(days)d dagen nadat de melding is afgesloten. Doe een nieuwe melding.")
            % {"days": REOPEN_DAYS}
        )


def check_antwoord(tekst: str) -> None:
    """Raise RuleViolation unless the reporter wrote something."""
    if not tekst.strip():
        raise RuleViolation(_("Schrijf in een of twee zinnen wat u ziet of weet."), field="tekst")
