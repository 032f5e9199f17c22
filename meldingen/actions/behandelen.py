"""What a behandelaar does: steps, category and afdeling, release."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import fotos, spoor
from basis.regels import RuleViolation
from basis.termijnen import add_working_days
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.actions import announce
from meldingen.actions.locks import lock_categorie, locked_for
from meldingen.actions.overdrachten import withdraw
from meldingen.models import Behandelaar, Besluit, Categorie, Deeltaak, Foto, Melding, MeldingQuerySet, Routeregel
from meldingen.rules import CLOSED, Handeling, Status


@transaction.atomic
def change_status(
    *,
    melding_id: int,
    versie: int,
    status: str,
    by: Gebruiker,
    toelichting: str,
    eerste: str = "",
    reden: str = "",
    beloofd_op: date | None = None,
) -> Melding:
    """Move a melding to another status and tell its reporter.

    `eerste` is the number of the melding that this one is a double of; `reden` why it is not solved; `beloofd_op` a
    new date, needed when the promised one has gone by. What lies with an organisation is taken back (`hand_over` is the
    way there). Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    to = Status(status)
    first = _locked_first(melding_id, eerste) if to == Status.DUBBEL else None
    melding = locked_for(by, melding_id, versie)
    rules.check_not_handed_over(to)
    rules.check_transition(melding, to, Behandelaar.objects.afdelingen_of(by))
    rules.check_toelichting(toelichting)
    rules.check_together(to, list(Deeltaak.objects.of(melding).open()) if to in CLOSED else [])
    melding.eerste = None
    if to == Status.DUBBEL:
        melding.eerste = rules.check_first(melding, first, has_doubles=melding.dubbelen.exists())
    withdraw(melding)
    melding.doorgezet_naar = ""
    today, told = timezone.localdate(), melding.beloofd_op
    if melding.waits_for_melder:
        melding.end_wait(today)
    rules.check_promise(melding, to, beloofd_op, today)
    melding.beloofd_op = beloofd_op or melding.beloofd_op
    is_moved = to in rules.RUNNING and melding.beloofd_op != told
    spoor.record(Handeling.STATUS_GEWIJZIGD, by=by, about=melding, van=Status(melding.status), naar=to)
    step = melding.record_step(
        to,
        by=by,
        toelichting=toelichting,
        wijziging=announce.new_date(melding.beloofd_op, told) if is_moved else "",
        reden=rules.checked_reden(to, reden),
        changed=["eerste", "doorgezet_naar", "beloofd_op", "waited_days"],
    )
    announce.step(melding, step)
    return melding


@transaction.atomic
def change_promise(*, melding_id: int, versie: int, beloofd_op: date, by: Gebruiker, toelichting: str) -> Melding:
    """Promise another date for a melding, with the reason; tells its reporter and followers.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    rules.check_can_promise(melding)
    rules.check_toelichting(toelichting)
    rules.check_promise(melding, Status(melding.status), beloofd_op, timezone.localdate())
    told, melding.beloofd_op = melding.beloofd_op, beloofd_op
    if beloofd_op == told:
        raise RuleViolation(_("Kies een andere datum dan nu."), field="beloofd_op")
    spoor.record(Handeling.BELOFTE_GEWIJZIGD, by=by, about=melding)
    step = melding.record_step(
        Status(melding.status),
        by=by,
        toelichting=toelichting,
        wijziging=announce.new_date(beloofd_op, told),
        changed=["beloofd_op"],
    )
    announce.step(melding, step, news=_("nieuwe datum"))
    return melding


@transaction.atomic
def change_categorie(*, melding_id: int, versie: int, categorie: Categorie, by: Gebruiker, toelichting: str) -> Melding:
    """Give a melding another category, and with it the afdeling and term that go with it; tells the reporter.

    The afdeling is the one of the category, unless a routeregel says another.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    categorie = lock_categorie(categorie.pk) or categorie
    melding = locked_for(by, melding_id, versie)
    rules.check_changeable(melding)
    rules.check_toelichting(toelichting)
    if categorie == melding.categorie:
        raise RuleViolation(_("Kies een andere categorie dan nu."), field="categorie")
    rules.check_categorie(categorie, has_doubles=melding.dubbelen.exists())
    change = _("Categorie: was ‘%(was)s’, is nu ‘%(nu)s’.") % {"was": melding.categorie, "nu": categorie}
    was_public = melding.categorie.openbaar
    spoor.record(Handeling.CATEGORIE_GEWIJZIGD, by=by, about=melding, van=melding.categorie_id, naar=categorie.pk)
    melding.categorie = categorie
    words = f"{melding.omschrijving} {melding.plek}"
    afdeling_id = Routeregel.objects.afdeling_for(categorie, melding.wijk, words)
    if melding.afdeling_id != afdeling_id:
        melding.behandelaar = None
    melding.afdeling_id = afdeling_id
    promised = rules.promised_date(melding.runs_since(), categorie.termijn_werkdagen)
    # Nobody is promised a day that has gone.
    promised = max(rules.moved_promise(promised, melding.waited_days), add_working_days(timezone.localdate(), 0))
    if promised != melding.beloofd_op:
        melding.beloofd_op = promised
        change = f"{change} {announce.new_date(promised)}"
    if not was_public:
        melding.tekst_besluit = ""
        forget_decisions(Melding.objects.filter(pk=melding.pk))
    step = melding.record_step(
        Status(melding.status),
        by=by,
        toelichting=toelichting,
        wijziging=change,
        openbaar=was_public,
        changed=["categorie", "afdeling", "behandelaar", "beloofd_op", "tekst_besluit"],
    )
    announce.step(melding, step, news=_("andere categorie"))
    return melding


