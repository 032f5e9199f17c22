"""Reference data of meldingen for beheerders; meldingen themselves are changed in /behandelen/ alone."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from basis.beheer import ActionAdmin
from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.models import Behandelaar, Categorie, Groep


@admin.register(Groep)
class GroepAdmin(ActionAdmin):
    """Headings of the form."""

    list_display = ["naam", "volgorde"]
    prepopulated_fields = {"slug": ["naam"]}

    def save_model(self, request: HttpRequest, obj: Groep, form: Any, change: bool) -> None:
        actions.save_groep(groep=obj, by=cast(Gebruiker, request.user))

    def delete_model(self, request: HttpRequest, obj: Groep) -> None:
        actions.remove_groep(groep=obj, by=cast(Gebruiker, request.user))


@admin.register(Categorie)
class CategorieAdmin(ActionAdmin):
    """Categories with afdeling and term. They are put out of use rather than deleted: meldingen point at them."""

    list_display = ["naam", "groep", "afdeling", "termijn_werkdagen", "openbaar", "actief"]
    list_filter = ["groep", "afdeling", "openbaar", "actief"]
    list_select_related = ["groep", "afdeling"]
    search_fields = ["naam", "voorbeelden"]
    prepopulated_fields = {"slug": ["naam"]}

    def save_model(self, request: HttpRequest, obj: Categorie, form: Any, change: bool) -> None:
        actions.save_categorie(categorie=obj, by=cast(Gebruiker, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Categorie | None = None) -> bool:
        return False


@admin.register(Behandelaar)
class BehandelaarAdmin(ActionAdmin):
    """Which medewerker handles meldingen of which afdeling: appointed and dismissed, not changed into another."""

    list_display = ["gebruiker", "afdeling"]
    list_filter = ["afdeling"]
    list_select_related = ["gebruiker", "afdeling"]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "gebruiker":
            kwargs["queryset"] = Gebruiker.objects.medewerkers()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Behandelaar, form: Any, change: bool) -> None:
        by = cast(Gebruiker, request.user)
        obj.pk = actions.appoint_behandelaar(gebruiker=obj.gebruiker, afdeling=obj.afdeling, by=by).pk

    def delete_model(self, request: HttpRequest, obj: Behandelaar) -> None:
        actions.dismiss_behandelaar(behandelaar=obj, by=cast(Gebruiker, request.user))

    def has_change_permission(self, request: HttpRequest, obj: Behandelaar | None = None) -> bool:
        return False
