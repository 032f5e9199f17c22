"""Reference data of meldingen for beheerders; meldingen themselves are changed in /behandelen/ alone."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from basis.beheer import ActionAdmin, LookOnlyAdmin
from gebieden.models import Wijk
from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.forms.routeren import RouteVraagForm
from meldingen.models import Behandelaar, Categorie, Groep, Koppeling, Routeregel, Tekstblok, Vernietiging
from meldingen.rules import Status
from meldingen.rules.routeren import fits


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


class TekstblokForm(forms.ModelForm):
    """A standard text; the statuses are ticked."""

    statussen = forms.MultipleChoiceField(
        label=gettext_lazy("Bij welke status"),
        help_text=gettext_lazy("Niets aangevinkt: bij elke status."),
        choices=Status.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Tekstblok)
class TekstblokAdmin(ActionAdmin):
    """Standard texts for the explanations of behandelaars, for one afdeling or for all."""

    form = TekstblokForm
    list_display = ["titel", "afdeling"]
    list_filter = ["afdeling"]
    list_select_related = ["afdeling"]
    search_fields = ["titel", "tekst"]

    def save_model(self, request: HttpRequest, obj: Tekstblok, form: Any, change: bool) -> None:
        actions.save_tekstblok(tekstblok=obj, by=cast(Gebruiker, request.user))

    def delete_model(self, request: HttpRequest, obj: Tekstblok) -> None:
        actions.remove_tekstblok(tekstblok=obj, by=cast(Gebruiker, request.user))


@admin.register(Koppeling)
class KoppelingAdmin(ActionAdmin):
    """Systems that send meldingen over Open311, and their keys. They are not deleted: meldingen came through them."""

    list_display = ["naam", "email", "sleutel_begin", "limiet_per_uur", "last_used_on", "revoked_at"]
    search_fields = ["naam", "email"]
    readonly_fields = ["sleutel_begin", "created_at", "last_used_on", "revoked_at"]
    actions = ["renew", "revoke"]

    def get_fields(self, request: HttpRequest, obj: Koppeling | None = None) -> Any:
        return ["naam", "email", "limiet_per_uur", *(self.readonly_fields if obj else [])]

    def save_model(self, request: HttpRequest, obj: Koppeling, form: Any, change: bool) -> None:
        by = cast(Gebruiker, request.user)
        if change:
            actions.change_koppeling(koppeling=obj, by=by)
        else:
            actions.add_koppeling(koppeling=obj, by=by)

    def response_add(self, request: HttpRequest, obj: Koppeling, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_sleutel(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Koppeling | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Nieuwe sleutel maken; de oude werkt dan niet meer"))
    def renew(self, request: HttpRequest, queryset: QuerySet[Koppeling]) -> HttpResponse | None:
        if queryset.count() != 1:
            messages.error(request, _("Kies één koppeling: een sleutel is maar één keer te zien."))
            return None
        renewed = actions.renew_sleutel(koppeling=queryset.get(), by=cast(Gebruiker, request.user))
        return self._show_sleutel(request, renewed)

    @admin.action(description=gettext_lazy("Sleutel intrekken"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Koppeling]) -> None:
        for koppeling in queryset:
            actions.revoke_sleutel(koppeling=koppeling, by=cast(Gebruiker, request.user))
        messages.success(request, _("Ingetrokken. Met deze sleutel kan niemand meer iets sturen."))

    def _show_sleutel(self, request: HttpRequest, koppeling: Koppeling) -> HttpResponse:
        """The key in this answer and nowhere else: no address, no message and no session holds it."""
        context = {**self.admin_site.each_context(request), "koppeling": koppeling, "title": _("Sleutel")}
        response = render(request, "admin/koppeling_sleutel.html", context)
        response["Cache-Control"] = "private, no-store"
        return response


@admin.register(Vernietiging)
class VernietigingAdmin(LookOnlyAdmin):
    """What was destroyed because its term was over; `/privacy/vernietigd/` shows the same to everybody, and as CSV."""

    list_display = ["op", "doel", "uitkomst", "termijn_dagen", "aantal"]
    list_filter = ["doel", "uitkomst", ("op", admin.DateFieldListFilter)]
    fields = ["op", "doel", "uitkomst", "termijn_dagen", "aantal"]


@admin.register(Routeregel)
class RouteregelAdmin(ActionAdmin):
    """Which meldingen go to another afdeling than that of their category, in the order in which they are asked."""

    list_display = ["volgorde", "categorie", "wijk", "woorden", "afdeling", "actief"]
    list_display_links = ["volgorde"]
    list_filter = ["actief", "afdeling"]
    list_select_related = ["categorie", "wijk", "afdeling"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("proberen/", view, name="meldingen_routeregel_proberen"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Which afdeling a melding would go to, and by which rule; nothing of the question is kept.

        Asked by POST: what somebody copies from a melding stays out of addresses and logs.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = RouteVraagForm(request.POST or None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Welke afdeling krijgt deze melding?"),
            "opts": self.opts,
            "form": form,
        }
        if form.is_valid():
            context |= self._answer(*form.chosen())
        return render(request, "admin/routeregel_proberen.html", context, status=422 if form.errors else 200)

    def _answer(self, categorie: Categorie, wijk: Wijk, text: str) -> dict[str, Any]:
        """The afdeling, the rule that decides if one does, and of each rule in use whether it fits."""
        asked: dict[str, Any] = {"categorie": categorie.pk, "wijk": wijk.pk, "text": text}
        regels = [(regel, fits(regel.route, **asked)) for regel in Routeregel.objects.in_use().with_names()]
        decides = next((regel for regel, fitting in regels if fitting), None)
        afdeling = decides.afdeling if decides else categorie.afdeling
        return {
            "afdeling": afdeling,
            "beslist": decides,
            "regels": regels,
            "wordt_behandeld": Behandelaar.objects.active_in(afdeling.pk).exists(),
        }

    def save_model(self, request: HttpRequest, obj: Routeregel, form: Any, change: bool) -> None:
        actions.save_routeregel(routeregel=obj, by=cast(Gebruiker, request.user))

    def delete_model(self, request: HttpRequest, obj: Routeregel) -> None:
        actions.remove_routeregel(routeregel=obj, by=cast(Gebruiker, request.user))
