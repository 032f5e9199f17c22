"""What we hold of a reporter: to see, to take along, to correct and to erase."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from basis import limieten, via
from basis.limieten import LimitReached
from basis.programmas import absolute
from basis.regels import RuleViolation
from berichten.models import Bericht
from gebruikers.models import Gebruiker
from meldingen import actions, rules
from meldingen.actions import announce
from meldingen.forms.gegevens import ContactForm
from meldingen.models import Deeltaak, Emailwijziging, Foto, Melding, Notitie, Overdracht, Stap
from meldingen.rules import OWN_LINK, Doel
from meldingen.toegang import new_email, own_melding


@never_cache
@require_safe
def melding_gegevens(request: HttpRequest, nummer: str) -> HttpResponse:
    """All that we hold of the reporter with one melding, and when it goes."""
    melding = own_melding(request, nummer)
    context = {
        "melding": melding,
        "antwoorden": Stap.objects.of(melding).told_by_reporter(),
        "fotos": Foto.objects.of_melder(melding),
        "berichten": _berichten(melding),
        "gedeeld": _shared(melding),
        "notities": Notitie.objects.filter(melding=melding).count(),
        "wijziging": Emailwijziging.objects.filter(melding=melding).first(),
        "can_give_contact": rules.can_give_contact(melding),
        "tot": {doel.value: rules.destroyed_on(melding, doel) for doel in Doel},
        "terms": {doel.value: _terms(doel) for doel in Doel},
        **_frame(melding),
    }
    return render(request, "meldingen/gegevens.html", context)


@never_cache
@require_safe
def melding_gegevens_json(request: HttpRequest, nummer: str) -> HttpResponse:
    """The same as a file that other programs can read (GDPR, article 20)."""
    melding = own_melding(request, nummer)
    response = JsonResponse(_as_data(melding), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="melding-{melding.nummer}.json"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def melding_contact(request: HttpRequest, nummer: str) -> HttpResponse:
    """Correct how one is reached; another address is asked by mail first."""
    melding = own_melding(request, nummer)
    if not rules.can_give_contact(melding):
        return redirect("melding_gegevens", nummer=nummer)
    form = ContactForm(request.POST if request.method == "POST" else None, melding=melding)
    proven = _proven_email(request)
    if form.is_valid() and _may_ask(form, proven) and _act(request, form, melding, proven):
        if form.result:
            messages.success(
                request,
                _("Bijna klaar. Kijk in uw nieuwe mailbox en bevestig het adres. Tot dan blijft het oude gelden."),
            )
        else:
            messages.success(request, _("Uw gegevens zijn gewijzigd."))
        return redirect("melding_gegevens", nummer=nummer)
    context = {"form": form, "melding": melding, **_frame(melding, _("Contact"))}
    response = render(request, "meldingen/gegevens_contact.html", context, status=422 if form.errors else 200)
    return form.limit.on(response) if form.limit else response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def melding_wissen(request: HttpRequest, nummer: str, doel: str) -> HttpResponse:
    """Erase what one purpose was served by, after telling what follows from it."""
    melding = own_melding(request, nummer)
    if doel not in Doel.values:
        raise Http404
    if request.method == "POST":
        actions.erase(melding_id=melding.pk, via_versie=melding.via_versie, doel=Doel(doel))
        # Who was known by the account or the address is not any more, and still stands here.
        via.remember(request, OWN_LINK, melding.pk, melding.via_versie)
        messages.success(request, _("Gewist. Wij kunnen het niet terughalen."))
        return redirect("melding_gegevens", nummer=nummer)
    context = {
        "melding": melding,
        "doel": doel,
        "link": via.address(OWN_LINK, melding.pk, melding.via_versie),
        **_frame(melding, _("Wissen")),
    }
    return render(request, "meldingen/gegevens_wissen.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def melding_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever reads mail at a new address says whether it is theirs. By itself a link changes nothing."""
    wijziging = new_email(request, pk)
    melding = wijziging.melding
    if request.method == "POST" and request.POST.get("antwoord") == "nee":
        actions.refuse_new_email(wijziging_id=pk)
        messages.success(request, _("Dank u wel. We zijn uw e-mailadres vergeten."))
        return redirect("home")
    if request.method == "POST":
        try:
            melding = actions.confirm_new_email(wijziging_id=pk)
        except Emailwijziging.DoesNotExist as error:
            raise Http404 from error
        except RuleViolation as violation:
            messages.error(request, str(violation))
            return redirect("home")
        via.remember(request, OWN_LINK, melding.pk, melding.via_versie)
        messages.success(request, _("Gelukt. Vanaf nu krijgt u op dit adres bericht over uw melding."))
        return redirect("melding_gegevens", nummer=melding.nummer)
    context = {"wijziging": wijziging, "melding": melding, "section": "meldingen"}
    return render(request, "meldingen/gegevens_email.html", context)


