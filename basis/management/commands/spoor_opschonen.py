"""`manage.py spoor_opschonen`: once a month, lines of the spoor that are older than their term go."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, transaction
from django.utils import timezone

from basis import spoor
from basis.models import Spoorregel
from basis.spoor import SpoorHandeling


class Command(BaseCommand):
    """Remove what is older than SPOOR_DAYS, and leave a line about it; for the owner of the tables alone."""

    help = (
        "Verwijdert regels van het spoor die ouder zijn dan SPOOR_DAYS dagen. "
        "Voer dit eens per maand uit als eigenaar van de tabellen."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - timedelta(days=settings.SPOOR_DAYS)
        try:
            with transaction.atomic():
                number = Spoorregel.objects.purge(before)
                spoor.record(SpoorHandeling.OPGESCHOOND, by=None, regels=number)
        except ProgrammingError as error:
            raise CommandError(f"Voer dit uit als eigenaar van de tabellen. PostgreSQL zegt: {error}") from error
        self.stdout.write(f"{number} regels van het spoor verwijderd, van voor {timezone.localtime(before):%d-%m-%Y}.")
