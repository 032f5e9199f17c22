"""Reads of meldingen by whose they are, and by how long what they hold of people is kept."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from gebruikers.models import Gebruiker
from meldingen.models.foto import Foto
from meldingen.rules import FINISHED, Doel, Status, closed_before

if TYPE_CHECKING:
    from meldingen.models.melding import Melding  # noqa: F401  (mypy reads it in the base below)


class GegevensQuerySet(models.QuerySet["Melding"]):
    """A part of `MeldingQuerySet`."""

    def reported_by(self, user: Gebruiker | AnonymousUser) -> Self:
        """What this person reported: while signed in, or with the e-mail address that the account proved to own."""
        if not isinstance(user, Gebruiker):
            return self.none()
        own = Q(melder=user.pk)
        if user.proven_email:
            # Asked apart: an index finds either, and none would find both at once.
            sent = self.model._default_manager.alias(small=Lower("email"))
            own |= Q(pk__in=sent.filter(email__gt="", small=user.proven_email).values("pk"))
        return self.filter(own)

    def due(self, doel: Doel, uitkomst: Status, today: date) -> Self:
        """Closed with this result, and beyond the term of what serves `doel` on local date `today`, not yet destroyed.

        A double counts from when the melding that it is a double of was finished, if that is later. The oldest first.
        """
        moment = timezone.make_aware(datetime.combine(closed_before(doel, uitkomst, today), time.min))
        closed = self.filter(status=uitkomst, closed_at__lt=moment)
        if uitkomst == Status.DUBBEL:
            closed = closed.filter(eerste__status__in=FINISHED, eerste__closed_at__lt=moment)
        if doel == Doel.FOTOS:
            closed = closed.filter(Exists(Foto.objects.filter(melding=OuterRef("pk"))))
        else:
            closed = closed.filter(**{f"{doel}_vernietigd_op": None})
        return closed.order_by("closed_at", "pk")
