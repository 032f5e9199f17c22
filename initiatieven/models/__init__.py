"""Initiatieven, the steps of their life, and their photos."""

from initiatieven.models.foto import Foto
from initiatieven.models.initiatief import Initiatief, Stap
from initiatieven.models.reads import InitiatiefQuerySet

__all__ = ["Foto", "Initiatief", "InitiatiefQuerySet", "Stap"]
