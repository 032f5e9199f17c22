"""The spoor (audit trail): every act of a medewerker, and each look at contact data, leaves a line.

An action calls `record` in its own transaction: no change without its line, no line without its change. The table
is only added to (`basis.models.Spoorregel`); on PostgreSQL the server itself refuses anything else to the role that
runs the portal (`manage.py rechten`, ADR 12).
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from basis import origin
from basis.models import Spoorregel


class Handeling(models.TextChoices):
    """What somebody can do. Each app has its own closed list, derived from this one, in its `rules`."""


class SpoorHandeling(Handeling):
    """What is done with the spoor itself."""

    BEKEKEN = "spoor.bekeken", _("spoor bekeken")
    GEEXPORTEERD = "spoor.geexporteerd", _("spoor bewaard als bestand")
    OPGESCHOOND = "spoor.opgeschoond", _("oude regels van het spoor verwijderd")


def record(
    handeling: Handeling,
    *,
    by: AbstractBaseUser | None,
    about: models.Model | None = None,
    **details: int | models.TextChoices | None,
) -> None:
    """Add a line: `by` did `handeling`, to the row `about`; `by` is None for who works on the server itself.

    `details` say what numbers and words of closed lists can say, such as from which status to which. Texts of people
    are refused (TypeError). Raises TransactionManagementError outside a transaction: change and line go together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A line of the spoor belongs in the transaction of its change.")
    for name, value in details.items():
        if not isinstance(value, (int, models.TextChoices, type(None))):
            raise TypeError(f"{name}: only numbers and words of closed lists come into the spoor")
    where = origin.current()
    Spoorregel.objects.add(
        door_id=by.pk if by else None,
        handeling=handeling,
        about_kind=(about._meta.model_name or "") if about else "",
        about_number=str(getattr(about, "nummer", about.pk)) if about else "",
        details=details,
        address=where.address or None,
        request_id=where.request_id,
    )


def labels() -> dict[str, str | Promise]:
    """What each act is called, by its value: those of all apps."""
    return {value: label for kind in Handeling.__subclasses__() for value, label in kind.choices}