def _proven_email(request: HttpRequest) -> str:
    """The address that who is signed in proved to own, or nothing."""
    return request.user.proven_email if isinstance(request.user, Gebruiker) else ""


def _may_ask(form: ContactForm, proven: str) -> bool:
    """Whether the new address may be asked now if it is theirs: nobody has a stranger's mailbox filled."""
    if not form.needs_proof(proven):
        return True
    try:
        limieten.count("emailwijziging", to=form.cleaned_data["email"])
    except LimitReached as reached:
        form.refuse(reached, _("Dit is in korte tijd te vaak gevraagd. Probeer het om %(clock)s uur opnieuw."), "email")
    return form.limit is None


def _act(request: HttpRequest, form: ContactForm, melding: Melding, proven: str) -> bool:
    """Change the contact data; who gave the own proven address holds the new link at once."""
    done = form.try_action(actions.change_contact, melding_id=melding.pk, via_versie=melding.via_versie, proven=proven)
    if done:
        melding.refresh_from_db(fields=["via_versie"])
        via.remember(request, OWN_LINK, melding.pk, melding.via_versie)
    return done


def _frame(melding: Melding, here: str = "") -> dict[str, Any]:
    """The way back, for every page about one's own data."""
    crumbs = [
        {"label": _("Meldingen"), "url": reverse("meldingen")},
        {"label": melding.nummer_leesbaar, "url": melding.get_absolute_url()},
        {"label": _("Mijn gegevens"), "url": reverse("melding_gegevens", args=[melding.nummer])},
    ]
    return {"crumbs": [*crumbs, {"label": here}] if here else crumbs, "section": "meldingen"}


def _berichten(melding: Melding) -> list[Bericht]:
    """What was mailed to the reporter about `melding`, as long as the proof is kept."""
    if not melding.email:
        return []
    return list(Bericht.objects.to_about(melding.email, announce.about(melding)))


def _shared(melding: Melding) -> list[dict[str, Any]]:
    """Who besides the own afdeling was given what of `melding`, the first first (GDPR, article 15, 1c)."""
    parts = [
        {"met": part.afdeling.naam, "op": part.asked_at, "wat": _("wat in de melding staat")}
        for part in Deeltaak.objects.of(melding)
    ]
    handed_over = [
        {"met": one.organisatie.naam, "op": one.sent_at, "wat": one.deelt_tekst}
        for one in Overdracht.objects.filter(melding=melding).select_related("organisatie").prefetch_related("fotos")
    ]
    return sorted([*parts, *handed_over], key=itemgetter("op"))


def _terms(doel: Doel) -> list[tuple[str, int]]:
    """After how many days it goes, each number once with the results that it is for."""
    results: dict[int, list[str]] = {}
    for uitkomst in rules.UITKOMSTEN:
        results.setdefault(rules.term(doel, uitkomst), []).append(f"‘{str(uitkomst.label).lower()}’")
    return [(_(" of ").join(names), days) for days, names in sorted(results.items())]


def _as_data(melding: Melding) -> dict[str, Any]:
    """All that the page shows, by names of our own."""
    until: dict[str, date | None] = {doel.value: rules.destroyed_on(melding, doel) for doel in Doel}
    return {
        "nummer": melding.nummer,
        "categorie": melding.categorie.naam,
        "status": melding.status,
        "gemeld_op": melding.created_at,
        "afgesloten_op": melding.closed_at,
        "wordt_vernietigd_op": until,
        "contact": {"naam": melding.naam, "email": melding.email, "telefoon": melding.telefoon},
        "account": melding.melder.email if melding.melder else None,
        "plaats": {
            "wijk": melding.wijk.naam,
            "straat": melding.straat,
            "adres": melding.adres,
            "plek": melding.plek,
            "lat": melding.lat,
            "lon": melding.lon,
        },
        "omschrijving": melding.omschrijving,
        "omschrijving_is_openbaar": melding.tekst_is_openbaar,
        "omschrijving_zoals_iedereen_leest": melding.openbare_omschrijving if melding.tekst_is_openbaar else None,
        "antwoorden": [
            {"op": stap.said_at, "tekst": stap.said} for stap in Stap.objects.of(melding).told_by_reporter()
        ],
        "fotos": [
            {
                "url": absolute(reverse("melding_foto", args=[foto.uuid])),
                "is_openbaar": foto.is_openbaar,
                "is_deels_weggelakt": bool(foto.vlakken),
            }
            for foto in Foto.objects.of_melder(melding)
        ],
        "berichten": [
            {"soort": bericht.template, "gemaakt_op": bericht.created_at, "verstuurd_op": bericht.sent_at}
            for bericht in _berichten(melding)
        ],
        "gedeeld_met": _shared(melding),
        "aantal_notities_van_medewerkers": Notitie.objects.filter(melding=melding).count(),
    }
