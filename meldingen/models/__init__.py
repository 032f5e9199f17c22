"""Meldingen, their categories, their history, their photos, who handles them and which systems send them."""

from meldingen.models.antwoord import Antwoord
from meldingen.models.bewaring import Emailwijziging, Vernietiging
from meldingen.models.categorie import Behandelaar, Categorie, Groep
from meldingen.models.cijfers import Jaarcijfers
from meldingen.models.foto import Foto
from meldingen.models.koppeling import Aanlevering, Aanvulling, Koppeling
from meldingen.models.melding import Melding, Stap
from meldingen.models.reads import MeldingQuerySet
from meldingen.rules import Besluit

__all__ = [
    "Aanlevering",
    "Aanvulling",
    "Antwoord",
    "Behandelaar",
    "Besluit",
    "Categorie",
    "Emailwijziging",
    "Foto",
    "Groep",
    "Jaarcijfers",
    "Koppeling",
    "Melding",
    "MeldingQuerySet",
    "Stap",
    "Vernietiging",
]
