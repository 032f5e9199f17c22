"""Who somebody is: one account for residents and staff alike, and the afdelingen of the municipality."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gebruikers import rules


class GebruikerQuerySet(models.QuerySet["Gebruiker"]):
    """Reads of accounts."""

    def with_email(self, email: str) -> Self:
        """Accounts with this address, without regard to case: none or one."""
        return self.filter(email=rules.normal_email(email))

    def medewerkers(self) -> Self:
        """Active staff, by name."""
        return self.filter(is_medewerker=True, is_active=True).order_by("naam", "email")

    def beheerders(self) -> Self:
        """Who may manage the portal now."""
        return self.filter(is_beheerder=True, is_active=True)

    def never_confirmed(self, before: datetime) -> Self:
        """Residents' accounts made before this moment whose address nobody has proved to own."""
        return self.filter(
            email__isnull=False, email_confirmed_at__isnull=True, is_medewerker=False, created_at__lt=before
        )


class GebruikerManager(BaseUserManager["Gebruiker"]):
    """Finds accounts for sign-in; accounts are made in `actions`."""

    def get_by_natural_key(self, username: str | None) -> "Gebruiker":
        return self.get(email=rules.normal_email(username or ""))


class Gebruiker(AbstractBaseUser):
    """A person who can sign in: residents with a code by mail, medewerkers with a password and a second factor.

    What somebody may do beyond that hangs on memberships with a scope (`meldingen.Behandelaar`,
    `gebieden.Teamlid`); only the beheerder is a global role.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Nullable: DigiD will hand us people without an address. Small letters only, so that unique is without regard to
    # case and every search can use the index.
    email = models.EmailField(
        _("e-mailadres"),
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": _("Er is al een account met dit e-mailadres.")},
    )
    naam = models.CharField(_("naam"), max_length=120, blank=True)
    is_active = models.BooleanField(_("mag inloggen"), default=True)
    is_medewerker = models.BooleanField(_("medewerker"), default=False)
    is_beheerder = models.BooleanField(_("beheerder"), default=False)
    email_confirmed_at = models.DateTimeField(_("e-mailadres bevestigd op"), null=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt op"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = GebruikerManager.from_queryset(GebruikerQuerySet)()

    class Meta:
        verbose_name = _("gebruiker")
        verbose_name_plural = _("gebruikers")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="gebruiker_email_small_letters"),
            models.CheckConstraint(
                condition=Q(is_beheerder=False) | Q(is_medewerker=True), name="gebruiker_beheerder_is_medewerker"
            ),
        ]

    def __str__(self) -> str:
        return self.naam or self.email or str(self.uuid)

    @property
    def proven_email(self) -> str:
        """The address, once somebody proved to own it; else nothing."""
        return (self.email or "") if self.email_confirmed_at else ""

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin opens: for beheerders alone."""
        return self.is_beheerder

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """In the Django admin a beheerder may do whatever the admin class allows."""
        return self.is_active and self.is_beheerder

    def has_perms(self, perm_list: list[str], obj: object | None = None) -> bool:
        return self.is_active and self.is_beheerder

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_beheerder


class Afdeling(models.Model):
    """A department of the municipality, or a regular contractor, that handles meldingen."""

    naam = models.CharField(_("naam"), max_length=80, unique=True)
    slug = models.SlugField(_("naam in adressen"), max_length=80, unique=True)
    email = models.EmailField(_("e-mailadres van de afdeling"), blank=True)

    class Meta:
        ordering = ["naam"]
        verbose_name = _("afdeling")
        verbose_name_plural = _("afdelingen")

    def __str__(self) -> str:
        return self.naam
