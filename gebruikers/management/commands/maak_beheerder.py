"""`manage.py maak_beheerder EMAIL`: the first beheerder, or the way back in for one who is locked out."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from gebruikers import actions


class Command(BaseCommand):
    """Makes the account and prints a private link to choose its password; nothing is mailed."""

    help = (
        "Maakt een beheerder en toont een link om een wachtwoord te kiezen. "
        "Bestaat het account al, dan beginnen wachtwoord en tweede factor opnieuw."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One address."""
        parser.add_argument("email", help="e-mailadres van de beheerder")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Refuse what is no address; else appoint and print the link."""
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"‘{email}’ is geen e-mailadres.") from error
        beheerder = actions.appoint_beheerder(email=email)
        self.stdout.write(f"{beheerder.email} is beheerder. Kies hier binnen drie dagen een wachtwoord:")
        self.stdout.write(actions.password_link(beheerder))
