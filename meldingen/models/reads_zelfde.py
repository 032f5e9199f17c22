"""Reads of meldingen that are about the same, and of who saw the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from berichten.models import Abonnement
from meldingen.models.categorie import Categorie
from meldingen.models.reads_kaart import KaartQuerySet
from meldingen.rules import FOLLOWED_AS, OPEN


class ZelfdeQuerySet(KaartQuerySet):
    """A part of `MeldingQuerySet`."""

    def followed(self) -> Self:
        """Those that some address follows, confirmed or not."""
        return self.filter(pk__in=Abonnement.objects.filter(soort=FOLLOWED_AS).values("onderwerp"))

    def with_also_seen(self) -> Self:
        """With `also_seen`: how many others saw the same, who follow it, reported it again, or follow such a double.

        Each address counts once, and that of the reporter not at all. Who reported it again without an address cannot
        be known again, and counts as one more.
        """
        every = self.model._default_manager
        followers = Abonnement.objects.confirmed().filter(soort=FOLLOWED_AS).exclude(email=Lower(OuterRef("email")))
        reported = every.filter(eerste=OuterRef("pk")).alias(small=Lower("email"))
        again = reported.exclude(email="").exclude(small=Lower(OuterRef("email")))
        together = every.filter(Q(pk=OuterRef(OuterRef("pk"))) | Q(eerste=OuterRef(OuterRef("pk"))))
        reported_too = every.alias(small=Lower("email")).filter(
            eerste=OuterRef(OuterRef("pk")), small=OuterRef("email")
        )
        following = followers.filter(onderwerp__in=together.values("pk")).exclude(Exists(reported_too))
        # Most have no doubles, and cost one look into an index. Asked for one of them: PostgreSQL would answer EXISTS
        # of a long list by reading all meldingen once.
        number = Case(
            When(
                a_double__isnull=False,
                then=_number(reported.filter(email=""), "pk") + _number(again, "small") + _number(following, "email"),
            ),
            default=_number(followers.filter(onderwerp=OuterRef("pk")), "pk"),
        )
        return self.alias(a_double=Subquery(reported.values("pk")[:1])).annotate(also_seen=number)

    def firsts_that_may_go_on(self, categorie: Categorie, since: datetime) -> Self:
        """Meldingen of `categorie` with doubles that are open, or were closed after `since`; the oldest first."""
        doubles = self.model._default_manager.filter(eerste=OuterRef("pk"))
        going_on = Q(status__in=OPEN) | Q(closed_at__gte=since)
        return self.filter(going_on, Exists(doubles), categorie=categorie).order_by("created_at", "pk")


def _number(rows: models.QuerySet[Any], of: str) -> Coalesce:
    """How many different values of `of` there are in `rows`, as a part of a larger query."""
    counted = rows.order_by().annotate(together=Value(1)).values("together").annotate(number=Count(of, distinct=True))
    return Coalesce(Subquery(counted.values("number")), 0)
