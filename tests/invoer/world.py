"""A small Alkmaar with one of everything, at names that never change, and everybody who may come to a page.

`pages` names what stands here; whoever adds a model with pages adds a row of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from basis import fotos, spoor, via
from berichten import outbox
from berichten.models import Abonnement
from berichten.tasks import drain_outbox
from gebieden.models import AreaImport
from gebruikers import actions
from gebruikers.models import Gebruiker
from gebruikers.voorbeeld import EXAMPLE_ACCOUNTS
from initiatieven.models import Foto as InitiatiefFoto
from initiatieven.models import Initiatief
from initiatieven.rules import MAIL_LINK
from initiatieven.rules import Status as IdeeStatus
from meldingen.models import Emailwijziging, Melding, Overdracht, Routeregel, Vernietiging
from meldingen.rules import EMAIL_LINK, EMAIL_LINK_VERSION, FOLLOWED_AS, OVERDRACHT_LINK, OWN_LINK, Doel, Status
from tests.factories import (
    JPEG,
    BehandelaarFactory,
    BuurtFactory,
    CategorieFactory,
    DeeltaakFactory,
    FotoFactory,
    GebiedFactory,
    GebruikerFactory,
    GroepFactory,
    InitiatiefFactory,
    KoppelingFactory,
    MeldingFactory,
    NotitieFactory,
    OrganisatieFactory,
    OverdrachtFactory,
    TeamlidFactory,
    TekstblokFactory,
    WijkFactory,
    ZoekopdrachtFactory,
)
from tests.gebruikers.conftest import PASSWORD, Medewerker
from tests.inloggen import sign_in

#: Of the meldingen of one reporter: a new one, a solved one, and one about which something was asked.
NUMMER, SOLVED, ASKED = "20261121", "20261122", "20261123"
#: What lies with an organisation: one with a question that waits for an answer, one without.
HANDED_OVER, QUESTIONED = "20261124", "20261125"
#: Ideas of one maker: one that waits for the Gebiedsteam, and one that is still with the maker.
IDEE, CONCEPT = "20261131", "20261132"
IDEE_FOTO = UUID("00000000-0000-4000-8000-000000000003")
FOTO = UUID("00000000-0000-4000-8000-000000000001")
INZENDING = UUID("00000000-0000-4000-8000-000000000002")
POSTVAK = "bericht"
#: Ids that addresses name, far beyond those that a database hands out by itself.
_FAR = 10_000_000
NEWCOMER, COLLEAGUE, TEAMLID, OTHER_TEAMLID, ABONNEMENT, UNCONFIRMED, ZOEKOPDRACHT, MEDEWERKER = range(_FAR, _FAR + 8)
EMAILWIJZIGING = _FAR + 20
NOTITIE, DEELTAAK = _FAR + 30, _FAR + 31
#: A pin in the only buurt.
LAT, LON = 52.6, 4.75
#: What exists, but may not be chosen by who comes to a page: out of use, not public, of somebody else.
FOREIGN = [
    str(OTHER_TEAMLID),
    "buiten-gebruik",
    "niet-openbaar",
    "20261129",
    "west",
    "andere-wijk",
    "andere-afdeling",
    "weg-organisatie",
]


@dataclass
class World:
    """What a visitor may need to know of it."""

    meldingen: list[Melding]
    overdrachten: list[Overdracht]
    ideas: list[Initiatief]
    medewerker: Medewerker
    newcomer: Gebruiker


def foto_of_idea() -> str:
    """The name of a stored photo."""
    return fotos.store(fotos.prepare(ContentFile(JPEG)), folder="initiatieven")


def build() -> World:
    """Fill an empty database, and the mailbox of the embedded portal."""
    gebied = GebiedFactory(slug="oost", naam="Oost")
    wijk = WijkFactory(slug="schermer", naam="Schermer", gebied=gebied)
    dorp = BuurtFactory(slug="stompetoren", naam="Stompetoren", wijk=wijk, dorp=True, label_lat=LAT, label_lon=LON)
    elsewhere = WijkFactory(slug="andere-wijk", gebied=GebiedFactory(slug="west", naam="West"))
    AreaImport.objects.create(bron="proef", verslag={})

    gebruiker = GebruikerFactory(pk=MEDEWERKER, naam="Marja", beheerder=True)
    gebruiker.set_password(PASSWORD)
    gebruiker.save()
    medewerker = Medewerker(gebruiker, generate_totp_secret())
    TOTP.activate(gebruiker, medewerker.secret)
    # Without anybody else who manages the portal, much would be refused for that reason.
    GebruikerFactory(pk=COLLEAGUE, beheerder=True)
    newcomer = GebruikerFactory(pk=NEWCOMER, medewerker=True)
    newcomer.password = gebruiker.password
    newcomer.save()
    actions.ensure_example_account(EXAMPLE_ACCOUNTS[0])

    categorie = CategorieFactory(slug="lamp-kapot")
    BehandelaarFactory(gebruiker=gebruiker, afdeling=categorie.afdeling)
    CategorieFactory(slug="graffiti", afdeling=categorie.afdeling)
    CategorieFactory(slug="buiten-gebruik", actief=False)
    closed = CategorieFactory(slug="niet-openbaar", openbaar=False, afdeling__slug="andere-afdeling")
    # Only what nothing hangs on can be deleted.
    GroepFactory()
    place = {"wijk": wijk, "buurt": dorp, "lat": LAT, "lon": LON}
    melding = MeldingFactory(nummer=NUMMER, categorie=categorie, email="melder@voorbeeld.example", **place)
    closed_one = MeldingFactory(nummer=SOLVED, categorie=categorie, status=Status.OPGELOST, **place)
    asked = MeldingFactory(nummer=ASKED, categorie=categorie, status=Status.WACHT_OP_MELDER, **place)
    # Came in later and may be about the same, so that the file of the first offers to join them.
    MeldingFactory(nummer="20261128", categorie=categorie, **place)
    MeldingFactory(nummer="20261129", categorie=closed, wijk=elsewhere)
    for one in (closed_one, asked):
        one.stappen.create(van=Status.IN_BEHANDELING, naar=one.status, at=timezone.now(), toelichting="Toelichting.")
    organisatie = OrganisatieFactory(slug="waterschap")
    OrganisatieFactory(slug="weg-organisatie", actief=False)
    overdrachten = [
        OverdrachtFactory(
            organisatie=organisatie,
            melding=MeldingFactory(nummer=nummer, categorie=categorie, status=Status.DOORGEZET, **place),
        )
        for nummer in (HANDED_OVER, QUESTIONED)
    ]
    overdrachten[1].navragen.create(tekst="Welke lamp?")
    FotoFactory(uuid=FOTO, melding=melding, stored=True)
    NotitieFactory(pk=NOTITIE, melding=melding, door=gebruiker)
    # Of an afdeling for which the same medewerker works, so that one visitor does all that can be done with it.
    DeeltaakFactory(pk=DEELTAAK, melding=melding, afdeling=BehandelaarFactory(gebruiker=gebruiker).afdeling)
    TekstblokFactory()
    FotoFactory(inzending=INZENDING, melding=None, stored=True)

    idea = InitiatiefFactory(nummer=IDEE, status=IdeeStatus.AANGEBODEN, wijk=wijk)
    concept = InitiatiefFactory(nummer=CONCEPT, status=IdeeStatus.CONCEPT, wijk=wijk)
    InitiatiefFoto.objects.create(
        uuid=IDEE_FOTO, inzending=idea.inzending, initiatief=idea, naam=foto_of_idea(), width=32, height=24
    )

    KoppelingFactory()
    Emailwijziging.objects.create(pk=EMAILWIJZIGING, melding=melding, email="nieuw@voorbeeld.example")
    Routeregel.objects.create(woorden="zinkgat", afdeling=categorie.afdeling)
    Vernietiging.objects.add(op=timezone.localdate(), doel=Doel.CONTACT, uitkomst=Status.OPGELOST, termijn=90, aantal=3)
    ZoekopdrachtFactory(pk=ZOEKOPDRACHT, gebruiker=gebruiker)
    for pk, about, confirmed in ((ABONNEMENT, asked, timezone.now()), (UNCONFIRMED, melding, None)):
        Abonnement.objects.create(
            pk=pk, email=gebruiker.email, soort=FOLLOWED_AS, onderwerp=about.pk, confirmed_at=confirmed
        )
    spoor.record(spoor.SpoorHandeling.OPGESCHOOND, by=gebruiker, about=melding)

    for pk, of, linked in (
        (_FAR + 9, gebied, gebruiker),
        (TEAMLID, gebied, None),
        (OTHER_TEAMLID, elsewhere.gebied, None),
    ):
        TeamlidFactory(pk=pk, gebied=of, gebruiker=linked)

    context = {"code": "1234-5678"}
    outbox.enqueue(key="proef", to="iemand@voorbeeld.example", template="inlogcode", context=context)
    drain_outbox()
    (written,) = settings.POSTVAK_DIR.glob("*.eml")
    written.rename(settings.POSTVAK_DIR / f"{POSTVAK}.eml")
    return World([melding, closed_one, asked], overdrachten, [idea, concept], medewerker, newcomer)


def _opens_own_meldingen(client: Client, world: World) -> None:
    for melding in world.meldingen:
        client.get(via.address(OWN_LINK, melding.pk, melding.via_versie).removeprefix(settings.PORTAL_URL))
    client.get(via.address(EMAIL_LINK, EMAILWIJZIGING, EMAIL_LINK_VERSION).removeprefix(settings.PORTAL_URL))


def _opens_overdrachten(client: Client, world: World) -> None:
    for one in world.overdrachten:
        client.get(via.address(OVERDRACHT_LINK, one.pk, one.via_versie).removeprefix(settings.PORTAL_URL))


def _opens_own_ideas(client: Client, world: World) -> None:
    for one in world.ideas:
        client.get(via.address(MAIL_LINK, one.pk, one.via_versie).removeprefix(settings.PORTAL_URL))


def _bewoner(client: Client, world: World) -> None:
    sign_in(client, GebruikerFactory())


def _medewerker(client: Client, world: World) -> None:
    world.medewerker.gebruiker.refresh_from_db()
    sign_in(client, world.medewerker.gebruiker)


def _just_proved(client: Client, world: World) -> None:
    _medewerker(client, world)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def _waits_for_code(client: Client, world: World) -> None:
    client.post(reverse("account_request_login_code"), {"email": GebruikerFactory().email})


def _gave_password(client: Client, world: World) -> None:
    client.post(reverse("account_login"), {"login": world.medewerker.gebruiker.email, "password": PASSWORD})


def _without_second_factor(client: Client, world: World) -> None:
    client.post(reverse("account_login"), {"login": world.newcomer.email, "password": PASSWORD})


def _chooses_password(client: Client, world: World) -> None:
    client.get(actions.password_link(world.newcomer).removeprefix(settings.PORTAL_URL))


#: Everybody who may come to a page, and how they get there with a fresh client.
VISITORS: dict[str, Callable[[Client, World], None]] = {
    "anybody": lambda client, world: None,
    "melder": _opens_own_meldingen,
    "maker": _opens_own_ideas,
    "organisatie": _opens_overdrachten,
    "bewoner": _bewoner,
    "medewerker": _medewerker,
    "medewerker who just proved it": _just_proved,
    "waits for a code": _waits_for_code,
    "gave password": _gave_password,
    "without second factor": _without_second_factor,
    "chooses password": _chooses_password,
}
