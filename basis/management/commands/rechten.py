"""`manage.py rechten ROL`: what the role that runs the portal may do in the database, and no more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from basis.models import Spoorregel

#: Tables in which the portal does not do all of this, and what it does instead.
USUAL = "SELECT, INSERT, UPDATE, DELETE"
EXCEPTIONS = {
    Spoorregel._meta.db_table: "SELECT, INSERT",
    MigrationRecorder.Migration._meta.db_table: "SELECT",
}
#: What gives the role a way past its rights, by the question to the server that says so.
WAYS_AROUND = {
    "is superuser": "SELECT rolsuper FROM pg_roles WHERE rolname = %(rol)s",
    "mag rollen maken": "SELECT rolcreaterole FROM pg_roles WHERE rolname = %(rol)s",
    "kan de eigenaar van de tabellen worden": "SELECT pg_has_role(%(rol)s, current_user, 'MEMBER')",
    "is eigenaar van een tabel": "SELECT EXISTS (SELECT FROM pg_tables WHERE tableowner = %(rol)s)",
    "mag tabellen maken": "SELECT has_schema_privilege(%(rol)s, 'public', 'CREATE')",
    "kan het spoor wijzigen": (
        "SELECT has_table_privilege(%(rol)s, %(spoor)s, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
        " OR has_any_column_privilege(%(rol)s, %(spoor)s, 'UPDATE')"
    ),
}


class Command(BaseCommand):
    """Give a role exactly what the portal needs; run by the owner of the tables, after every migrate."""

    help = (
        "Geeft de rol waaronder het portaal draait precies de rechten die het nodig heeft, en trekt andere in. "
        "Voer dit uit als eigenaar van de tabellen, na elke migrate (alleen PostgreSQL)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rol", help="de rol in de DATABASE_URL van web, worker en beat")

    def handle(self, *args: Any, rol: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Rollen met eigen rechten zijn er alleen in PostgreSQL.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [rol])
            if not cursor.fetchone()[0]:
                raise CommandError(f"De rol {rol} is er niet. Maak die eerst: CREATE ROLE {rol} LOGIN PASSWORD '…'")
            try:
                for statement in statements(rol, connection.settings_dict["NAME"]):
                    cursor.execute(statement)
            except ProgrammingError as error:
                raise CommandError(f"Voer dit uit als eigenaar van de tabellen. PostgreSQL zegt: {error}") from error
            # A rule that does not hold undoes everything: rights that only look narrow are worse than none.
            for words, question in WAYS_AROUND.items():
                cursor.execute(question, {"rol": rol, "spoor": Spoorregel._meta.db_table})
                if cursor.fetchone()[0]:
                    raise CommandError(f"De rol {rol} {words}. Neem dat eerst weg; er is niets gewijzigd.")
        self.stdout.write(f"De rol {rol} mag lezen, toevoegen, wijzigen en verwijderen; uitzonderingen:")
        for table, rights in EXCEPTIONS.items():
            self.stdout.write(f"  {table}: alleen {rights}")


def statements(rol: str, database: str) -> list[sql.Composed]:
    """What brings the rights of `rol` to what they should be, whatever they were; within one transaction."""
    names = {"rol": sql.Identifier(rol), "database": sql.Identifier(database), "usual": sql.SQL(USUAL)}
    usual = [
        "GRANT CONNECT ON DATABASE {database} TO {rol}",
        "GRANT USAGE ON SCHEMA public TO {rol}",
        # Before PostgreSQL 15 everybody could make tables.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {rol}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {rol}",
        "GRANT {usual} ON ALL TABLES IN SCHEMA public TO {rol}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {rol}",
        # What the next migrate makes can be used at once; the exceptions follow when this is run again.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {usual} ON TABLES TO {rol}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {rol}",
    ]
    exceptions = [
        sql.SQL(text).format(table=sql.Identifier(table), rights=sql.SQL(rights), **names)
        for table, rights in EXCEPTIONS.items()
        for text in ("REVOKE ALL ON {table} FROM {rol}", "GRANT {rights} ON {table} TO {rol}")
    ]
    return [*(sql.SQL(text).format(**names) for text in usual), *exceptions]
