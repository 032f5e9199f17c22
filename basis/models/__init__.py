"""The spoor, and what rows of several floors have in common: a public number, a photo."""

from basis.models.foto import Foto, FotoRijen
from basis.models.nummers import Genummerd
from basis.models.spoor import AppendOnly, Spoorregel, SpoorregelQuerySet

__all__ = ["AppendOnly", "Foto", "FotoRijen", "Genummerd", "Spoorregel", "SpoorregelQuerySet"]
