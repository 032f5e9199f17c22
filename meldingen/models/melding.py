"""A melding."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from basis.models import Genummerd
from basis.termijnen import local_date
from gebieden.models import Buurt, Organisatie, Wijk
from gebruikers.models import Afdeling, Gebruiker
from meldingen import rules
from meldingen.models.categorie import Categorie
from meldingen.models.reads import WORK_ORDER, MeldingQuerySet
from meldingen.models.stap import Stap
from meldingen.rules import (
    CLOSED,
    OPEN,
    RUNNING,
    STREET_LENGTH,
    Besluit,
    Kanaal,
    Prioriteit,
    Status,
    is_overdue,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from meldingen.models.deeltaak import Deeltaak
    from meldingen.models.foto import Foto
    from meldingen.models.notitie import Notitie


class Melding(Genummerd):
    """Something in public space that is broken, dirty or unsafe, as a resident reported it."""

    versie = models.PositiveIntegerField(default=1, editable=False)
    via_versie = models.PositiveIntegerField(default=1, editable=False)

    categorie = models.ForeignKey(
        Categorie, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("categorie")
    )
    afdeling = models.ForeignKey(
        Afdeling, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("afdeling")
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.GEMELD)
    kanaal = models.CharField(_("binnengekomen via"), max_length=10, choices=Kanaal.choices, default=Kanaal.PORTAAL)

    #: Which person of the afdeling does it; nobody else has to know, so it is no step.
    behandelaar = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("behandelaar"),
    )
    prioriteit = models.PositiveSmallIntegerField(
        _("prioriteit"), choices=Prioriteit.choices, default=Prioriteit.NORMAAL, db_default=Prioriteit.NORMAAL
    )

    wijk = models.ForeignKey(Wijk, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("wijk"))
    buurt = models.ForeignKey(
        Buurt, on_delete=models.PROTECT, null=True, blank=True, related_name="meldingen", verbose_name=_("buurt")
    )
    lat = models.FloatField(_("breedtegraad"), null=True, blank=True)
    lon = models.FloatField(_("lengtegraad"), null=True, blank=True)
    #: Morton integer of the pin's web-mercator tile at zoom 22, for clusters.
    cel = models.BigIntegerField(null=True, editable=False)
    #: Looked up at PDOK, therefore fit to be shown; what people typed stands in `adres` and `plek` and is not.
    straat = models.CharField(_("straat"), max_length=STREET_LENGTH, blank=True)
    adres = models.CharField(_("adres"), max_length=200, blank=True)
    plek = models.CharField(_("plek"), max_length=300, blank=True)

    omschrijving = models.TextField(_("omschrijving"))
    #: The description without the words that were blacked out; empty where none were. The original stays besloten.
    omschrijving_gelakt = models.TextField(
        _("omschrijving zonder weggelakte woorden"), blank=True, default="", db_default=""
    )
    tekst_besluit = models.CharField(_("omschrijving is"), max_length=10, choices=Besluit.choices, blank=True)

    naam = models.CharField(_("naam"), max_length=120, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    telefoon = models.CharField(_("telefoonnummer"), max_length=20, blank=True)
    melder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="meldingen"
    )

    eerste = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dubbelen",
        verbose_name=_("eerste melding"),
    )
    #: The name of the organisation that has it now, where the lists need no join for it (`Overdracht` knows the rest).
    doorgezet_naar = models.CharField(_("doorgezet naar"), max_length=120, blank=True)

    created_at = models.DateTimeField(_("gemeld op"), default=timezone.now)
    beloofd_op = models.DateField(_("beloofd op"))
    #: Working days that were waited for the reporter, all together, since the term runs.
    waited_days = models.PositiveSmallIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(_("afgesloten op"), null=True, blank=True)

    #: When contact data and words went because their term was over; empty while the row may hold any.
    contact_vernietigd_op = models.DateField(null=True, editable=False)
    woorden_vernietigd_op = models.DateField(null=True, editable=False)

    objects = MeldingQuerySet.as_manager()

    #: Metres from the place that was asked about (`MeldingQuerySet.nearest`).
    afstand: int
    #: How many others saw the same (`MeldingQuerySet.with_also_seen`).
    also_seen: int

    if TYPE_CHECKING:
        fotos: RelatedManager[Foto]
        stappen: RelatedManager[Stap]
        notities: RelatedManager[Notitie]
        deeltaken: RelatedManager[Deeltaak]
        dubbelen: RelatedManager[Melding]
        afdeling_id: int

    class Meta:
        verbose_name = _("melding")
        verbose_name_plural = _("meldingen")
        indexes = [
            models.Index(fields=["lat", "lon"], name="melding_lat_lon"),
            # Those below hold whatever is asked along, so that the map and the figures need not visit the rows.
            models.Index(
                fields=["cel"],
                include=["lat", "lon", "nummer", "status", "categorie"],
                condition=Q(status__in=sorted(OPEN)),
                name="melding_open_on_map",
            ),
            models.Index(
                fields=["wijk"],
                include=["categorie", "status", "beloofd_op"],
                condition=Q(status__in=sorted(OPEN)),
                name="melding_open_in_wijk",
            ),
            models.Index(fields=["wijk", "-created_at"], include=["categorie"], name="melding_newest_in_wijk"),
            models.Index(
                fields=["closed_at"], include=["wijk", "categorie", "status", "beloofd_op"], name="melding_closed"
            ),
            models.Index(
                fields=["afdeling", "beloofd_op"],
                include=["id", "status", "tekst_besluit", "behandelaar"],
                condition=Q(status__in=sorted(OPEN)),
                name="melding_work_counts",
            ),
            # What the task of the night looks for: whatever it handled is in these no longer.
            models.Index(
                fields=["status", "closed_at", "id"],
                condition=Q(closed_at__isnull=False, contact_vernietigd_op__isnull=True),
                name="melding_contact_due",
            ),
            models.Index(
                fields=["status", "closed_at", "id"],
                condition=Q(closed_at__isnull=False, woorden_vernietigd_op__isnull=True),
                name="melding_woorden_due",
            ),
            # Which were sent with the address of an account.
            models.Index(Lower("email"), condition=Q(email__gt=""), name="melding_email"),
            # The orders of the lists.
            models.Index(fields=["-created_at", "-id"], name="melding_newest"),
            models.Index(*WORK_ORDER, condition=Q(status__in=sorted(OPEN)), name="melding_open_order"),
            models.Index(*WORK_ORDER, condition=Q(status__in=sorted(CLOSED)), name="melding_closed_order"),
            models.Index(
                fields=["prioriteit", "beloofd_op", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="melding_open_by_priority",
            ),
            models.Index(fields=["created_at", "id"], condition=Q(status__in=sorted(OPEN)), name="melding_open_by_age"),
            # What waits for one person, and what came back.
            models.Index(
                fields=["behandelaar", "afdeling"],
                condition=Q(status__in=sorted(OPEN), behandelaar__isnull=False),
                name="melding_of_behandelaar",
            ),
            models.Index(fields=["afdeling"], condition=Q(status=Status.HEROPEND), name="melding_reopened"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="melding_status"),
            models.CheckConstraint(condition=Q(prioriteit__in=Prioriteit.values), name="melding_prioriteit"),
            models.CheckConstraint(condition=Q(kanaal__in=Kanaal.values), name="melding_kanaal"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True, cel__isnull=True)
                | Q(lat__range=(-85, 85), lon__range=(-180, 180), cel__isnull=False),
                name="melding_pin_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, status__in=sorted(OPEN))
                | Q(closed_at__isnull=False, status__in=sorted(CLOSED)),
                name="melding_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(eerste__isnull=True) ^ Q(status=Status.DUBBEL), name="melding_dubbel_has_first"
            ),
            models.CheckConstraint(condition=~Q(eerste=F("id")), name="melding_not_double_of_itself"),
            models.CheckConstraint(condition=Q(tekst_besluit__in=["", *Besluit.values]), name="melding_tekst_besluit"),
        ]

    def __str__(self) -> str:
        return f"{self.nummer_leesbaar} {self.categorie}"

    def get_absolute_url(self) -> str:
        """The public page."""
        return reverse("melding", kwargs={"nummer": self.nummer})

    # Django's own ways to these labels translate every choice each time, on lists a fifth of the work.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The status in the words that everybody sees."""
        return str(Status(self.status).label)

    def get_kanaal_display(self) -> str:  # type: ignore[no-redef]
        """The way it came in, for people."""
        return str(Kanaal(self.kanaal).label)

    def get_prioriteit_display(self) -> str:  # type: ignore[no-redef]
        """The priority, for people."""
        return str(Prioriteit(self.prioriteit).label)

    @property
    def as_choice(self) -> str:
        """The number and the version that was seen, as a form sends them that changes many; never with separators."""
        return f"{self.nummer}.{self.versie}"

    @property
    def is_reopened(self) -> bool:
        """Whether its reporter said that it is not solved after all, and nobody looked at it since."""
        return self.status == Status.HEROPEND

    @property
    def waar(self) -> str:
        """The place in words that the public may see: the looked-up street, else dorp or buurt, and the wijk."""
        nearby = self.straat or (self.buurt.naam if self.buurt else "")
        return ", ".join(dict.fromkeys(part for part in (nearby, self.wijk.naam) if part))

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether the promised date has passed while it counted."""
        return is_overdue(self, timezone.localdate())

    @property
    def termijn_tekst(self) -> str:
        """How many days are left until the promised date, or since; the date itself while it does not count."""
        if self.status not in RUNNING:
            return date_format(self.beloofd_op, "j b Y")
        days = (self.beloofd_op - timezone.localdate()).days
        if days < 0:
            return ngettext("%(days)d dag te laat", "%(days)d dagen te laat", -days) % {"days": -days}
        if days == 0:
            return gettext("vandaag")
        return ngettext("nog %(days)d dag", "nog %(days)d dagen", days) % {"days": days}

    @property
    def plaats_voor_behandelaar(self) -> str:
        """The place as precisely as staff know it, in one line."""
        return " · ".join(part for part in (self.adres or self.straat, self.plek) if part)

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
    def has_contact(self) -> bool:
        """Whether the reporter can be reached in any way."""
        return bool(self.naam or self.email or self.telefoon)

    @property
    def telefoon_link(self) -> str:
        """The phone number as it stands behind `tel:`."""
        return "".join(char for char in self.telefoon if char.isdigit() or char == "+")

    @property
    def is_solved(self) -> bool:
        """Whether a behandelaar closed it as solved."""
        return self.status == Status.OPGELOST

    @property
    def waits_for_melder(self) -> bool:
        """Whether the reporter has to answer first."""
        return self.status == Status.WACHT_OP_MELDER

    @property
    def tekst_is_beoordeeld(self) -> bool:
        """Whether a behandelaar decided about the description."""
        return bool(self.tekst_besluit)

    @property
    def tekst_is_openbaar(self) -> bool:
        """Whether a behandelaar released the description."""
        return self.tekst_besluit == Besluit.OPENBAAR

    @property
    def openbare_omschrijving(self) -> str:
        """What everybody reads of the description once it is released, without the words that were blacked out."""
        return self.omschrijving_gelakt or self.omschrijving

    def record_step(
        self,
        to: Status,
        *,
        by: Gebruiker | None,
        toelichting: str,
        namens: Organisatie | None = None,
        wijziging: str = "",
        reden: str = "",
        openbaar: bool = True,
        changed: Collection[str] = (),
    ) -> Stap:
        """Move to status `to`, leave a step behind, store both with the fields in `changed`; the row is locked.

        `namens` is the organisation that did it, where one did.
        """
        step = self.stappen.create(
            van=self.status,
            naar=to,
            door=by,
            namens=namens,
            toelichting=toelichting,
            wijziging=wijziging,
            reden=reden,
            openbaar=openbaar and self.categorie.openbaar,
        )
        self.status = to
        self.closed_at = step.at if to in CLOSED else None
        # From here on it may hold such again, and its terms run anew once it is closed.
        self.contact_vernietigd_op = self.woorden_vernietigd_op = None
        self.store("status", "closed_at", "contact_vernietigd_op", "woorden_vernietigd_op", *changed)
        return step

    def end_wait(self, today: date) -> None:
        """Stop waiting for the reporter: the promised date moves by the working days waited; the caller stores it."""
        waited = rules.waited_days(self.waits_since(), today)
        self.waited_days += waited
        self.beloofd_op = rules.moved_promise(self.beloofd_op, waited)

    def waits_since(self) -> date:
        """The local date since which we wait for the reporter; a change of category in between is no new wait."""
        return local_date(Stap.objects.of(self).that_came_to(Status.WACHT_OP_MELDER).latest("at", "pk").at)

    def runs_since(self) -> date:
        """The local date since which the term runs: when the melding came in, or was last opened again."""
        reopened = Stap.objects.of(self).that_came_to(Status.HEROPEND).last()
        return local_date(reopened.at if reopened else self.created_at)

    def store(self, *changed: str) -> None:
        """Write the fields in `changed` and raise the version, so that older forms on this melding are refused."""
        self.versie += 1
        self.save(update_fields=["versie", *changed])
