"""What a maker does: write down an idea, change it, offer it to the Gebiedsteam, take it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from basis import fotos
from basis.regels import check_versie
from basis.termijnen import local_date
from gebieden.models import Buurt, Gebied, Organisatie, Wijk
from gebieden.tegels import cel
from gebruikers.models import Gebruiker
from initiatieven import rules
from initiatieven.actions import announce
from initiatieven.models import Foto, Initiatief
from initiatieven.rules import STREET_LENGTH, MakerSoort, Partij, Status


@dataclass(frozen=True)
class Plaats:
    """For where an idea is: the gebied always, the rest as far as it is known."""

    gebied: Gebied
    wijk: Wijk | None = None
    buurt: Buurt | None = None
    lat: float | None = None
    lon: float | None = None
    straat: str = ""


@dataclass(frozen=True)
class Idee:
    """What a maker writes; all of it but the title may come later."""

    titel: str
    bereik: str
    wat: str = ""
    waarom: str = ""
    thema: str = ""
    plek: str = ""
    doelgroep: str = ""
    hulp: str = ""
    soort: str = MakerSoort.BEWONER
    organisatie_naam: str = ""
    naam: str = ""


@dataclass(frozen=True)
class Maker:
    """Who acts as the maker of an initiatief: an account, or who holds a private link (its version).

    `by_mail` tells that the link was opened from the mail, which proves the address.
    """

    gebruiker: Gebruiker | None = None
    via_versie: int | None = None
    by_mail: bool = False

    def check(self, initiatief: Initiatief) -> None:
        """Raise PermissionDenied unless this is the maker of `initiatief`."""
        pk = self.gebruiker.pk if self.gebruiker else None
        rules.check_is_maker(initiatief, via_versie=self.via_versie, gebruiker_id=pk)

    def proved(self, initiatief: Initiatief) -> bool:
        """Whether it is certain that the address of `initiatief` is theirs."""
        if initiatief.email_confirmed_at or self.by_mail:
            return True
        own = self.gebruiker.email if self.gebruiker else None
        return bool(own) and str(own).lower() == initiatief.email.lower()


@transaction.atomic
def save_concept(
    *,
    inzending: UUID,
    idee: Idee,
    plaats: Plaats,
    email: str,
    maker: Gebruiker | None = None,
    first_reported_at: datetime | None = None,
    confirmed: bool = False,
) -> tuple[Initiatief, bool]:
    """Keep a new idea and mail the maker the link to it; gives the idea and whether it is new.

    The same `inzending` again gives the first one and changes nothing. Photos that were kept under it go along.
    `confirmed` tells that the address was proved before.
    """
    now = timezone.now()
    initiatief = Initiatief(
        inzending=inzending,
        maker=maker,
        email=email,
        email_confirmed_at=now if confirmed else None,
        created_at=now,
        first_reported_at=first_reported_at,
    )
    _fill(initiatief, idee, plaats)
    if not initiatief.insert():
        return Initiatief.objects.for_page().get(inzending=inzending), False
    initiatief.stappen.create(van="", naar=Status.CONCEPT, at=now)
    _take_kept_fotos(initiatief)
    announce.kept(initiatief)
    return initiatief, True


@transaction.atomic
def edit_concept(*, initiatief_id: int, versie: int, maker: Maker, idee: Idee, plaats: Plaats) -> Initiatief:
    """Change what a concept says; raises RuleViolation (StaleVersion when another tab was first), PermissionDenied."""
    initiatief = _own_locked(initiatief_id, maker)
    check_versie(initiatief.versie, versie)
    rules.check_editable(initiatief)
    initiatief.store(*_fill(initiatief, idee, plaats))
    _take_kept_fotos(initiatief)
    return initiatief


@transaction.atomic
def offer(*, initiatief_id: int, maker: Maker) -> Initiatief:
    """Offer an idea to the Gebiedsteam, which looks at it within two working days; confirms that by mail.

    Raises RuleViolation when it is not whole or the address not proved, and PermissionDenied.
    """
    initiatief = _own_locked(initiatief_id, maker)
    rules.check_transition(initiatief, Status.AANGEBODEN, Partij.MAKER)
    rules.check_whole(initiatief)
    rules.check_confirmed(proved=maker.proved(initiatief))
    now = timezone.now()
    initiatief.email_confirmed_at = initiatief.email_confirmed_at or now
    initiatief.offered_at = now
    initiatief.beloofd_op = rules.look_before(local_date(now))
    step = initiatief.record_step(
        Status.AANGEBODEN, by=None, changed=["email_confirmed_at", "offered_at", "beloofd_op"]
    )
    announce.offered(initiatief, step)
    return initiatief


@transaction.atomic
def withdraw(*, initiatief_id: int, maker: Maker, toelichting: str = "") -> Initiatief:
    """Take an idea back: its words and photos go out of sight. Raises RuleViolation and PermissionDenied."""
    return close(_own_locked(initiatief_id, maker), toelichting=toelichting)


def close(initiatief: Initiatief, *, toelichting: str, wijziging: str = "") -> Initiatief:
    """Take back a locked idea for its maker; `wijziging` is what everybody reads of where it goes on."""
    rules.check_transition(initiatief, Status.INGETROKKEN, Partij.MAKER)
    initiatief.record_step(Status.INGETROKKEN, by=None, toelichting=toelichting, wijziging=wijziging)
    for foto in Foto.objects.of(initiatief).filter(besluit=rules.Besluit.OPENBAAR).select_for_update():
        foto.decide(rules.Besluit.BESLOTEN)
    return initiatief


def keep_foto(*, inzending: UUID, prepared: fotos.PreparedFoto, initiatief: Initiatief | None = None) -> Foto:
    """Keep a photo under the form it came with; raises RuleViolation when there are enough, and FotoStorageError."""
    others = Foto.objects.filter(inzending=inzending).exclude(sha256=prepared.sha256)
    fotos.check_number(others.count() + 1)
    return Foto.add(prepared, inzending=inzending, owner=initiatief)


def drop_kept_fotos(*, inzending: UUID, uuids: Iterable[UUID]) -> None:
    """Throw away photos that somebody took out of a form before it was kept."""
    Foto.objects.kept_for(inzending).filter(uuid__in=list(uuids)).destroy_unsent()


def purge_unsent_fotos(*, before: datetime) -> int:
    """Destroy photos of forms that were not sent before `before`; gives how many."""
    return Foto.objects.unsent_since(before).destroy_unsent()


def purge_orphan_fotos(*, older_than: timedelta) -> int:
    """Destroy files that a crash left without a row at least `older_than` ago; gives how many."""
    return fotos.purge_orphans(Foto.FOLDER, known=Foto.objects.file_names(), older_than=older_than)


def _fill(initiatief: Initiatief, idee: Idee, plaats: Plaats) -> list[str]:
    """Put what the maker wrote into the row; gives the names of the fields."""
    organisatie = None
    if idee.soort == MakerSoort.ORGANISATIE and idee.organisatie_naam:
        organisatie = Organisatie.objects.filter(naam__iexact=idee.organisatie_naam).first()
    has_pin = plaats.lat is not None and plaats.lon is not None
    values = {
        **asdict(idee),
        "organisatie": organisatie,
        "gebied": plaats.gebied,
        "wijk": plaats.wijk,
        "buurt": plaats.buurt,
        "lat": plaats.lat,
        "lon": plaats.lon,
        "cel": cel(plaats.lat, plaats.lon) if has_pin else None,  # type: ignore[arg-type]
        "straat": plaats.straat[:STREET_LENGTH],
    }
    for name, value in values.items():
        setattr(initiatief, name, value)
    return list(values)


def _take_kept_fotos(initiatief: Initiatief) -> None:
    """Let the photos that were kept under the form go along, as many as may."""
    room = settings.FOTO_MAX_NUMBER - Foto.objects.of(initiatief).count()
    kept = list(Foto.objects.kept_for(initiatief.inzending)[: max(0, room)])
    Foto.objects.filter(pk__in=[foto.pk for foto in kept]).update(initiatief=initiatief)


def _own_locked(initiatief_id: int, maker: Maker) -> Initiatief:
    """The locked row, once it is certain that `maker` is its maker."""
    initiatief = Initiatief.objects.filter(pk=initiatief_id).locked().for_page().get()
    maker.check(initiatief)
    return initiatief
