"""Gebied, wijk and buurt with their borders, the Gebiedsteam that works there, and outside bodies."""

from gebieden.models.areas import Area, AreaImport, Buurt, Gebied, Wijk, searchable
from gebieden.models.organisatie import Organisatie
from gebieden.models.team import Teamlid

__all__ = ["Area", "AreaImport", "Buurt", "Gebied", "Organisatie", "Teamlid", "Wijk", "searchable"]
