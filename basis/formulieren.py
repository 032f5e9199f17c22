"""What every form of the portal shares: handing its values to an action, and the crispy pack's helper."""

from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _

from basis.regels import RuleViolation


class ActionForm(forms.Form):
    """A form that validates and hands its values to one action; it never saves by itself.

    The page that shows it writes the `<form>` element and its buttons: `{% crispy form %}` renders the fields.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # "Dit veld is verplicht" does not say which one, nor what to do.
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Vul in: %(label)s.") % {"label": field.label}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def replace(self, name: str, value: object) -> None:
        """Put `value` in the place of what was sent for field `name`, for the form as it is shown again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data[name] = str(value)
        self.data = data

    def action_arguments(self) -> dict[str, Any]:
        """What the action gets from this form: its cleaned values by name."""
        return dict(self.cleaned_data)

    def try_action(self, action: Callable[..., Any], **arguments: Any) -> bool:
        """Run `action`; a broken rule becomes an error of this form, and stands in `self.violation`.

        What the action gave stands in `self.result`.
        """
        try:
            self.result = action(**self.action_arguments(), **arguments)
        except RuleViolation as violation:
            self.violation = violation
            field = violation.field if violation.field in self.fields else None
            self.add_error(field, str(violation))
            return False
        return True
