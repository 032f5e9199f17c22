"""Gebied, wijk and buurt with their borders, and the Gebiedsteam that works there."""

from gebieden.models.areas import Area, AreaImport, Buurt, Gebied, Wijk, searchable
from gebieden.models.team import Teamlid

__all__ = ["Area", "AreaImport", "Buurt", "Gebied", "Teamlid", "Wijk", "searchable"]
