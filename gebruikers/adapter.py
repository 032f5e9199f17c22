"""How allauth fits the portal, and what `gebruikers` asks of the roof.

allauth calls its adapter for whatever a project decides itself. Ours has two halves. This one holds what `gebruikers`
can decide: words, addresses, when to ask again who somebody is. What needs other apps is left to the roof, which
derives its own adapter and names it in the settings (`alkmaar_portal.inloggen`): handing mail to the outbox, and
knowing memberships. So `gebruikers` announces something by `get_adapter().announce(...)` without importing `berichten`.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from basis import limieten
from basis.origin import client_address
from gebruikers import actions, second_factor
from gebruikers.models import Gebruiker
from gebruikers.rules import Handeling, Membership


class Mail(NamedTuple):
    """Which of our mails goes out for one of allauth's, and what it takes along from allauth's context.

    `secret` when that opens an account.
    """

    template: str
    takes: tuple[str, ...] = ()
    secret: bool = False


#: Every mail that allauth sends as the portal uses it.
MAILS: dict[str, Mail] = {
    "account/email/login_code": Mail("inlogcode", ("code",), secret=True),
    "account/email/password_reset_key": Mail("wachtwoord_nieuw", ("password_reset_url",), secret=True),
    "account/email/password_changed": Mail("wachtwoord_gewijzigd"),
    "account/email/password_reset": Mail("wachtwoord_gewijzigd"),
    "mfa/email/totp_activated": Mail("tweede_factor_ingesteld"),
    "mfa/email/recovery_codes_generated": Mail("herstelcodes_vernieuwd"),
}

#: What is wrong with a password, by the codes of Django's validators (`AUTH_PASSWORD_VALIDATORS`).
WEAK_PASSWORD = {
    "password_too_short": _("Dit wachtwoord is te kort. Neem minstens 12 tekens."),
    "password_too_similar": _("Dit wachtwoord lijkt te veel op uw naam of e-mailadres. Bedenk een ander."),
    "password_too_common": _("Dit wachtwoord is snel te raden, omdat veel mensen het gebruiken. Bedenk een ander."),
}

_TOO_OFTEN = _(
    "U heeft het te vaak geprobeerd. Wacht een kwartier en probeer het dan opnieuw. Kunt u niet wachten? Bel 14 072."
)


class AccountAdapter(DefaultAccountAdapter):
    """Words, addresses and rules of sign-in; `announce` and `memberships` are the roof's."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Dit e-mailadres en wachtwoord horen niet bij elkaar. Typ ze opnieuw, of vraag een nieuw wachtwoord aan."
        ),
        "enter_current_password": _("Dit is niet uw huidige wachtwoord. Typ het opnieuw."),
        "incorrect_code": _("Deze code klopt niet. Kijk nog eens in de mail, of vraag een nieuwe code aan."),
        "incorrect_password": _("Dit wachtwoord klopt niet. Typ het opnieuw."),
        "invalid_password_reset": _("Deze link is verlopen of al gebruikt. Vraag een nieuwe aan."),
        "rate_limited": _TOO_OFTEN,
        "too_many_login_attempts": _TOO_OFTEN,
    }

    def announce(self, *, template: str, to: str, context: dict[str, Any], secret: bool = False) -> None:
        """Announce something by mail, in the transaction of the change; `context` holds what JSON can hold.

        `secret` when it holds what opens an account: then it is kept no longer than it takes to send it.
        """
        raise NotImplementedError

    def memberships(self, gebruiker: Gebruiker) -> Sequence[Membership]:
        """Which roles with a scope somebody has."""
        raise NotImplementedError

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Announce our mail instead of allauth's `template_prefix`."""
        mail = MAILS[template_prefix]
        taken = {name: str(context[name]) for name in mail.takes}
        self.announce(template=mail.template, to=email, context=taken, secret=mail.secret)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the portal has pages, and allauth's JSON answers would be doors that nobody watches."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom allauth's limits count as one visitor: a name that tells no address to who reads the cache."""
        return limieten.visitor_of(client_address(request))

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be led to `url`, an address out of the address: within the portal, from its root.

        Django would take a word without a slash for the name of a view, and fail on it.
        """
        return bool(url and url.startswith("/") and super().is_safe_url(url))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The absolute address where a password is chosen; not built from the request, whose host may be forged."""
        uidb36, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return settings.PORTAL_URL.rstrip("/") + path

    def clean_password(self, password: str, user: Gebruiker | None = None) -> str:
        """The password, or a ValidationError that says what to do."""
        try:
            return str(super().clean_password(password, user))
        except ValidationError as error:
            weak = [str(item.code) for item in error.error_list]
            raise ValidationError([ValidationError(WEAK_PASSWORD[code], code=code) for code in weak]) from error

    def login(self, request: HttpRequest, user: Gebruiker) -> None:
        """Sign in; that of a medewerker leaves a line in the spoor."""
        super().login(request, user)
        if user.is_medewerker:
            actions.note(Handeling.INGELOGD, by=user, about=user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; that of a medewerker leaves a line in the spoor."""
        user = request.user
        if isinstance(user, Gebruiker) and user.is_medewerker:
            actions.note(Handeling.UITGELOGD, by=user, about=user)
        super().logout(request)

    def set_password(self, user: Gebruiker, password: str) -> None:
        """Keep a password that was chosen."""
        actions.choose_password(gebruiker=user, password=password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own data."""
        return reverse("account")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whether a sensitive step asks again who somebody is.

        Not of a medewerker who typed the password a moment ago and has no second factor yet: that is everybody's way
        through the very first sign-in.
        """
        if not second_factor.is_set_up(self.request.user) and _typed_password_just_now(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app))


def _typed_password_just_now(request: HttpRequest) -> bool:
    moments = [
        record["at"] for record in get_authentication_records(request, request.user) if record["method"] == "password"
    ]
    return bool(moments) and time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT


class MfaAdapter(DefaultMFAAdapter):
    """Our words for the second factor, and its secrets encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _("Stel eerst een tweede factor in. Daarna krijgt u herstelcodes."),
        "incorrect_code": _("Deze code klopt niet. Wacht op de volgende code in uw app en vul die in."),
    }

    def encrypt(self, text: str) -> str:
        """`text` as it is stored: who has a copy of the database, and not `SECRET_KEY`, cannot make codes from it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` made of it, also under an earlier key (`SECRET_KEY_FALLBACKS`)."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("gebruikers.second_factor", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
