"""What lies, or lay, with an outside organisation, and what it asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from basis.regels import listed
from gebieden.models import Organisatie
from meldingen import rules
from meldingen.models.foto import Foto
from meldingen.models.melding import Melding
from meldingen.models.reads import BORDERS
from meldingen.rules import RUNNING_OVERDRACHT, OverdrachtStatus

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OverdrachtQuerySet(models.QuerySet["Overdracht"]):
    """Reads of what lies with organisations."""

    def running(self) -> Self:
        """What lies with an organisation now."""
        return self.filter(status__in=RUNNING_OVERDRACHT)

    def for_file(self, melding: Melding) -> list[Overdracht]:
        """To whom `melding` was handed over, the last one first, with what was shared and asked: three queries."""
        rows = self.filter(melding=melding).select_related("organisatie").order_by("-pk")
        return list(rows.prefetch_related("fotos", Prefetch("navragen", Navraag.objects.select_related("door"))))

    def of_nummer(self, nummer: str) -> Self:
        """To whom the melding with this number was handed over, the last one first, for the organisation's page."""
        joined = ("categorie", "wijk__gebied", "buurt", "afdeling")
        rows = self.filter(melding__nummer=nummer).select_related(
            "organisatie", *(f"melding__{name}" for name in joined)
        )
        return rows.defer(*(f"melding__{name}" for name in BORDERS)).order_by("-pk")

    def for_mail(self) -> Self:
        """What mails about it name."""
        rows = self.select_related("organisatie", "melding__categorie", "melding__wijk", "melding__buurt")
        return rows.select_related("melding__afdeling").defer("melding__wijk__grens", "melding__buurt__grens")

    def not_taken_since(self, moment: datetime) -> Self:
        """What the organisation got its last link to before `moment` and did not take; the afdeling does not know yet.

        Without what waits for an answer of the municipality: then it is not the organisation that is late.
        """
        late = self.filter(status=OverdrachtStatus.GESTUURD, link_at__lt=moment, told_at=None)
        return late.exclude(Exists(Navraag.objects.filter(overdracht=OuterRef("pk"), antwoord=""))).order_by("pk")

    def that_share(self, foto: Foto, opened: Collection[int]) -> Self:
        """Those of `opened` (their ids) that lie with an organisation and share this photo with it."""
        return self.running().filter(pk__in=opened, fotos=foto)


