"""What a behandelaar does: steps, category and afdeling, release."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import fotos
from basis.regels import RuleViolation
from basis.termijnen import local_date
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.actions import announce
from meldingen.models import Behandelaar, Besluit, Categorie, Foto, Melding
from meldingen.rules import Status


@transaction.atomic
def change_status(
    *,
    melding_id: int,
    versie: int,
    status: str,
    by: Gebruiker,
    toelichting: str,
    eerste: str = "",
    doorgezet_naar: str = "",
) -> Melding:
    """Move a melding to another status and tell its reporter.

    `eerste` is the number of the melding that this one is a double of; `doorgezet_naar` the organisation that takes
    it over. Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = _locked(melding_id, by, versie)
    to = Status(status)
    rules.check_transition(melding, to, Behandelaar.objects.afdelingen_of(by))
    rules.check_toelichting(toelichting)
    melding.eerste = _first_of(melding, eerste) if to == Status.DUBBEL else None
    melding.doorgezet_naar = rules.checked_organisation(doorgezet_naar) if to == Status.DOORGEZET else ""
    if melding.status == Status.WACHT_OP_MELDER:
        since = local_date(melding.stappen.filter(naar=Status.WACHT_OP_MELDER).latest("at").at)
        melding.beloofd_op = rules.moved_promise(melding.beloofd_op, since, timezone.localdate())
    step = melding.record_step(to, by=by, toelichting=toelichting, changed=["eerste", "doorgezet_naar", "beloofd_op"])
    announce.step(melding, step)
    if to in rules.CLOSED:
        for dubbel in melding.dubbelen.select_related("categorie", "wijk"):
            announce.step(dubbel, step)
    return melding


@transaction.atomic
def change_categorie(*, melding_id: int, versie: int, categorie: Categorie, by: Gebruiker, toelichting: str) -> Melding:
    """Give a melding another category, and with it that category's afdeling and term; tells the reporter.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = _locked(melding_id, by, versie)
    rules.check_changeable(melding)
    rules.check_toelichting(toelichting)
    if categorie == melding.categorie:
        raise RuleViolation(_("Kies een andere categorie dan nu."), field="categorie")
    change = _("Categorie: was ‘%(was)s’, is nu ‘%(nu)s’.") % {"was": melding.categorie, "nu": categorie}
    melding.categorie = categorie
    melding.afdeling = categorie.afdeling
    melding.beloofd_op = rules.promised_date(local_date(melding.created_at), categorie.termijn_werkdagen)
    step = melding.record_step(
        Status(melding.status),
        by=by,
        toelichting=toelichting,
        wijziging=change,
        changed=["categorie", "afdeling", "beloofd_op"],
    )
    announce.step(melding, step)
    return melding


@transaction.atomic
def change_afdeling(*, melding_id: int, versie: int, afdeling: Afdeling, by: Gebruiker, toelichting: str) -> Melding:
    """Hand a melding over to another afdeling of the municipality; tells the reporter.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = _locked(melding_id, by, versie)
    rules.check_changeable(melding)
    rules.check_toelichting(toelichting)
    if afdeling == melding.afdeling:
        raise RuleViolation(_("Kies een andere afdeling dan nu."), field="afdeling")
    change = _("Overgedragen van %(was)s naar %(nu)s.") % {"was": melding.afdeling, "nu": afdeling}
    melding.afdeling = afdeling
    step = melding.record_step(
        Status(melding.status), by=by, toelichting=toelichting, wijziging=change, changed=["afdeling"]
    )
    announce.step(melding, step)
    return melding


@transaction.atomic
def decide_tekst(*, melding_id: int, versie: int, besluit: str, by: Gebruiker) -> Melding:
    """Show the description of a melding to everybody, or not; raises StaleVersion and PermissionDenied."""
    melding = _locked(melding_id, by, versie)
    melding.tekst_besluit = Besluit(besluit)
    melding.store("tekst_besluit")
    return melding


@transaction.atomic
def decide_foto(*, melding_id: int, versie: int, foto_uuid: UUID, besluit: str, by: Gebruiker) -> Foto:
    """Show a photo of a melding to everybody, or not; raises StaleVersion, PermissionDenied and Foto.DoesNotExist."""
    melding = _locked(melding_id, by, versie)
    foto = melding.fotos.select_for_update().get(uuid=foto_uuid)
    foto.besluit = Besluit(besluit)
    # The copy stands before the row says so, and goes before the row says so: nothing is public by accident.
    if foto.is_openbaar:
        fotos.release(foto.naam)
    else:
        fotos.hide(foto.naam)
    foto.save(update_fields=["besluit"])
    melding.store()
    return foto


def _locked(melding_id: int, by: Gebruiker, versie: int) -> Melding:
    """The locked row, once it is certain that `by` may change it and saw its last version."""
    melding = (
        Melding.objects.select_for_update(of=("self",))
        .select_related("categorie", "afdeling", "wijk")
        .get(pk=melding_id)
    )
    rules.check_handle(Behandelaar.objects.afdelingen_of(by), melding)
    rules.check_versie(melding, versie)
    return melding


def _first_of(melding: Melding, nummer: str) -> Melding:
    """The melding that `melding` is a double of; raises RuleViolation when it can't be."""
    first = Melding.objects.filter(nummer=nummer.replace(" ", "")).first()
    if first is None:
        raise RuleViolation(_("Er is geen melding met dit nummer. Kijk het nummer na."), field="eerste")
    if first.pk == melding.pk:
        raise RuleViolation(_("Dit is het nummer van deze melding zelf."), field="eerste")
    if melding.dubbelen.exists():
        raise RuleViolation(_("Andere meldingen zijn een dubbele van deze. Maak die eerst los."), field="eerste")
    if first.status == Status.DUBBEL:
        raise RuleViolation(
            _("Die melding is zelf een dubbele. Neem het nummer van de eerste melding."), field="eerste"
        )
    return first
