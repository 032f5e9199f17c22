"""Rows that go by a public number."""

from __future__ import annotations

import secrets
import uuid

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from basis.nummers import NUMMER_LENGTH, readable


class Genummerd(models.Model):
    """A row that comes in with a form, and goes by a public number from then on."""

    nummer = models.CharField(_("nummer"), max_length=NUMMER_LENGTH, unique=True, editable=False)
    #: Handed out by the form: the same one again leads to the first result.
    inzending = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def nummer_leesbaar(self) -> str:
        """The number in two groups, as it is read out on the phone."""
        return readable(self.nummer)

    @classmethod
    def new_nummer(cls) -> str:
        """Eight random digits, not starting with a zero."""
        return str(secrets.randbelow(90_000_000) + 10_000_000)

    def insert(self) -> bool:
        """Store this new row; False, and nothing stored, when its `inzending` was stored already."""
        rows = type(self)._default_manager
        while True:
            self.nummer = self.new_nummer()
            try:
                with transaction.atomic():
                    self.save(force_insert=True)
            except IntegrityError:
                if rows.filter(inzending=self.inzending).exists():
                    return False
                if not rows.filter(nummer=self.nummer).exists():
                    raise
            else:
                return True
