"""Every read of meldingen, one method for each block of a page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import TruncMonth
from django.utils import timezone

from basis.nummers import NUMMER_GROUP, NUMMER_LENGTH, as_nummer
from basis.paging import counted_together
from gebieden.models import Buurt, Gebied, Wijk
from gebruikers.models import Gebruiker
from meldingen.models.categorie import Categorie
from meldingen.models.deeltaak import Deeltaak
from meldingen.models.foto import Foto
from meldingen.models.reads_zelfde import ZelfdeQuerySet
from meldingen.rules import (
    CLOSED,
    MAX_NEARBY,
    NEARBY_METRES,
    OPEN,
    RUNNING,
    Besluit,
    Status,
)

if TYPE_CHECKING:
    from meldingen.models.melding import Melding

#: Borders are large and drawn from `grenzen.json`; no row of meldingen drags them along.
BORDERS = ("wijk__grens", "wijk__gebied__grens", "buurt__grens")


#: Opened again comes before everything else.
REOPENED_FIRST = Case(When(status=Status.HEROPEND, then=0), default=1, output_field=models.SmallIntegerField())
#: The order of the work list: opened again, then what was promised first, and of one day what presses most. An index
#: holds it, so it runs one way.
WORK_ORDER = (REOPENED_FIRST, F("beloofd_op"), F("prioriteit"), F("id"))


def is_late(today: date) -> Q:
    """The promised date lies before local date `today`, while it counts; `rules.is_overdue` for one row."""
    return Q(status__in=RUNNING, beloofd_op__lt=today)


def is_undecided() -> Q:
    """There is a text or a photo on which nobody decided yet."""
    return Q(tekst_besluit="") | Q(Exists(Foto.objects.filter(melding=OuterRef("pk"), besluit="")))


def categorieen_named(text: str) -> list[int]:
    """The ids of the categories with `text` in their name: one query.

    Asked apart: in a search over several tables at once no index would help.
    """
    return list(Categorie.objects.filter(naam__icontains=text).values_list("pk", flat=True))


def days_ago(days: int) -> datetime:
    """Midnight in Alkmaar, `days` days ago: statistics go by local dates."""
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), time.min))


class MeldingQuerySet(ZelfdeQuerySet):
    """Every read of meldingen."""

    def locked(self) -> Self:
        """The same rows, locked until the transaction ends, always in the same order.

        Locked by themselves, and read after that: whoever waits for a row and the rows that it is joined with in one
        statement would not find it any more on PostgreSQL, when it was joined with another one meanwhile.
        """
        return self.filter(pk__in=list(self.order_by("pk").values_list("pk", flat=True).select_for_update()))

    def public(self) -> Self:
        """What the public may know of: meldingen of public categories."""
        return self.filter(categorie__openbaar=True)

    def handled_by(self, afdelingen: Collection[int]) -> Self:
        """Meldingen of these afdelingen (their ids)."""
        return self.filter(afdeling__in=afdelingen)

    def seen_by(self, afdelingen: Collection[int]) -> Self:
        """Meldingen whose file behandelaars of these afdelingen (their ids) may see: `rules.can_see` for many."""
        taking_part = Deeltaak.objects.of_afdelingen(afdelingen).giving_sight().filter(melding=OuterRef("pk"))
        return self.filter(Q(afdeling__in=afdelingen) | Exists(taking_part))

    def open(self) -> Self:
        """Where something is still to be done."""
        return self.filter(status__in=OPEN)

    def closed(self) -> Self:
        """Where nothing more is to be done."""
        return self.filter(status__in=CLOSED)

    def finished(self, before: datetime) -> Self:
        """Closed before this moment, or a double of one that was: nothing more is told of them."""
        done = {"status__in": CLOSED - {Status.DUBBEL}, "closed_at__lt": before}
        return self.filter(Q(**done) | Q(**{f"eerste__{name}": value for name, value in done.items()}))

    def overdue(self, today: date) -> Self:
        """Those whose promised date lies before local date `today`, while it counts."""
        return self.filter(is_late(today))

    def to_release(self) -> Self:
        """Open ones with a text or a photo on which nobody decided yet."""
        return self.open().filter(is_undecided())

    def in_gebied(self, gebied: Gebied) -> Self:
        """Meldingen in this gebied."""
        return self.filter(wijk__gebied=gebied)

    def in_wijk(self, wijk: Wijk) -> Self:
        """Meldingen in this wijk."""
        return self.filter(wijk=wijk)

    def in_buurt(self, buurt: Buurt) -> Self:
        """Meldingen whose pin lies in this buurt or dorp."""
        return self.filter(buurt=buurt)

    def of_categorieen(self, categorieen: Collection[Categorie]) -> Self:
        """Meldingen about one of these categories; without a join, so that the index on dates gives the order."""
        return self.filter(categorie__in=[categorie.pk for categorie in categorieen])

    def with_nummers(self, nummers: Collection[str]) -> Self:
        """Meldingen with one of these numbers; whatever is no number names nothing."""
        return self.filter(nummer__in=[nummer for nummer in nummers if nummer.isdecimal()])

    def reported_between(self, start: datetime, end: datetime) -> Self:
        """Meldingen that came in from `start` to `end`."""
        return self.filter(created_at__range=(start, end))

    def since(self, days: int) -> Self:
        """Meldingen of the last `days` days."""
        return self.filter(created_at__gte=days_ago(days))

    def with_public_words(self, text: str) -> Self:
        """Meldingen with this number, or with `text` in what everybody may read: category, street, released words."""
        if nummer := as_nummer(text):
            return self.filter(nummer=nummer)
        return self.filter(
            Q(categorie__in=categorieen_named(text))
            | Q(straat__icontains=text)
            # Words that were blacked out find nothing.
            | Q(omschrijving__icontains=text, omschrijving_gelakt="", tekst_besluit=Besluit.OPENBAAR)
            | Q(~Q(omschrijving_gelakt=""), omschrijving_gelakt__icontains=text, tekst_besluit=Besluit.OPENBAAR)
        )

    def with_words(self, text: str) -> Self:
        """Meldingen with `text` in number, category, place or description; for staff, who see all of these."""
        digits = text.replace(" ", "")
        numbered = Q()
        if digits.isdecimal() and NUMMER_GROUP <= len(digits) <= NUMMER_LENGTH:
            numbered = Q(nummer__startswith=digits)
        return self.filter(
            numbered
            | Q(straat__icontains=text)
            | Q(adres__icontains=text)
            | Q(plek__icontains=text)
            | Q(omschrijving__icontains=text)
            | Q(categorie__in=categorieen_named(text))
        )

    def for_list(self) -> Self:
        """What a list row shows, in a fixed number of queries; newest first."""
        rows = self.select_related("categorie", "wijk__gebied", "buurt").defer(*BORDERS)
        return rows.with_also_seen().order_by("-created_at", "-pk")

    def for_feed(self) -> Self:
        """What other programs are told of a melding in an area, newest first."""
        return self.for_mail().order_by("-created_at", "-pk")

    def for_open311(self) -> Self:
        """What other systems are told of a melding, newest first; nothing of it was typed except the description."""
        fields = ("nummer", "categorie_id", "status", "lat", "lon", "straat", "tekst_besluit")
        words = ("omschrijving", "omschrijving_gelakt")
        joined = ("wijk__naam", "buurt__naam", "afdeling__naam")
        dates = ("doorgezet_naar", "created_at", "beloofd_op")
        return (
            self.select_related("wijk", "buurt", "afdeling")
            .only(*fields, *words, *dates, *joined)
            .order_by("-created_at", "-pk")
        )

    def for_mail(self) -> Self:
        """What the reporter is told of."""
        return self.select_related("categorie", "wijk", "buurt").defer("wijk__grens", "buurt__grens")

    def for_page(self) -> Self:
        """What the page of one melding shows besides its steps and photos."""
        related = self.select_related("categorie__groep", "wijk__gebied", "buurt", "afdeling", "eerste__categorie")
        return related.select_related("behandelaar").defer(*BORDERS).with_also_seen()

    def for_work_list(self) -> Self:
        """What a row of the work list shows, without an order: that is the reader's choice (`WERKORDES`)."""
        shown = ("nummer", "versie", "kanaal", "created_at", "straat", "adres", "plek", "status", "beloofd_op")
        joined = ("categorie__naam", "wijk__naam", "behandelaar__naam", "behandelaar__email")
        rows = self.select_related("categorie", "wijk", "behandelaar")
        return rows.only(*shown, "prioriteit", *joined).annotate(reopened_first=REOPENED_FIRST).order_by()

    def for_export(self) -> Self:
        """What a file of the work list tells: nothing about the reporter, nor in the reporter's own words."""
        shown = ("nummer", "kanaal", "status", "prioriteit", "straat")
        dates = ("created_at", "beloofd_op", "closed_at")
        joined = ("afdeling__naam", "categorie__naam", "wijk__naam", "behandelaar__naam", "behandelaar__email")
        rows = self.for_work_list().select_related("afdeling", "categorie", "wijk", "behandelaar")
        return rows.only(*shown, *dates, *joined)

    def for_many(self) -> Self:
        """What is asked of meldingen that are changed together, the first reported first."""
        rows = self.select_related("categorie", "wijk", "afdeling", "behandelaar").defer("wijk__grens")
        return rows.order_by("created_at", "pk")

    def of_behandelaar(self, gebruiker: Gebruiker | AnonymousUser) -> Self:
        """Meldingen that belong to this person."""
        return self.filter(behandelaar__isnull=False, behandelaar=gebruiker.pk)

    def of_nobody(self) -> Self:
        """Meldingen that belong to no person yet."""
        return self.filter(behandelaar=None)

    def reopened(self) -> Self:
        """Those whose reporter said that it is not solved after all."""
        return self.filter(status=Status.HEROPEND)

    def maybe_same(self, categorie: Categorie, lat: float, lon: float) -> list[Melding]:
        """Open public meldingen near a point that may be about the same as one of `categorie`, the nearest first.

        They are of its group: the same thing often goes by a neighbouring name.
        """
        of_group = self.public().open().filter(categorie__groep=categorie.groep_id)
        return of_group.for_list().nearest(lat, lon, metres=NEARBY_METRES, limit=MAX_NEARBY)

    def work_counts(self, today: date, by: Gebruiker, found: MeldingQuerySet) -> dict[str, int]:
        """How many stand behind each button of the work list of `by`, and in `found`, as `paging.counted` counts.

        One query.
        """
        return counted_together(
            Gebruiker.objects.filter(pk=by.pk),
            found=found,
            open=self.open(),
            van_mij=self.open().of_behandelaar(by),
            van_niemand=self.open().of_nobody(),
            heropend=self.reopened(),
            te_laat=self.overdue(today),
            te_beoordelen=self.to_release(),
        )

    def by_month(self, months: int) -> list[tuple[date, int]]:
        """How many were reported in each of the last `months` months (its first day), the oldest first."""
        starts = [timezone.localdate().replace(day=1)]
        while len(starts) < months:
            starts.insert(0, (starts[0] - timedelta(days=1)).replace(day=1))
        since = timezone.make_aware(datetime.combine(starts[0], time.min))
        month = TruncMonth("created_at", output_field=models.DateField())
        counted = self.filter(created_at__gte=since).order_by().annotate(month=month).values_list("month")
        numbers = dict(counted.annotate(number=Count("*")))
        return [(start, numbers.get(start, 0)) for start in starts]

    def by_categorie(self, limit: int) -> list[tuple[str, int]]:
        """The `limit` categories with the most meldingen of the last year, with their numbers."""
        counted = self.since(365).order_by().values_list("categorie__naam")
        return list(counted.annotate(number=Count("*")).order_by("-number", "categorie__naam")[:limit])

    def figures(self, today: date) -> dict[str, int]:
        """Open now, those of them without a pin, overdue now; of the last 30 days: reported, solved, solved in time.

        Four queries, each of which an index answers alone: they count what those hold, never the key.
        """
        month_ago = days_ago(30)
        now = self.open().order_by().aggregate(open=Count("*"), overdue=Count("status", filter=is_late(today)))
        solved = self.filter(status=Status.OPGELOST, closed_at__gte=month_ago).order_by()
        ended = solved.aggregate(
            solved=Count("*"), in_time=Count("status", filter=Q(closed_at__date__lte=F("beloofd_op")))
        )
        reported = self.filter(created_at__gte=month_ago).count()
        return {**now, **ended, "reported": reported, "without_pin": self.open().without_pin().count()}
