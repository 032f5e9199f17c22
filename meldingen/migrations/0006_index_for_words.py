"""Words in a million meldingen are found by an index over their trigrams; SQLite, with few rows, reads them all."""

from typing import Any

from django.db import migrations

#: As `icontains` asks for them on PostgreSQL.
COLUMNS = ["straat", "adres", "plek", "omschrijving"]


def add_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        # Trusted since PostgreSQL 13: whoever may create tables in the database may also have this extension.
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        columns = ", ".join(f"UPPER({column}::text) gin_trgm_ops" for column in COLUMNS)
        schema_editor.execute(f"CREATE INDEX melding_words ON meldingen_melding USING gin ({columns})")


def remove_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX melding_words")


class Migration(migrations.Migration):

    dependencies = [
        ('meldingen', '0005_indexes_for_the_work_list'),
    ]

    operations = [
        migrations.RunPython(add_index, remove_index),
    ]
