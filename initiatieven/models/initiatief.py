"""An initiatief and the steps of its life."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from basis import stappen
from basis.models import Genummerd
from gebieden.models import Buurt, Gebied, Organisatie, Wijk
from gebieden.themas import Thema
from gebruikers.models import Gebruiker
from initiatieven import rules
from initiatieven.models.foto import UNSEEN
from initiatieven.models.reads import InitiatiefQuerySet
from initiatieven.rules import (
    HIDDEN,
    MAX_KORT,
    MAX_TITEL,
    RUNNING,
    STREET_LENGTH,
    Bereik,
    MakerSoort,
    Status,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from initiatieven.models.foto import Foto

#: What has to be there from the moment that somebody else reads it.
_WHOLE = ~Q(titel="") & ~Q(wat="") & ~Q(waarom="") & Q(thema__in=Thema.values)


class Initiatief(Genummerd):
    """An idea of a resident, an entrepreneur or an organisation for their surroundings, and what becomes of it."""

    versie = models.PositiveIntegerField(default=1, editable=False)
    via_versie = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.CONCEPT)

    titel = models.CharField(_("titel"), max_length=MAX_TITEL)
    wat = models.TextField(_("wat u wilt doen"), blank=True)
    waarom = models.TextField(_("waarom"), blank=True)
    thema = models.CharField(_("thema"), max_length=20, choices=Thema.choices, blank=True)
    doelgroep = models.CharField(_("voor wie"), max_length=MAX_KORT, blank=True)
    hulp = models.CharField(_("welke hulp u zoekt"), max_length=MAX_KORT, blank=True)

    bereik = models.CharField(_("voor"), max_length=10, choices=Bereik.choices, default=Bereik.STRAAT)
    gebied = models.ForeignKey(Gebied, on_delete=models.PROTECT, related_name="initiatieven", verbose_name=_("gebied"))
    wijk = models.ForeignKey(
        Wijk, on_delete=models.PROTECT, null=True, blank=True, related_name="initiatieven", verbose_name=_("wijk")
    )
    buurt = models.ForeignKey(
        Buurt, on_delete=models.PROTECT, null=True, blank=True, related_name="initiatieven", verbose_name=_("buurt")
    )
    lat = models.FloatField(_("breedtegraad"), null=True, blank=True)
    lon = models.FloatField(_("lengtegraad"), null=True, blank=True)
    #: Morton integer of the pin's web-mercator tile at zoom 22, for clusters.
    cel = models.BigIntegerField(null=True, editable=False)
    #: Looked up at PDOK.
    straat = models.CharField(_("straat"), max_length=STREET_LENGTH, blank=True)
    plek = models.CharField(_("plek"), max_length=MAX_KORT, blank=True)

    soort = models.CharField(_("maker"), max_length=20, choices=MakerSoort.choices, default=MakerSoort.BEWONER)
    organisatie_naam = models.CharField(_("naam van de organisatie"), max_length=120, blank=True)
    organisatie = models.ForeignKey(
        Organisatie, on_delete=models.SET_NULL, null=True, blank=True, related_name="initiatieven"
    )
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="initiatieven"
    )
    naam = models.CharField(_("uw naam"), max_length=120, blank=True)
    email = models.EmailField(_("uw e-mailadres"), blank=True)
    #: When the maker proved to own the address: signed in with it, or came by the link that was mailed there.
    email_confirmed_at = models.DateTimeField(null=True, editable=False)

    created_at = models.DateTimeField(_("begonnen op"), default=timezone.now)
    #: When the same was reported as a melding, for an idea that was one first.
    first_reported_at = models.DateTimeField(_("eerst gemeld op"), null=True, blank=True)
    offered_at = models.DateTimeField(_("aangeboden op"), null=True, blank=True)
    #: Before when the Gebiedsteam looks at it.
    beloofd_op = models.DateField(_("bekeken voor"), null=True, blank=True)
    published_at = models.DateTimeField(_("geplaatst op"), null=True, blank=True)
    ended_at = models.DateTimeField(_("geëindigd op"), null=True, blank=True)

    objects = InitiatiefQuerySet.as_manager()

    if TYPE_CHECKING:
        fotos: RelatedManager[Foto]
        stappen: RelatedManager[Stap]
        gebied_id: int
        maker_id: int | None

    class Meta:
        verbose_name = _("initiatief")
        verbose_name_plural = _("initiatieven")
        indexes = [
            models.Index(fields=["cel"], condition=Q(published_at__isnull=False), name="initiatief_on_map"),
            models.Index(fields=["gebied", "beloofd_op"], condition=Q(status="aangeboden"), name="initiatief_waiting"),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(published_at__isnull=False), name="initiatief_newest"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="initiatief_status"),
            models.CheckConstraint(condition=Q(bereik__in=Bereik.values), name="initiatief_bereik"),
            models.CheckConstraint(condition=Q(soort__in=MakerSoort.values), name="initiatief_soort"),
            models.CheckConstraint(condition=Q(thema__in=["", *Thema.values]), name="initiatief_thema"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True, cel__isnull=True)
                | Q(lat__range=(-85, 85), lon__range=(-180, 180), cel__isnull=False),
                name="initiatief_pin_whole",
            ),
            models.CheckConstraint(
                condition=Q(wijk__isnull=False) | Q(buurt__isnull=True), name="initiatief_buurt_in_wijk"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.CONCEPT, Status.INGETROKKEN]) | _WHOLE, name="initiatief_offered_whole"
            ),
            # Whatever others read was offered by somebody who proved to own the address.
            models.CheckConstraint(
                condition=Q(status__in=[Status.CONCEPT, Status.INGETROKKEN])
                | Q(offered_at__isnull=False, email_confirmed_at__isnull=False, beloofd_op__isnull=False),
                name="initiatief_offered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False, status__in=sorted(frozenset(Status) - HIDDEN))
                | Q(published_at__isnull=True, status__in=sorted({*HIDDEN, Status.INGETROKKEN})),
                name="initiatief_public_is_published",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, status__in=sorted(RUNNING))
                | Q(ended_at__isnull=False, status__in=sorted(frozenset(Status) - RUNNING)),
                name="initiatief_ended_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nummer_leesbaar} {self.titel}"

    def get_absolute_url(self) -> str:
        """The public page, which is the maker's own too."""
        return reverse("initiatief", kwargs={"nummer": self.nummer})

    @property
    def waar(self) -> str:
        """For which street, buurt, wijk or gebied it is, in words for everybody."""
        wijk = self.wijk.naam if self.wijk else ""
        buurt = self.buurt.naam if self.buurt else ""
        parts = {
            Bereik.STRAAT: (self.straat or buurt, wijk),
            Bereik.BUURT: (buurt, wijk),
            Bereik.DORP: (buurt or wijk,),
            Bereik.WIJK: (wijk,),
        }.get(Bereik(self.bereik), ())
        return ", ".join(dict.fromkeys(part for part in parts if part)) or self.gebied.heading

    @property
    def area(self) -> Gebied | Wijk:
        """The smallest area with a page that it lies in."""
        return self.gebied if self.wijk is None or self.bereik == Bereik.GEBIED else self.wijk

    @property
    def punt(self) -> str:
        """The pin as `lat,lon`, with points whatever the language of the page."""
        return f"{self.lat},{self.lon}"

    @property
    def omgeving(self) -> str:
        """The box of some 300 m around the pin as `west,south,east,north`."""
        assert self.lat is not None and self.lon is not None  # noqa: S101  (pages ask only where there is a pin)
        return f"{self.lon - 0.0035},{self.lat - 0.002},{self.lon + 0.0035},{self.lat + 0.002}"

    @property
    def namens(self) -> str:
        """The organisation that it is made for; empty for who makes it as a resident or entrepreneur."""
        if self.soort != MakerSoort.ORGANISATIE:
            return ""
        return self.organisatie.naam if self.organisatie else self.organisatie_naam

    @property
    def is_public(self) -> bool:
        """Whether it has a page for everybody."""
        return self.published_at is not None

    @property
    def shows_words(self) -> bool:
        """Whether everybody reads its words and sees its photos: not any more when the maker took it back."""
        return self.is_public and self.status not in UNSEEN

    @property
    def is_concept(self) -> bool:
        """Whether the maker is still at it."""
        return self.status == Status.CONCEPT

    @property
    def waits_for_team(self) -> bool:
        """Whether the Gebiedsteam has to look at it."""
        return self.status == Status.AANGEBODEN

    @property
    def is_late(self) -> bool:
        """Whether the Gebiedsteam should have looked at it before today."""
        return rules.is_late(self, timezone.localdate())

    def record_step(
        self,
        to: Status,
        *,
        by: Gebruiker | None,
        toelichting: str = "",
        wijziging: str = "",
        changed: Collection[str] = (),
    ) -> Stap:
        """Move to status `to`, leave a step behind, store both with the fields in `changed`; the row is locked."""
        step = self.stappen.create(
            van=self.status,
            naar=to,
            door=by,
            toelichting=toelichting,
            wijziging=wijziging,
            openbaar=self.is_public,
        )
        self.status = to
        self.ended_at = None if to in RUNNING else step.at
        self.store("status", "ended_at", *changed)
        return step

    def store(self, *changed: str) -> None:
        """Write the fields in `changed` and raise the version, so that older forms on this row are refused."""
        self.versie += 1
        self.save(update_fields=["versie", *changed])


