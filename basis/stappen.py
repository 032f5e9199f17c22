"""Life-cycles: each change of status leaves a step behind, and the table of transitions draws itself."""

from collections.abc import Mapping, Set

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Stap(models.Model):
    """One step in a life-cycle: from where to where, by whom, when, and what the public is told.

    A floor derives its own step with a foreign key to what it belongs to, and a `van` and `naar` with its statuses.
    """

    door = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("door"),
    )
    at = models.DateTimeField(_("wanneer"), default=timezone.now)
    toelichting = models.TextField(_("toelichting"), blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]


def diagram(transitions: Mapping[str, Set[str] | Mapping[str, Set[str]]]) -> str:
    """The table of transitions as a Mermaid diagram, in the order of the table; `docs/` shows it, a test compares.

    Where the table says who may do it, each arrow does so too.
    """
    order = list(transitions)
    arrows = []
    for van, after in transitions.items():
        for naar in sorted(after, key=order.index):
            who = ", ".join(sorted(after[naar])) if isinstance(after, Mapping) else ""
            arrows.append(f"    {van} --> {naar}: {who}" if who else f"    {van} --> {naar}")
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {order[0]}", *arrows, "```"])
