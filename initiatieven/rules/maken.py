"""What an idea holds, when it is whole, and who its maker is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from basis.regels import RuleViolation, listed
from basis.termijnen import add_working_days
from initiatieven.rules.statussen import Status

if TYPE_CHECKING:
    from initiatieven.models import Initiatief


class Bereik(models.TextChoices):
    """How far an initiatief reaches."""

    STRAAT = "straat", _("een straat of plek")
    BUURT = "buurt", _("een buurt")
    DORP = "dorp", _("een dorp")
    WIJK = "wijk", _("een hele wijk")
    GEBIED = "gebied", _("een heel gebied")


class MakerSoort(models.TextChoices):
    """As what somebody makes an initiatief."""

    BEWONER = "bewoner", _("als bewoner")
    ONDERNEMER = "ondernemer", _("als ondernemer")
    ORGANISATIE = "organisatie", _("voor een organisatie")


MAX_TITEL = 80
MAX_TEKST = 3000
MAX_KORT = 300
STREET_LENGTH = 120
#: The Gebiedsteam looks at what is offered within so many working days.
LOOK_WORKING_DAYS = 2
#: The kinds of private link: that of the maker, shown where it was sent from, and the same by mail, which proves the
#: address.
OWN_LINK, MAIL_LINK = "initiatief", "initiatief_mail"


def look_before(today: date) -> date:
    """The date before which the Gebiedsteam looks at what was offered on `today`."""
    return add_working_days(today, LOOK_WORKING_DAYS)


def is_late(initiatief: Initiatief, today: date) -> bool:
    """Whether the Gebiedsteam should have looked at it before local date `today`."""
    due = initiatief.beloofd_op
    return initiatief.status == Status.AANGEBODEN and due is not None and due < today


def can_edit(initiatief: Initiatief) -> bool:
    """Whether the maker may still change the words."""
    return initiatief.status == Status.CONCEPT


def check_editable(initiatief: Initiatief) -> None:
    """Raise RuleViolation when the words stand fast."""
    if not can_edit(initiatief):
        raise RuleViolation(_("Uw idee is al aangeboden. Wilt u iets wijzigen? Bel uw Gebiedsteam."))


def missing(initiatief: Initiatief) -> list[str]:
    """The names of the fields that have to be filled before it can be offered."""
    fields = ["titel", "wat", "waarom", "thema", "naam", "email"]
    if initiatief.soort == MakerSoort.ORGANISATIE:
        fields.append("organisatie_naam")
    return [name for name in fields if not getattr(initiatief, name)]


def check_whole(initiatief: Initiatief) -> None:
    """Raise RuleViolation when something is missing that others need to judge the idea."""
    fields = {field.name: field.verbose_name for field in initiatief._meta.fields}
    if absent := missing(initiatief):
        words = listed(fields[name] for name in absent)
        raise RuleViolation(_("Uw idee is nog niet af. Vul eerst in: %(what)s.") % {"what": words})


def check_is_maker(initiatief: Initiatief, *, via_versie: int | None, gebruiker_id: int | None) -> None:
    """Raise PermissionDenied unless it is the maker: by the account, or by a private link that still opens it."""
    by_account = gebruiker_id is not None and initiatief.maker_id == gebruiker_id
    if not by_account and via_versie != initiatief.via_versie:
        raise PermissionDenied


def check_confirmed(*, proved: bool) -> None:
    """Raise RuleViolation unless the address of the maker is proved: by a sign-in, or by the link in the mail."""
    if not proved:
        raise RuleViolation(_("Open eerst de link in de mail die we u stuurden. Dan weten we dat uw adres klopt."))


def check_fotos_decided(undecided: int) -> None:
    """Raise RuleViolation while there are photos on which nobody decided."""
    if undecided:
        raise RuleViolation(_("Kies eerst bij elke foto of iedereen die mag zien."))
