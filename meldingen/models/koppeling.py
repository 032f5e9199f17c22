"""Other systems that send meldingen with a key, and what they sent."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meldingen.models.melding import Melding
from meldingen.models.stap import Stap
from meldingen.rules import OPEN, Kanaal

#: How much of a key stays readable, to know it by.
BEGIN_LENGTH = 8


class KoppelingQuerySet(models.QuerySet["Koppeling"]):
    """Reads of koppelingen."""

    def with_sleutel(self, sleutel: str) -> Koppeling | None:
        """The koppeling that this key opens, or None; a revoked key opens nothing."""
        return self.filter(sleutel_hash=Koppeling.hash_of(sleutel), revoked_at__isnull=True).first()


class Koppeling(models.Model):
    """Another system that may send meldingen over Open311 with a key of its own; of the key only a hash is kept."""

    #: The key itself, on the object that just got it; empty on all others.
    sleutel = ""
    #: The namespace of whatever this system counts by itself.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    naam = models.CharField(
        _("naam"), max_length=80, unique=True, help_text=_("Van het systeem, zoals mensen het kennen.")
    )
    email = models.EmailField(_("e-mailadres voor vragen"))
    sleutel_begin = models.CharField(_("sleutel begint met"), max_length=BEGIN_LENGTH, editable=False)
    sleutel_hash = models.CharField(max_length=64, unique=True, editable=False)
    limiet_per_uur = models.PositiveIntegerField(
        _("hoogstens per uur"), default=1000, help_text=_("Hoeveel meldingen en aanvullingen dit systeem mag sturen.")
    )
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("ingetrokken op"), null=True, editable=False)
    #: By the day: what is written with each melding would be a row that all wait for.
    last_used_on = models.DateField(_("laatst gebruikt"), null=True, editable=False)

    objects = KoppelingQuerySet.as_manager()

    class Meta:
        ordering = ["naam"]
        verbose_name = _("koppeling")
        verbose_name_plural = _("koppelingen")
        constraints = [models.CheckConstraint(condition=Q(limiet_per_uur__gte=1), name="koppeling_limiet")]

    def __str__(self) -> str:
        return self.naam

    @staticmethod
    def hash_of(sleutel: str) -> str:
        """What is kept of a key. A fast hash will do: the key is too long to be guessed."""
        return hashlib.sha256(sleutel.encode()).hexdigest()

    def draw_sleutel(self) -> None:
        """Give this koppeling a new key, that is still to be saved; it can be read from this object alone."""
        self.set_sleutel(secrets.token_urlsafe(32))

    def set_sleutel(self, sleutel: str) -> None:
        """Let `sleutel` be the key, still to be saved."""
        self.sleutel = sleutel
        self.sleutel_begin, self.sleutel_hash = sleutel[:BEGIN_LENGTH], self.hash_of(sleutel)
        self.revoked_at = None


class AanleveringQuerySet(models.QuerySet["Aanlevering"]):
    """Reads of what other systems sent."""

    def of(self, melding: Melding) -> Aanlevering | None:
        """How `melding` was sent, with the system that sent it; None when no system did, which asks nothing."""
        if melding.kanaal != Kanaal.OPEN311:
            return None
        return self.filter(melding=melding).select_related("koppeling").first()

    def like(self, koppeling: Koppeling, kenmerk: str) -> Self:
        """What `koppeling` sent before under this kenmerk."""
        return self.filter(koppeling=koppeling, kenmerk=kenmerk)

    def same_again(self, koppeling: Koppeling, kenmerk: str, since: datetime) -> Melding | None:
        """The melding that a system sends again, if it does.

        Under its own number always; else the same words of the same sender about the same place, as long as that
        melding is open or came in after `since`.
        """
        still = ~Q(eigen_nummer="") | Q(melding__status__in=OPEN) | Q(melding__created_at__gte=since)
        found = self.like(koppeling, kenmerk).filter(still).select_related("melding__categorie").order_by("-pk").first()
        return found.melding if found else None

    def next_inzending(self, koppeling: Koppeling, kenmerk: str) -> uuid.UUID:
        """The `inzending` of the next melding under this kenmerk: the same for all who ask before it is there.

        Counted are the meldingen, which stay: what was sent under which kenmerk is forgotten with the contact data.
        """
        for number in itertools.count():
            inzending = uuid.uuid5(koppeling.uuid, f"{kenmerk}:{number}")
            if not Melding.objects.filter(inzending=inzending).exists():
                break
        return inzending


class Aanlevering(models.Model):
    """That a melding was sent by another system, and by what it is known when it is sent again."""

    koppeling = models.ForeignKey(Koppeling, on_delete=models.PROTECT, related_name="aanleveringen")
    melding = models.OneToOneField(Melding, on_delete=models.CASCADE, related_name="aanlevering")
    #: The number that the melding has over there, where it was told.
    eigen_nummer = models.CharField(max_length=100, blank=True)
    #: A hash of that number, or else of who sent what about which place.
    kenmerk = models.CharField(max_length=64)

    objects = AanleveringQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["koppeling", "kenmerk"], name="aanlevering_kenmerk")]

    def __str__(self) -> str:
        return f"{self.koppeling_id}: {self.melding_id}"


class Aanvulling(models.Model):
    """What another system added to a melding, so that the same once more adds nothing."""

    melding = models.ForeignKey(Melding, on_delete=models.CASCADE, related_name="aanvullingen")
    #: The number that it has over there.
    update_id = models.CharField(max_length=100)
    stap = models.OneToOneField(Stap, on_delete=models.CASCADE, related_name="aanvulling")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["melding", "update_id"], name="aanvulling_once")]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.update_id}"
