"""Meldingen, their categories, their history and who handles them."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.db.models import Avg, Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from basis import stappen
from gebieden.models import Buurt, Gebied, Wijk
from gebieden.tegels import CEL_ZOOM
from gebieden.themas import Thema
from gebruikers.models import Afdeling, Gebruiker
from meldingen.rules import CLOSED, OPEN, Status, is_overdue

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


#: Borders are large and drawn from `grenzen.json`; no row of meldingen drags them along.
BORDERS = ("wijk__grens", "wijk__gebied__grens")


#: A number is eight digits, read out in two groups of four.
NUMMER_LENGTH, NUMMER_GROUP = 8, 4


class Groep(models.Model):
    """A heading under which categories stand together in the form."""

    naam = models.CharField(_("naam"), max_length=60, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=60, unique=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    class Meta:
        ordering = ["volgorde", "naam"]
        verbose_name = _("groep categorieën")
        verbose_name_plural = _("groepen categorieën")

    def __str__(self) -> str:
        return self.naam


class CategorieQuerySet(models.QuerySet["Categorie"]):
    """Reads of categories."""

    def in_use(self) -> Self:
        """What can be chosen in the form, by group."""
        return self.filter(actief=True).select_related("groep").order_by("groep__volgorde", "volgorde", "naam")

    def public(self) -> Self:
        """Categories whose meldingen the public may see."""
        return self.filter(openbaar=True).select_related("groep").order_by("groep__volgorde", "volgorde", "naam")


class Categorie(models.Model):
    """What a melding is about, with the afdeling that handles it and the term that is promised."""

    groep = models.ForeignKey(Groep, on_delete=models.PROTECT, related_name="categorieen", verbose_name=_("groep"))
    naam = models.CharField(_("naam"), max_length=80, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=80, unique=True)
    voorbeelden = models.CharField(_("voorbeelden"), max_length=200, blank=True)
    afdeling = models.ForeignKey(Afdeling, on_delete=models.PROTECT, related_name="+", verbose_name=_("afdeling"))
    termijn_werkdagen = models.PositiveSmallIntegerField(_("termijn in werkdagen"))
    thema = models.CharField(_("thema"), max_length=20, choices=Thema.choices)
    gevaar = models.CharField(
        _("bij gevaar"), max_length=200, blank=True, help_text=_("Wat iemand eerst moet doen, zoals 112 bellen.")
    )
    openbaar = models.BooleanField(_("openbaar"), default=True)
    actief = models.BooleanField(_("te kiezen"), default=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    objects = CategorieQuerySet.as_manager()

    class Meta:
        ordering = ["groep__volgorde", "volgorde", "naam"]
        verbose_name = _("categorie")
        verbose_name_plural = _("categorieën")
        constraints = [
            models.CheckConstraint(condition=Q(termijn_werkdagen__range=(1, 260)), name="categorie_term"),
            models.CheckConstraint(condition=Q(thema__in=Thema.values), name="categorie_thema"),
        ]

    def __str__(self) -> str:
        return self.naam


class BehandelaarQuerySet(models.QuerySet["Behandelaar"]):
    """Reads of who handles what."""

    def afdelingen_of(self, user: Gebruiker | AnonymousUser) -> frozenset[int]:
        """The ids of the afdelingen that `user` handles meldingen for; asked once for each user object."""
        if not isinstance(user, Gebruiker) or not (user.is_active and user.is_medewerker):
            return frozenset()
        if not hasattr(user, "_afdelingen"):
            user._afdelingen = frozenset(self.filter(gebruiker=user).values_list("afdeling_id", flat=True))  # type: ignore[attr-defined]
        return user._afdelingen  # type: ignore[attr-defined]


class Behandelaar(models.Model):
    """A medewerker who handles the meldingen of an afdeling."""

    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="behandelt", verbose_name=_("medewerker")
    )
    afdeling = models.ForeignKey(
        Afdeling, on_delete=models.CASCADE, related_name="behandelaars", verbose_name=_("afdeling")
    )

    objects = BehandelaarQuerySet.as_manager()

    class Meta:
        verbose_name = _("behandelaar")
        verbose_name_plural = _("behandelaars")
        constraints = [models.UniqueConstraint(fields=["gebruiker", "afdeling"], name="behandelaar_once")]

    def __str__(self) -> str:
        return f"{self.gebruiker} – {self.afdeling}"


class MeldingQuerySet(models.QuerySet["Melding"]):
    """Every read of meldingen."""

    def public(self) -> Self:
        """What the public may know of: meldingen of public categories."""
        return self.filter(categorie__openbaar=True)

    def handled_by(self, user: Gebruiker | AnonymousUser) -> Self:
        """Meldingen of the afdelingen of this behandelaar."""
        return self.filter(afdeling__in=Behandelaar.objects.afdelingen_of(user))

    def reported_by(self, user: Gebruiker | AnonymousUser) -> Self:
        """Meldingen that this resident sent while signed in, newest first."""
        return self.filter(melder__isnull=False, melder=user.pk).for_list()

    def open(self) -> Self:
        """Where something is still to be done."""
        return self.filter(status__in=OPEN)

    def closed(self) -> Self:
        """Where nothing more is to be done."""
        return self.filter(status__in=CLOSED)

    def overdue(self, today: date) -> Self:
        """Open ones whose promised date lies before local date `today`."""
        return self.open().filter(beloofd_op__lt=today)

    def to_release(self) -> Self:
        """Open ones with a text or a photo on which nobody decided yet."""
        undecided = Foto.objects.filter(melding=OuterRef("pk"), besluit="")
        return self.open().filter(Q(tekst_besluit="") | Exists(undecided))

    def in_gebied(self, gebied: Gebied) -> Self:
        """Meldingen in this gebied."""
        return self.filter(wijk__gebied=gebied)

    def in_wijk(self, wijk: Wijk) -> Self:
        """Meldingen in this wijk."""
        return self.filter(wijk=wijk)

    def in_buurt(self, buurt: Buurt) -> Self:
        """Meldingen whose pin lies in this buurt or dorp."""
        return self.filter(buurt=buurt)

    def since(self, days: int) -> Self:
        """Meldingen of the last `days` days."""
        return self.filter(created_at__gte=timezone.now() - timedelta(days=days))

    def with_public_words(self, text: str) -> Self:
        """Meldingen with this number, or with `text` in what everybody may read: category, street, released words."""
        digits = text.replace(" ", "")
        if digits.isdecimal() and len(digits) == NUMMER_LENGTH:
            return self.filter(nummer=digits)
        return self.filter(
            Q(categorie__naam__icontains=text)
            | Q(straat__icontains=text)
            | Q(omschrijving__icontains=text, tekst_besluit=Besluit.OPENBAAR)
        )

    def with_words(self, text: str) -> Self:
        """Meldingen with `text` in number, category, place or description; for staff, who see all of these."""
        digits = text.replace(" ", "")
        if digits.isdecimal() and NUMMER_GROUP <= len(digits) <= NUMMER_LENGTH:
            return self.filter(nummer__startswith=digits)
        return self.filter(
            Q(straat__icontains=text)
            | Q(adres__icontains=text)
            | Q(plek__icontains=text)
            | Q(omschrijving__icontains=text)
            | Q(categorie__naam__icontains=text)
        )

    def for_list(self) -> Self:
        """What a list row shows, in a fixed number of queries; newest first."""
        return self.select_related("categorie", "wijk__gebied").defer(*BORDERS).order_by("-created_at", "-pk")

    def for_page(self) -> Self:
        """What the page of one melding shows besides its steps and photos."""
        return self.select_related("categorie__groep", "wijk__gebied", "buurt", "afdeling", "eerste").defer(
            *BORDERS, "buurt__grens"
        )

    def for_work_list(self) -> Self:
        """What a row of the work list shows; what is promised first stands on top."""
        return self.select_related("categorie", "wijk", "afdeling").defer("wijk__grens").order_by("beloofd_op", "pk")

    def in_box(self, west: float, south: float, east: float, north: float) -> Self:
        """Meldingen whose pin lies in this box (degrees)."""
        return self.filter(lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east)

    def clusters(self, level: int, *, limit: int) -> Iterable[Mapping[str, Any]]:
        """At most `limit` groups of pins in the same tile of zoom `level`: how many, their middle, and one of them."""
        return (
            self.filter(cel__isnull=False)
            .order_by()
            .annotate(tile=F("cel").bitrightshift(2 * (CEL_ZOOM - level)))
            .values("tile")
            .annotate(
                aantal=Count("pk"),
                lat=Avg("lat"),
                lon=Avg("lon"),
                nummer=Min("nummer"),
                categorie_naam=Min("categorie__naam"),
                een_status=Min("status"),
            )[:limit]
        )

    def work_counts(self, today: date) -> dict[str, int]:
        """How many stand behind each button of the work list."""
        undecided = Q(tekst_besluit="") | Q(Exists(Foto.objects.filter(melding=OuterRef("pk"), besluit="")))
        return self.open().aggregate(
            open=Count("pk"),
            te_laat=Count("pk", filter=Q(beloofd_op__lt=today)),
            te_beoordelen=Count("pk", filter=undecided),
        )

    def by_month(self, months: int) -> list[tuple[date, int]]:
        """How many were reported in each of the last `months` months (its first day), the oldest first."""
        starts = [timezone.localdate().replace(day=1)]
        while len(starts) < months:
            starts.insert(0, (starts[0] - timedelta(days=1)).replace(day=1))
        since = timezone.make_aware(datetime.combine(starts[0], time.min))
        month = TruncMonth("created_at", output_field=models.DateField())
        counted = self.filter(created_at__gte=since).order_by().annotate(month=month).values_list("month")
        numbers = dict(counted.annotate(number=Count("pk")))
        return [(start, numbers.get(start, 0)) for start in starts]

    def by_categorie(self, limit: int) -> list[tuple[str, int]]:
        """The `limit` categories with the most meldingen of the last year, with their numbers."""
        counted = self.since(365).order_by().values_list("categorie__naam")
        return list(counted.annotate(number=Count("pk")).order_by("-number", "categorie__naam")[:limit])

    def figures(self, today: date) -> dict[str, int]:
        """Open now, overdue now, and of the last 30 days: reported, solved, solved within the promised date."""
        month_ago = timezone.now() - timedelta(days=30)
        solved = Q(status=Status.OPGELOST, closed_at__gte=month_ago)
        return self.order_by().aggregate(
            open=Count("pk", filter=Q(status__in=OPEN)),
            overdue=Count("pk", filter=Q(status__in=OPEN, beloofd_op__lt=today)),
            reported=Count("pk", filter=Q(created_at__gte=month_ago)),
            solved=Count("pk", filter=solved),
            in_time=Count("pk", filter=solved & Q(closed_at__date__lte=F("beloofd_op"))),
        )


class Besluit(models.TextChoices):
    """What was decided about showing a text or a photo to everybody; empty as long as nobody decided."""

    OPENBAAR = "openbaar", _("Openbaar")
    BESLOTEN = "besloten", _("Niet openbaar")


class Melding(models.Model):
    """Something in public space that is broken, dirty or unsafe, as a resident reported it."""

    #: Opaque digits, the same in mail and on the site; says nothing about how many there are.
    nummer = models.CharField(_("nummer"), max_length=NUMMER_LENGTH, unique=True, editable=False)
    #: Handed out by the form: the same one again leads to the first result.
    inzending = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    versie = models.PositiveIntegerField(default=1, editable=False)
    via_versie = models.PositiveIntegerField(default=1, editable=False)

    categorie = models.ForeignKey(
        Categorie, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("categorie")
    )
    afdeling = models.ForeignKey(Afdeling, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("afdeling"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.GEMELD)

    wijk = models.ForeignKey(Wijk, on_delete=models.PROTECT, related_name="meldingen", verbose_name=_("wijk"))
    buurt = models.ForeignKey(
        Buurt, on_delete=models.PROTECT, null=True, blank=True, related_name="meldingen", verbose_name=_("buurt")
    )
    lat = models.FloatField(_("breedtegraad"), null=True, blank=True)
    lon = models.FloatField(_("lengtegraad"), null=True, blank=True)
    #: Morton integer of the pin's web-mercator tile at zoom 22, for clusters.
    cel = models.BigIntegerField(null=True, editable=False)
    #: Looked up at PDOK, therefore fit to be shown; what people typed stands in `adres` and `plek` and is not.
    straat = models.CharField(_("straat"), max_length=120, blank=True)
    adres = models.CharField(_("adres"), max_length=200, blank=True)
    plek = models.CharField(_("plek"), max_length=300, blank=True)

    omschrijving = models.TextField(_("omschrijving"))
    tekst_besluit = models.CharField(_("omschrijving is"), max_length=10, choices=Besluit.choices, blank=True)

    naam = models.CharField(_("naam"), max_length=120, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    telefoon = models.CharField(_("telefoonnummer"), max_length=20, blank=True)
    melder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="meldingen"
    )

    eerste = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="dubbelen", verbose_name=_("eerste melding")
    )
    doorgezet_naar = models.CharField(_("doorgezet naar"), max_length=120, blank=True)

    created_at = models.DateTimeField(_("gemeld op"), default=timezone.now)
    beloofd_op = models.DateField(_("beloofd op"))
    closed_at = models.DateTimeField(_("afgesloten op"), null=True, blank=True)

    objects = MeldingQuerySet.as_manager()

    if TYPE_CHECKING:
        fotos: RelatedManager[Foto]
        stappen: RelatedManager[Stap]
        dubbelen: RelatedManager[Melding]
        afdeling_id: int

    class Meta:
        verbose_name = _("melding")
        verbose_name_plural = _("meldingen")
        indexes = [
            models.Index(fields=["lat", "lon"], name="melding_lat_lon"),
            models.Index(fields=["cel"], include=["lat", "lon"], condition=Q(status__in=sorted(OPEN)), name="melding_open_cel"),
            models.Index(fields=["-created_at", "-id"], name="melding_newest"),
            models.Index(fields=["wijk", "-created_at"], name="melding_wijk_newest"),
            models.Index(fields=["afdeling", "beloofd_op"], condition=Q(status__in=sorted(OPEN)), name="melding_work_list"),
            models.Index(fields=["closed_at"], name="melding_closed_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="melding_status"),
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

    @property
    def nummer_leesbaar(self) -> str:
        """The number in two groups, as it is read out on the phone."""
        return f"{self.nummer[:NUMMER_GROUP]} {self.nummer[NUMMER_GROUP:]}"

    @property
    def waar(self) -> str:
        """The place in words that the public may see: the looked-up street, else the dorp or buurt, and the wijk."""
        parts = [self.straat, self.wijk.naam]
        return ", ".join(part for part in parts if part)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether the promised date has passed."""
        return is_overdue(self, timezone.localdate())

    @property
    def termijn_tekst(self) -> str:
        """How many days are left until the promised date, or since; for closed ones when that was."""
        if not self.is_open:
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
    def tekst_is_openbaar(self) -> bool:
        """Whether a behandelaar released the description."""
        return self.tekst_besluit == Besluit.OPENBAAR

    @classmethod
    def new_nummer(cls) -> str:
        """Eight random digits, not starting with a zero."""
        return str(secrets.randbelow(90_000_000) + 10_000_000)

    def insert(self) -> bool:
        """Store this new melding; False, and nothing stored, when its `inzending` was stored already."""
        while True:
            self.nummer = self.new_nummer()
            try:
                with transaction.atomic():
                    self.save(force_insert=True)
            except IntegrityError:
                if Melding.objects.filter(inzending=self.inzending).exists():
                    return False
                if not Melding.objects.filter(nummer=self.nummer).exists():
                    raise
            else:
                return True

    def record_step(
        self,
        to: Status,
        *,
        by: Gebruiker | None,
        toelichting: str,
        wijziging: str = "",
        changed: Collection[str] = (),
    ) -> Stap:
        """Move to status `to`, leave a step behind and store it with the fields in `changed`; the caller holds the lock."""
        step = self.stappen.create(van=self.status, naar=to, door=by, toelichting=toelichting, wijziging=wijziging)
        self.status = to
        self.closed_at = step.at if to in CLOSED else None
        self.store("status", "closed_at", *changed)
        return step

    def store(self, *changed: str) -> None:
        """Write the fields in `changed` and raise the version, so that older forms on this melding are refused."""
        self.versie += 1
        self.save(update_fields=["versie", *changed])


