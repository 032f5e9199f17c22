"""Rows for tests, plausible without any argument."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from gebieden.models import Buurt, Gebied, Teamlid, Wijk
from gebieden.rules import Rol
from gebruikers.models import Afdeling, Gebruiker

PASSWORD = "een lang wachtwoord"


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