class IdeeStapQuerySet(models.QuerySet["Stap"]):
    """Reads of steps."""

    def of(self, initiatief: Initiatief) -> Self:
        """The steps of `initiatief`, oldest first."""
        return self.filter(initiatief=initiatief)

    def public(self) -> Self:
        """What everybody may read: from the moment that the initiatief became an idea for everybody."""
        return self.filter(openbaar=True)

    def sent_back(self) -> Self:
        """Those by which the Gebiedsteam gave it back to the maker."""
        return self.filter(van=Status.AANGEBODEN, naar=Status.CONCEPT)


class Stap(stappen.Stap):
    """One step in the life of an initiatief, with the explanation."""

    initiatief = models.ForeignKey(Initiatief, on_delete=models.CASCADE, related_name="stappen")
    #: Empty for the first step, when the maker began.
    van = models.CharField(max_length=20, choices=Status.choices, blank=True)
    naar = models.CharField(max_length=20, choices=Status.choices)
    #: What changed besides the status, in one sentence.
    wijziging = models.CharField(max_length=250, blank=True)
    #: Whether everybody may read it; what went between maker and team before that stays between them.
    openbaar = models.BooleanField(default=False)

    objects = IdeeStapQuerySet.as_manager()

    class Meta(stappen.Stap.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(van__in=["", *Status.values]) & Q(naar__in=Status.values), name="initiatief_stap_statuses"
            ),
        ]
        indexes = [models.Index(fields=["initiatief", "at"], name="initiatief_stap_at")]

    def __str__(self) -> str:
        return f"{self.initiatief_id}: {self.van} → {self.naar}"
