"""Messages that leave, one row for each from the change that causes it until the proof; and who follows what."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gebruikers.models import Gebruiker


class Status(models.TextChoices):
    """Where a message is."""

    WACHT = "wacht", _("wacht")
    VERSTUURD = "verstuurd", _("verstuurd")
    MISLUKT = "mislukt", _("mislukt")


def new_message_id() -> str:
    """A Message-ID (RFC 5322, section 3.6.4) in the portal's name."""
    return f"<{uuid4().hex}@{urlsplit(settings.PORTAL_URL).hostname}>"


class BerichtQuerySet(models.QuerySet["Bericht"]):
    """Reads of the outbox, and the three writes on many rows at once: announce, claim, outcome."""

    def waiting(self) -> Self:
        """What still has to leave, also what a worker is busy with or what rests after a failure."""
        return self.filter(status=Status.WACHT)

    def due(self) -> Self:
        """What may be sent now, oldest first."""
        return self.waiting().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")

    def failed(self) -> Self:
        """What staff have to look at: tried for the last time, or refused for good."""
        return self.filter(status=Status.MISLUKT).order_by("-created_at", "-pk")

    def to_about(self, to: str, about: str) -> Self:
        """What went, or will go, to this address about what `about` names: how its keys begin. Oldest first."""
        return self.filter(key__startswith=about, to__iexact=to).order_by("created_at", "pk")

    def oldest_waiting_age(self) -> timedelta | None:
        """How long the oldest message that still has to leave has been waiting; None when nothing is."""
        oldest: datetime | None = self.waiting().aggregate(oldest=models.Min("created_at"))["oldest"]
        return None if oldest is None else max(timezone.now() - oldest, timedelta())

    def announce(
        self, *, key: str, to: str, template: str, context: dict[str, Any], secret: bool, request_id: str
    ) -> None:
        """Add a message, unless one with this key is there.

        One statement without an exception, for an IntegrityError would break the caller's transaction on PostgreSQL.
        """
        row = self.model(key=key, to=to, template=template, context=context, secret=secret, request_id=request_id)
        self.bulk_create([row], ignore_conflicts=True)

    def claim(self, limit: int, lease: timedelta) -> list["Bericht"]:
        """Take what is due for oneself until `lease` is over; who dies meanwhile gives it back by doing nothing.

        Rows that another worker is claiming at this moment are passed by; on SQLite the transaction has the database
        to itself from its start.
        """
        with transaction.atomic():
            rows: list[Bericht] = list(self.due().select_for_update(skip_locked=True)[:limit])
            self.filter(pk__in=[row.pk for row in rows]).update(due_at=timezone.now() + lease)
        return rows

    def give_back(self, rows: Collection["Bericht"]) -> None:
        """Let others send what was claimed and not tried, at once."""
        self.waiting().filter(pk__in=[row.pk for row in rows]).update(due_at=timezone.now())

    def record(self, row: "Bericht", **outcome: Any) -> None:
        """Write down how a try ended. Whatever the worker overtook meanwhile, sent remains sent.

        A secret goes when nothing more is to be tried.
        """
        if row.secret and outcome.get("status", Status.WACHT) != Status.WACHT:
            outcome["context"] = None
        self.waiting().filter(pk=row.pk).update(attempts=F("attempts") + 1, **outcome)

    def has_failed(self, key: str) -> bool:
        """Whether what is known under `key` was given up: it never reached anybody."""
        return self.failed().filter(key=key).exists()

    def ended_before(self, moment: datetime) -> Self:
        """What was sent, or given up, before `moment`."""
        return self.exclude(status=Status.WACHT).filter(due_at__lt=moment)


class Bericht(models.Model):
    """One message to one address.

    The template says what kind of message it is. After a while its content goes (`context` becomes empty), that of
    a `secret` as soon as it was sent or given up; what, to whom and when stay for longer, as proof.
    """

    key = models.CharField(_("wat het aankondigt, aan wie"), max_length=300, unique=True)
    to = models.EmailField(_("aan"))
    template = models.CharField(_("soort"), max_length=80)
    context = models.JSONField(_("inhoud"), null=True, encoder=DjangoJSONEncoder)
    # A code or a link that opens an account: whoever reads the table, or a copy of it, must not find it.
    secret = models.BooleanField(_("geheim"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WACHT)
    # While it waits: when it may be tried (again). After that: when it came to an end.
    due_at = models.DateTimeField(_("aan de beurt op"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    sent_at = models.DateTimeField(_("verstuurd op"), null=True)
    # The same at each try, so that a mail server or a reader can tell a repetition.
    message_id = models.CharField("Message-ID", max_length=200, default=new_message_id, editable=False)
    last_error = models.CharField(_("laatste fout"), max_length=80, blank=True)
    # The request that caused it, as the logs of web process and worker name it; empty where a task or command did.
    # (The default of the database is for the release before, which works on while this one comes into use.)
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    objects = BerichtQuerySet.as_manager()

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="bericht_due", condition=Q(status=Status.WACHT)),
            models.Index(fields=["-created_at"], name="bericht_failed", condition=Q(status=Status.MISLUKT)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="bericht_status_known"),
            models.CheckConstraint(
                condition=Q(status=Status.VERSTUURD, sent_at__isnull=False)
                | (~Q(status=Status.VERSTUURD) & Q(sent_at__isnull=True)),
                name="bericht_sent_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.WACHT) | Q(context__isnull=False), name="bericht_waiting_has_content"
            ),
            models.CheckConstraint(
                condition=Q(secret=False) | Q(status=Status.WACHT) | Q(context__isnull=True), name="bericht_secret_goes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class AbonnementQuerySet(models.QuerySet["Abonnement"]):
    """Reads of who follows what."""

    def confirmed(self) -> Self:
        """Those whose address was proved to be theirs: the only ones that are told anything, or counted."""
        return self.filter(confirmed_at__isnull=False)

    def of(self, soort: str, *pks: int) -> Self:
        """Who follows one of these subjects of kind `soort`."""
        return self.filter(soort=soort, onderwerp__in=pks)

    def of_user(self, user: Gebruiker | AnonymousUser) -> Self:
        """What the address of `user` follows, newest first."""
        if not isinstance(user, Gebruiker) or not user.email:
            return self.none()
        return self.filter(email=user.email).order_by("-created_at", "-pk")

    def never_confirmed(self, before: datetime) -> Self:
        """Those asked for before this moment for an address that nobody proved to own."""
        return self.filter(confirmed_at__isnull=True, created_at__lt=before)


class Abonnement(models.Model):
    """An address that is told of everything that happens with one subject, once it said so itself."""

    email = models.EmailField(_("e-mailadres"))
    #: The kind of subject, as `berichten.onderwerpen` knows it, and the id of its row.
    soort = models.CharField(_("soort"), max_length=20)
    onderwerp = models.PositiveBigIntegerField(_("onderwerp"))
    created_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True)

    objects = AbonnementQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonnement")
        verbose_name_plural = _("abonnementen")
        constraints = [
            models.UniqueConstraint(fields=["soort", "onderwerp", "email"], name="abonnement_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="abonnement_email_small_letters"),
        ]
        indexes = [models.Index(fields=["email"], name="abonnement_email")]

    def __str__(self) -> str:
        return f"{self.soort} {self.onderwerp}"
