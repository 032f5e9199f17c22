"""`manage.py importeer_gebieden [FILE]`: load the borders of gebieden, wijken and buurten."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gebieden.actions import import_gebieden
from gebieden.register import BUURTEN_FILE, BadRegister, read_indeling, read_register


class Command(BaseCommand):
    """Checks a file of buurten, loads it as a whole or not at all, and says what changed (`-v 0`: only the totals)."""

    help = _("Laad de grenzen van gebieden, wijken en buurten. Zonder bestand: de eigen kopie van het portaal.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, which may be left out."""
        parser.add_argument("bestand", nargs="?", type=Path, default=BUURTEN_FILE, metavar="FILE")

    def handle(self, *args: Any, bestand: Path, verbosity: int, **options: Any) -> None:
        """Read, check, import, report."""
        try:
            register = read_register(bestand, read_indeling())
        except BadRegister as error:
            raise CommandError(_("Er is niets gewijzigd. %(reden)s") % {"reden": error}) from error
        verslag = import_gebieden(register)
        for line in verslag.lines() if verbosity else [verslag.totals()]:
            self.stdout.write(line)
