"""Reference data of this app at /beheer/: accounts and afdelingen. Whatever is saved goes through an action."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from basis.beheer import ActionAdmin
from basis.regels import RuleViolation
from gebruikers import actions, rules
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.rules import Handeling


class InviteForm(forms.ModelForm):
    """A new medewerker. They choose their password themselves, by a link in a mail."""

    class Meta:
        model = Gebruiker
        fields = ["email", "naam", "is_beheerder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ["email", "naam"]:
            self.fields[name].required = True
        self.fields["email"].help_text = _("Hierheen gaat een mail met een link om een wachtwoord te kiezen.")

    def clean_email(self) -> str:
        """In small letters, and not of a medewerker already; a resident's account becomes the medewerker's."""
        email = rules.normal_email(self.cleaned_data["email"])
        resident = Gebruiker.objects.with_email(email).first()
        if resident is not None:
            _show_violation(rules.check_can_be_invited, resident)
            self.instance = resident
        return email

    def _post_clean(self) -> None:
        # The checks of the model look at the row as it will be.
        self.instance.is_medewerker = True
        super()._post_clean()  # type: ignore[misc]


class GebruikerForm(forms.ModelForm):
    """What a beheerder keeps of an account."""

    class Meta:
        model = Gebruiker
        fields = ["naam", "is_active", "is_beheerder"]

    def clean(self) -> dict[str, Any]:
        """The rules of the action, so that its answer stands at the form."""
        values = super().clean() or self.cleaned_data
        is_active, is_beheerder = values["is_active"], values["is_beheerder"]
        row = Gebruiker.objects.get(pk=self.instance.pk)
        others = Gebruiker.objects.beheerders().exclude(pk=row.pk).exists()
        _show_violation(rules.check_can_be_beheerder, row, is_beheerder=is_beheerder)
        _show_violation(
            rules.check_beheerder_remains, row, is_active=is_active, is_beheerder=is_beheerder, others=others
        )
        return values


def _show_violation(check: Any, *args: Any, **kwargs: Any) -> None:
    try:
        check(*args, **kwargs)
    except RuleViolation as violation:
        raise forms.ValidationError(str(violation)) from violation


@admin.register(Gebruiker)
class GebruikerAdmin(ActionAdmin):
    """Accounts: find, invite, switch off. Nothing is deleted here: residents' accounts have their own terms.

    Each page shows addresses, and that it was seen leaves a line in the spoor.
    """

    form = GebruikerForm
    list_display = ["__str__", "email", "is_medewerker", "is_beheerder", "is_active", "last_login"]
    list_filter = ["is_medewerker", "is_beheerder", "is_active"]
    search_fields = ["naam", "email"]
    ordering = ["-is_medewerker", "naam", "email"]
    actions = ["reset_second_factor", "repeat_invitation"]

    def get_form(self, request: HttpRequest, obj: Gebruiker | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = InviteForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Gebruiker | None = None) -> Any:
        if obj is None:
            return ["email", "naam", "is_beheerder"]
        return ["email", "naam", "is_medewerker", "is_beheerder", "is_active", "last_login"]

    def get_readonly_fields(self, request: HttpRequest, obj: Gebruiker | None = None) -> Any:
        return [] if obj is None else ["email", "is_medewerker", "last_login"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        # A redirect shows nothing.
        if response.status_code == HTTPStatus.OK:
            _note_look(request, Handeling.LIJST_BEKEKEN)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Gebruiker | None = None,
    ) -> HttpResponse:
        if obj is not None:
            _note_look(request, Handeling.BEKEKEN, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Gebruiker, form: Any, change: bool) -> None:
        by = _beheerder(request)
        if change:
            actions.change_gebruiker(
                gebruiker_id=obj.pk,
                naam=obj.naam,
                is_active=obj.is_active,
                is_beheerder=obj.is_beheerder,
                by=by,
            )
        else:
            invited = actions.invite_medewerker(
                email=form.cleaned_data["email"], naam=obj.naam, is_beheerder=obj.is_beheerder, by=by
            )
            obj.pk = invited.pk

    def has_delete_permission(self, request: HttpRequest, obj: Gebruiker | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Tweede factor resetten"))
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[Gebruiker]) -> None:
        done = self._for_each(request, queryset, actions.reset_second_factor)
        if done:
            text = ngettext(
                "Van %(n)d medewerker is de tweede factor gereset.",
                "Van %(n)d medewerkers is de tweede factor gereset.",
                done,
            )
            messages.success(request, text % {"n": done})

    @admin.action(description=gettext_lazy("Uitnodiging opnieuw sturen"))
    def repeat_invitation(self, request: HttpRequest, queryset: QuerySet[Gebruiker]) -> None:
        done = self._for_each(request, queryset, actions.repeat_invitation)
        if done:
            text = ngettext(
                "%(n)d uitnodiging is opnieuw verstuurd.", "%(n)d uitnodigingen zijn opnieuw verstuurd.", done
            )
            messages.success(request, text % {"n": done})

    def _for_each(self, request: HttpRequest, queryset: QuerySet[Gebruiker], action: Any) -> int:
        """Run `action` for each account; tells about those where the rules say no, and returns how many went well."""
        done = 0
        for gebruiker in queryset:
            try:
                action(gebruiker_id=gebruiker.pk, by=_beheerder(request))
                done += 1
            except RuleViolation as violation:
                messages.error(request, f"{gebruiker}: {violation}")
        return done


@admin.register(Afdeling)
class AfdelingAdmin(ActionAdmin):
    """Afdelingen. They are renamed, not deleted: meldingen and categories point at them."""

    list_display = ["naam", "email"]
    search_fields = ["naam"]
    prepopulated_fields = {"slug": ["naam"]}

    def save_model(self, request: HttpRequest, obj: Afdeling, form: Any, change: bool) -> None:
        actions.save_afdeling(afdeling=obj, by=_beheerder(request))

    def has_delete_permission(self, request: HttpRequest, obj: Afdeling | None = None) -> bool:
        return False


def _note_look(request: HttpRequest, handeling: Handeling, about: Gebruiker | None = None) -> None:
    """Leave a line of what a page shows; the answer to HEAD shows nothing."""
    if request.method != "HEAD":
        actions.note(handeling, by=_beheerder(request), about=about)


def _beheerder(request: HttpRequest) -> Gebruiker:
    """Whoever works in the admin; only beheerders come here."""
    assert isinstance(request.user, Gebruiker)  # noqa: S101  (tells the type checker)
    return request.user
