"""The rules of a melding: its statuses, what may follow what, who may do it, and its terms."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis import spoor
from basis.regels import RuleViolation
from basis.termijnen import add_working_days, working_days_between

if TYPE_CHECKING:
    from meldingen.models import Melding


class Status(models.TextChoices):
    """Where a melding stands, in the words that everybody sees."""

    GEMELD = "gemeld", _("Gemeld")
    IN_BEHANDELING = "in_behandeling", _("In behandeling")
    INGEPLAND = "ingepland", _("Ingepland")
    WACHT_OP_MELDER = "wacht_op_melder", _("Wacht op melder")
    DOORGEZET = "doorgezet", _("Doorgezet")
    DUBBEL = "dubbel", _("Dubbel")
    OPGELOST = "opgelost", _("Opgelost")
    NIET_OPGELOST = "niet_opgelost", _("Niet opgelost")
    HEROPEND = "heropend", _("Heropend")


class Besluit(models.TextChoices):
    """What was decided about showing a text or a photo to everybody; empty as long as nobody decided."""

    OPENBAAR = "openbaar", _("Openbaar")
    BESLOTEN = "besloten", _("Niet openbaar")


class Handeling(spoor.Handeling):
    """What a medewerker does with meldingen, and with what is set up for them."""

    STATUS_GEWIJZIGD = "melding.status_gewijzigd", _("status gewijzigd")
    CATEGORIE_GEWIJZIGD = "melding.categorie_gewijzigd", _("categorie gewijzigd")
    OVERGEDRAGEN = "melding.overgedragen", _("overgedragen aan een andere afdeling")
    OMSCHRIJVING_BEOORDEELD = "melding.omschrijving_beoordeeld", _("besloten of de omschrijving openbaar is")
    FOTO_BEOORDEELD = "melding.foto_beoordeeld", _("besloten of een foto openbaar is")
    CONTACT_BEKEKEN = "melding.contact_bekeken", _("gegevens van de melder bekeken")
    BEHANDELAAR_BENOEMD = "behandelaar.benoemd", _("behandelaar gemaakt")
    BEHANDELAAR_ONTSLAGEN = "behandelaar.ontslagen", _("behandelaar af")
    GROEP_BEWAARD = "groep.bewaard", _("groep van categorieën bewaard")
    GROEP_VERWIJDERD = "groep.verwijderd", _("groep van categorieën verwijderd")
    CATEGORIE_BEWAARD = "categorie.bewaard", _("categorie bewaard")
    CATEGORIEEN_GELADEN = "categorie.geladen", _("categorieën geladen vanaf de server")
    KOPPELING_BEWAARD = "koppeling.bewaard", _("koppeling bewaard")
    SLEUTEL_GEMAAKT = "koppeling.sleutel_gemaakt", _("sleutel van een koppeling gemaakt")
    SLEUTEL_INGETROKKEN = "koppeling.sleutel_ingetrokken", _("sleutel van een koppeling ingetrokken")


class Kanaal(models.TextChoices):
    """By which way a melding came in."""

    PORTAAL = "portaal", _("portaal")
    TELEFOON = "telefoon", _("14 072")
    BALIE = "balie", _("balie")
    MAIL = "mail", _("mail")
    STRAAT = "straat", _("straat")
    OPEN311 = "open311", _("Open311")


#: Statuses in which nothing more is to be done.
CLOSED = frozenset({Status.DUBBEL, Status.OPGELOST, Status.NIET_OPGELOST})
OPEN = frozenset(Status) - CLOSED
#: Statuses in which the promised date counts: while we wait for the reporter it does not.
RUNNING = OPEN - {Status.WACHT_OP_MELDER}

_FROM_IN_BEHANDELING = frozenset(
    {
        Status.INGEPLAND,
        Status.WACHT_OP_MELDER,
        Status.DOORGEZET,
        Status.DUBBEL,
        Status.OPGELOST,
        Status.NIET_OPGELOST,
    }
)

#: What may follow what. `docs/melding.md` draws it; a test compares the two.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.GEMELD: frozenset(
        {Status.IN_BEHANDELING, Status.DOORGEZET, Status.DUBBEL, Status.OPGELOST, Status.NIET_OPGELOST}
    ),
    Status.IN_BEHANDELING: _FROM_IN_BEHANDELING,
    Status.INGEPLAND: frozenset({Status.IN_BEHANDELING, Status.DOORGEZET, Status.OPGELOST, Status.NIET_OPGELOST}),
    Status.WACHT_OP_MELDER: frozenset({Status.IN_BEHANDELING, Status.NIET_OPGELOST}),
    Status.DOORGEZET: frozenset({Status.IN_BEHANDELING, Status.OPGELOST, Status.NIET_OPGELOST}),
    Status.DUBBEL: frozenset({Status.IN_BEHANDELING}),
    Status.OPGELOST: frozenset({Status.HEROPEND}),
    Status.NIET_OPGELOST: frozenset({Status.HEROPEND}),
    Status.HEROPEND: _FROM_IN_BEHANDELING | {Status.IN_BEHANDELING},
}

#: Only whoever reported it may say that it is not solved after all; everything else is for behandelaars.
BY_MELDER = frozenset({Status.HEROPEND})

#: How long the reporter may say so after it was closed.
REOPEN_TERM = timedelta(days=28)

#: A number is eight digits, read out in two groups of four.
NUMMER_LENGTH, NUMMER_GROUP = 8, 4

#: What a melding is called among the subjects that can be followed.
FOLLOWED_AS = "melding"

#: Open meldingen of the same group within this many metres may be about the same, and are shown before sending.
NEARBY_METRES = 100
MAX_NEARBY = 5

STREET_LENGTH = 120
MIN_OMSCHRIJVING = 10
MAX_OMSCHRIJVING = 3000
MAX_TOELICHTING = 2000


def can_handle(afdelingen: Collection[int], melding: Melding) -> bool:
    """Whether a behandelaar of these afdelingen (their ids) may see the file of `melding` and change it."""
    return melding.afdeling_id in afdelingen


def check_handle(afdelingen: Collection[int], melding: Melding) -> None:
    """Raise PermissionDenied unless a behandelaar of these afdelingen may change `melding`."""
    if not can_handle(afdelingen, melding):
        raise PermissionDenied


def next_statuses(melding: Melding) -> list[Status]:
    """What a behandelaar may choose for `melding`, in the order of the life-cycle."""
    return [status for status in Status if status in TRANSITIONS[Status(melding.status)] - BY_MELDER]


def check_transition(melding: Melding, to: Status, afdelingen: Collection[int]) -> None:
    """Raise PermissionDenied or RuleViolation unless a behandelaar of `afdelingen` may move `melding` to `to`."""
    check_handle(afdelingen, melding)
    if to in BY_MELDER:
        raise PermissionDenied
    if to not in TRANSITIONS[Status(melding.status)]:
        raise RuleViolation(
            _("Van ‘%(van)s’ naar ‘%(naar)s’ kan niet.")
            % {"van": Status(melding.status).label, "naar": Status(to).label},
            field="status",
        )


def check_reopen(melding: Melding, now: datetime) -> None:
    """Raise RuleViolation unless whoever reported `melding` may say at `now` that it is not solved after all."""
    if Status.HEROPEND not in TRANSITIONS[Status(melding.status)]:
        raise RuleViolation(
            _("Alleen een melding die is afgesloten, kan weer open. Deze melding is: %(status)s.")
            % {"status": Status(melding.status).label}
        )
    if melding.closed_at is None or melding.closed_at < now - REOPEN_TERM:
        raise RuleViolation(
            _("Deze melding is langer dan %(days)d dagen afgesloten. Doe een nieuwe melding.")
            % {"days": REOPEN_TERM.days}
        )


def check_is_melder(melding: Melding, email: str) -> None:
    """Raise RuleViolation when `email` is known to be of somebody else than whoever reported `melding`."""
    if email and melding.email and email.casefold() != melding.email.casefold():
        raise RuleViolation(_("Alleen wie de melding deed, kan zeggen dat het niet is opgelost."), field="email")


def check_toelichting(toelichting: str) -> None:
    """Raise RuleViolation unless there is an explanation: every step carries one that the public can read."""
    if not toelichting.strip():
        raise RuleViolation(
            _("Schrijf in een of twee zinnen wat er gebeurt. De melder krijgt dit ook."), field="toelichting"
        )


def check_changeable(melding: Melding) -> None:
    """Raise RuleViolation when `melding` is closed: then its category and afdeling stay as they were."""
    if melding.status in CLOSED:
        raise RuleViolation(_("Deze melding is afgesloten. De categorie en de afdeling staan vast."))


def checked_organisation(name: str) -> str:
    """The name of the organisation that a melding goes to; raises RuleViolation when there is none."""
    if not name.strip():
        raise RuleViolation(_("Zeg naar welke organisatie de melding gaat."), field="doorgezet_naar")
    return name.strip()


def check_number_of_fotos(number: int) -> None:
    """Raise RuleViolation when a melding would get more photos than it may have."""
    if number > settings.FOTO_MAX_NUMBER:
        raise RuleViolation(
            _("U kunt hoogstens %(max)d foto’s meesturen. Haal er een weg.") % {"max": settings.FOTO_MAX_NUMBER},
            field="foto",
        )


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


def check_first(melding: Melding, first: Melding | None, *, has_doubles: bool) -> Melding:
    """`first`, when `melding` can be a double of it; raises RuleViolation with what to do when it can't."""
    problem = None
    if first is None:
        problem = _("Er is geen melding met dit nummer. Kijk het nummer na.")
    elif first.pk == melding.pk:
        problem = _("Dit is het nummer van deze melding zelf.")
    elif has_doubles:
        problem = _("Andere meldingen zijn een dubbele van deze. Maak die eerst los.")
    elif first.status == Status.DUBBEL:
        problem = _("Die melding is zelf een dubbele. Neem het nummer van de eerste melding.")
    elif first.status in CLOSED:
        problem = _("Die melding is al afgesloten. Sluit deze ook af, met uw eigen uitleg.")
    elif melding.categorie.openbaar and not first.categorie.openbaar:
        # The reporter of a public one would be mailed words about one that is not.
        problem = _("Die melding is niet openbaar en deze wel. Behandel ze apart.")
    if problem or first is None:
        raise RuleViolation(problem or "", field="eerste")
    return first
