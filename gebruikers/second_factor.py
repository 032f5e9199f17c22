"""The second factor of a medewerker: whether it is set up, and whether this session has passed it.

allauth keeps a record in the session of each way somebody proved to be who they are; having an authenticator alone
proves nothing. A proof counts for the authenticator that is there now: after a reset, sessions from before it count
no longer.
"""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from gebruikers.models import Gebruiker

_FACTOR = "mfa"
_EXAMPLE = "voorbeeld"


def is_set_up(gebruiker: Gebruiker | AnonymousUser) -> bool:
    """Whether this person has an authenticator app."""
    return Authenticator.objects.filter(user_id=gebruiker.pk, type=Authenticator.Type.TOTP).exists()


def is_passed(request: HttpRequest) -> bool:
    """Whether whoever is signed in proved the second factor in this session."""
    records = get_authentication_records(request, request.user)
    if settings.EMBEDDED and any(record["method"] == _EXAMPLE for record in records):
        return True
    proofs = [record["at"] for record in records if record["method"] == _FACTOR]
    if not proofs:
        return False
    return Authenticator.objects.filter(
        user_id=request.user.pk,
        type=Authenticator.Type.TOTP,
        created_at__lte=datetime.fromtimestamp(max(proofs), tz=UTC),
    ).exists()


def record_enrolment(request: HttpRequest) -> None:
    """Note that whoever is signed in just gave a code of the authenticator app that they set up.

    That also counts as a fresh sign-in, so that the recovery codes can be shown at once.
    """
    record_authentication(request, request.user, _FACTOR, type=Authenticator.Type.TOTP.value, reauthenticated=True)


def record_example(request: HttpRequest) -> None:
    """Note that an example account of the embedded portal signed in; it has no second factor."""
    record_authentication(request, request.user, _EXAMPLE)
