"""The table of roles, and where it is shown."""

from pathlib import Path

from gebruikers import rules
from gebruikers.models import Gebruiker
from gebruikers.rules import Membership

ROLLEN = Path(__file__).resolve().parent.parent.parent / "docs" / "rollen.md"


def test_docs_show_the_table() -> None:
    assert ROLLEN.read_text() == rules.roles_as_markdown(), "Write docs/rollen.md anew with rules.roles_as_markdown()."


def test_each_capability_has_one_name() -> None:
    names = [capability.name for role in rules.ROLES.values() for capability in role.may]
    assert len(names) == len(set(names))


def test_roles_of_somebody() -> None:
    bewoner = Gebruiker()
    medewerker = Gebruiker(is_medewerker=True)
    beheerder = Gebruiker(is_medewerker=True, is_beheerder=True)
    groen = Membership("behandelaar", "Groen")
    assert rules.roles_of(bewoner, [groen]) == [(rules.ROLES["bewoner"], "")]
    assert rules.roles_of(medewerker, []) == []
    assert rules.roles_of(medewerker, [groen]) == [(rules.ROLES["behandelaar"], "Groen")]
    assert rules.roles_of(beheerder, [groen]) == [
        (rules.ROLES["behandelaar"], "Groen"),
        (rules.ROLES["beheerder"], ""),
    ]
