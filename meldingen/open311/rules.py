"""What Open311 makes of our statuses, how much one question may ask, and when two meldingen are the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation
from meldingen.rules import OPEN, Status


class Extended(StrEnum):
    """The statuses that clients of the updates extension use."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    FIXED = "FIXED"
    IN_PROGRESS = "IN_PROGRESS"
    ACTION_SCHEDULED = "ACTION_SCHEDULED"
    INVESTIGATING = "INVESTIGATING"
    DUPLICATE = "DUPLICATE"
    NOT_COUNCILS_RESPONSIBILITY = "NOT_COUNCILS_RESPONSIBILITY"
    NO_FURTHER_ACTION = "NO_FURTHER_ACTION"
    INTERNAL_REFERRAL = "INTERNAL_REFERRAL"
    FOR_TRIAGE = "FOR_TRIAGE"
    CANCELLED = "CANCELLED"
    REOPEN = "REOPEN"


#: Those with which clients close a report on their side.
CLOSING = frozenset(
    {
        Extended.CLOSED,
        Extended.FIXED,
        Extended.DUPLICATE,
        Extended.NOT_COUNCILS_RESPONSIBILITY,
        Extended.NO_FURTHER_ACTION,
        Extended.INTERNAL_REFERRAL,
        Extended.CANCELLED,
    }
)

#: What clients are told of each status. Handed over to another organisation is still open, hence no status that
#: clients take for an end.
STATUSES: Mapping[Status, Extended] = {
    Status.GEMELD: Extended.OPEN,
    Status.IN_BEHANDELING: Extended.IN_PROGRESS,
    Status.INGEPLAND: Extended.ACTION_SCHEDULED,
    Status.WACHT_OP_MELDER: Extended.INVESTIGATING,
    Status.DOORGEZET: Extended.IN_PROGRESS,
    Status.DUBBEL: Extended.DUPLICATE,
    Status.OPGELOST: Extended.FIXED,
    Status.NIET_OPGELOST: Extended.NO_FURTHER_ACTION,
    Status.HEROPEND: Extended.REOPEN,
}

#: As the contract says: without dates the last 90 days, and never more than 1000 rows at a time.
DEFAULT_PERIOD = timedelta(days=90)
DEFAULT_UPDATES_PERIOD = timedelta(hours=2)
MAX_ROWS = 1000
#: Whoever wants to go back further asks for a shorter period: the database counts what it passes over.
MAX_DEPTH = 20_000

#: Clients send a melding again for days when they did not hear that it came in.
RESEND_TERM = timedelta(days=7)

MAX_DESCRIPTION = 4000
MAX_MEDIA_URLS = 10


def simple_status(status: Status) -> str:
    """Whether a melding counts as `open` or `closed`."""
    return "open" if status in OPEN else "closed"


def statuses_of(simple: Collection[str]) -> list[Status]:
    """The statuses that count as one of these (`open`, `closed`)."""
    return [status for status in Status if simple_status(status) in simple]


def check_update_status(asked: Extended | None, status: Status) -> None:
    """Raise RuleViolation when a reporter asks for a status that only a behandelaar can give."""
    if asked in CLOSING and status in OPEN:
        raise RuleViolation(
            _("Alleen een behandelaar kan een melding afsluiten. Stuur uw tekst met status OPEN."), field="status"
        )


def window(
    start: datetime | None, end: datetime | None, now: datetime, default: timedelta
) -> tuple[datetime, datetime]:
    """From when until when a question is about, which may name both ends, one or none."""
    until = end or now
    return start or until - default, until


def kenmerk_of_number(number: str) -> str:
    """What to know a melding by that a client gave a number of its own."""
    return _hash(["number", number])


def kenmerk_of_content(fields: Iterable[tuple[str, str]], digests: Iterable[str]) -> str:
    """What to know a melding by that has no number: who sent which words and files (hashes) about which place."""
    return _hash(["content", sorted(fields), *digests])


def _hash(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