class Stap(stappen.Stap):
    """One step in the life of a melding, with the explanation that everybody can read."""

    melding = models.ForeignKey(Melding, on_delete=models.CASCADE, related_name="stappen")
    #: Empty for the first step, when the melding came in.
    van = models.CharField(max_length=20, choices=Status.choices, blank=True)
    naar = models.CharField(max_length=20, choices=Status.choices)
    #: What changed besides the status, in one sentence for the public.
    wijziging = models.CharField(max_length=200, blank=True)

    class Meta(stappen.Stap.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(van__in=["", *Status.values]) & Q(naar__in=Status.values), name="stap_statuses"
            )
        ]
        indexes = [models.Index(fields=["melding", "at"], name="stap_melding_at")]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.van} → {self.naar}"


class FotoQuerySet(models.QuerySet["Foto"]):
    """Reads of photos."""

    def of(self, melding: Melding) -> Self:
        """The photos with `melding`, as they were sent."""
        return self.filter(melding=melding)

    def kept_for(self, inzending: uuid.UUID | None) -> Self:
        """Photos that came with a form that was not accepted yet."""
        return self.filter(inzending=inzending, melding__isnull=True)

    def unsent_since(self, moment: object) -> Self:
        """Photos of forms that were never sent, older than `moment`."""
        return self.filter(melding__isnull=True, created_at__lt=moment)

    def public(self) -> Self:
        """Photos that a behandelaar released, of meldingen that the public may see."""
        return self.filter(besluit=Besluit.OPENBAAR, melding__categorie__openbaar=True)


class Foto(models.Model):
    """A photo with a melding, re-encoded; `besloten` until a behandelaar releases it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Which form it came with; photos of a form with errors have no melding yet and are kept for a day.
    inzending = models.UUIDField(editable=False, db_index=True)
    melding = models.ForeignKey(Melding, on_delete=models.CASCADE, null=True, related_name="fotos")
    naam = models.CharField(max_length=120, unique=True, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)
    besluit = models.CharField(_("foto is"), max_length=10, choices=Besluit.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = FotoQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(besluit__in=["", *Besluit.values]), name="foto_besluit"),
            models.UniqueConstraint(fields=["inzending", "sha256"], name="foto_once_a_form"),
        ]

    def __str__(self) -> str:
        return self.naam

    @property
    def is_openbaar(self) -> bool:
        """Whether a behandelaar released it."""
        return self.besluit == Besluit.OPENBAAR

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: released, and with a melding of a public category."""
        return self.is_openbaar and self.melding is not None and self.melding.categorie.openbaar
