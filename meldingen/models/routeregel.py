"""Which meldingen go to another afdeling than that of their category."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gebieden.models import Wijk
from gebruikers.models import Afdeling
from meldingen.models.categorie import Categorie
from meldingen.rules.routeren import Route, first_fit, words_in


class RouteregelQuerySet(models.QuerySet["Routeregel"]):
    """Reads of the rules."""

    def in_use(self) -> Self:
        """Those that count, in the order in which they are asked."""
        return self.filter(actief=True).order_by("volgorde", "pk")

    def with_names(self) -> Self:
        """With the names of what they ask and of their afdeling."""
        return self.select_related("categorie", "wijk", "afdeling").defer("wijk__grens")

    def fitting(self, categorie: Categorie, wijk: Wijk, text: str) -> Route | None:
        """The first rule that a melding of this category and wijk with this text fits, if any: one query."""
        routes = (row.route for row in self.in_use())
        return first_fit(routes, categorie=categorie.pk, wijk=wijk.pk, text=text)

    def afdeling_for(self, categorie: Categorie, wijk: Wijk, text: str) -> int:
        """The id of the afdeling that gets such a melding; without a rule that of its category."""
        found = self.fitting(categorie, wijk, text)
        return found.afdeling if found else categorie.afdeling_id


class Routeregel(models.Model):
    """A rule: meldingen of this category, in this wijk, with one of these words go to `afdeling`."""

    volgorde = models.PositiveSmallIntegerField(
        _("volgorde"), default=10, help_text=_("De eerste regel die past, telt.")
    )
    categorie = models.ForeignKey(
        Categorie, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("categorie")
    )
    wijk = models.ForeignKey(
        Wijk, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wijk")
    )
    woorden = models.CharField(
        _("woorden"),
        max_length=500,
        blank=True,
        help_text=_("Met komma’s ertussen. Eén ervan is genoeg. ‘olie’ vindt ook ‘olielek’."),
    )
    afdeling = models.ForeignKey(Afdeling, on_delete=models.PROTECT, related_name="+", verbose_name=_("naar afdeling"))
    actief = models.BooleanField(_("aan"), default=True)

    objects = RouteregelQuerySet.as_manager()

    class Meta:
        ordering = ["volgorde", "pk"]
        verbose_name = _("routeregel")
        verbose_name_plural = _("routeregels")

    def __str__(self) -> str:
        asked = [str(part) for part in (self.categorie, self.wijk, self.woorden) if part]
        return f"{self.volgorde}: {', '.join(asked)} → {self.afdeling}"

    @property
    def route(self) -> Route:
        """What the rules reason with; without its name, which would ask for more rows."""
        return Route(self.afdeling_id, self.categorie_id, self.wijk_id, words_in(self.woorden))
