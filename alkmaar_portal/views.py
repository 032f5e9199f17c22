"""The pages that join the floors: home, the areas, search, and what explains the portal itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alkmaar_portal import zoeken as search
from basis.counted import counted
from basis.grafieken import staafdiagram
from basis.kept_pages import same_for_everybody
from basis.limieten import limited
from basis.regels import listed
from berichten.rules import UNCONFIRMED_TERM
from gebieden import rules as gebieden_rules
from gebieden.kaart import MUNICIPALITY
from gebieden.models import Area, Buurt, Gebied, Teamlid, Wijk
from initiatieven.models import Initiatief, InitiatiefQuerySet
from meldingen.models import Melding, MeldingQuerySet
from meldingen.rules import UITKOMSTEN, UNCONFIRMED_EMAIL_TERM, Doel, term

LATEST = 5
#: So many ideas stand on home and on the page of an area.
LATEST_IDEAS = 3
MONTHS = 12
TOP_CATEGORIES = 5


@same_for_everybody()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One question, the map of the city, and how the city is doing."""
    figures = counted("alkmaar", lambda: Melding.objects.public().figures(timezone.localdate()))
    context = {
        "gebieden": Gebied.objects.for_home(),
        "figures": _figures(figures.value),
        "counted_at": figures.at,
        "ideas": _ideas().for_list()[:LATEST_IDEAS],
        "begrenzing": MUNICIPALITY,
    }
    return render(request, "home.html", context)


@same_for_everybody()
@require_safe
def gebieden(request: HttpRequest) -> HttpResponse:
    """All gebieden with their wijken and dorpen."""
    context = {"gebieden": Gebied.objects.for_page(), "begrenzing": MUNICIPALITY, "section": "gebieden"}
    return render(request, "gebieden.html", context)


