"""Meldingen, their categories, history and photos, who handles them, which systems send them, and where they went."""

from meldingen.models.antwoord import Antwoord
from meldingen.models.bewaring import Emailwijziging, Vernietiging
from meldingen.models.categorie import Behandelaar, Categorie, Groep
from meldingen.models.cijfers import Jaarcijfers
from meldingen.models.deeltaak import Deeltaak
from meldingen.models.foto import Foto
from meldingen.models.koppeling import Aanlevering, Aanvulling, Koppeling
from meldingen.models.melding import Melding
from meldingen.models.notitie import Notitie
from meldingen.models.overdracht import Navraag, Overdracht
from meldingen.models.reads import MeldingQuerySet
from meldingen.models.routeregel import Routeregel
from meldingen.models.stap import Stap
from meldingen.models.tekstblok import Tekstblok
from meldingen.models.zoekopdracht import Zoekopdracht
from meldingen.rules import Besluit

__all__ = [
    "Aanlevering",
    "Aanvulling",
    "Antwoord",
    "Behandelaar",
    "Besluit",
    "Categorie",
    "Deeltaak",
    "Emailwijziging",
    "Foto",
    "Groep",
    "Jaarcijfers",
    "Koppeling",
    "Melding",
    "MeldingQuerySet",
    "Navraag",
    "Notitie",
    "Overdracht",
    "Routeregel",
    "Stap",
    "Tekstblok",
    "Vernietiging",
    "Zoekopdracht",
]
