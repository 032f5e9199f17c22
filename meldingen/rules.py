"""The rules of a melding: its statuses, what may follow what, who may do it, and its terms."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis import spoor
from basis.regels import RuleViolation
from basis.termijnen import add_working_days, is_working_day, local_date, working_days_between

if TYPE_CHECKING:
    from meldingen.models import Categorie, Melding


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


class Reden(models.TextChoices):
    """Why something is not solved: an honest reason that everybody sees."""

    NIET_GEVONDEN = "niet_gevonden", _("We hebben het niet gevonden.")
    NIETS_AAN_DE_HAND = "niets_aan_de_hand", _("Er was niets (meer) aan de hand.")
    GEEN_ANTWOORD = "geen_antwoord", _("We kregen geen antwoord op onze vraag.")
    GEEN_GELD = "geen_geld", _("Er is nu geen geld of menskracht voor.")
    ONDERHOUD = "onderhoud", _("Het gaat mee met groot onderhoud, later.")
    BELEID = "beleid", _("De regels van de gemeente staan dit niet toe.")
    PARTICULIER = "particulier", _("Het is van een bewoner of bedrijf, die het zelf moet oplossen.")


class Handeling(spoor.Handeling):
    """What a medewerker does with meldingen, and with what is set up for them."""

    STATUS_GEWIJZIGD = "melding.status_gewijzigd", _("status gewijzigd")
    CATEGORIE_GEWIJZIGD = "melding.categorie_gewijzigd", _("categorie gewijzigd")
    BELOFTE_GEWIJZIGD = "melding.belofte_gewijzigd", _("een nieuwe datum beloofd")
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

#: Statuses that ask the reporter something: a question in words, or whether it is solved.
ASKING = frozenset({Status.WACHT_OP_MELDER, Status.OPGELOST, Status.NIET_OPGELOST})
#: For so many days after closing the reporter may say that it is not solved.
REOPEN_DAYS = 28
#: After so many working days without an answer the reporter is reminded, and the behandelaar may decide.
REMIND_WORKING_DAYS = 5
#: A new date lies at most so many days ahead.
MAX_PROMISE_DAYS = 365

#: A number is eight digits, read out in two groups of four.
NUMMER_LENGTH, NUMMER_GROUP = 8, 4

#: The kinds of private link that open one's own melding: its page, and what one is asked about it.
OWN_LINK, QUESTION_LINK = "melding", "vraag"

#: What a melding is called among the subjects that can be followed.
FOLLOWED_AS = "melding"

#: Open meldingen of the same group within this many metres may be about the same, and are shown before sending.
NEARBY_METRES = 100
MAX_NEARBY = 5

STREET_LENGTH = 120
MIN_OMSCHRIJVING = 10
MAX_OMSCHRIJVING = 3000
MAX_TOELICHTING = 2000
MAX_ANTWOORD = 2000


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


def check_is_melder(melding: Melding, email: str) -> None:
    """Raise RuleViolation when `email` is known to be of somebody else than whoever reported `melding`."""
    if email and melding.email and email.casefold() != melding.email.casefold():
        raise RuleViolation(_("Alleen wie de melding deed, kan zeggen dat het niet is opgelost."), field="email")


def check_movable(melding: Melding) -> None:
    """Raise RuleViolation when no behandelaar can give `melding` another status."""
    if not next_statuses(melding):
        raise RuleViolation(_("Deze melding is afgesloten. De status staat vast."))


def check_toelichting(toelichting: str) -> None:
    """Raise RuleViolation unless there is an explanation: every step carries one that the public can read."""
    if not toelichting.strip():
        raise RuleViolation(
            _("Schrijf in een of twee zinnen wat er gebeurt. De melder krijgt dit ook."), field="toelichting"
        )


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


def checked_reden(to: Status, reden: str) -> str:
    """The reason that goes with a step to `to`; raises RuleViolation when ‘niet opgelost’ has none."""
    if to != Status.NIET_OPGELOST:
        return ""
    if reden not in Reden.values:
        raise RuleViolation(_("Kies waarom het niet is opgelost."), field="reden")
    return reden


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


def check_changeable(melding: Melding) -> None:
    """Raise RuleViolation when `melding` is closed: then its category and afdeling stay as they were."""
    if melding.status in CLOSED:
        raise RuleViolation(_("Deze melding is afgesloten. De categorie en de afdeling staan vast."))


def check_categorie(categorie: Categorie, *, has_doubles: bool) -> None:
    """Raise RuleViolation when a melding with doubles would no longer be public: their reporters follow it."""
    if has_doubles and not categorie.openbaar:
        raise RuleViolation(
            _("Andere meldingen zijn een dubbele van deze, en deze categorie is niet openbaar. Maak die eerst los."),
            field="categorie",
        )


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
    elif not first.categorie.openbaar:
        # What stands with it is for its own reporter alone: that of the double would never hear of it again.
        problem = _("Die melding is niet openbaar. Behandel ze apart.")
    if problem or first is None:
        raise RuleViolation(problem or "", field="eerste")
    return first