@same_for_everybody()
@require_safe
def gebied(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a gebied: what goes on there, and who works there."""
    found = get_object_or_404(Gebied.objects.for_page(), slug=slug)
    wijken = list(found.wijken.all())
    names = {
        "lead": _("%(wijken)s. Hier wonen %(inwoners)s mensen.")
        % {"wijken": listed(wijken), "inwoners": number_format(found.inwoners, force_grouping=True)},
        "list_query": f"?gebied={found.slug}",
        "map_query": f"?gebied={found.slug}",
        "list_name": _("gebied %(naam)s") % {"naam": found.naam},
        "rss": reverse("gebied_rss", args=[found.slug]),
        "geojson": reverse("gebied_geojson", args=[found.slug]),
        "chips": [*wijken, *(dorp for wijk in wijken for dorp in wijk.dorpen())],
    }
    return _area_page(
        request, found, found, Melding.objects.public().in_gebied(found), _ideas().in_gebied(found), names
    )


@same_for_everybody()
@require_safe
def wijk(request: HttpRequest, gebied: str, wijk: str) -> HttpResponse:
    """The page of a wijk."""
    found = get_object_or_404(Wijk.objects.for_page(), slug=wijk, gebied__slug=gebied)
    names = {
        "lead": _("Een wijk in gebied %(gebied)s. Hier wonen %(inwoners)s mensen.")
        % {"gebied": found.gebied.naam, "inwoners": number_format(found.inwoners, force_grouping=True)},
        "chips": found.dorpen(),
        **_in_wijk(found),
        "crumbs": [_crumb(found.gebied)],
    }
    return _area_page(
        request, found, found.gebied, Melding.objects.public().in_wijk(found), _ideas().in_wijk(found), names
    )


@same_for_everybody()
@require_safe
def dorp(request: HttpRequest, gebied: str, wijk: str, dorp: str) -> HttpResponse:
    """The page of a dorp; other buurten have none."""
    found = get_object_or_404(Buurt.objects.for_page(), slug=dorp, wijk__slug=wijk, wijk__gebied__slug=gebied)
    area = found.wijk
    names = {
        "niveau": "buurt",
        "lead": _("Een dorp in wijk %(wijk)s. Hier wonen %(inwoners)s mensen.")
        % {"wijk": area.naam, "inwoners": number_format(found.inwoners, force_grouping=True)},
        **_in_wijk(area),
        "map_query": f"?wijk={area.slug}&buurt={found.slug}",
        "crumbs": [_crumb(area.gebied), _crumb(area)],
    }
    return _area_page(
        request, found, area.gebied, Melding.objects.public().in_buurt(found), _ideas().in_buurt(found), names
    )


@require_safe
@limited("zoeken")
def zoeken(request: HttpRequest) -> HttpResponse:
    """Areas, addresses, meldingen and initiatieven for what somebody typed."""
    text = request.GET.get("q", "").strip()[: search.MAX_LENGTH]
    return render(request, "zoeken.html", {"query": text, "found": search.find(text) if text else None})


@same_for_everybody()
@require_safe
def hulp(request: HttpRequest) -> HttpResponse:
    """Who helps with a quarrel with neighbours or worry about somebody; stores nothing."""
    return render(request, "hulp.html")


@same_for_everybody()
@require_safe
def toegankelijkheid(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "toegankelijkheid.html")


@same_for_everybody()
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal knows about people, why and for how long."""
    kept = [
        (Doel.CONTACT, _("Uw naam, e-mailadres, telefoonnummer, en dat u was ingelogd")),
        (Doel.WOORDEN, _("Wat u schreef: de omschrijving, het adres en de plek, uw antwoorden")),
        (Doel.FOTOS, _("Uw foto’s")),
    ]
    terms = {
        "content_days": settings.BERICHT_CONTENT_DAYS,
        "proof_days": settings.BERICHT_PROOF_DAYS,
        "follow_days": UNCONFIRMED_TERM.days,
        "spoor_years": round(settings.SPOOR_DAYS / 365),
        "email_days": UNCONFIRMED_EMAIL_TERM.days,
        "uitkomsten": [uitkomst.label for uitkomst in UITKOMSTEN],
        "bewaartermijnen": [
            (words, [(uitkomst.label, term(doel, uitkomst)) for uitkomst in UITKOMSTEN]) for doel, words in kept
        ],
    }
    return render(request, "privacy.html", terms)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for by themselves on pages that name no icon, such as those of the admin."""
    return redirect(static("img/favicon.svg"))


def _area_page(
    request: HttpRequest,
    area: Area,
    gebied: Gebied,
    meldingen: MeldingQuerySet,
    ideas: InitiatiefQuerySet,
    names: dict[str, Any],
) -> HttpResponse:
    """What the pages of gebied, wijk and dorp have in common; `names` is what each says for itself."""
    numbers = counted(
        f"{area._meta.model_name}:{area.pk}",
        lambda: (
            meldingen.figures(timezone.localdate()),
            meldingen.by_month(MONTHS),
            meldingen.by_categorie(TOP_CATEGORIES),
        ),
    )
    figures, months, about = numbers.value
    above = [{"label": _("Gebieden"), "url": reverse("gebieden")}, *names.pop("crumbs", [])]
    context = {
        "area": area,
        "gebied": gebied,
        "team": Teamlid.objects.of(gebied),
        "latest": meldingen.for_list()[:LATEST],
        "ideas": ideas.for_list()[:LATEST_IDEAS],
        "figures": _figures(figures),
        "diagrams": _diagrams(months, about),
        "counted_at": numbers.at,
        "can_edit": gebieden_rules.can_edit(request.user, gebied),
        "crumbs": [*above, {"label": area.heading}],
        "niveau": "wijk",
        "section": "gebieden",
        **names,
    }
    return render(request, "gebied.html", context)


def _ideas() -> InitiatiefQuerySet:
    """The initiatieven that everybody may know of and to which more comes."""
    return Initiatief.objects.public().running()


def _crumb(area: Gebied | Wijk) -> dict[str, str]:
    return {"label": area.heading, "url": area.get_absolute_url()}


def _in_wijk(wijk: Wijk) -> dict[str, str]:
    """Where the page of a wijk or dorp leads: a new melding, and list, map, feed and file of that wijk."""
    query = f"?wijk={wijk.slug}"
    slugs = [wijk.gebied.slug, wijk.slug]
    return {
        "wijk_query": query,
        "list_query": query,
        "map_query": query,
        "list_name": _("wijk %(naam)s") % {"naam": wijk.naam},
        "rss": reverse("wijk_rss", args=slugs),
        "geojson": reverse("wijk_geojson", args=slugs),
    }


def _figures(numbers: dict[str, int]) -> list[dict[str, str]]:
    """What `MeldingQuerySet.figures` gives, as `_onderdelen/kerncijfers.html` shows it."""
    solved = _("opgelost in 30 dagen")
    if numbers["solved"]:
        share = round(100 * numbers["in_time"] / numbers["solved"])
        solved = _("opgelost in 30 dagen, %(share)d%% op tijd") % {"share": share}
    is_open = _("nu open")
    if numbers["without_pin"]:
        # The map beside these figures shows the others.
        is_open = _("nu open, %(number)s zonder speld op de kaart") % {"number": numbers["without_pin"]}
    rows = [
        (numbers["reported"], _("gemeld in 30 dagen")),
        (numbers["solved"], solved),
        (numbers["open"], is_open),
        (numbers["overdue"], _("later dan beloofd")),
    ]
    return [{"number": number_format(number, force_grouping=True), "label": label} for number, label in rows]


def _diagrams(months: list[tuple[date, int]], about: list[tuple[str, int]]) -> list[Any]:
    """Reported per month, and what it was about most, over the past year."""
    if not any(number for _month, number in months):
        return []
    return [
        staafdiagram(
            [(date_format(month, "F Y"), number) for month, number in months],
            title=_("Gemeld per maand"),
            label_head=_("Maand"),
            value_head=_("Meldingen"),
        ),
        staafdiagram(
            about,
            title=_("Waar het in het laatste jaar het meest over ging"),
            label_head=_("Waarover"),
            value_head=_("Meldingen"),
        ),
    ]
