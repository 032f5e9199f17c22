"""Handing a melding over to an outside organisation: what may follow what, who may do it, how long the link works."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation
from basis.termijnen import local_date

if TYPE_CHECKING:
    from gebieden.models import Organisatie
    from meldingen.models import Melding, Navraag, Overdracht


class OverdrachtStatus(models.TextChoices):
    """Where an overdracht stands."""

    GESTUURD = "gestuurd", _("Gestuurd")
    AANGENOMEN = "aangenomen", _("Aangenomen")
    GEREED = "gereed", _("Gereed gemeld")
    TERUGGEGEVEN = "teruggegeven", _("Teruggegeven")
    INGETROKKEN = "ingetrokken", _("Teruggehaald")


class Partij(Enum):
    """On whose side somebody stands in an overdracht."""

    BEHANDELAAR = "behandelaar"
    ORGANISATIE = "organisatie"


#: Statuses in which the melding lies with the organisation.
RUNNING_OVERDRACHT = frozenset({OverdrachtStatus.GESTUURD, OverdrachtStatus.AANGENOMEN})
_ENDS = frozenset({OverdrachtStatus.GEREED, OverdrachtStatus.TERUGGEGEVEN, OverdrachtStatus.INGETROKKEN})
#: What may follow what. `docs/melding.md` draws it; a test compares the two.
OVERDRACHT_TRANSITIONS: dict[OverdrachtStatus, frozenset[OverdrachtStatus]] = {
    OverdrachtStatus.GESTUURD: _ENDS | {OverdrachtStatus.AANGENOMEN},
    OverdrachtStatus.AANGENOMEN: _ENDS,
    OverdrachtStatus.GEREED: frozenset(),
    OverdrachtStatus.TERUGGEGEVEN: frozenset(),
    OverdrachtStatus.INGETROKKEN: frozenset(),
}
#: Whose step it is.
BROUGHT_BY: dict[OverdrachtStatus, Partij] = {
    OverdrachtStatus.AANGENOMEN: Partij.ORGANISATIE,
    OverdrachtStatus.GEREED: Partij.ORGANISATIE,
    OverdrachtStatus.TERUGGEGEVEN: Partij.ORGANISATIE,
    OverdrachtStatus.INGETROKKEN: Partij.BEHANDELAAR,
}
#: The kind of private link that opens what was handed over.
OVERDRACHT_LINK = "overdracht"
#: For so many days after it ended the organisation can still see that it did.
LINK_DAYS = 28
#: After so many working days the organisation is reminded of what it did not take; after as many again the afdeling
#: is told.
REMIND_ORGANISATIE_WORKING_DAYS = 5
MAX_VRAAG = 2000
MAX_KENMERK = 60


def can_take_step(overdracht: Overdracht, to: OverdrachtStatus) -> bool:
    """Whether `to` may follow where `overdracht` stands."""
    return to in OVERDRACHT_TRANSITIONS[OverdrachtStatus(overdracht.status)]


def check_overdracht(overdracht: Overdracht, to: OverdrachtStatus, by: Partij) -> None:
    """Raise PermissionDenied when `to` is no step of `by`, RuleViolation when it can't follow any more."""
    if BROUGHT_BY.get(to) is not by:
        raise PermissionDenied
    if to == overdracht.status:
        raise RuleViolation(_("Dit is al gedaan. Open de pagina opnieuw om te zien hoe het ervoor staat."))
    if not can_take_step(overdracht, to):
        raise RuleViolation(_("Deze melding ligt niet meer bij u. U hoeft niets te doen."))


def is_running(overdracht: Overdracht) -> bool:
    """Whether the melding lies with the organisation now."""
    return overdracht.status in RUNNING_OVERDRACHT


def link_works(overdracht: Overdracht, today: date) -> bool:
    """Whether the link of the organisation opens anything on local date `today`: until 28 days after the end."""
    return overdracht.ended_at is None or today <= local_date(overdracht.ended_at) + timedelta(days=LINK_DAYS)


def check_organisatie(organisatie: Organisatie) -> None:
    """Raise RuleViolation unless meldingen can be sent to `organisatie`: in use, and with an address for it."""
    if not organisatie.actief:
        raise RuleViolation(_("Deze organisatie is niet meer te kiezen. Kies een andere."), field="organisatie")
    if not organisatie.email_meldingen:
        raise RuleViolation(
            _("Van deze organisatie is geen e-mailadres bekend. Vraag de beheerder om dat in te vullen."),
            field="organisatie",
        )


def check_vraag(vraag: str) -> None:
    """Raise RuleViolation unless the organisation is told what is asked of it."""
    if not vraag.strip():
        raise RuleViolation(_("Schrijf wat u de organisatie vraagt te doen."), field="vraag")


def check_shared_contact(melding: Melding, *, deelt_contact: bool) -> None:
    """Raise RuleViolation when contact data would be shared that the reporter never gave."""
    if deelt_contact and not melding.has_contact:
        raise RuleViolation(_("De melder liet geen gegevens achter. Haal het vinkje weg."), field="deelt_contact")


def can_ask(overdracht: Overdracht, *, has_open_navraag: bool) -> bool:
    """Whether the organisation may ask the behandelaar something: one question at a time, while it has the melding."""
    return is_running(overdracht) and not has_open_navraag


def check_can_ask(overdracht: Overdracht, *, has_open_navraag: bool) -> None:
    """Raise RuleViolation unless the organisation may ask the behandelaar something."""
    if not is_running(overdracht):
        raise RuleViolation(_("Deze melding ligt niet meer bij u. U hoeft niets te doen."))
    if has_open_navraag:
        raise RuleViolation(_("Uw vorige vraag is nog niet beantwoord. U krijgt een mail zodra dat zo is."))


def check_words(tekst: str) -> None:
    """Raise RuleViolation unless a question or an answer says something."""
    if not tekst.strip():
        raise RuleViolation(_("Schrijf in een of twee zinnen wat u wilt weten of zeggen."), field="tekst")


def check_lies_elsewhere(overdracht: Overdracht | None) -> None:
    """Raise RuleViolation unless there is an overdracht with which the melding lies with an organisation."""
    if overdracht is None or not is_running(overdracht):
        raise RuleViolation(_("Deze melding ligt niet bij een organisatie."))


def check_can_answer_navraag(navraag: Navraag | None) -> None:
    """Raise RuleViolation unless there is a question of an organisation that waits for an answer."""
    if navraag is None or navraag.antwoord:
        raise RuleViolation(_("Er is geen vraag van de organisatie die op antwoord wacht."))


def check_can_repeat(overdracht: Overdracht) -> None:
    """Raise RuleViolation unless the organisation can be sent its link again."""
    check_lies_elsewhere(overdracht)
    check_organisatie(overdracht.organisatie)
