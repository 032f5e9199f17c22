"""What reporters do with what we hold of them: correct how they are reached, erase it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berichten.actions import take_back
from meldingen import rules
from meldingen.actions import announce
from meldingen.actions.melder import locked_own
from meldingen.actions.vernietigen import destroy_contact, destroy_own_fotos, destroy_own_words
from meldingen.models import Emailwijziging, Melding
from meldingen.rules import Doel


@transaction.atomic
def change_contact(
    *, melding_id: int, via_versie: int, naam: str, email: str, telefoon: str, proven: str = ""
) -> Emailwijziging | None:
    """Change how the reporter of a melding is reached; gives what waits for a yes by mail, if something does.

    Another address is used once its owner said yes; at once when it is `proven` to be theirs, who is signed in. Without
    an address no mail follows. `via_versie` is the version of the private link that the reporter holds. Raises
    RuleViolation when the term of contact data is over, PermissionDenied when the link was ended.
    """
    melding = locked_own(melding_id, via_versie)
    rules.check_can_give_contact(melding)
    melding.naam, melding.telefoon = naam, telefoon
    Emailwijziging.objects.filter(melding=melding).delete()
    waiting = None
    if not email:
        _stop_mail(melding)
        melding.email = ""
    elif email.lower() in (melding.email.lower(), proven.lower()):
        _use_email(melding, email)
    else:
        waiting = Emailwijziging.objects.create(melding=melding, email=email)
        announce.email_asked(melding, waiting)
    melding.store("naam", "telefoon", "email", "via_versie")
    _note(melding, _("De melder wijzigde de contactgegevens."))
    return waiting


@transaction.atomic
def confirm_new_email(*, wijziging_id: int) -> Melding:
    """Use an address from now on, because its owner said yes; tells the old one, and ends the links that it got.

    Raises Emailwijziging.DoesNotExist when it was withdrawn, RuleViolation when the term of contact data is over.
    """
    melding_id = Emailwijziging.objects.get(pk=wijziging_id).melding_id
    melding = Melding.objects.filter(pk=melding_id).locked().for_mail().get()
    wijziging = Emailwijziging.objects.get(pk=wijziging_id)
    rules.check_can_give_contact(melding)
    wijziging.delete()
    _use_email(melding, wijziging.email)
    melding.store("email", "via_versie")
    _note(melding, _("De melder bevestigde een nieuw e-mailadres."))
    return melding


def refuse_new_email(*, wijziging_id: int) -> None:
    """Forget an address whose owner knows nothing of it."""
    Emailwijziging.objects.filter(pk=wijziging_id).delete()


@transaction.atomic
def erase(*, melding_id: int, via_versie: int, doel: Doel) -> Melding:
    """Destroy at once what a melding holds of its reporter for one purpose; the melding itself goes on.

    Without contact data no mail follows. Words and photos go also when they were public. Raises PermissionDenied when
    the private link was ended.
    """
    melding = locked_own(melding_id, via_versie)
    if doel == Doel.CONTACT:
        _stop_mail(melding)
    erase_these, told = _ERASE[doel]
    erase_these([melding.pk])
    melding.refresh_from_db(
        fields=["naam", "email", "telefoon", "melder", "omschrijving", "adres", "plek", "tekst_besluit"]
    )
    melding.store()
    _note(melding, str(told))
    return melding


def _use_email(melding: Melding, email: str) -> None:
    """Let `email` be the address of a locked melding, which the caller stores; other letters alone are no change."""
    was, melding.email = melding.email, email
    if was.lower() == email.lower():
        return
    if was:
        # Before the farewell, which goes to the same address.
        _take_back(melding, was)
    melding.via_versie += 1
    announce.email_changed(melding, was)


def _stop_mail(melding: Melding) -> None:
    """Let nothing more go to the reporter of a locked melding, and empty what went."""
    if melding.email:
        _take_back(melding, melding.email)


def _take_back(melding: Melding, email: str) -> None:
    take_back(about=announce.about(melding), to=email)


def _note(melding: Melding, told: str) -> None:
    """Say in the file, to the behandelaar and the reporter alone, what the reporter did."""
    melding.stappen.create(van=melding.status, naar=melding.status, wijziging=told, openbaar=False)


_ERASE: dict[Doel, tuple[Callable[[Collection[int]], int], Promise]] = {
    Doel.CONTACT: (destroy_contact, gettext_lazy("De melder wiste de contactgegevens. Er gaat geen mail meer uit.")),
    Doel.WOORDEN: (destroy_own_words, gettext_lazy("De melder wiste de eigen woorden bij deze melding.")),
    Doel.FOTOS: (destroy_own_fotos, gettext_lazy("De melder wiste de eigen foto’s bij deze melding.")),
}
