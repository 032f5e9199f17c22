"""Reference data of meldingen for beheerders; meldingen themselves are changed in /behandelen/ alone."""

from django.contrib import admin
from django.http import HttpRequest

from meldingen.models import Behandelaar, Categorie, Groep


@admin.register(Groep)
class GroepAdmin(admin.ModelAdmin):
    """Headings of the form."""

    list_display = ["naam", "volgorde"]
    prepopulated_fields = {"slug": ["naam"]}


@admin.register(Categorie)
class CategorieAdmin(admin.ModelAdmin):
    """Categories with afdeling and term. They are put out of use rather than deleted: meldingen point at them."""

    list_display = ["naam", "groep", "afdeling", "termijn_werkdagen", "openbaar", "actief"]
    list_filter = ["groep", "afdeling", "openbaar", "actief"]
    list_select_related = ["groep", "afdeling"]
    search_fields = ["naam", "voorbeelden"]
    prepopulated_fields = {"slug": ["naam"]}

    def has_delete_permission(self, request: HttpRequest, obj: Categorie | None = None) -> bool:
        return False


@admin.register(Behandelaar)
class BehandelaarAdmin(admin.ModelAdmin):
    """Which medewerker handles meldingen of which afdeling."""

    list_display = ["gebruiker", "afdeling"]
    list_filter = ["afdeling"]
    list_select_related = ["gebruiker", "afdeling"]
    autocomplete_fields = ["gebruiker"]
