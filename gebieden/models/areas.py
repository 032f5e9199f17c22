"""Gebied, wijk and buurt with their borders."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, ForeignObjectRel, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gebieden.rules import INLEIDING_MAX_LENGTH
from gebruikers.models import Gebruiker

AreaT = TypeVar("AreaT", bound="Area")

#: More words than these make a search no better, only slower.
SEARCH_WORDS = 6


def searchable(text: str) -> str:
    """`text` as it is compared in searches: lower case, without accents, words apart by one space."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


class AreaQuerySet(models.QuerySet[AreaT]):
    """Reads that gebied, wijk and buurt share."""

    def current(self) -> Self:
        """Without what has gone from the register."""
        return self.filter(withdrawn_at=None)

    def without_grens(self) -> Self:
        """Leaves the border in the database; pages draw it from `grenzen.json`."""
        return self.defer("grens")

    def with_editor(self) -> Self:
        """With who wrote the introduction."""
        return self.select_related("inleiding_updated_by")

    def with_keeper(self) -> Self:
        """With `kept_by` loaded, without any border: one query."""
        raise NotImplementedError

    def named_like(self, text: str) -> Self:
        """Current areas with every word of `text` in their name, without regard to case, accents and hyphens."""
        words = searchable(text).split()[:SEARCH_WORDS]
        if not words:
            return self.none()
        return self.current().without_grens().filter(*(Q(zoeknaam__contains=word) for word in words))


