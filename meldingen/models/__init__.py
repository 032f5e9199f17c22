"""Meldingen, their categories, their history, their photos and who handles them."""

from meldingen.models.categorie import Behandelaar, Categorie, Groep
from meldingen.models.foto import Foto
from meldingen.models.melding import Melding, Stap
from meldingen.models.reads import MeldingQuerySet
from meldingen.rules import Besluit

__all__ = ["Behandelaar", "Besluit", "Categorie", "Foto", "Groep", "Melding", "MeldingQuerySet", "Stap"]
