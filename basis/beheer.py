"""What admin classes share: rows that are only looked at, and rows that are written by actions alone.

Every admin class of the portal is one of the two; a test walks them all.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from basis.formulieren import OPEN_AGAIN, speak_plainly
from basis.regels import RuleViolation, StaleVersion

#: The longest text that is searched for, in characters.
MAX_SEARCH = 100


class OneTrailAdmin(admin.ModelAdmin):
    """Rows whose history is the spoor.

    Django's own log stays empty: it would keep names and addresses without a term, and can be changed.
    """

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django's; an empty `_to_field` in the address, which Django would look up as a field, is none."""
        return super().get_object(request, object_id, from_field or None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Django's, which adds a condition for each word; a page full of words is more than SQLite takes."""
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH])

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Django's, without patterns: those in an address need not be any, and may keep the database busy."""
        is_pattern = lookup.rpartition("__")[2] in ("regex", "iregex")
        return not is_pattern and super().lookup_allowed(lookup, value, request)

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Django's; raises BadRequest when what was ticked can be no row, which Django would look up."""
        try:
            for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(text, None)
        except ValidationError as error:
            raise BadRequest from error
        return super().response_action(request, queryset)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        pass

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the spoor knows of this row."""
        query = urlencode({"about_kind": self.opts.model_name or "", "about_number": object_id})
        return redirect(f"{reverse('admin:basis_spoorregel_changelist')}?{query}")


class LookOnlyAdmin(OneTrailAdmin):
    """Rows that are made elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersieModelForm(forms.ModelForm):
    """As `basis.formulieren.VersieForm`, for an admin page: a row with the version that was opened."""

    opened_versie = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": OPEN_AGAIN, "invalid": OPEN_AGAIN}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_versie"].initial = self.instance.versie


class ActionAdmin(OneTrailAdmin):
    """Rows that are saved and deleted by actions; when a rule says no, its sentence stands at the form.

    A class derived from this one says which actions: `save_model`, and `delete_model` unless nothing is deleted.
    """

    #: What the action answered to the form that is shown again.
    violation: RuleViolation | None = None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise NotImplementedError

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's, in one transaction; a broken rule undoes it and shows the form again, with what was typed.

        A form that is shown again has the status 422, as everywhere in the portal.
        """
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if isinstance(response, TemplateResponse) and (response.context_data or {}).get("errors"):
                response.status_code = 422
            return response
        except RuleViolation as violation:
            # One instance serves all requests at once, hence the copy.
            again = copy(self)
            again.violation = violation
            return again.changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        speak_plainly(form.base_fields)
        return form if self.violation is None else _refused(form, self.violation)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's, in one transaction; a broken rule undoes it and is told."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except RuleViolation as violation:
            messages.error(request, str(violation))
            return redirect(request.path)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's; what is done to several rows at once is done to all, or a broken rule undoes it and is told."""
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except RuleViolation as violation:
            messages.error(request, str(violation))
            return redirect(request.get_full_path())


def _refused(form: Any, violation: RuleViolation) -> Any:
    """A class like `form` that says `violation`; who comes second may then save, knowing that there was a first."""

    class Refused(form):
        data: Any

        def _post_clean(self) -> None:
            super()._post_clean()
            self.add_error(violation.field if violation.field in self.fields else None, str(violation))
            if isinstance(violation, StaleVersion):
                self.data = {**self.data.dict(), "opened_versie": self.instance.versie}

    return Refused