class Area(models.Model):
    """What gebied, wijk and buurt share: a border from the register and an introduction written by people.

    Everything from the register is replaced by an import; the introduction never is.
    """

    naam = models.CharField(_("naam"), max_length=80)
    zoeknaam = models.CharField(max_length=80, editable=False, db_index=True)
    inwoners = models.PositiveIntegerField(_("inwoners"), default=0)
    inwoners_jaar = models.PositiveSmallIntegerField(_("inwoners geteld in"), null=True, blank=True)

    grens = models.JSONField(_("grens"), help_text=_("GeoJSON, WGS84, lengte- en breedtegraad."))
    west = models.FloatField(_("west"))
    south = models.FloatField(_("zuid"))
    east = models.FloatField(_("oost"))
    north = models.FloatField(_("noord"))
    label_lat = models.FloatField(_("breedtegraad van de naam"))
    label_lon = models.FloatField(_("lengtegraad van de naam"))
    withdrawn_at = models.DateTimeField(
        _("uit het register sinds"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Bewaard omdat er nog gegevens naar verwijzen."),
    )

    inleiding = models.TextField(_("inleiding"), blank=True, max_length=INLEIDING_MAX_LENGTH)
    inleiding_updated_at = models.DateTimeField(_("inleiding bijgewerkt op"), null=True, editable=False)
    inleiding_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("inleiding bijgewerkt door"),
    )
    versie = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(south__gte=-90, north__lte=90, south__lte=F("north")), name="%(class)s_lat_in_range"
            ),
            models.CheckConstraint(
                condition=Q(west__gte=-180, east__lte=180, west__lte=F("east")), name="%(class)s_lon_in_range"
            ),
            models.CheckConstraint(
                condition=Q(label_lat__gte=F("south"), label_lat__lte=F("north"))
                & Q(label_lon__gte=F("west"), label_lon__lte=F("east")),
                name="%(class)s_label_in_bbox",
            ),
        ]

    def __str__(self) -> str:
        return self.naam

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep what searches compare in step with the name."""
        self.zoeknaam = searchable(self.naam)
        if update_fields is not None and "naam" in update_fields:
            update_fields = {*update_fields, "zoeknaam"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def soort(self) -> str:
        """What it is, in one word; a gebied and a wijk may have the same name."""
        return str(self._meta.verbose_name)

    @property
    def heading(self) -> str:
        """Its name where it stands alone: above its page and in ways to it."""
        return self.naam

    @property
    def kept_by(self) -> Gebied:
        """The gebied whose Gebiedsteam keeps the texts of this area."""
        raise NotImplementedError

    @property
    def bbox(self) -> str:
        """The bounding box as `west,south,east,north`, with points whatever the language of the page."""
        return f"{self.west},{self.south},{self.east},{self.north}"

    def is_referenced(self) -> bool:
        """Whether a row of any app points at this one."""
        return any(
            relation.field.model._base_manager.filter(**{relation.field.name: self}).exists()
            for relation in self._meta.get_fields(include_hidden=True)
            if isinstance(relation, ForeignObjectRel)
        )

    def write_inleiding(self, text: str, *, by: Gebruiker) -> None:
        """Set the introduction, with who wrote it and when."""
        self.inleiding = text
        self.inleiding_updated_at = timezone.now()
        self.inleiding_updated_by = by
        self.versie += 1
        self.save(update_fields=["inleiding", "inleiding_updated_at", "inleiding_updated_by", "versie"])


class GebiedQuerySet(AreaQuerySet["Gebied"]):
    """Reads of gebieden."""

    def with_keeper(self) -> Self:
        """A gebied keeps itself."""
        return self.without_grens()

    def with_wijken(self) -> Self:
        """With `gebied.wijken.all()` loaded: the current wijken in their order."""
        return self.prefetch_related(Prefetch("wijken", Wijk.objects.current().without_grens()))

    def with_dorpen(self) -> Self:
        """With the wijken loaded, and for each of them `wijk.dorpen()`."""
        return self.prefetch_related(Prefetch("wijken", Wijk.objects.current().without_grens().with_buurten()))

    def with_team(self) -> Self:
        """With `gebied.teamleden.all()` loaded, in their order: one query more."""
        return self.prefetch_related("teamleden")

    def for_home(self) -> Self:
        """The current gebieden with their wijken, in their order: two queries."""
        return self.current().without_grens().with_wijken()

    def for_page(self) -> Self:
        """What the page of a gebied shows: wijken and dorpen, three queries."""
        return self.current().without_grens().with_dorpen()

    def for_editing(self) -> Self:
        """Everything a Gebiedsteam keeps, with who wrote it last: the gebied, its wijken and dorpen, four queries."""
        dorpen = Prefetch("buurten", Buurt.objects.dorpen().without_grens().with_editor())
        wijken = Wijk.objects.current().without_grens().with_editor().prefetch_related(dorpen)
        return (
            self.current()
            .without_grens()
            .with_editor()
            .select_related("team_updated_by")
            .prefetch_related(Prefetch("wijken", wijken), "teamleden")
        )

    def editable_by(self, user: Gebruiker) -> Self:
        """The current gebieden that `user` may edit (`rules.can_edit`)."""
        if not user.is_active or not user.is_medewerker:
            return self.none()
        if user.is_beheerder:
            return self.current().without_grens()
        return self.current().without_grens().filter(teamleden__gebruiker=user)


class Gebied(Area):
    """One of the five parts of the municipality, each with its own Gebiedsteam."""

    slug = models.SlugField(_("naam in adressen"), max_length=60, unique=True)
    kleur = models.SlugField(_("kleur"), max_length=20, help_text=_("Kleur uit de huisstijl, zoals ‘noord’."))
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    team_updated_at = models.DateTimeField(_("team bijgewerkt op"), null=True, editable=False)
    team_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("team bijgewerkt door"),
    )

    objects = GebiedQuerySet.as_manager()

    class Meta(Area.Meta):
        ordering = ["volgorde", "naam"]
        verbose_name = _("gebied")
        verbose_name_plural = _("gebieden")

    def get_absolute_url(self) -> str:
        """The page of the gebied."""
        return reverse("gebied", args=[self.slug])

    @property
    def heading(self) -> str:
        """With the name of the city, of which it is the largest part that has a name."""
        return gettext("Alkmaar %(naam)s") % {"naam": self.naam}

    @property
    def kept_by(self) -> Gebied:
        """Itself."""
        return self

    def has_in_team(self, user: Gebruiker) -> bool:
        """Whether `user` is the account of one of the teamleden."""
        return self.teamleden.filter(gebruiker=user).exists()

    def touch_team(self, *, by: Gebruiker) -> None:
        """Note that the team was changed, by whom and when."""
        self.team_updated_at = timezone.now()
        self.team_updated_by = by
        self.save(update_fields=["team_updated_at", "team_updated_by"])


class WijkQuerySet(AreaQuerySet["Wijk"]):
    """Reads of wijken."""

    def of(self, gebied: Gebied) -> Self:
        """The wijken of `gebied`, in their order."""
        return self.filter(gebied=gebied)

    def with_keeper(self) -> Self:
        """With the gebied."""
        return self.without_grens().select_related("gebied").defer("gebied__grens")

    def with_buurten(self) -> Self:
        """With the current buurten loaded, so that `dorpen()` asks nothing."""
        return self.prefetch_related(Prefetch("buurten", Buurt.objects.current().without_grens()))

    def for_page(self) -> Self:
        """What the page of a wijk shows: its gebied and its dorpen, two queries."""
        return self.current().with_keeper().with_buurten()

    def with_borders(self) -> Self:
        """The current wijken with their own border and their gebied: one query."""
        return self.current().select_related("gebied").defer("gebied__grens")

    def in_order(self) -> Self:
        """The current wijken, those of a gebied together."""
        return self.current().order_by("gebied__volgorde", "gebied__naam", "volgorde", "naam")

    def for_choice(self) -> Self:
        """The current wijken with their gebied, to choose from in a form: one query."""
        return self.current().with_keeper()


class Wijk(Area):
    """A district, of which a gebied has one to three; `code` is the one of Statistics Netherlands."""

    gebied = models.ForeignKey(Gebied, on_delete=models.PROTECT, related_name="wijken", verbose_name=_("gebied"))
    slug = models.SlugField(_("naam in adressen"), max_length=60, unique=True)
    code = models.CharField(_("wijkcode"), max_length=8, unique=True)
    volgorde = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    objects = WijkQuerySet.as_manager()

    class Meta(Area.Meta):
        ordering = ["volgorde", "naam"]
        verbose_name = _("wijk")
        verbose_name_plural = _("wijken")

    def get_absolute_url(self) -> str:
        """The page of the wijk."""
        return reverse("wijk", args=[self.gebied.slug, self.slug])

    @property
    def heading(self) -> str:
        """With the word itself: some wijken are called like their gebied."""
        return gettext("Wijk %(naam)s") % {"naam": self.naam}

    @property
    def kept_by(self) -> Gebied:
        """The gebied it lies in."""
        return self.gebied

    def dorpen(self) -> list[Buurt]:
        """The dorpen of this wijk by name; none in the city. Asks nothing after `with_buurten()`."""
        return [buurt for buurt in self.buurten.all() if buurt.is_dorp and buurt.withdrawn_at is None]


class BuurtQuerySet(AreaQuerySet["Buurt"]):
    """Reads of buurten."""

    def dorpen(self) -> Self:
        """The current buurten that have a page and an agenda of their own."""
        return self.current().filter(is_dorp=True)

    def with_wijk(self) -> Self:
        """With wijk and gebied, without any border: one query."""
        return self.select_related("wijk__gebied").defer("grens", "wijk__grens", "wijk__gebied__grens")

    def with_keeper(self) -> Self:
        """With wijk and gebied."""
        return self.with_wijk()

    def with_borders(self) -> Self:
        """The current buurten with their own border, wijk and gebied: one query."""
        return self.current().select_related("wijk__gebied").defer("wijk__grens", "wijk__gebied__grens")

    def for_page(self) -> Self:
        """What the page of a dorp shows: its wijk and gebied, one query."""
        return self.dorpen().with_wijk()


class Buurt(Area):
    """A neighbourhood; those that are a village with a page of their own have `is_dorp`."""

    wijk = models.ForeignKey(Wijk, on_delete=models.PROTECT, related_name="buurten", verbose_name=_("wijk"))
    gebiednummer = models.CharField(_("gebiednummer"), max_length=16, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=80)
    is_dorp = models.BooleanField(_("dorp"), default=False)

    objects = BuurtQuerySet.as_manager()

    class Meta(Area.Meta):
        ordering = ["naam"]
        verbose_name = _("buurt")
        verbose_name_plural = _("buurten")
        constraints = [
            *Area.Meta.constraints,
            models.UniqueConstraint(fields=["wijk", "slug"], name="buurt_slug_once_in_wijk"),
        ]

    def get_absolute_url(self) -> str:
        """The page of the dorp; other buurten are shown on the page of their wijk."""
        if self.is_dorp and self.withdrawn_at is None:
            return reverse("dorp", args=[self.wijk.gebied.slug, self.wijk.slug, self.slug])
        return self.wijk.get_absolute_url()

    @property
    def soort(self) -> str:
        """Dorp or buurt."""
        return gettext("dorp") if self.is_dorp else super().soort

    @property
    def kept_by(self) -> Gebied:
        """The gebied it lies in."""
        return self.wijk.gebied


class AreaImportQuerySet(models.QuerySet["AreaImport"]):
    """Reads of imports."""

    def latest_versie(self) -> uuid.UUID | None:
        """Which state of the borders is in the database; None before the first import."""
        return self.order_by("-pk").values_list("versie", flat=True).first()

    def newest(self) -> AreaImport | None:
        """The last import that changed something."""
        return self.order_by("-pk").first()


class AreaImport(models.Model):
    """One import of borders that changed something.

    `versie` is drawn anew for each: whatever a process keeps of the borders is kept under it.
    """

    versie = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("wanneer"), default=timezone.now)
    bron = models.CharField(_("bron"), max_length=250)
    verslag = models.TextField(_("verslag"))

    objects = AreaImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("inlezing van grenzen")
        verbose_name_plural = _("inlezingen van grenzen")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%d-%m-%Y %H:%M}"
