"""The table of the audit trail. `basis.spoor` tells what it is for and is how a line gets into it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn, Self

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """Somebody tried to change or remove a line of the spoor."""


class SpoorregelQuerySet(models.QuerySet["Spoorregel"]):
    """Reads of the spoor, the one way into it and the one way out."""

    def add(self, **values: Any) -> None:
        """Add a line."""
        self.model(**values).save(using=self.db)

    def with_naam(self) -> Self:
        """With `naam`, what whoever did it is called now; empty where there is no such account any more."""
        people = get_user_model()._default_manager.filter(pk=OuterRef("door_id"))
        return self.annotate(naam=Subquery(people.values("naam")[:1]))

    def purge(self, before: datetime) -> int:
        """Remove the lines from before this moment, and give how many.

        The database lets only its owner do so (`manage.py rechten`): a ProgrammingError tells anybody else.
        """
        number, _by_model = super(SpoorregelQuerySet, self.filter(moment__lt=before)).delete()
        return number

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class Spoorregel(models.Model):
    """One act of a medewerker, or one look at contact data: who, what, about what, when, from where.

    Only ever added: on PostgreSQL the role that runs the portal has no right to change or remove one. Holds numbers
    and words of closed lists, no personal data of residents.
    """

    moment = models.DateTimeField(_("moment"), default=timezone.now, db_index=True)
    #: The account. No foreign key: a line outlives whatever it is about. Empty for who works on the server itself.
    door_id = models.PositiveBigIntegerField(_("door"), null=True)
    handeling = models.CharField(_("handeling"), max_length=60)
    #: What kind of row it is about, and its public number or else its primary key.
    about_kind = models.CharField(_("soort"), max_length=40, blank=True)
    about_number = models.CharField(_("nummer"), max_length=40, blank=True)
    details = models.JSONField(_("bijzonderheden"), default=dict)
    address = models.GenericIPAddressField(_("vanaf adres"), null=True)
    request_id = models.CharField(_("verzoek"), max_length=64, blank=True)

    objects = SpoorregelQuerySet.as_manager()

    class Meta:
        # In the order in which they were written, and so without sorting a large table.
        ordering = ["-pk"]
        verbose_name = _("spoorregel")
        verbose_name_plural = _("spoor")
        indexes = [
            models.Index(fields=["door_id", "-id"], name="spoor_door"),
            models.Index(fields=["about_number", "-id"], name="spoor_about"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.handeling}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; raises AppendOnly when it is there already."""
        if not self._state.adding:
            raise AppendOnly
        # Without this Django would first try to change the row whose key was given.
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
