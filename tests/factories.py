"""Rows for tests, plausible without any argument."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from basis import fotos
from gebieden.models import Buurt, Gebied, Organisatie, Teamlid, Wijk
from gebieden.rules import OrganisatieSoort, Rol
from gebieden.tegels import cel
from gebruikers.models import Afdeling, Gebruiker
from initiatieven.models import Initiatief
from initiatieven.rules import ENDED, HIDDEN, MakerSoort
from initiatieven.rules import Status as IdeeStatus
from meldingen.models import (
    Behandelaar,
    Categorie,
    Deeltaak,
    Foto,
    Groep,
    Koppeling,
    Melding,
    Notitie,
    Overdracht,
    Tekstblok,
    Zoekopdracht,
)
from meldingen.rules import CLOSED, OverdrachtStatus, Status

PASSWORD = "een lang wachtwoord"


def jpeg(colour: str = "teal") -> bytes:
    """A small JPEG of one colour."""
    content = BytesIO()
    Image.new("RGB", (32, 24), colour).save(content, "JPEG")
    return content.getvalue()


JPEG = jpeg()


def square(lat: float, lon: float, size: float = 0.001) -> dict[str, Any]:
    """A square with its middle at `lat`, `lon` and sides of `size` degrees, as GeoJSON."""
    west, east, south, north = lon - size / 2, lon + size / 2, lat - size / 2, lat + size / 2
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


class GebruikerFactory(DjangoModelFactory[Gebruiker]):
    """A bewoner; traits `medewerker` and `beheerder`. The password is `PASSWORD`."""

    class Meta:
        model = Gebruiker
        skip_postgeneration_save = True

    class Params:
        medewerker = factory.Trait(is_medewerker=True)
        beheerder = factory.Trait(is_medewerker=True, is_beheerder=True)

    naam = factory.Sequence(lambda number: f"Persoon {number}")
    email = factory.Sequence(lambda number: f"persoon{number}@voorbeeld.example")
    password = factory.django.Password(PASSWORD)


class AfdelingFactory(DjangoModelFactory[Afdeling]):
    """An afdeling with an address of its own."""

    class Meta:
        model = Afdeling

    naam = factory.Sequence(lambda number: f"Afdeling {number}")
    slug = factory.Sequence(lambda number: f"afdeling-{number}")
    email = factory.LazyAttribute(lambda afdeling: f"{afdeling.slug}@voorbeeld.example")


class AreaFactory(DjangoModelFactory[Any]):
    """What gebied, wijk and buurt share: a small square round `label_lat`, `label_lon`, each further to the east."""

    class Meta:
        abstract = True

    label_lat = 52.6
    label_lon = factory.Sequence(lambda number: round(4.7 + number % 1000 * 0.002, 6))
    grens = factory.LazyAttribute(lambda area: square(area.label_lat, area.label_lon))
    west = factory.LazyAttribute(lambda area: area.label_lon - 0.0005)
    east = factory.LazyAttribute(lambda area: area.label_lon + 0.0005)
    south = factory.LazyAttribute(lambda area: area.label_lat - 0.0005)
    north = factory.LazyAttribute(lambda area: area.label_lat + 0.0005)
    inwoners = 1000
    inwoners_jaar = 2022


class GebiedFactory(AreaFactory):
    """A gebied of its own."""

    class Meta:
        model = Gebied

    naam = factory.Sequence(lambda number: f"Gebied {number}")
    slug = factory.Sequence(lambda number: f"gebied-{number}")
    kleur = "noord"
    volgorde = factory.Sequence(lambda number: number)


class WijkFactory(AreaFactory):
    """A wijk in a gebied of its own."""

    class Meta:
        model = Wijk

    gebied = factory.SubFactory(GebiedFactory)
    naam = factory.Sequence(lambda number: f"Wijk {number}")
    slug = factory.Sequence(lambda number: f"wijk-{number}")
    code = factory.Sequence(lambda number: f"WK{number:06}")
    volgorde = factory.Sequence(lambda number: number)


class BuurtFactory(AreaFactory):
    """A buurt in a wijk of its own; trait `dorp`."""

    class Meta:
        model = Buurt

    class Params:
        dorp = factory.Trait(is_dorp=True)

    wijk = factory.SubFactory(WijkFactory)
    naam = factory.Sequence(lambda number: f"Buurt {number}")
    slug = factory.Sequence(lambda number: f"buurt-{number}")
    gebiednummer = factory.Sequence(lambda number: f"{number:016}")


class TeamlidFactory(DjangoModelFactory[Teamlid]):
    """A gebiedsregisseur without an account; give `gebruiker` to let somebody edit the gebied."""

    class Meta:
        model = Teamlid

    gebied = factory.SubFactory(GebiedFactory)
    rol = Rol.GEBIEDSREGISSEUR
    email = factory.Sequence(lambda number: f"team{number}@voorbeeld.example")
    telefoon = "14 072"
    volgorde = factory.Sequence(lambda number: number)


class OrganisatieFactory(DjangoModelFactory[Organisatie]):
    """An organisation that meldingen can be handed over to."""

    class Meta:
        model = Organisatie

    naam = factory.Sequence(lambda number: f"Organisatie {number}")
    slug = factory.Sequence(lambda number: f"organisatie-{number}")
    soort = OrganisatieSoort.OVERHEID
    email_meldingen = factory.LazyAttribute(lambda organisatie: f"{organisatie.slug}@voorbeeld.example")


class GroepFactory(DjangoModelFactory[Groep]):
    """A heading of the melding form."""

    class Meta:
        model = Groep

    naam = factory.Sequence(lambda number: f"Groep {number}")
    slug = factory.Sequence(lambda number: f"groep-{number}")


class CategorieFactory(DjangoModelFactory[Categorie]):
    """A public category that can be chosen, with an afdeling of its own and five working days."""

    class Meta:
        model = Categorie

    groep = factory.SubFactory(GroepFactory)
    naam = factory.Sequence(lambda number: f"Categorie {number}")
    slug = factory.Sequence(lambda number: f"categorie-{number}")
    afdeling = factory.SubFactory(AfdelingFactory)
    termijn_werkdagen = 5
    thema = "heel"


class BehandelaarFactory(DjangoModelFactory[Behandelaar]):
    """A medewerker who handles the meldingen of an afdeling."""

    class Meta:
        model = Behandelaar

    gebruiker = factory.SubFactory(GebruikerFactory, medewerker=True)
    afdeling = factory.SubFactory(AfdelingFactory)


class MeldingFactory(DjangoModelFactory[Melding]):
    """A melding that just came in, with a pin in the middle of Alkmaar; closed ones were closed now."""

    class Meta:
        model = Melding
        skip_postgeneration_save = True

    nummer = factory.Sequence(lambda number: str(20_000_000 + number))
    inzending = factory.LazyFunction(uuid4)
    categorie = factory.SubFactory(CategorieFactory)
    afdeling = factory.SelfAttribute("categorie.afdeling")
    status = Status.GEMELD
    wijk = factory.SubFactory(WijkFactory)
    lat = 52.6318
    lon = 4.7502
    cel = factory.LazyAttribute(lambda melding: None if melding.lat is None else cel(melding.lat, melding.lon))
    omschrijving = "De lantaarnpaal voor de deur brandt niet meer."
    beloofd_op = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))
    closed_at = factory.LazyAttribute(lambda melding: timezone.now() if melding.status in CLOSED else None)

    @factory.post_generation
    def first_step(self: Any, create: bool, extracted: object, **kwargs: object) -> None:
        """How it came in."""
        if create:
            self.stappen.create(van="", naar=Status.GEMELD, at=self.created_at)


class OverdrachtFactory(DjangoModelFactory[Overdracht]):
    """A melding that was sent to an organisation a moment ago."""

    class Meta:
        model = Overdracht

    organisatie = factory.SubFactory(OrganisatieFactory)
    melding = factory.SubFactory(
        MeldingFactory, status=Status.DOORGEZET, doorgezet_naar=factory.SelfAttribute("..organisatie.naam")
    )
    vraag = "Wilt u hiernaar kijken?"
    taken_at = factory.LazyAttribute(
        lambda overdracht: timezone.now() if overdracht.status == OverdrachtStatus.AANGENOMEN else None
    )
    status = OverdrachtStatus.GESTUURD


class ZoekopdrachtFactory(DjangoModelFactory[Zoekopdracht]):
    """A search that a medewerker keeps."""

    class Meta:
        model = Zoekopdracht

    gebruiker = factory.SubFactory(GebruikerFactory, medewerker=True)
    naam = factory.Sequence(lambda number: f"Zoekopdracht {number}")
    query = "toon=te_laat"


class NotitieFactory(DjangoModelFactory[Notitie]):
    """A note of just now, by a colleague."""

    class Meta:
        model = Notitie

    melding = factory.SubFactory(MeldingFactory)
    door = factory.SubFactory(GebruikerFactory, medewerker=True)
    tekst = "De aannemer komt dinsdag langs."


class DeeltaakFactory(DjangoModelFactory[Deeltaak]):
    """An open part of a melding, asked of another afdeling; a closed one says how it ended."""

    class Meta:
        model = Deeltaak

    melding = factory.SubFactory(MeldingFactory)
    afdeling = factory.SubFactory(AfdelingFactory)
    wat = "Zet de rijbaan af."
    gereed_voor = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=3))
    uitleg = factory.LazyAttribute(lambda deeltaak: "" if deeltaak.status == "open" else "Het is klaar.")
    closed_at = factory.LazyAttribute(lambda deeltaak: None if deeltaak.status == "open" else timezone.now())
    status = "open"


class TekstblokFactory(DjangoModelFactory[Tekstblok]):
    """A standard text for all afdelingen and all statuses."""

    class Meta:
        model = Tekstblok

    titel = factory.Sequence(lambda number: f"Tekst {number}")
    tekst = "We hebben het hersteld."


class InitiatiefFactory(DjangoModelFactory[Initiatief]):
    """A whole idea for a wijk, by default one that everybody reads; its dates go with its status."""

    class Meta:
        model = Initiatief
        skip_postgeneration_save = True

    class Params:
        was_public = factory.LazyAttribute(lambda one: one.status not in HIDDEN | {IdeeStatus.INGETROKKEN})

    nummer = factory.Sequence(lambda number: str(30_000_000 + number))
    inzending = factory.LazyFunction(uuid4)
    status = IdeeStatus.IDEE
    titel = factory.Sequence(lambda number: f"Geveltuintjes {number}")
    wat = "We halen samen de tegels weg."
    waarom = "Groen is koeler."
    thema = "schoon"
    wijk = factory.SubFactory(WijkFactory)
    gebied = factory.SelfAttribute("wijk.gebied")
    bereik = "wijk"
    lat = None
    lon = None
    cel = factory.LazyAttribute(lambda one: None if one.lat is None else cel(one.lat, one.lon))
    soort = MakerSoort.BEWONER
    naam = "Anna Maker"
    email = "maker@voorbeeld.example"
    created_at = factory.LazyFunction(timezone.now)
    offered_at = factory.LazyAttribute(lambda one: None if one.status == IdeeStatus.CONCEPT else one.created_at)
    email_confirmed_at = factory.SelfAttribute("offered_at")
    beloofd_op = factory.LazyAttribute(lambda one: timezone.localdate() if one.offered_at else None)
    published_at = factory.LazyAttribute(lambda one: one.created_at if one.was_public else None)
    ended_at = factory.LazyAttribute(lambda one: timezone.now() if one.status in ENDED else None)

    @factory.post_generation
    def first_step(self: Any, create: bool, extracted: object, **kwargs: object) -> None:
        """How it began."""
        if create:
            self.stappen.create(van="", naar=IdeeStatus.CONCEPT, at=self.created_at)


class KoppelingFactory(DjangoModelFactory[Koppeling]):
    """Another system with a key, which is `sleutel`: give another one to more than one system."""

    class Meta:
        model = Koppeling
        exclude = ["sleutel"]

    sleutel = factory.Sequence(lambda number: f"sleutel-{number}-voor-de-tests")
    naam = factory.Sequence(lambda number: f"Systeem {number}")
    email = factory.Sequence(lambda number: f"systeem{number}@voorbeeld.example")
    sleutel_begin = factory.LazyAttribute(lambda koppeling: koppeling.sleutel[:8])
    sleutel_hash = factory.LazyAttribute(lambda koppeling: Koppeling.hash_of(koppeling.sleutel))


class FotoFactory(DjangoModelFactory[Foto]):
    """A photo with a melding; with `stored=True` its files are there too, and public when released."""

    class Meta:
        model = Foto

    uuid = factory.LazyFunction(uuid4)
    inzending = factory.LazyFunction(uuid4)
    melding = factory.SubFactory(MeldingFactory)
    naam = factory.LazyAttribute(lambda foto: f"besloten/meldingen/2026/{foto.uuid}.jpg")
    width = 32
    height = 24
    sha256 = factory.LazyAttribute(lambda foto: foto.uuid.hex * 2)

    @classmethod
    def _create(cls, model_class: type[Foto], *args: Any, **kwargs: Any) -> Foto:
        if kwargs.pop("stored", False):
            names = [kwargs["naam"]]
            names += [fotos.public_name(kwargs["naam"])] if kwargs.get("besluit") == "openbaar" else []
            for name in names:
                for file in (name, fotos.thumbnail_name(name)):
                    default_storage.save(file, ContentFile(JPEG))
        return super()._create(model_class, *args, **kwargs)


def different_meldingen(like: Melding) -> list[Melding]:
    """`like`, and a handful that differ in all that a page shows of them, with the same afdeling and reporter.

    Two stand at the place of `like`, then one each in another buurt, another wijk and another gebied, and one without
    a pin.
    """
    same = {"afdeling": like.afdeling, "melder": like.melder}
    wijk, elsewhere = WijkFactory(gebied=like.wijk.gebied), WijkFactory()
    places: list[dict[str, Any]] = [
        {"wijk": like.wijk, "buurt": like.buurt},
        {"wijk": like.wijk, "buurt": like.buurt},
        {"wijk": like.wijk, "buurt": BuurtFactory(wijk=like.wijk)},
        {"wijk": wijk, "buurt": BuurtFactory(wijk=wijk)},
        {"wijk": elsewhere, "buurt": BuurtFactory(wijk=elsewhere)},
        {"wijk": like.wijk, "lat": None, "lon": None},
    ]
    others = [
        MeldingFactory(
            **{"lat": 52.6 + step / 100, "lon": 4.75 + step / 100, **place}, **same, straat=f"Waagplein {step}"
        )
        for step, place in enumerate(places)
    ]
    return [like, *others]


def many_meldingen(number: int, *like: Melding) -> None:
    """`number` more rows like each of `like` in turn, a few statements in all: for what must not grow with rows."""
    first = 50_000_000 + Melding.objects.count()
    rows = []
    for step in range(number):
        fields = {
            field.attname: getattr(like[step % len(like)], field.attname) for field in Melding._meta.concrete_fields
        }
        rows.append(Melding(**{**fields, "id": None, "nummer": str(first + step), "inzending": uuid4()}))
    Melding.objects.bulk_create(rows, batch_size=500)
