"""What every form of the portal shares: handing its values to an action, and the crispy pack's helper."""

from collections.abc import Callable, Mapping, MutableMapping
from copy import copy
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.utils import pretty_name
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from basis.limieten import LimitReached
from basis.regels import RuleViolation

#: The longest address that can receive mail (RFC 5321, section 4.5.3.1.3), and what our columns hold.
EMAIL_LENGTH = 254

#: In the place of Django's own words, where a field has none of its own.
_PLAIN = {
    "max_length": _("Dit is te lang. Schrijf hoogstens %(limit_value)d tekens; dit zijn er %(show_value)d."),
    "null_characters_not_allowed": _("Hierin staat een teken dat niet kan. Typ de tekst opnieuw."),
}

OPEN_AGAIN = _("Er ging iets mis met dit formulier. Kopieer uw tekst en open de pagina opnieuw.")


def speak_plainly(fields: Mapping[str, forms.Field]) -> None:
    """Let each field say what it wants: "Dit veld is verplicht" says neither which one, nor what to do."""
    for name, field in fields.items():
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            label = field.label or pretty_name(name)
            field.error_messages["required"] = gettext("Vul in: %(label)s.") % {"label": label}
        for code, sentence in _PLAIN.items():
            field.error_messages.setdefault(code, sentence)


class PlainText(forms.CharField):
    """Text of several lines; browsers send line ends as two characters, which would count double."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """The text with single line ends."""
        return "\n".join(str(super().to_python(value) or "").splitlines())


class ActionForm(forms.Form):
    """A form that validates and hands its values to one action; it never saves by itself.

    The page that shows it writes the `<form>` element and its buttons: `{% crispy form %}` renders the fields.
    """

    #: The limit that what was sent went beyond; the page then answers 429.
    limit: LimitReached | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        speak_plainly(self.fields)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def refuse(self, limit: LimitReached, sentence: str, field: str | None = None) -> None:
        """Refuse what was sent because of `limit`; `%(clock)s` in the sentence becomes when to come back."""
        self.limit = limit
        self.add_error(field, sentence % {"clock": limit.clock})

    def replace(self, name: str, value: object) -> None:
        """Put `value` in the place of what was sent for field `name`, for the form as it is shown again."""
        # A copy of the same kind: spread, a QueryDict would keep one of several ticks.
        data = cast(MutableMapping[str, Any], copy(self.data))
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


class VersieForm(ActionForm):
    """A form that knows which version of the row it was opened with."""

    versie = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": OPEN_AGAIN, "invalid": OPEN_AGAIN, "min_value": OPEN_AGAIN},
    )

    def is_behind(self, versie: int) -> bool:
        """Whether what was sent was opened before the row became version `versie`."""
        return self.is_bound and self.data.get("versie") != str(versie)

    def catch_up(self, versie: int) -> None:
        """Let the next sending count as one that has seen version `versie`; what was typed stays."""
        self.replace("versie", versie)
