"""Joining meldingen about the same."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meldingen import actions, rules
from meldingen.forms.dubbelen import SamenvoegenForm
from meldingen.toegang import behandelaar_required, own_afdelingen
from meldingen.views.dossier import own_melding, show_file


@behandelaar_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def samenvoegen(request: HttpRequest, nummer: str) -> HttpResponse:
    """Make this melding a double of another one, with one press in the file of either.

    Who comes here from the sign-in goes to the file.
    """
    melding = own_melding(request, nummer)
    if request.method != "POST":
        return redirect("behandelen_melding", nummer=nummer)
    form = SamenvoegenForm(request.POST, melding=melding)
    if form.is_valid() and form.try_action(actions.change_status, melding_id=melding.pk, by=request.user):
        first = form.result.eerste
        told = _("De melder krijgt bericht.") if melding.email else _("De melder liet geen e-mailadres achter.")
        done = _("Melding %(nummer)s is nu een dubbele van %(eerste)s.")
        messages.success(
            request, f"{done % {'nummer': melding.nummer_leesbaar, 'eerste': first.nummer_leesbaar}} {told}"
        )
        is_mine = rules.can_handle(own_afdelingen(request), first)
        return redirect("behandelen_melding", nummer=first.nummer if is_mine else nummer)
    for error in (error for errors in form.errors.values() for error in errors):
        messages.error(request, str(error))
    return show_file(request, melding, status=422)
