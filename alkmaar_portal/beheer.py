"""The admin site: reference data for beheerders, behind the portal's own sign-in."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gebruikers.views import LogoutView


class BeheerSite(AdminSite):
    """Only for beheerders; whoever is not signed in goes to the sign-in of the portal, with its second factor.

    What Django's admin brings along for signing in and for passwords leads to the pages of the portal.
    """

    site_header = _("Beheer")
    site_title = _("Beheer")
    index_title = _("Gegevens van het portaal")
    site_url = "/"
    #: The lists need the width for their columns; the first page leads everywhere.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Beheerders; others who are signed in get 403 at once instead of another sign-in.

        That they passed the second factor is seen to by `SecondFactorMiddleware`.
        """
        if not request.user.is_authenticated:
            return False
        if not request.user.is_beheerder:
            raise PermissionDenied
        return True

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """The sign-in of the portal, and back."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """The same as `/uitloggen/`."""
        return LogoutView.as_view()(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Changing a password tells its owner by mail; that is done on the page of the portal."""
        return redirect("account_change_password")
