"""Every write to a melding: one function for each thing that a resident or a behandelaar does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from basis import fotos, via
from basis.regels import RuleViolation
from basis.termijnen import local_date
from berichten import outbox
from gebieden.models import Buurt, Wijk
from gebieden.tegels import cel
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.models import Behandelaar, Besluit, Categorie, Foto, Groep, Melding, Stap
from meldingen.rules import Status


@dataclass(frozen=True)
class Plaats:
    """Where a melding is: the wijk always, the rest as far as it is known."""

    wijk: Wijk
    buurt: Buurt | None = None
    lat: float | None = None
    lon: float | None = None
    straat: str = ""
    adres: str = ""
    plek: str = ""


@transaction.atomic
def send_melding(
    *,
    inzending: UUID,
    categorie: Categorie,
    plaats: Plaats,
    omschrijving: str,
    naam: str = "",
    email: str = "",
    telefoon: str = "",
    melder: Gebruiker | None = None,
) -> tuple[Melding, bool]:
    """Take in a melding and confirm it by mail; gives the melding and whether it is new.

    The same `inzending` again gives the first melding and changes nothing. Photos that were kept under it go along.
    """
    now = timezone.now()
    melding = Melding(
        inzending=inzending,
        categorie=categorie,
        afdeling=categorie.afdeling,
        wijk=plaats.wijk,
        buurt=plaats.buurt,
        lat=plaats.lat,
        lon=plaats.lon,
        cel=None if plaats.lat is None or plaats.lon is None else cel(plaats.lat, plaats.lon),
        straat=plaats.straat,
        adres=plaats.adres,
        plek=plaats.plek,
        omschrijving=omschrijving,
        naam=naam,
        email=email,
        telefoon=telefoon,
        melder=melder,
        created_at=now,
        beloofd_op=rules.promised_date(local_date(now), categorie.termijn_werkdagen),
    )
    if not melding.insert():
        return Melding.objects.select_related("categorie", "wijk").get(inzending=inzending), False
    melding.stappen.create(van="", naar=Status.GEMELD, door=None, at=now)
    Foto.objects.kept_for(inzending).update(melding=melding)
    outbox.enqueue(
        key=f"melding:{melding.nummer}:ontvangen",
        to=email,
        template="melding_ontvangen",
        context={**_about(melding), "omschrijving": omschrijving},
    )
    return melding, True


def keep_foto(*, inzending: UUID, prepared: fotos.PreparedFoto) -> Foto:
    """Keep a photo under the form it came with; raises RuleViolation when the form has enough of them.

    The same photo twice with one form is kept once. The file is written first: a crash in between leaves a file
    without a row, which the nightly task removes, never a row without a file.
    """
    known = Foto.objects.filter(inzending=inzending, sha256=prepared.sha256).first()
    if known:
        return known
    rules.check_number_of_fotos(Foto.objects.kept_for(inzending).count() + 1)
    name = fotos.store(prepared, folder="meldingen")
    return Foto.objects.create(
        inzending=inzending, naam=name, width=prepared.width, height=prepared.height, sha256=prepared.sha256
    )


def drop_kept_fotos(*, inzending: UUID, uuids: Iterable[UUID]) -> None:
    """Throw away photos that somebody took out of a form before sending it."""
    _destroy(Foto.objects.kept_for(inzending).filter(uuid__in=list(uuids)))


def purge_unsent_fotos(*, before: datetime) -> int:
    """Destroy photos of forms that were not sent before `before`; gives how many."""
    return _destroy(Foto.objects.unsent_since(before))


def _destroy(selection: Iterable[Foto]) -> int:
    number = 0
    for foto in selection:
        foto.delete()
        transaction.on_commit(lambda name=foto.naam: fotos.delete(name))  # type: ignore[misc]
        number += 1
    return number


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
    step = melding.record_step(
        to, by=by, toelichting=toelichting, changed=["eerste", "doorgezet_naar", "beloofd_op"]
    )
    _tell_reporter(melding, step)
    if to in rules.CLOSED:
        for dubbel in melding.dubbelen.select_related("categorie", "wijk"):
            _tell_reporter(dubbel, step)
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
    _tell_reporter(melding, step)
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
    _tell_reporter(melding, step)
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
        raise RuleViolation(_("Die melding is zelf een dubbele. Neem het nummer van de eerste melding."), field="eerste")
    return first


def _about(melding: Melding) -> dict[str, Any]:
    """What every mail to a reporter says about the melding."""
    return {
        "nummer": melding.nummer_leesbaar,
        "categorie": melding.categorie.naam,
        "waar": melding.waar,
        "naam": melding.naam,
        "beloofd_op": date_format(melding.beloofd_op, "l j F Y"),
        "url": via.address("melding", melding.pk, melding.via_versie),
    }


def _tell_reporter(melding: Melding, step: Stap) -> None:
    """Announce a step to whoever reported it, where there is an address."""
    outbox.enqueue(
        key=f"melding:{melding.nummer}:{step.pk}:melder",
        to=melding.email,
        template="melding_status",
        context={
            **_about(melding),
            "status": Status(step.naar).label,
            "wijziging": step.wijziging,
            "toelichting": step.toelichting,
            "is_open": melding.is_open,
            "is_dubbel": step.melding_id != melding.pk,
        },
    )


@transaction.atomic
def load_categorieen(data: dict[str, Any]) -> int:
    """Add the afdelingen, groups and categories of `data` that are missing; gives how many categories were added."""
    afdelingen = {
        slug: Afdeling.objects.get_or_create(slug=slug, defaults={"naam": naam})[0]
        for slug, naam in data["afdelingen"].items()
    }
    added = 0
    for place, group in enumerate(data["groepen"]):
        groep, _new = Groep.objects.get_or_create(
            slug=group["slug"], defaults={"naam": group["naam"], "volgorde": place}
        )
        for order, row in enumerate(group["categorieen"]):
            added += Categorie.objects.get_or_create(
                slug=row["slug"],
                defaults={
                    "groep": groep,
                    "naam": row["naam"],
                    "afdeling": afdelingen[row["afdeling"]],
                    "termijn_werkdagen": row["termijn"],
                    "thema": row["thema"],
                    "voorbeelden": row["voorbeelden"],
                    "gevaar": row.get("gevaar", ""),
                    "openbaar": row.get("openbaar", True),
                    "volgorde": order,
                },
            )[1]
    return added