@transaction.atomic
def change_afdeling(*, melding_id: int, versie: int, afdeling: Afdeling, by: Gebruiker, toelichting: str) -> Melding:
    """Hand a melding over to another afdeling of the municipality; tells the reporter.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    rules.check_changeable(melding)
    rules.check_toelichting(toelichting)
    if afdeling == melding.afdeling:
        raise RuleViolation(_("Kies een andere afdeling dan nu."), field="afdeling")
    change = _("Overgedragen van %(was)s naar %(nu)s.") % {"was": melding.afdeling, "nu": afdeling}
    spoor.record(Handeling.OVERGEDRAGEN, by=by, about=melding, van=melding.afdeling_id, naar=afdeling.pk)
    melding.afdeling, melding.behandelaar = afdeling, None
    step = melding.record_step(
        Status(melding.status), by=by, toelichting=toelichting, wijziging=change, changed=["afdeling", "behandelaar"]
    )
    announce.step(melding, step, news=_("naar een andere afdeling"))
    return melding


@transaction.atomic
def decide_tekst(*, melding_id: int, versie: int, besluit: str, by: Gebruiker) -> Melding:
    """Show the description of a melding to everybody, or not; raises StaleVersion and PermissionDenied."""
    melding = locked_for(by, melding_id, versie)
    melding.tekst_besluit = Besluit(besluit)
    melding.store("tekst_besluit")
    spoor.record(Handeling.OMSCHRIJVING_BEOORDEELD, by=by, about=melding, besluit=Besluit(besluit))
    return melding


@transaction.atomic
def decide_foto(*, melding_id: int, versie: int, foto_uuid: UUID, besluit: str, by: Gebruiker) -> Foto:
    """Show a photo of a melding to everybody, or not; raises StaleVersion, PermissionDenied and Foto.DoesNotExist."""
    melding = locked_for(by, melding_id, versie)
    foto = melding.fotos.select_for_update().get(uuid=foto_uuid)
    foto.decide(besluit)
    melding.store()
    spoor.record(Handeling.FOTO_BEOORDEELD, by=by, about=melding, foto=foto.pk, besluit=Besluit(besluit))
    return foto


@transaction.atomic
def note_contact_seen(*, melding: Melding, by: Gebruiker) -> None:
    """Leave a line that `by` sees how to reach the reporter of `melding`; before the page is made that shows it."""
    spoor.record(Handeling.CONTACT_BEKEKEN, by=by, about=melding)


def forget_decisions(meldingen: MeldingQuerySet) -> None:
    """Have texts and photos judged anew: who decided about them knew that nobody would see these meldingen.

    Raises FotoStorageError.
    """
    judged = Foto.objects.filter(melding__in=meldingen).exclude(besluit="")
    for foto in judged:
        fotos.hide(foto.naam)
    judged.update(besluit="")
    meldingen.exclude(tekst_besluit="").update(tekst_besluit="")


def _locked_first(melding_id: int, nummer: str) -> Melding | None:
    """The melding with this number, if there is one, locked together with the other and always in the same order.

    So that two cannot become doubles of each other, nor a first one close while it gets a double, nor its category go
    out of sight meanwhile.
    """
    lock_categorie(Melding.objects.with_nummers([nummer.replace(" ", "")]).values_list("categorie", flat=True).first())
    both = Melding.objects.filter(Q(pk=melding_id) | Q(nummer=nummer.replace(" ", "")))
    locked = both.locked().select_related("categorie")
    return next((one for one in locked if one.nummer == nummer.replace(" ", "")), None)
