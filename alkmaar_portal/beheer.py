"""The admin site: reference data for beheerders, behind the portal's own sign-in."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class BeheerSite(AdminSite):
    """Only for beheerders; whoever is not signed in goes to the sign-in of the portal, with its second factor."""

    site_header = _("Beheer")
    site_title = _("Beheer")
    index_title = _("Gegevens van het portaal")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_beheerder", False))

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Send the visitor to the portal's sign-in; who is signed in without the role gets 403."""
        if request.user.is_authenticated:
            raise PermissionDenied
        target = request.GET.get("next", reverse("admin:index"))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return redirect("account_logout")