class Overdracht(models.Model):
    """That a melding was handed over to an organisation, which sees by a private link what was ticked, and no more."""

    melding = models.ForeignKey(Melding, on_delete=models.CASCADE, related_name="overdrachten")
    organisatie = models.ForeignKey(Organisatie, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=20, choices=OverdrachtStatus.choices, default=OverdrachtStatus.GESTUURD
    )
    #: What the municipality asks; for the organisation alone.
    vraag = models.TextField(_("wat we vragen"))
    deelt_omschrijving = models.BooleanField(_("deelt de omschrijving"), default=False)
    deelt_contact = models.BooleanField(_("deelt de gegevens van de melder"), default=False)
    fotos = models.ManyToManyField(Foto, related_name="overdrachten", verbose_name=_("gedeelde foto’s"))
    #: Their own number of it.
    kenmerk = models.CharField(_("kenmerk"), max_length=rules.MAX_KENMERK, blank=True)
    door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("door")
    )
    sent_at = models.DateTimeField(_("gestuurd op"), default=timezone.now)
    #: When the organisation last got the link, the first time, anew or with an answer: from then on it is late.
    link_at = models.DateTimeField(_("link gestuurd op"), default=timezone.now)
    #: When it was reminded of that link, and when the afdeling was told that this did not help.
    reminded_at = models.DateTimeField(_("herinnerd op"), null=True)
    told_at = models.DateTimeField(_("afdeling ingelicht op"), null=True)
    taken_at = models.DateTimeField(_("aangenomen op"), null=True)
    ended_at = models.DateTimeField(_("afgelopen op"), null=True)
    versie = models.PositiveIntegerField(default=1, editable=False)
    via_versie = models.PositiveIntegerField(default=1, editable=False)

    objects = OverdrachtQuerySet.as_manager()

    if TYPE_CHECKING:
        navragen: RelatedManager[Navraag]
        melding_id: int
        organisatie_id: int

    class Meta:
        verbose_name = _("overdracht")
        verbose_name_plural = _("overdrachten")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OverdrachtStatus.values), name="overdracht_status"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, status__in=sorted(RUNNING_OVERDRACHT))
                | Q(ended_at__isnull=False, status__in=sorted(set(OverdrachtStatus) - RUNNING_OVERDRACHT)),
                name="overdracht_ended_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=OverdrachtStatus.AANGENOMEN) | Q(taken_at__isnull=False),
                name="overdracht_taken_has_date",
            ),
            models.UniqueConstraint(
                fields=["melding"], condition=Q(status__in=sorted(RUNNING_OVERDRACHT)), name="overdracht_one_running"
            ),
        ]
        indexes = [
            models.Index(
                fields=["link_at"],
                condition=Q(status=OverdrachtStatus.GESTUURD, told_at__isnull=True),
                name="overdracht_not_taken",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.melding_id}: {self.organisatie_id}, {self.status}"

    def get_absolute_url(self) -> str:
        """The clean address of the organisation's page; only who came in by the link gets to see it."""
        return reverse("overdracht", args=[self.melding.nummer])

    @property
    def is_running(self) -> bool:
        """Whether the melding lies with the organisation now."""
        return rules.is_running(self)

    @property
    def is_withdrawn(self) -> bool:
        """Whether a behandelaar took it back."""
        return self.status == OverdrachtStatus.INGETROKKEN

    @property
    def link_key(self) -> str:
        """By what the outbox knows the mail with the link that works now."""
        return f"overdracht:{self.pk}:link:{self.via_versie}"

    @property
    def shows_words(self) -> bool:
        """Whether the organisation sees what the reporter typed: as long as it has the melding."""
        return self.is_running and self.deelt_omschrijving

    @property
    def shows_contact(self) -> bool:
        """Whether the organisation sees how to reach the reporter: as long as it has the melding."""
        return self.is_running and self.deelt_contact and self.melding.has_contact

    @property
    def deelt_tekst(self) -> str:
        """What of the melding is shared besides what everybody may know, in one line; needs the photos."""
        number = len(self.fotos.all())
        parts = {
            gettext("de omschrijving"): self.deelt_omschrijving,
            ngettext("%(number)d foto", "%(number)d foto’s", number) % {"number": number}: number,
            gettext("de gegevens van de melder"): self.deelt_contact,
        }
        return listed(words for words, is_shared in parts.items() if is_shared) or gettext("alleen wat iedereen ziet")

    @property
    def open_navraag(self) -> Navraag | None:
        """What the organisation asked and nobody answered yet."""
        return next((navraag for navraag in self.navragen.all() if not navraag.antwoord), None)

    def move(self, to: OverdrachtStatus, *changed: str) -> None:
        """Store the step to `to` with its moment and the fields in `changed`; the row is locked."""
        now = timezone.now()
        self.status = to
        if to == OverdrachtStatus.AANGENOMEN:
            self.taken_at = now
        elif to not in RUNNING_OVERDRACHT:
            self.ended_at = now
        self.store("status", "taken_at", "ended_at", *changed)

    def store_with_link(self, *changed: str) -> None:
        """As `store`, for a link that goes to the organisation now: it has its time to take the melding anew."""
        self.link_at, self.reminded_at, self.told_at = timezone.now(), None, None
        self.store("link_at", "reminded_at", "told_at", *changed)

    def store(self, *changed: str) -> None:
        """Write the fields in `changed` and raise the version, so that older forms on this row are refused."""
        self.versie += 1
        self.save(update_fields=["versie", *changed])


class NavraagQuerySet(models.QuerySet["Navraag"]):
    """Reads of what organisations asked."""

    def open_of(self, overdracht: Overdracht) -> Self:
        """What was asked with `overdracht` and not answered yet: one at most."""
        return self.filter(overdracht=overdracht, antwoord="")


class Navraag(models.Model):
    """What an organisation asks the behandelaar, and the answer; for the two of them, never for the public."""

    overdracht = models.ForeignKey(Overdracht, on_delete=models.CASCADE, related_name="navragen")
    tekst = models.TextField(_("vraag"))
    at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    antwoord = models.TextField(_("antwoord"), blank=True)
    answered_at = models.DateTimeField(_("beantwoord op"), null=True)
    door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("door")
    )

    objects = NavraagQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("navraag")
        verbose_name_plural = _("navragen")
        constraints = [
            models.CheckConstraint(condition=~Q(tekst=""), name="navraag_has_words"),
            models.CheckConstraint(
                condition=Q(antwoord="", answered_at__isnull=True) | (~Q(antwoord="") & Q(answered_at__isnull=False)),
                name="navraag_answer_has_date",
            ),
            models.UniqueConstraint(fields=["overdracht"], condition=Q(antwoord=""), name="navraag_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.overdracht_id}: {self.pk}"
