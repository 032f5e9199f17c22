"""`manage.py laad_categorieen`: the first afdelingen and categories."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from meldingen import actions

DATA = Path(__file__).parents[2] / "data" / "categorieen.toml"


class Command(BaseCommand):
    """Add the afdelingen, groups and categories that are missing; nothing that is there is changed."""

    help = "Voegt ontbrekende afdelingen, groepen en categorieën toe; verandert niets aan wat er al is."

    def handle(self, *args: Any, **options: Any) -> None:
        added = actions.load_categorieen(tomllib.loads(DATA.read_text(encoding="utf-8")))
        self.stdout.write(f"{added} categorieën toegevoegd.")
