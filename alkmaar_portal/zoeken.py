"""Search over the floors: areas by name, addresses through PDOK, meldingen and initiatieven by number and words."""

from __future__ import annotations

from dataclasses import dataclass, field

from basis.nummers import as_nummer
from gebieden import pdok
from gebieden.models import Area, Buurt, Gebied, Wijk
from gebieden.pdok import Adres, PdokUnavailable
from gebieden.plaatsen import buurt_at
from initiatieven.models import Initiatief
from meldingen.models import Melding

MAX_LENGTH = 100
MAX_MELDINGEN = 20
MAX_INITIATIEVEN = 20


@dataclass(frozen=True)
class Place:
    """An address in the municipality and the buurt that it lies in."""

    adres: Adres
    buurt: Buurt


@dataclass
class Found:
    """What a search found, by kind; `addresses_out` tells that an address was meant and could not be looked up."""

    areas: list[Area] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    meldingen: list[Melding] = field(default_factory=list)
    initiatieven: list[Initiatief] = field(default_factory=list)
    addresses_out: bool = False

    def __bool__(self) -> bool:
        return bool(self.areas or self.places or self.meldingen or self.initiatieven)


def find(text: str) -> Found:
    """Everything public that fits `text`."""
    found = Found()
    found.areas = [
        *Gebied.objects.named_like(text),
        *Wijk.objects.named_like(text).select_related("gebied").defer("gebied__grens"),
        *Buurt.objects.named_like(text).with_wijk(),
    ]
    found.meldingen = list(Melding.objects.public().with_public_words(text).for_list()[:MAX_MELDINGEN])
    ideas = Initiatief.objects.public().with_public_words(text)
    found.initiatieven = list(ideas.for_list()[:MAX_INITIATIEVEN])
    if _is_number(text):
        return found
    try:
        for adres in pdok.find(text):
            buurt = buurt_at(adres.lat, adres.lon)
            if buurt:
                found.places.append(Place(adres, buurt))
    except PdokUnavailable:
        # A word that found something was no address; a house number or a postcode was.
        found.addresses_out = not found or any(character.isdigit() for character in text)
    return found


def _is_number(text: str) -> bool:
    """Whether `text` is the number of a melding or initiatief, and so no address."""
    return bool(as_nummer(text))
