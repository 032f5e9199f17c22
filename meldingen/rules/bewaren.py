"""How long what a melding holds of people is kept, by purpose and by how it was closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation
from basis.termijnen import local_date
from meldingen.rules.statussen import CLOSED, Status

if TYPE_CHECKING:
    from meldingen.models import Melding

#: The results that have a term of their own, in the order of the life-cycle.
UITKOMSTEN = [status for status in Status if status in CLOSED]
#: Those that end a melding by itself; a double ends with the melding that it is a double of.
FINISHED = CLOSED - {Status.DUBBEL}
#: A new e-mail address that nobody confirmed goes after this.
UNCONFIRMED_EMAIL_TERM = timedelta(days=7)
#: The kind of private link by which a new e-mail address is confirmed. It ends with its row: one version of it.
EMAIL_LINK, EMAIL_LINK_VERSION = "melding_email", 1


class Doel(models.TextChoices):
    """What something of people is kept for; each goes by itself."""

    #: Name, e-mail address, phone number, account: to reach the reporter.
    CONTACT = "contact", _("contactgegevens")
    #: Description, address, spot, answers, and whatever else only staff and the reporter could read: to do the work.
    WOORDEN = "woorden", _("woorden")
    #: To see what is the matter.
    FOTOS = "fotos", _("foto’s")


def term(doel: Doel, uitkomst: Status) -> int:
    """For how many days after closing with this result what serves `doel` is kept."""
    return settings.BEWAARTERMIJNEN[doel.value][uitkomst.value]


def closed_before(doel: Doel, uitkomst: Status, today: date) -> date:
    """What was closed with this result before this local date has gone beyond its term on local date `today`."""
    return today - timedelta(days=term(doel, uitkomst))


def finished_on(melding: Melding) -> date | None:
    """The local date from which the terms of `melding` run; None as long as it, or the first of it, is open."""
    if melding.closed_at is None:
        return None
    closed = local_date(melding.closed_at)
    if melding.eerste is None:
        return closed
    first = finished_on(melding.eerste)
    return None if first is None else max(closed, first)


def destroyed_on(melding: Melding, doel: Doel) -> date | None:
    """The local date in whose night what `melding` holds for `doel` goes; None as long as it is open."""
    finished = finished_on(melding)
    return None if finished is None else finished + timedelta(days=term(doel, Status(melding.status)) + 1)


def can_give_contact(melding: Melding) -> bool:
    """Whether there is still something to be told to a reporter."""
    return melding.contact_vernietigd_op is None


def check_can_give_contact(melding: Melding) -> None:
    """Raise RuleViolation when the term of contact data is over, so that none may be kept any more."""
    if not can_give_contact(melding):
        raise RuleViolation(_("Deze melding is lang geleden afgesloten. We bewaren daarvan geen contactgegevens meer."))
