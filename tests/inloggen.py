"""Signing in without the pages of sign-in, which have tests of their own."""

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from gebruikers.models import Gebruiker


def sign_in(client: Client, gebruiker: Gebruiker) -> None:
    """Sign `gebruiker` in; a medewerker with the second factor behind them, as the example accounts have."""
    client.force_login(gebruiker)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, gebruiker, "voorbeeld")
    request.session.save()
