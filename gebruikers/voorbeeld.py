"""The example accounts of the embedded portal: who they are, and what one can see with each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ExampleAccount:
    """An account that signs in with one click, in the embedded portal and nowhere else.

    `label` and `uitleg` stand at its button. Memberships are added by the loader of the example data.
    """

    email: str
    naam: str
    label: str | Promise
    uitleg: str | Promise
    is_medewerker: bool = True
    is_beheerder: bool = False


EXAMPLE_ACCOUNTS: tuple[ExampleAccount, ...] = (
    ExampleAccount(
        email="bewoner@voorbeeld.example",
        naam="Bo Bewoner",
        label=_("Bewoner"),
        uitleg=_("ziet de eigen meldingen"),
        is_medewerker=False,
    ),
    ExampleAccount(
        email="behandelaar-verlichting@voorbeeld.example",
        naam="Vera Verlichting",
        label=_("Behandelaar Openbare verlichting"),
        uitleg=_("handelt meldingen over lantaarnpalen af"),
    ),
    ExampleAccount(
        email="behandelaar-groen@voorbeeld.example",
        naam="Gerrit Groen",
        label=_("Behandelaar Groen"),
        uitleg=_("handelt meldingen over bomen, plantsoenen en zwerfvuil af"),
    ),
    ExampleAccount(
        email="behandelaar-overig@voorbeeld.example",
        naam="Olga Overig",
        label=_("Behandelaar overige afdelingen"),
        uitleg=_("handelt meldingen over afval, wegen, water, spelen en overlast af"),
    ),
    ExampleAccount(
        email="gebiedsteam-noord@voorbeeld.example",
        naam="Noor Noord",
        label=_("Gebiedsteam Noord"),
        uitleg=_("houdt de teksten en het team van Noord bij"),
    ),
    ExampleAccount(
        email="gebiedsteam-oost@voorbeeld.example",
        naam="Otto Oost",
        label=_("Gebiedsteam Oost"),
        uitleg=_("houdt de teksten en het team van Oost bij"),
    ),
    ExampleAccount(
        email="beheerder@voorbeeld.example",
        naam="Bea Beheer",
        label=_("Beheerder"),
        uitleg=_("nodigt medewerkers uit en beheert categorieën en afdelingen"),
        is_beheerder=True,
    ),
)


def example_account(email: str) -> ExampleAccount | None:
    """The example account with exactly this address, if it is one."""
    return next((account for account in EXAMPLE_ACCOUNTS if account.email == email), None)
