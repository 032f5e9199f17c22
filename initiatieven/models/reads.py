"""Every read of initiatieven, one method for each block of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Avg, Count, F, Min, Q

from basis.nummers import as_nummer
from gebieden.clusters import Span
from gebieden.models import Buurt, Gebied, Wijk
from gebieden.tegels import CEL_ZOOM
from gebruikers.models import Gebruiker
from initiatieven.rules import ENDED, HIDDEN, RUNNING, Status

#: Borders are large and drawn from `grenzen.json`; no row drags them along.
BORDERS = ("gebied__grens", "wijk__grens", "buurt__grens")


class InitiatiefQuerySet(models.QuerySet[Any]):
    """Every read of initiatieven."""

    def locked(self) -> Self:
        """The same rows, locked until the transaction ends, always in the same order; read after that."""
        return self.filter(pk__in=list(self.order_by("pk").values_list("pk", flat=True).select_for_update()))

    def public(self) -> Self:
        """What the public may know of: those that were published once."""
        return self.filter(published_at__isnull=False)

    def kept_by(self, gebieden: Iterable[Gebied]) -> Self:
        """What the teams of these gebieden know of: everything that was offered once."""
        return self.filter(gebied__in=gebieden, offered_at__isnull=False)

    def waiting(self) -> Self:
        """Those that the Gebiedsteam has to look at."""
        return self.filter(status=Status.AANGEBODEN)

    def late(self, today: date) -> Self:
        """Those that it should have looked at before local date `today`."""
        return self.waiting().filter(beloofd_op__lt=today)

    def running(self) -> Self:
        """Public ones to which more comes."""
        return self.filter(status__in=RUNNING - HIDDEN)

    def ended(self) -> Self:
        """Those to which nothing more comes."""
        return self.filter(status__in=ENDED)

    def in_gebied(self, gebied: Gebied) -> Self:
        """Initiatieven in or for this gebied."""
        return self.filter(gebied=gebied)

    def in_wijk(self, wijk: Wijk) -> Self:
        """Initiatieven in or for this wijk."""
        return self.filter(wijk=wijk)

    def in_buurt(self, buurt: Buurt) -> Self:
        """Initiatieven in or for this buurt or dorp."""
        return self.filter(buurt=buurt)

    def made_by(self, user: Gebruiker | AnonymousUser) -> Self:
        """Those that somebody made while signed in."""
        return self.filter(maker=user) if isinstance(user, Gebruiker) else self.none()

    def with_public_words(self, text: str) -> Self:
        """Initiatieven with this number, or with `text` in what everybody may read."""
        if nummer := as_nummer(text):
            return self.filter(nummer=nummer)
        words = Q(wat__icontains=text) | Q(waarom__icontains=text) | Q(doelgroep__icontains=text)
        return self.filter(Q(titel__icontains=text) | Q(straat__icontains=text) | (words & ~Q(status__in=ENDED)))

    def for_list(self) -> Self:
        """What a row shows, newest first: one query."""
        rows = self.select_related("gebied", "wijk", "buurt").defer(*BORDERS, "wat", "waarom")
        return rows.order_by("-published_at", "-pk")

    def for_team(self) -> Self:
        """What a row shows to the Gebiedsteam; what was promised first stands on top."""
        return self.for_list().order_by("beloofd_op", "pk")

    def for_page(self) -> Self:
        """What the page of one initiatief shows besides its steps and photos."""
        return self.select_related("gebied", "wijk__gebied", "buurt", "organisatie").defer(
            *BORDERS, "wijk__gebied__grens"
        )

    def in_span(self, span: Span) -> Self:
        """Initiatieven whose pin lies in these tiles; an index over `cel` finds them."""
        west, south, east, north = span.bounds
        return self.filter(
            cel__range=(span.first, span.last), lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east
        )

    def without_pin(self) -> Self:
        """Initiatieven that are in lists and on no map."""
        return self.filter(cel=None)

    def clusters(self, level: int) -> Iterable[Mapping[str, Any]]:
        """Groups of pins in the same tile of zoom `level`: how many, their middle, and one of them."""
        return (
            self.filter(cel__isnull=False)
            .order_by()
            .annotate(tile=F("cel").bitrightshift(2 * (CEL_ZOOM - level)))
            .values("tile")
            .annotate(
                aantal=Count("*"),
                lat=Avg("lat"),
                lon=Avg("lon"),
                nummer=Min("nummer"),
                een_thema=Min("thema"),
                een_titel=Min("titel"),
                een_status=Min("status"),
            )
        )
