"""Areas, teams and outside bodies for beheerders.

Borders come from the import and introductions are kept on the portal's own pages, so areas can only be looked at here.
What is saved about teams and organisations goes through an action.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from basis.beheer import ActionAdmin, LookOnlyAdmin, VersieModelForm
from gebieden import actions
from gebieden.models import Area, AreaImport, Buurt, Gebied, Organisatie, Teamlid, Wijk
from gebieden.models.areas import AreaQuerySet
from gebieden.models.team import TeamlidQuerySet
from gebruikers.models import Gebruiker


class AreaFilter(admin.RelatedFieldListFilter):
    """Areas to choose from, without their borders."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        areas = field.remote_field.model.objects.current().without_grens()
        return [(str(area.pk), area.naam) for area in areas]


class AreaAdmin(LookOnlyAdmin):
    """What gebied, wijk and buurt share; the border itself is far too long to read."""

    search_fields = ["zoeknaam"]
    shared_fields = ("inwoners", "inwoners_jaar", "bbox", "withdrawn_at")
    text_fields = ("inleiding", "inleiding_updated_at", "inleiding_updated_by", "edit_link")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Area]:
        return cast(AreaQuerySet[Area], super().get_queryset(request)).with_keeper()

    @admin.display(description=gettext_lazy("wijzigen"))
    def edit_link(self, area: Area) -> str:
        address = reverse("gebied_bewerken", args=[area.kept_by.slug])
        return format_html('<a href="{}">{}</a>', address, _("Teksten en team bewerken"))


@admin.register(Gebied)
class GebiedAdmin(AreaAdmin):
    """The five gebieden."""

    list_display = ["naam", "inwoners", "inleiding_updated_at", "team_updated_at"]
    fields = ["naam", "slug", "kleur", *AreaAdmin.shared_fields, *AreaAdmin.text_fields]


@admin.register(Wijk)
class WijkAdmin(AreaAdmin):
    """The wijken."""

    list_display = ["naam", "gebied", "code", "inwoners", "inleiding_updated_at"]
    fields = ["naam", "gebied", "code", "slug", *AreaAdmin.shared_fields, *AreaAdmin.text_fields]


@admin.register(Buurt)
class BuurtAdmin(AreaAdmin):
    """The buurten, and which of them are dorpen."""

    list_display = ["naam", "wijk", "gebiednummer", "is_dorp", "inwoners", "withdrawn_at"]
    list_filter = ["is_dorp", ("wijk", AreaFilter)]
    fields = ["naam", "wijk", "gebiednummer", "slug", "is_dorp", *AreaAdmin.shared_fields, *AreaAdmin.text_fields]


@admin.register(AreaImport)
class AreaImportAdmin(LookOnlyAdmin):
    """When borders were imported, and what changed."""

    list_display = ["created_at", "bron"]
    fields = ["created_at", "bron", "verslag"]


class TeamlidForm(VersieModelForm):
    """A teamlid with the account that may edit."""

    class Meta:
        model = Teamlid
        fields = ["gebied", "gebruiker", "rol", "naam", "email", "telefoon", "bereikbaar"]


@admin.register(Teamlid)
class TeamlidAdmin(ActionAdmin):
    """Gebiedsteams, and which accounts may edit their gebied."""

    form = TeamlidForm
    list_display = ["__str__", "gebied", "gebruiker", "email", "updated_at"]
    list_filter = [("gebied", AreaFilter), "rol"]
    ordering = ["gebied__volgorde", "volgorde", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Teamlid]:
        return cast(TeamlidQuerySet, super().get_queryset(request)).with_gebied().select_related("gebruiker")

    def get_readonly_fields(self, request: HttpRequest, obj: Teamlid | None = None) -> list[str]:
        return ["gebied"] if obj else []

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "gebruiker":
            kwargs["queryset"] = Gebruiker.objects.medewerkers()
        if db_field.name == "gebied":
            kwargs["queryset"] = Gebied.objects.current().without_grens()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Teamlid, form: Any, change: bool) -> None:
        by = cast(Gebruiker, request.user)
        contact = {name: getattr(obj, name) for name in ("rol", "naam", "email", "telefoon", "bereikbaar")}
        if change:
            actions.update_teamlid(teamlid=obj, versie=form.cleaned_data["opened_versie"], by=by, **contact)
        else:
            obj.pk = actions.add_teamlid(gebied=obj.gebied, by=by, **contact).pk
        if "gebruiker" in form.changed_data:
            actions.link_account(teamlid=obj, gebruiker=obj.gebruiker, by=by)

    def delete_model(self, request: HttpRequest, obj: Teamlid) -> None:
        actions.remove_teamlid(teamlid=obj, by=cast(Gebruiker, request.user))


@admin.register(Organisatie)
class OrganisatieAdmin(ActionAdmin):
    """Outside bodies. They are put out of use rather than deleted: the story of meldingen names them."""

    list_display = ["naam", "soort", "email_meldingen", "telefoon", "actief"]
    list_filter = ["soort", "actief"]
    search_fields = ["naam"]
    prepopulated_fields = {"slug": ["naam"]}
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request: HttpRequest, obj: Organisatie, form: Any, change: bool) -> None:
        actions.save_organisatie(organisatie=obj, by=cast(Gebruiker, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Organisatie | None = None) -> bool:
        return False
