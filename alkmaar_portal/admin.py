"""The spoor (audit trail) at /beheer/: looked at by beheerders, who leave a line by looking."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from http import HTTPStatus
from operator import itemgetter
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from basis import spoor
from basis.beheer import LookOnlyAdmin
from basis.models import Spoorregel, SpoorregelQuerySet
from basis.spoor import SpoorHandeling
from gebruikers.models import Gebruiker

#: Nobody turns more pages than this many lines fill; who seeks further back takes a filter.
COUNTED_LINES = 10_000
#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BoundedPaginator(Paginator):
    """Counts up to `COUNTED_LINES`: counting all would read the whole table for each page."""

    @cached_property
    def count(self) -> int:
        return cast(SpoorregelQuerySet, self.object_list)[:COUNTED_LINES].count()


class HandelingFilter(admin.SimpleListFilter):
    """Every act there is, rather than every one in the table, which would read all of it."""

    title = gettext_lazy("handeling")
    parameter_name = "handeling"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return sorted(((value, str(label)) for value, label in spoor.labels().items()), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Spoorregel]) -> QuerySet[Spoorregel]:
        return queryset.filter(handeling=self.value()) if self.value() else queryset


class DoorFilter(admin.SimpleListFilter):
    """Every medewerker, also who no longer may sign in."""

    title = gettext_lazy("medewerker")
    parameter_name = "door_id"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        people = Gebruiker.objects.filter(is_medewerker=True).order_by("naam", "email")
        return [(str(gebruiker.pk), str(gebruiker)) for gebruiker in people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Spoorregel]) -> QuerySet[Spoorregel]:
        value = self.value() or ""
        return queryset.filter(door_id=int(value)) if value.isdecimal() else queryset


@admin.register(Spoorregel)
class SpoorregelAdmin(LookOnlyAdmin):
    """Who did or saw what, newest first."""

    list_display = ["when", "wie", "wat", "about", "bijzonderheden", "address"]
    list_display_links = ["when"]
    list_filter = [HandelingFilter, ("moment", admin.DateFieldListFilter), DoorFilter]
    fields = ["when", "wie", "wat", "about", "bijzonderheden", "address", "request_id"]
    search_fields = ["about_number__exact", "request_id__exact"]
    search_help_text = gettext_lazy("Zoek op het nummer van een melding, of op het nummer van een verzoek.")
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ["export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Spoorregel]:
        return Spoorregel.objects.with_naam()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Spoorregel], search_term: str
    ) -> tuple[QuerySet[Spoorregel], bool]:
        """A number may be typed in two groups, as people read it out."""
        return super().get_search_results(request, queryset, "".join(search_term.split()))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        # A redirect shows nothing, and an export has its own line.
        if response.status_code == HTTPStatus.OK and not response.streaming:
            _record(request, SpoorHandeling.BEKEKEN)
        return response

    @admin.display(description=gettext_lazy("moment"), ordering="pk")
    def when(self, line: Spoorregel) -> str:
        return f"{timezone.localtime(line.moment):%d-%m-%Y %H:%M:%S}"

    @admin.display(description=gettext_lazy("wie"))
    def wie(self, line: Spoorregel) -> str:
        return _who(line)

    @admin.display(description=gettext_lazy("handeling"))
    def wat(self, line: Spoorregel) -> str:
        return str(spoor.labels().get(line.handeling, line.handeling))

    @admin.display(description=gettext_lazy("waarover"))
    def about(self, line: Spoorregel) -> SafeString | str:
        """With the way to all that was done with it."""
        if not line.about_kind:
            return ""
        query = urlencode({"about_kind": line.about_kind, "about_number": line.about_number})
        return format_html('<a href="?{}">{} {}</a>', query, line.about_kind, line.about_number)

    @admin.display(description=gettext_lazy("bijzonderheden"))
    def bijzonderheden(self, line: Spoorregel) -> str:
        words = {True: _("ja"), False: _("nee"), None: _("niets")}
        return ", ".join(
            f"{name.replace('_', ' ')}: {words[value] if isinstance(value, bool | None) else value}"
            for name, value in line.details.items()
        )

    @admin.action(description=gettext_lazy("Bewaren als CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Spoorregel]) -> StreamingHttpResponse:
        """The chosen lines, or all that the filter shows."""
        _record(request, SpoorHandeling.GEEXPORTEERD)
        return StreamingHttpResponse(
            self._csv(queryset),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="spoor.csv"'},
        )

    def _csv(self, queryset: QuerySet[Spoorregel]) -> Iterator[str]:
        writer = csv.writer(_Echo())
        names = ["moment", "account", "naam", "handeling", "soort", "nummer", "bijzonderheden", "adres", "verzoek"]
        yield writer.writerow(names)
        for line in queryset.iterator(chunk_size=1000):
            who = _who(line)
            row = [
                line.moment.isoformat(),
                line.door_id,
                f"'{who}" if who.startswith(FORMULA) else who,
                line.handeling,
                line.about_kind,
                line.about_number,
                self.bijzonderheden(line),
                line.address,
                line.request_id,
            ]
            yield writer.writerow(row)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _who(line: Spoorregel) -> str:
    if line.door_id is None:
        return _("vanaf de server")
    naam: str | None = getattr(line, "naam", None)
    return naam or _("account %(nummer)s") % {"nummer": line.door_id}


@transaction.atomic
def _record(request: HttpRequest, handeling: SpoorHandeling) -> None:
    """Leave a line of a look at the spoor itself; the answer to HEAD shows nothing."""
    if request.method != "HEAD":
        spoor.record(handeling, by=cast(Gebruiker, request.user))
