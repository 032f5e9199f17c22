"""The steps in the life of a melding."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext_lazy as _

from basis import stappen
from gebieden.models import Organisatie
from meldingen.rules import Reden, Status

if TYPE_CHECKING:
    from meldingen.models.melding import Melding

#: What other systems are told of a step.
STEP_FIELDS = (
    *("naar", "at", "wijziging", "reden", "toelichting", "namens__naam"),
    *("melding__nummer", "melding__inzending"),
)


#: What a reporter added through another system: nobody of the staff nor an organisation did it, and nothing changed.
OWN_NOTE = Q(door=None, namens=None, openbaar=False, van=F("naar"))


class StapQuerySet(models.QuerySet["Stap"]):
    """Reads of steps."""

    def of(self, melding: Melding) -> Self:
        """The steps of `melding`, oldest first."""
        return self.filter(melding=melding)

    def public(self) -> Self:
        """What was written while the melding was public."""
        return self.filter(openbaar=True)

    def latest_of(self, meldingen: Collection[Melding]) -> dict[int, Stap]:
        """Of these steps the last one of each of `meldingen`, by the id of the melding: one query."""
        rank = Window(RowNumber(), partition_by="melding", order_by=["-at", "-pk"])
        steps = self.filter(melding__in=meldingen).annotate(rank=rank).filter(rank=1).select_related("namens")
        return {step.melding_id: step for step in steps}

    def changes_between(self, start: datetime, end: datetime) -> Self:
        """What happened after the melding came in, from `start` to `end`, oldest first, with its melding."""
        steps = self.filter(at__range=(start, end)).exclude(van="")
        return steps.select_related("melding", "namens").only(*STEP_FIELDS).order_by("at", "pk")

    def for_story(self, melding: Melding) -> Self:
        """The steps of `melding`, oldest first, with the organisations that did some of them."""
        return self.of(melding).select_related("namens")

    def that_came_to(self, status: Status) -> Self:
        """The steps to `status`, oldest first; what happened while it stayed the same, as a note, is none of them."""
        return self.filter(naar=status).exclude(van=status).order_by("at", "pk")

    def told_by_reporter(self) -> Self:
        """What reporters said later on (`said`, at `said_at`): answers, and what came through other systems."""
        told = self.filter(Q(antwoord__tekst__gt="") | (OWN_NOTE & Q(toelichting__gt="")))
        return told.annotate(said=Coalesce("antwoord__tekst", "toelichting"), said_at=Coalesce("antwoord__at", "at"))

    def own_notes(self, meldingen: Collection[int]) -> Self:
        """What the reporters of these meldingen (their ids) added through other systems."""
        return self.filter(OWN_NOTE, melding__in=meldingen).exclude(toelichting="")

    def unanswered(self) -> Self:
        """The questions for which meldingen wait now: of each the last one."""
        questions = self.that_came_to(Status.WACHT_OP_MELDER)
        later = Stap.objects.that_came_to(Status.WACHT_OP_MELDER).filter(melding=OuterRef("melding"))
        return questions.filter(~Exists(later.filter(pk__gt=OuterRef("pk"))), melding__status=Status.WACHT_OP_MELDER)


class Stap(stappen.Stap):
    """One step in the life of a melding, with the explanation that everybody can read."""

    melding = models.ForeignKey("meldingen.Melding", on_delete=models.CASCADE, related_name="stappen")
    #: Empty for the first step, when the melding came in.
    van = models.CharField(max_length=20, choices=Status.choices, blank=True)
    naar = models.CharField(max_length=20, choices=Status.choices)
    #: What changed besides the status, in one sentence for the public.
    wijziging = models.CharField(max_length=250, blank=True)
    #: The organisation that did it, by its link; then it is nobody's of the municipality, nor the reporter's.
    namens = models.ForeignKey(
        Organisatie, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("namens")
    )
    #: Why it is not solved.
    reden = models.CharField(max_length=20, choices=Reden.choices, blank=True)
    #: Whether the melding was public when this was written; what was written before that stays as it was.
    openbaar = models.BooleanField(default=True)

    objects = StapQuerySet.as_manager()

    #: What the reporter said with or after this step, and when (`StapQuerySet.told_by_reporter`).
    said: str
    said_at: datetime

    class Meta(stappen.Stap.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(van__in=["", *Status.values]) & Q(naar__in=Status.values), name="stap_statuses"
            ),
            models.CheckConstraint(
                condition=Q(reden="") | Q(naar=Status.NIET_OPGELOST, reden__in=Reden.values), name="stap_reden"
            ),
            models.CheckConstraint(
                condition=Q(namens__isnull=True) | Q(door__isnull=True), name="stap_by_one_of_the_two"
            ),
        ]
        indexes = [
            models.Index(fields=["melding", "at"], name="stap_melding_at"),
            # What happened anywhere in the last hours, for other systems.
            models.Index(fields=["at"], name="stap_at"),
        ]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.van} → {self.naar}"

    @property
    def kenmerk(self) -> str:
        """A name for this step outside the portal, that says nothing about how many there are; needs its melding."""
        return str(uuid.uuid5(self.melding.inzending, str(self.pk)))
