"""Staff do nothing before their second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from gebruikers import second_factor

#: The only addresses, by name, that open for a medewerker whose session has not passed the second factor.
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {"mfa_activate_totp", "mfa_reauthenticate", "account_reauthenticate", "account_logout"}
)


class SecondFactorMiddleware:
    """Keeps a medewerker at the second factor, at every address, until this session has passed it (BIO2: MFA).

    Who has none yet is sent to set one up; who has one, to prove it. It stands behind all other middleware, and looks
    at the account only where a session cookie came along: pages for everybody stay free of the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the decision falls in `process_view`, when its address is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer with a redirect instead of `view` as long as the second factor is missing."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request.user
        if not user.is_authenticated or not user.is_medewerker or second_factor.is_passed(request):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_WITHOUT_SECOND_FACTOR:
            return None
        if not second_factor.is_set_up(user):
            return redirect("mfa_activate_totp")
        target = reverse("mfa_reauthenticate")
        if request.method == "GET":
            target = f"{target}?{urlencode({'next': request.get_full_path()})}"
        return redirect(target)
