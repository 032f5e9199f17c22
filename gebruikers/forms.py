"""The forms of sign-in and of the own data. allauth checks what is typed; the words are ours."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.recovery_codes import forms as recovery_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from basis.formulieren import EMAIL_LENGTH, ActionForm
from gebruikers.models import Gebruiker

Text = str | Promise


class Words(NamedTuple):
    """What people read at a field: its label, what to do when it is empty, and a hint."""

    label: Text
    required: Text
    hint: Text = ""
    attributes: Mapping[str, str] = {}


_EMAIL = Words(
    _("E-mailadres"),
    _("Vul uw e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."),
    attributes={"autocomplete": "email"},
)
_WORK_EMAIL = Words(
    _("E-mailadres van uw werk"),
    _("Vul het e-mailadres van uw werk in."),
    attributes={"autocomplete": "username"},
)
_PASSWORD = Words(_("Wachtwoord"), _("Vul uw wachtwoord in."))
_NEW_PASSWORD = Words(
    _("Nieuw wachtwoord"),
    _("Bedenk een wachtwoord en vul het hier in."),
    _("Minstens 12 tekens. Vier losse woorden achter elkaar zijn sterk en goed te onthouden."),
)
_NEW_PASSWORD_AGAIN = Words(_("Nieuw wachtwoord, nog een keer"), _("Typ hetzelfde wachtwoord nog een keer."))
_NUMERIC = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
_APP_CODE = Words(
    _("Code"),
    _("Vul de code van 6 cijfers in die uw app nu toont."),
    _("De 6 cijfers uit de app op uw telefoon, of een van uw herstelcodes van 8 cijfers."),
    _NUMERIC,
)


class WordsMixin:
    """Puts our words in the place of allauth's, and takes placeholders away: they vanish when one types."""

    words: Mapping[str, Words] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = str(words.label), str(words.hint)
            field.error_messages["required"] = str(words.required)
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(words.attributes)
            if isinstance(field, forms.EmailField):
                message = _("Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl.")
                field.error_messages["invalid"] = message
                field.validators.append(MaxLengthValidator(EMAIL_LENGTH))


class TwiceMixin:
    """A new password is typed twice."""

    def clean(self) -> Any:
        """Say it in our words; allauth's own comparison then has nothing left to say."""
        typed: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]
        first, second = typed.get("password1"), typed.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("De wachtwoorden zijn niet gelijk. Typ ze allebei opnieuw."))  # type: ignore[attr-defined]
        return super().clean()  # type: ignore[misc]


class RequestCodeForm(WordsMixin, ActionForm, account_forms.RequestLoginCodeForm):
    """The address to which a resident gets a code."""

    words = {"email": _EMAIL}


class ConfirmCodeForm(WordsMixin, ActionForm, account_forms.ConfirmLoginCodeForm):
    """The code from the mail."""

    words = {
        "code": Words(
            _("Code uit de mail"),
            _("Vul de code van 8 cijfers in die in de mail staat."),
            _("8 cijfers. Het streepje mag u weglaten."),
            _NUMERIC,
        )
    }


class LoginForm(WordsMixin, ActionForm, account_forms.LoginForm):
    """Address and password of a medewerker."""

    words = {"login": _WORK_EMAIL, "password": _PASSWORD}


class AuthenticateForm(WordsMixin, ActionForm, mfa_forms.AuthenticateForm):
    """The second factor at sign-in."""

    words = {"code": _APP_CODE}


class ReauthenticateForm(WordsMixin, ActionForm, account_forms.ReauthenticateForm):
    """The password once more, before a sensitive step."""

    words = {"password": _PASSWORD}


class ReauthenticateFactorForm(WordsMixin, ActionForm, mfa_forms.ReauthenticateForm):
    """The second factor once more, before a sensitive step."""

    words = {"code": _APP_CODE}


class ActivateTotpForm(WordsMixin, ActionForm, totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    words = {
        "code": Words(
            _("Code uit de app"),
            _("Vul de code van 6 cijfers in die uw app nu toont."),
            _("De app toont na het scannen een code van 6 cijfers."),
            _NUMERIC,
        )
    }


class GenerateRecoveryCodesForm(ActionForm, recovery_forms.GenerateRecoveryCodesForm):
    """Nothing to fill in: yes, new recovery codes."""


class ChangePasswordForm(TwiceMixin, WordsMixin, ActionForm, account_forms.ChangePasswordForm):
    """Another password, by who knows the present one."""

    words = {
        "oldpassword": Words(_("Huidig wachtwoord"), _("Vul uw huidige wachtwoord in.")),
        "password1": _NEW_PASSWORD,
        "password2": _NEW_PASSWORD_AGAIN,
    }


class ChoosePasswordForm(TwiceMixin, WordsMixin, ActionForm, account_forms.ResetPasswordKeyForm):
    """A password, by who came in through a private link."""

    words = {"password1": _NEW_PASSWORD, "password2": _NEW_PASSWORD_AGAIN}


class ResetPasswordForm(WordsMixin, ActionForm, account_forms.ResetPasswordForm):
    """The address of a medewerker who forgot the password."""

    words = {"email": _WORK_EMAIL}
    users: list[Gebruiker]

    def clean_email(self) -> str:
        """Only medewerkers have a password; for anybody else nothing is sent, and nothing is said about it."""
        email: str = super().clean_email()
        self.users = [gebruiker for gebruiker in self.users if gebruiker.is_medewerker]
        return email


class NaamForm(ActionForm):
    """A resident's own name."""

    naam = forms.CharField(
        label=_("Naam"),
        max_length=120,
        required=False,
        help_text=_("Mag leeg blijven. We gebruiken uw naam als we u mailen. Anderen zien die niet."),
        error_messages={"max_length": _("Houd het korter: hoogstens 120 tekens.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
