"""Who stands before a view: a medewerker, or somebody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse


def medewerker_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let medewerkers in; anonymous visitors go to the sign-in of staff and come back here, residents get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not request.user.is_medewerker:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
