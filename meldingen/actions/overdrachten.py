"""Handing a melding over to an outside organisation, and what the organisation does with it by its link."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import spoor
from basis.fotos import PreparedFoto
from basis.regels import check_versie
from basis.termijnen import local_date
from gebieden.models import Organisatie
from gebruikers.models import Gebruiker
from meldingen import rules
from meldingen.actions import announce, announce_overdracht
from meldingen.actions.locks import locked_for
from meldingen.actions.melder import add_fotos
from meldingen.models import Deeltaak, Foto, Melding, Navraag, Overdracht
from meldingen.rules import Handeling, OverdrachtStatus, Partij, Status


@transaction.atomic
def hand_over(
    *,
    melding_id: int,
    versie: int,
    by: Gebruiker,
    organisatie: Organisatie,
    vraag: str,
    toelichting: str,
    beloofd_op: date | None = None,
    deelt_omschrijving: bool = False,
    deelt_contact: bool = False,
    fotos: Collection[UUID] = (),
) -> Melding:
    """Hand a melding over to `organisatie`, which gets a link by mail; tells the reporter and followers.

    `vraag` is for the organisation alone, `toelichting` for everybody. The organisation sees the description, the
    photos in `fotos` (their uuids) and the contact data only where that was chosen. Raises RuleViolation (StaleVersion
    when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    rules.check_can_hand_over(melding)
    # Anew, for a beheerder may have changed it since the form was checked.
    organisatie = Organisatie.objects.get(pk=organisatie.pk)
    rules.check_organisatie(organisatie)
    rules.check_vraag(vraag)
    rules.check_toelichting(toelichting)
    rules.check_shared_contact(melding, deelt_contact=deelt_contact)
    rules.check_promise(melding, Status.DOORGEZET, beloofd_op, timezone.localdate())
    overdracht = Overdracht.objects.create(
        melding=melding,
        organisatie=organisatie,
        vraag=vraag.strip(),
        deelt_omschrijving=deelt_omschrijving,
        deelt_contact=deelt_contact,
        door=by,
    )
    overdracht.fotos.set(Foto.objects.of(melding).filter(uuid__in=fotos))
    spoor.record(
        Handeling.DOORGEZET, by=by, about=melding, organisatie=organisatie.pk, gegevens_van_melder=deelt_contact
    )
    told, melding.beloofd_op = melding.beloofd_op, beloofd_op or melding.beloofd_op
    melding.doorgezet_naar = organisatie.naam
    step = melding.record_step(
        Status.DOORGEZET,
        by=by,
        toelichting=toelichting,
        wijziging=_with_date(_("Naar %(naam)s.") % {"naam": organisatie}, melding, told),
        changed=["doorgezet_naar", "beloofd_op"],
    )
    announce.step(melding, step)
    announce_overdracht.sent(overdracht)
    return melding


@transaction.atomic
def repeat_link(*, melding_id: int, versie: int, by: Gebruiker) -> Melding:
    """Send the organisation a new link; the one before works no longer.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    overdracht = _running_of(melding)
    rules.check_can_repeat(overdracht)
    overdracht.via_versie += 1
    overdracht.store_with_link("via_versie")
    melding.store()
    spoor.record(Handeling.LINK_HERHAALD, by=by, about=melding, organisatie=overdracht.organisatie_id)
    announce_overdracht.sent(overdracht, again=True)
    return melding


@transaction.atomic
def answer_navraag(*, melding_id: int, versie: int, by: Gebruiker, tekst: str) -> Melding:
    """Answer what the organisation asked; it gets the answer by mail.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied.
    """
    melding = locked_for(by, melding_id, versie)
    overdracht = _running_of(melding)
    navraag = Navraag.objects.open_of(overdracht).first()
    rules.check_can_answer_navraag(navraag)
    rules.check_words(tekst)
    assert navraag is not None  # noqa: S101  (the rule above)
    navraag.antwoord, navraag.answered_at, navraag.door = tekst.strip(), timezone.now(), by
    navraag.save(update_fields=["antwoord", "answered_at", "door"])
    overdracht.store_with_link()
    melding.store()
    spoor.record(Handeling.NAVRAAG_BEANTWOORD, by=by, about=melding, organisatie=overdracht.organisatie_id)
    announce_overdracht.answered(overdracht, navraag)
    return melding


@transaction.atomic
def take_overdracht(
    *,
    overdracht_id: int,
    via_versie: int,
    versie: int,
    toelichting: str,
    kenmerk: str = "",
    beloofd_op: date | None = None,
) -> Overdracht:
    """The organisation takes it, perhaps with a number of its own and a new date; tells the reporter and followers.

    `via_versie` is the version of the link that it holds. Raises RuleViolation (StaleVersion when somebody was first)
    and PermissionDenied when the link was ended.
    """
    overdracht, melding = _locked_by_link(overdracht_id, via_versie)
    rules.check_overdracht(overdracht, OverdrachtStatus.AANGENOMEN, Partij.ORGANISATIE)
    check_versie(overdracht.versie, versie)
    rules.check_toelichting(toelichting)
    rules.check_promise(melding, Status.DOORGEZET, beloofd_op, timezone.localdate())
    overdracht.kenmerk = kenmerk.strip()
    overdracht.move(OverdrachtStatus.AANGENOMEN, "kenmerk")
    told, melding.beloofd_op = melding.beloofd_op, beloofd_op or melding.beloofd_op
    step = melding.record_step(
        Status.DOORGEZET,
        by=None,
        namens=overdracht.organisatie,
        toelichting=toelichting,
        wijziging=_with_date(_("Aangenomen"), melding, told),
        changed=["beloofd_op"],
    )
    announce.step(melding, step, news=_("aangenomen"))
    return overdracht


@transaction.atomic
def ask_about_overdracht(*, overdracht_id: int, via_versie: int, versie: int, tekst: str) -> Overdracht:
    """The organisation asks the behandelaar something, whose afdeling gets a mail.

    Raises RuleViolation (StaleVersion when somebody was first) and PermissionDenied when the link was ended.
    """
    overdracht, melding = _locked_by_link(overdracht_id, via_versie)
    rules.check_can_ask(overdracht, has_open_navraag=Navraag.objects.open_of(overdracht).exists())
    check_versie(overdracht.versie, versie)
    rules.check_words(tekst)
    navraag = overdracht.navragen.create(tekst=tekst.strip())
    overdracht.store()
    melding.store()
    announce_overdracht.asked(overdracht, navraag)
    return overdracht


@transaction.atomic
def finish_overdracht(
    *, overdracht_id: int, via_versie: int, versie: int, toelichting: str, foto: Sequence[PreparedFoto] = ()
) -> Overdracht:
    """The organisation says that it is done: the melding is solved, and its reporter is asked whether that is so.

    Its photos are not the reporter's, and `besloten` until a behandelaar releases them, as all photos. Raises
    RuleViolation (StaleVersion when somebody was first), PermissionDenied when the link was ended, and
    FotoStorageError.
    """
    overdracht, melding = _locked_by_link(overdracht_id, via_versie)
    rules.check_overdracht(overdracht, OverdrachtStatus.GEREED, Partij.ORGANISATIE)
    check_versie(overdracht.versie, versie)
    rules.check_toelichting(toelichting)
    rules.check_together(Status.OPGELOST, list(Deeltaak.objects.of(melding).open()), by=Partij.ORGANISATIE)
    add_fotos(melding, foto, namens=overdracht.organisatie)
    overdracht.move(OverdrachtStatus.GEREED)
    melding.doorgezet_naar = ""
    step = melding.record_step(
        Status.OPGELOST,
        by=None,
        namens=overdracht.organisatie,
        toelichting=toelichting,
        changed=["doorgezet_naar"],
    )
    announce.step(melding, step)
    return overdracht


@transaction.atomic
def return_overdracht(*, overdracht_id: int, via_versie: int, versie: int, toelichting: str) -> Overdracht:
    """The organisation gives it back, with the reason; it lies with the afdeling again, which gets a mail.

    The promised date stays, also when it has gone by: it is for the municipality to give another one. Raises
    RuleViolation (StaleVersion when somebody was first) and PermissionDenied when the link was ended.
    """
    overdracht, melding = _locked_by_link(overdracht_id, via_versie)
    rules.check_overdracht(overdracht, OverdrachtStatus.TERUGGEGEVEN, Partij.ORGANISATIE)
    check_versie(overdracht.versie, versie)
    rules.check_toelichting(toelichting)
    overdracht.move(OverdrachtStatus.TERUGGEGEVEN)
    melding.doorgezet_naar = ""
    step = melding.record_step(
        Status.IN_BEHANDELING,
        by=None,
        namens=overdracht.organisatie,
        toelichting=toelichting,
        wijziging=_("Terug bij de gemeente."),
        changed=["doorgezet_naar"],
    )
    announce.step(melding, step, news=_("terug bij de gemeente"))
    announce_overdracht.given_back(overdracht, toelichting)
    return overdracht


@transaction.atomic
def remind_organisaties(*, today: date) -> int:
    """Remind each organisation of what it did not take for five working days; gives how many mails that took.

    After as many again the afdeling is told; both once for each link that was sent. `today` is a local date.
    """
    days = rules.REMIND_ORGANISATIE_WORKING_DAYS
    # So many days hold no more working days.
    since = timezone.now() - timedelta(days=days)
    # Locked, and asked anew: an organisation may take one at this moment.
    late = Overdracht.objects.not_taken_since(since).values_list("melding", flat=True)
    Melding.objects.filter(pk__in=list(late)).locked()
    told = 0
    for overdracht in Overdracht.objects.not_taken_since(since).for_mail():
        waited = rules.waited_days(local_date(overdracht.link_at), today)
        if waited >= days and not overdracht.reminded_at:
            overdracht.reminded_at = timezone.now()
            announce_overdracht.reminder(overdracht)
            told += 1
        if waited >= 2 * days:
            overdracht.told_at = timezone.now()
            announce_overdracht.not_taken(overdracht)
            told += 1
        # Without a new version: what the organisation is typing is not refused for it.
        overdracht.save(update_fields=["reminded_at", "told_at"])
    return told


def withdraw(melding: Melding) -> None:
    """End what lies with an organisation, if anything does: a behandelaar takes the locked `melding` back."""
    overdracht = _running(melding)
    if overdracht is None:
        return
    rules.check_overdracht(overdracht, OverdrachtStatus.INGETROKKEN, Partij.BEHANDELAAR)
    overdracht.move(OverdrachtStatus.INGETROKKEN)
    announce_overdracht.withdrawn(overdracht)


def _running_of(melding: Melding) -> Overdracht:
    """What lies with an organisation now, with the locked `melding`; raises RuleViolation when nothing does."""
    overdracht = _running(melding)
    rules.check_lies_elsewhere(overdracht)
    assert overdracht is not None  # noqa: S101  (the rule above)
    return overdracht


def _running(melding: Melding) -> Overdracht | None:
    """What lies with an organisation now, with the locked `melding`."""
    overdracht = Overdracht.objects.running().filter(melding=melding).select_related("organisatie").first()
    if overdracht:
        overdracht.melding = melding
    return overdracht


def _locked_by_link(overdracht_id: int, via_versie: int) -> tuple[Overdracht, Melding]:
    """Both rows, locked by way of the melding, for an organisation that holds a link which still works."""
    melding_id = Overdracht.objects.values_list("melding_id", flat=True).get(pk=overdracht_id)
    melding = Melding.objects.filter(pk=melding_id).locked().for_mail().select_related("afdeling").get()
    overdracht = Overdracht.objects.select_related("organisatie").get(pk=overdracht_id)
    if overdracht.via_versie != via_versie or not rules.link_works(overdracht, timezone.localdate()):
        raise PermissionDenied
    overdracht.melding = melding
    return overdracht, melding


def _with_date(sentence: str, melding: Melding, told: date) -> str:
    """`sentence`, and the new date where there is another one than was `told`."""
    if melding.beloofd_op == told:
        return sentence
    return f"{sentence.rstrip('.')}. {announce.new_date(melding.beloofd_op, told)}"
