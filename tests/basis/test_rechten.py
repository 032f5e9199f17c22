"""Two roles on PostgreSQL: the owner migrates, and the role that runs the portal cannot touch the spoor.

A database of its own, made and migrated by an owner who is no superuser; every test logs in as one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from basis.models import Spoorregel
from berichten import actions as berichten
from gebruikers.tasks import purge_sessions
from meldingen import actions
from meldingen.actions import Plaats
from meldingen.models import Melding, Overdracht
from tests.factories import BehandelaarFactory, CategorieFactory, OrganisatieFactory, WijkFactory
from tests.inloggen import sign_in

# One database for all of them, so in one process of pytest-xdist.
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("rechten")]

PASSWORD = "only for this test"
SPOOR = Spoorregel._meta.db_table

As = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Roles:
    """The names of the two roles and of their database, all three new."""

    owner: str
    app: str
    database: str
    admin: psycopg.Connection[Any]

    def administer(self, statement: str) -> None:
        """Run a statement, with these names in it, as the user of the test server."""
        names = {name: sql.Identifier(getattr(self, name)) for name in ("owner", "app", "database")}
        self.admin.execute(sql.SQL(statement).format(**names, password=sql.Literal(PASSWORD)))


@pytest.fixture(scope="module")
def roles() -> Iterator[Roles]:
    run = uuid4().hex[:12]
    server = connection.settings_dict
    with psycopg.connect(
        host=server["HOST"],
        port=server["PORT"] or None,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as admin:
        if admin.execute("SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
            pytest.skip("needs a superuser on PostgreSQL, to make two roles")
        made = Roles(f"portal_owner_{run}", f"portal_app_{run}", f"test_{server['NAME']}_{run}", admin)
        try:
            made.administer("CREATE ROLE {owner} LOGIN PASSWORD {password}")
            made.administer("CREATE ROLE {app} LOGIN PASSWORD {password}")
            made.administer("CREATE DATABASE {database} OWNER {owner}")
            yield made
        finally:
            made.administer("DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            made.administer("DROP ROLE IF EXISTS {app}")
            made.administer("DROP ROLE IF EXISTS {owner}")


@pytest.fixture(scope="module")
def as_role(roles: Roles, django_db_blocker: Any) -> As:
    """Lets Django log in as one of the two, in their database, for as long as a `with` lasts."""

    @contextmanager
    def log_in(role: str) -> Iterator[None]:
        server = connection.settings_dict
        before = {name: server[name] for name in ("NAME", "USER", "PASSWORD")}
        with django_db_blocker.unblock():
            connection.close()
            server.update(NAME=roles.database, USER=role, PASSWORD=PASSWORD)
            try:
                yield
            finally:
                connection.close()
                server.update(before)
                ContentType.objects.clear_cache()

    return log_in


@pytest.fixture(scope="module")
def migrated(roles: Roles, as_role: As) -> None:
    """As an installation does it: the owner migrates, then says what the other role may do."""
    with as_role(roles.owner):
        call_command("migrate", verbosity=0)
        rechten(roles)


@pytest.fixture
def as_app(roles: Roles, as_role: As, migrated: None) -> Iterator[None]:
    with as_role(roles.app):
        yield


@pytest.fixture
def as_owner(roles: Roles, as_role: As, migrated: None) -> Iterator[None]:
    with as_role(roles.owner):
        yield


def rechten(roles: Roles) -> str:
    output = StringIO()
    call_command("rechten", roles.app, stdout=output)
    return output.getvalue()


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def is_refused(statement: str) -> bool:
    """Whether the server says that this role has no right to do so."""
    try:
        execute(statement)
    except ProgrammingError as error:
        assert isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege), error
        return True
    return False


def send_melding() -> Melding:
    melding, _new = actions.send_melding(
        inzending=uuid4(),
        categorie=CategorieFactory(),
        plaats=Plaats(wijk=WijkFactory(), plek="bij de brug"),
        omschrijving="De lantaarnpaal brandt niet.",
        email="melder@voorbeeld.example",
    )
    return melding


def test_the_portal_does_its_work(as_app: None, roles: Roles) -> None:
    assert Client().get("/health/ready/").json()["ready"] is True
    melding = send_melding()
    by = BehandelaarFactory(afdeling=melding.afdeling).gebruiker
    client = Client()
    sign_in(client, by)
    assert client.get(reverse("behandelen_melding", args=[melding.nummer])).status_code == 200
    actions.change_status(melding_id=melding.pk, versie=1, status="opgelost", by=by, toelichting="Hij doet het weer.")
    lines = Spoorregel.objects.filter(about_number=melding.nummer, door_id=by.pk)
    assert [line.handeling for line in lines] == ["melding.status_gewijzigd", "melding.contact_bekeken"]
    # Handed over to an organisation, which gives it back by its link.
    organisatie = OrganisatieFactory()
    other = send_melding()
    by = BehandelaarFactory(afdeling=other.afdeling).gebruiker
    words = {"vraag": "Wilt u kijken?", "toelichting": "Naar buiten."}
    actions.hand_over(melding_id=other.pk, versie=1, by=by, organisatie=organisatie, **words)
    overdracht = Overdracht.objects.get()
    by_link = {"overdracht_id": overdracht.pk, "via_versie": 1}
    actions.ask_about_overdracht(**by_link, versie=1, tekst="Welke?")
    actions.return_overdracht(**by_link, versie=2, toelichting="Niet van ons.")
    # What the worker does: take rows for itself, and remove what is over.
    assert berichten.claim_batch()
    berichten.empty_ended()
    purge_sessions()


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {SPOOR} SET door_id = 1",
        f"UPDATE {SPOOR} SET moment = now()",
        f"DELETE FROM {SPOOR}",
        f"TRUNCATE {SPOOR}",
        f"INSERT INTO {SPOOR} SELECT * FROM {SPOOR} ON CONFLICT (id) DO UPDATE SET door_id = 1",
        f"DROP TABLE {SPOOR}",
        f"ALTER TABLE {SPOOR} ADD COLUMN anders integer",
        f"ALTER TABLE {SPOOR} RENAME TO weg",
        f"CREATE RULE niets AS ON INSERT TO {SPOOR} DO INSTEAD NOTHING",
        "CREATE TABLE anders (id integer)",
        "DROP TABLE meldingen_melding CASCADE",
        "TRUNCATE meldingen_melding CASCADE",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('basis', '0002', now())",
        "DELETE FROM django_migrations",
        "CREATE ROLE anders",
    ],
)
def test_the_server_refuses_the_role_of_the_portal(statement: str, as_app: None) -> None:
    send_melding()
    assert is_refused(statement)


def test_what_the_server_refuses_is_there_to_be_changed(as_app: None, roles: Roles) -> None:
    by = BehandelaarFactory().gebruiker
    with transaction.atomic():
        Spoorregel.objects.add(door_id=by.pk, handeling="proef")
    assert is_refused(f"DELETE FROM {SPOOR}")
    assert is_refused(f"SET ROLE {roles.owner}")
    assert Spoorregel.objects.filter(door_id=by.pk, handeling="proef").exists()


def test_only_the_owner_removes_old_lines(roles: Roles, as_role: As, migrated: None) -> None:
    with as_role(roles.app):
        Spoorregel.objects.add(handeling="lang geleden", moment=timezone.now() - timedelta(days=3000))
        with pytest.raises(CommandError, match="eigenaar van de tabellen"):
            call_command("spoor_opschonen")
        assert Spoorregel.objects.filter(handeling="lang geleden").exists()
    with as_role(roles.owner):
        call_command("spoor_opschonen", stdout=StringIO())
        assert not Spoorregel.objects.filter(handeling="lang geleden").exists()


def test_rights_that_were_given_otherwise_are_taken_back(roles: Roles, as_role: As, as_owner: None) -> None:
    for given in (
        f"GRANT UPDATE, DELETE, TRUNCATE ON {SPOOR} TO {roles.app}",
        f"GRANT UPDATE (door_id) ON {SPOOR} TO {roles.app}",
        f"GRANT DELETE ON {SPOOR} TO PUBLIC",
        f"GRANT UPDATE, DELETE ON django_migrations TO {roles.app}",
        f"GRANT CREATE ON SCHEMA public TO {roles.app}",
    ):
        execute(given)
    told = rechten(roles)
    assert f"{SPOOR}: alleen SELECT, INSERT" in told
    assert "django_migrations: alleen SELECT" in told
    connection.close()
    with as_role(roles.app):
        for statement in (f"UPDATE {SPOOR} SET door_id = 1", f"DELETE FROM {SPOOR}", f"TRUNCATE {SPOOR}"):
            assert is_refused(statement)
        assert is_refused("DELETE FROM django_migrations")
        assert is_refused("CREATE TABLE anders (id integer)")


def test_what_the_next_migrate_makes_can_be_used_at_once(roles: Roles, as_role: As, migrated: None) -> None:
    with as_role(roles.owner):
        execute("CREATE TABLE nieuw (id bigint GENERATED BY DEFAULT AS IDENTITY, naam text)")
    with as_role(roles.app):
        execute("INSERT INTO nieuw (naam) VALUES ('een'); UPDATE nieuw SET naam = 'twee'; DELETE FROM nieuw")
        assert is_refused("TRUNCATE nieuw")


@pytest.mark.parametrize(
    ("given", "taken", "sentence"),
    [
        ("GRANT {owner} TO {app}", "REVOKE {owner} FROM {app}", "kan de eigenaar van de tabellen worden"),
        ("ALTER ROLE {app} CREATEROLE", "ALTER ROLE {app} NOCREATEROLE", "mag rollen maken"),
        ("ALTER ROLE {app} SUPERUSER", "ALTER ROLE {app} NOSUPERUSER", "is superuser"),
        ("GRANT pg_write_all_data TO {app}", "REVOKE pg_write_all_data FROM {app}", "kan het spoor wijzigen"),
    ],
)
def test_a_role_with_a_way_around_is_refused(
    given: str, taken: str, sentence: str, roles: Roles, as_owner: None
) -> None:
    roles.administer(given)
    try:
        with pytest.raises(CommandError, match=sentence):
            rechten(roles)
    finally:
        roles.administer(taken)
    rechten(roles)


def test_an_unknown_role_and_another_than_the_owner_are_told(roles: Roles, as_role: As, migrated: None) -> None:
    with as_role(roles.owner), pytest.raises(CommandError, match="De rol niemand is er niet"):
        call_command("rechten", "niemand")
    with as_role(roles.app), pytest.raises(CommandError):
        rechten(roles)
