"""How the tests of bad input reach every address of the portal.

Whoever adds an address adds a line to `PAGES`: who comes there, and with which arguments out of `world`. Everything
else joins by itself: the forms on the page with all their fields, hidden ones too, the parameters that its view
reads, its path. `test_joins.py` fails for an address without a line, and says what is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.http import int_to_base36

from basis.termijnen import add_working_days
from tests.addresses import every_pattern
from tests.gebruikers.conftest import PASSWORD
from tests.invoer.world import (
    ABONNEMENT,
    ASKED,
    COLLEAGUE,
    CONCEPT,
    DEELTAAK,
    EMAILWIJZIGING,
    FOTO,
    HANDED_OVER,
    IDEE,
    IDEE_FOTO,
    MEDEWERKER,
    NEWCOMER,
    NOTITIE,
    NUMMER,
    POSTVAK,
    QUESTIONED,
    SOLVED,
    TEAMLID,
    UNCONFIRMED,
    ZOEKOPDRACHT,
)

OTHER_PASSWORD = "stoel accu paperclip fout"


@dataclass(frozen=True)
class Page:
    """Who comes to an address, and with which arguments; `valid` fills what `VALID` doesn't know.

    `hard` says why nothing that a test can think of is accepted by a form there. `answers` when it shows at once what
    was done, instead of leading on. `path` is for an address without a name, `query` for one that needs parameters.
    """

    visitor: str = "anybody"
    arguments: Mapping[str, object] = field(default_factory=dict)
    valid: Mapping[str, str] = field(default_factory=dict)
    hard: str = ""
    answers: bool = False
    path: str = ""
    query: str = ""


#: What a person would fill in, by the name of the field; for a choice without a line here, the first one.
VALID = {
    "omschrijving": "De lantaarnpaal voor de deur brandt niet meer.",
    "toelichting": "We komen morgen kijken.",
    "lat": "52.6",
    "lon": "4.75",
    "email": "iemand@voorbeeld.example",
    "telefoon": "06 12345678",
    "naam": "Voorbeeld",
    "login": "iemand@voorbeeld.example",
    "besluit": "openbaar",
    "richting": "omhoog",
    "slug": "voorbeeld",
    "termijn_werkdagen": "5",
    "volgorde": "1",
    "status": "in_behandeling",
    "plek": "",
}

NEXT_WORKING_DAY = str(add_working_days(timezone.localdate(), 1))
NO_CODE = "the code is known to the owner of the mailbox or phone alone"
_MELDING = {"nummer": NUMMER}
_OOST = {"gebied": "oost"}
_TEAMLID = {"gebied": "oost", "pk": TEAMLID}

#: What people fill in about an idea.
_NEW_IDEA = {
    "titel": "Geveltuintjes",
    "wat": "Tegels eruit.",
    "waarom": "Groen.",
    "thema": "schoon",
    "waar": "gebied oost",
}

PAGES: dict[str, Page] = {
    **dict.fromkeys(["home", "zoeken", "gebieden", "initiatieven", "agendas", "hulp"], Page()),
    **dict.fromkeys(["toegankelijkheid", "privacy", "security_txt", "health_live", "health_ready", "metrics"], Page()),
    "grenzen": Page(),
    "adressen": Page(),
    "gebied": Page(arguments={"slug": "oost"}),
    "wijk": Page(arguments=_OOST | {"wijk": "schermer"}),
    "dorp": Page(arguments=_OOST | {"wijk": "schermer", "dorp": "stompetoren"}),
    "gebied_bewerken": Page("medewerker", _OOST),
    "gebied_inleiding": Page("medewerker", _OOST),
    "wijk_inleiding": Page("medewerker", _OOST | {"wijk": "schermer"}),
    "dorp_inleiding": Page("medewerker", _OOST | {"wijk": "schermer", "dorp": "stompetoren"}),
    "teamlid_nieuw": Page("medewerker", _OOST),
    "teamlid_wijzigen": Page("medewerker", _TEAMLID),
    "teamlid_verwijderen": Page("medewerker", _TEAMLID),
    "teamlid_verplaatsen": Page("medewerker", _TEAMLID),
    **dict.fromkeys(["vernietigd", "vernietigd_csv"], Page()),
    "meldingen": Page(),
    **dict.fromkeys(["meldingen_cijfers", "meldingen_cijfers_csv"], Page()),
    "initiatieven_kaart": Page(),
    "initiatieven_mijn": Page("bewoner"),
    "initiatief_nieuw": Page(valid=_NEW_IDEA),
    "initiatief": Page("maker", {"nummer": CONCEPT}),
    "initiatief_wijzigen": Page("maker", {"nummer": CONCEPT}, _NEW_IDEA),
    "initiatief_aanbieden": Page("maker", {"nummer": CONCEPT}),
    "initiatief_intrekken": Page("maker", {"nummer": CONCEPT}),
    "initiatief_foto": Page("maker", {"uuid": IDEE_FOTO}),
    "initiatief_foto_klein": Page("maker", {"uuid": IDEE_FOTO}),
    "gebiedsteam_initiatieven": Page("medewerker"),
    "gebiedsteam_initiatief": Page("medewerker", {"nummer": IDEE}),
    "gebiedsteam_plaatsen": Page(
        "medewerker", {"nummer": IDEE}, hard="there is a photo on which nobody decided yet, and that comes first"
    ),
    "gebiedsteam_teruggeven": Page("medewerker", {"nummer": IDEE}),
    "gebiedsteam_foto": Page("medewerker", {"nummer": IDEE, "uuid": IDEE_FOTO}),
    "meldingen_kaart": Page(),
    # There is one of the other category nearby, and it asks whether it is the same.
    "melding_nieuw": Page(valid={"categorie": "graffiti"}),
    "meldingen_mijn": Page("bewoner"),
    "melding_foto": Page("melder", {"uuid": FOTO}),
    "melding_foto_klein": Page("melder", {"uuid": FOTO}),
    "melding": Page("melder", _MELDING),
    "melding_verstuurd": Page("melder", _MELDING),
    "melding_volgen": Page(arguments=_MELDING),
    "melding_antwoord": Page("melder", {"nummer": ASKED}, {"tekst": "Het is de derde lantaarnpaal."}),
    **dict.fromkeys(["melding_gegevens", "melding_gegevens_json"], Page("melder", _MELDING)),
    "melding_contact": Page("melder", _MELDING),
    "melding_wissen": Page("melder", _MELDING | {"doel": "woorden"}),
    "melding_email": Page("melder", {"pk": EMAILWIJZIGING}),
    "melding_oordeel": Page("melder", {"nummer": SOLVED}),
    "meldingen_nabij": Page(),
    "gebied_rss": Page(arguments=_OOST),
    "gebied_geojson": Page(arguments=_OOST),
    "wijk_rss": Page(arguments=_OOST | {"wijk": "schermer"}),
    "wijk_geojson": Page(arguments=_OOST | {"wijk": "schermer"}),
    "volgen": Page("medewerker"),
    "volgen_een": Page("medewerker", {"pk": UNCONFIRMED}),
    "volgen_bevestigen": Page("medewerker", {"pk": UNCONFIRMED}),
    "volgen_stoppen": Page("medewerker", {"pk": ABONNEMENT}),
    "open311": Page(),
    "open311_v2": Page(),
    **{
        f"open311_{name}": Page(arguments={"extension": "json"})
        for name in ("discovery", "services", "requests", "updates")
    },
    "open311_service": Page(arguments={"code": "lamp-kapot", "extension": "json"}),
    "open311_request": Page(arguments={"nummer": NUMMER, "extension": "xml"}),
    "open311_token": Page(arguments={"token": "abc", "extension": "json"}),
    "open311_unknown": Page(arguments={"rest": "zomaar.json"}),
    "robots_txt": Page(),
    "behandelen": Page("medewerker"),
    "behandelen_kaart": Page("medewerker"),
    "behandelen_csv": Page("medewerker"),
    "behandelen_samen": Page("medewerker", query=f"wat=status&m={NUMMER}.1", answers=True),
    "behandelen_toewijzen": Page("medewerker", _MELDING, {"behandelaar": str(MEDEWERKER)}),
    "behandelen_prioriteit": Page("medewerker", _MELDING, {"prioriteit": "1"}),
    "zoekopdrachten": Page("medewerker"),
    "zoekopdracht_nieuw": Page("medewerker"),
    "zoekopdracht_wijzigen": Page("medewerker", {"pk": ZOEKOPDRACHT}),
    "zoekopdracht_verwijderen": Page("medewerker", {"pk": ZOEKOPDRACHT}),
    "behandelen_datum": Page("medewerker", _MELDING, {"beloofd_op": str(add_working_days(timezone.localdate(), 20))}),
    "behandelen_melding": Page("medewerker", _MELDING, {"tekst": "De aannemer komt."}),
    "behandelen_status": Page("medewerker", _MELDING),
    "behandelen_categorie": Page("medewerker", _MELDING, {"categorie": "graffiti"}),
    "behandelen_afdeling": Page("medewerker", _MELDING, {"afdeling": "andere-afdeling"}),
    "behandelen_tekst": Page("medewerker", _MELDING),
    "behandelen_foto": Page("medewerker", _MELDING | {"uuid": FOTO}),
    "behandelen_doorzetten": Page("medewerker", _MELDING, {"organisatie": "waterschap", "vraag": "Kunt u kijken?"}),
    "behandelen_navraag": Page("medewerker", {"nummer": QUESTIONED}, {"tekst": "De derde."}),
    "behandelen_link": Page("medewerker", {"nummer": HANDED_OVER}),
    **{
        name: Page("organisatie", {"nummer": HANDED_OVER}, {"tekst": "Welke lamp is het?"})
        for name in (
            "overdracht",
            "overdracht_aannemen",
            "overdracht_vraag",
            "overdracht_gereed",
            "overdracht_teruggeven",
        )
    },
    "behandelen_nieuw": Page("medewerker", valid={"categorie": "graffiti"}),
    "deeltaken": Page("medewerker"),
    "foto_origineel": Page("medewerker", _MELDING | {"uuid": FOTO}),
    "foto_lakken": Page("medewerker", _MELDING | {"uuid": FOTO}, {"vlakken": "40 25 10 5"}),
    "tekst_lakken": Page("medewerker", _MELDING, {"tekst": "De lantaarnpaal brandt niet"}),
    "notitie_nieuw": Page("medewerker", _MELDING),
    "notitie_verbeteren": Page("medewerker", _MELDING | {"pk": NOTITIE}, {"tekst": "De aannemer komt."}),
    "deeltaak_vragen": Page("medewerker", _MELDING, {"wat": "Zet de rijbaan af.", "gereed_voor": NEXT_WORKING_DAY}),
    "deeltaak_gereed": Page("medewerker", _MELDING | {"pk": DEELTAAK}, {"uitleg": "Het is klaar."}),
    "deeltaak_intrekken": Page("medewerker", _MELDING | {"pk": DEELTAAK}, {"uitleg": "Het hoeft niet meer."}),
    "samenvoegen": Page("medewerker", _MELDING),
    "postvak": Page(),
    "postvak_bericht": Page(arguments={"name": POSTVAK}),
    "postvak_opgemaakt": Page(arguments={"name": POSTVAK}),
    "account_request_login_code": Page(),
    "account_confirm_login_code": Page("waits for a code", hard=NO_CODE),
    "inloggen_voorbeeld": Page(),
    "account_login": Page(hard="a password that is tried out is somebody else's"),
    "mfa_authenticate": Page("gave password", hard=NO_CODE),
    "account_inactive": Page(),
    "account_logout": Page("bewoner"),
    "account_reset_password": Page(),
    "account_reset_password_done": Page(),
    "account_reset_password_from_key": Page(
        "chooses password",
        {"uidb36": int_to_base36(NEWCOMER), "key": "kiezen"},
        {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD},
    ),
    "account": Page("bewoner"),
    "mfa_index": Page("medewerker"),
    "account_change_password": Page(
        "medewerker", valid={"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    ),
    "account_reauthenticate": Page("medewerker", valid={"password": PASSWORD}),
    "mfa_reauthenticate": Page("medewerker", hard=NO_CODE),
    "mfa_activate_totp": Page("without second factor", hard=NO_CODE),
    "mfa_view_recovery_codes": Page("medewerker who just proved it"),
    "mfa_generate_recovery_codes": Page("medewerker who just proved it"),
    "favicon": Page(path="/favicon.ico"),
    "via": Page(arguments={"token": "abc"}),
    **dict.fromkeys(["admin:index", "admin:jsi18n", "admin:autocomplete"], Page("medewerker")),
    **dict.fromkeys(["admin:login", "admin:password_change", "admin:password_change_done"], Page("medewerker")),
    "admin:logout": Page("medewerker"),
    "admin:meldingen_routeregel_proberen": Page("medewerker", answers=True),
    "admin:view_on_site": Page("medewerker", {"content_type_id": 1, "object_id": 1}),
    "admin:app_list": Page("medewerker", {"app_label": "meldingen"}),
    "admin:catch_all_view": Page("medewerker", path="/beheer/bestaat/niet/"),
}

#: What forms of admin classes take beyond `VALID`.
ADMIN_VALID = {
    "admin:meldingen_routeregel_add": {"woorden": "olie, drab", "volgorde": "20"},
    "admin:meldingen_tekstblok_add": {"titel": "We komen", "tekst": "We komen op {datum}."},
    "admin:gebieden_teamlid_add": {"gebruiker": str(COLLEAGUE)},
    "admin:meldingen_behandelaar_add": {"gebruiker": str(COLLEAGUE)},
    "admin:gebruikers_gebruiker_change": {"is_beheerder": ""},
}


#: A key is shown once, on the page itself; the spoor is given as a file.
ADMIN_ANSWERS = {
    "admin:meldingen_koppeling_add",
    "admin:meldingen_koppeling_change",
    "admin:meldingen_koppeling_changelist",
    "admin:basis_spoorregel_changelist",
}


def of_admin() -> Iterator[tuple[str, str]]:
    """Name and model label of each page of a ModelAdmin: these need no line above."""
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        for kind in ("changelist", "add", "history", "delete", "change"):
            yield f"admin:{label}_{kind}", model._meta.label


ADMIN = dict(of_admin())
#: Leads from the address of a row to its page; `admin:…_change` covers what may stand in it.
OLD_ADDRESSES = "admin:RedirectView"


def page(name: str) -> Page:
    """How to come to the address called `name`."""
    if name in ADMIN:
        return Page("medewerker", valid=ADMIN_VALID.get(name, {}), answers=name in ADMIN_ANSWERS)
    return PAGES[name]


def path(name: str) -> str:
    """The address called `name`, in `world`."""
    if page(name).path:
        return page(name).path
    arguments = dict(page(name).arguments)
    if name in ADMIN and name.endswith(("_history", "_delete", "_change")):
        row = apps.get_model(ADMIN[name])._base_manager.order_by("-pk").first()
        assert row is not None, f"Make a row of {ADMIN[name]} in tests/invoer/world.py, for the pages of its admin."
        arguments["object_id"] = row.pk
    query = page(name).query
    return reverse(name, kwargs=arguments) + (f"?{query}" if query else "")


NAMES = sorted({name for name, _pattern in every_pattern()} - {OLD_ADDRESSES})
REACHED = [name for name in NAMES if name in PAGES or name in ADMIN]
