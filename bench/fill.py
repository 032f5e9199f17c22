"""A municipality with as many meldingen as asked for: plausible rows over real buurten, in bulk.

One in ten is open, most of those recent; the others lie spread over five years. Rows are the same each time.
"""

from __future__ import annotations

import random
from io import StringIO
from typing import Any

import numpy as np
import shapely
from django.core.management import call_command
from django.db import connection, models
from shapely.geometry import shape

from gebieden.models import Buurt, Gebied, Teamlid
from gebieden.rules import Rol
from gebieden.tegels import cel
from gebruikers.models import Afdeling, Gebruiker
from meldingen.models import Behandelaar, Foto, Melding, Stap

SEED = 1573
#: Different places where something can be the matter; of a million meldingen each has some twenty.
PLACES = 50_000
#: Who handles meldingen of every afdeling, and who of one alone.
COORDINATOR, BEHANDELAAR = "coordinator@bench.example", "behandelaar@bench.example"

STREETS = ["Langestraat", "Laat", "Kanaalkade", "Nassaulaan", "Bergerweg", "Kennemerstraatweg", "Huiswaarderweg"]
THINGS = ["lantaarnpaal", "stoeptegel", "container", "prullenbak", "boom", "put", "bank", "verkeersbord", "fiets"]
MATTERS = ["is kapot", "ligt los", "staat scheef", "is vol", "hangt over de stoep", "is beklad", "ruikt vies"]

MELDINGEN = """
INSERT INTO meldingen_melding (
    id, nummer, inzending, versie, via_versie, kanaal, categorie_id, afdeling_id, status, wijk_id, buurt_id, lat, lon,
    cel, straat, adres, plek, omschrijving, tekst_besluit, naam, email, telefoon, eerste_id, doorgezet_naar, created_at,
    beloofd_op, waited_days, closed_at, prioriteit, behandelaar_id)
WITH drawn AS MATERIALIZED (
    SELECT i, random() AS r1, random() AS r2, random() AS r3, random() AS r4, i %% 10 = 0 AS open,
        i %% 100 = 51 AS dubbel, 1 + floor(random() * %(places)s)::int AS place,
        1 + floor(%(categories)s * power(random(), 1.7))::int AS about
    FROM generate_series(1, %(number)s) AS i
), dated AS (
    SELECT *, now() - CASE WHEN open THEN interval '90 days' * power(r1, 3) ELSE interval '1826 days' * r1 END
        AS created FROM drawn
)
SELECT i, (10000000 + (i * 7919::bigint) %% 89999999)::text, gen_random_uuid(), 1, 1, 'portaal', c.id, c.afdeling_id,
    CASE WHEN dubbel THEN 'dubbel'
        WHEN open THEN (ARRAY['gemeld', 'gemeld', 'gemeld', 'in_behandeling', 'in_behandeling', 'in_behandeling',
            'ingepland', 'wacht_op_melder', 'doorgezet', 'heropend'])[1 + floor(r2 * 10)::int]
        WHEN r2 < 0.87 THEN 'opgelost' ELSE 'niet_opgelost' END,
    p.wijk_id, p.buurt_id,
    CASE WHEN r3 < 0.97 THEN p.lat END, CASE WHEN r3 < 0.97 THEN p.lon END, CASE WHEN r3 < 0.97 THEN p.cel END,
    CASE WHEN r3 < 0.97 THEN p.straat ELSE '' END, '', CASE WHEN r3 < 0.97 THEN '' ELSE 'bij de ingang' END,
    'De ' || (%(things)s::text[])[1 + floor(r4 * 9)::int] || ' ' || (%(matters)s::text[])[1 + floor(r3 * 7)::int]
        || '. Dat is al een paar dagen zo en er lopen hier veel kinderen langs. Kenmerk ' || i || '.',
    CASE WHEN open AND r4 < 0.6 THEN '' WHEN r4 < 0.9 THEN 'openbaar' ELSE 'besloten' END,
    CASE WHEN r4 < 0.5 THEN 'Melder ' || i ELSE '' END,
    CASE WHEN r4 < 0.6 THEN 'melder' || i || '@voorbeeld.example' ELSE '' END,
    CASE WHEN r4 < 0.2 THEN '06 12345678' ELSE '' END,
    CASE WHEN dubbel THEN i - 1 END, CASE WHEN open AND r2 >= 0.8 AND r2 < 0.9 THEN 'Rijkswaterstaat' ELSE '' END,
    created, (created + interval '1 day' * (1.4 * c.termijn_werkdagen + 2))::date, 0,
    CASE WHEN NOT open THEN least(now(), created + interval '20 days' * r2 * r4) END,
    CASE WHEN r3 < 0.05 THEN 1 WHEN r3 > 0.95 THEN 3 ELSE 2 END,
    CASE WHEN r1 < 0.6 THEN (SELECT min(gebruiker_id) FROM meldingen_behandelaar b WHERE b.afdeling_id = c.afdeling_id)
    END
FROM dated JOIN bench_place p ON p.n = place
JOIN (SELECT *, row_number() OVER (ORDER BY volgorde, id) AS n FROM meldingen_categorie) c ON c.n = about
"""
STEPS = """
INSERT INTO meldingen_stap (melding_id, at, toelichting, van, naar, wijziging, reden, openbaar)
SELECT id, created_at, '', '', 'gemeld', '', '', true FROM meldingen_melding
UNION ALL
SELECT id, coalesce(closed_at, created_at + interval '1 hour'), 'We hebben ernaar gekeken.', 'gemeld', status, '', '',
    true
FROM meldingen_melding WHERE status <> 'gemeld'
"""
PHOTOS = """
INSERT INTO meldingen_foto (uuid, inzending, melding_id, naam, width, height, sha256, besluit, vlakken,
    created_at)
SELECT gen_random_uuid(), inzending, id, 'besloten/bench/' || id || '.jpg', 1600, 1200, md5(id::text),
    CASE WHEN closed_at IS NULL AND id %% 3 = 0 THEN '' ELSE 'openbaar' END, '[]',
    created_at
FROM meldingen_melding WHERE id %% 7 = 0
"""


def fill(number: int) -> None:
    """Fill a database that was migrated with areas, categories, staff and `number` meldingen."""
    call_command("importeer_gebieden", stdout=StringIO())
    call_command("laad_categorieen", stdout=StringIO())
    _staff()
    with connection.cursor() as cursor:
        for model in (Melding, Stap, Foto):
            _fill_in_defaults(cursor, model)
        _places(cursor, min(PLACES, number * 5))
        cursor.execute("SELECT setseed(0.1573), count(*) FROM meldingen_categorie")
        numbers = {"number": number, "categories": cursor.fetchone()[1], "places": min(PLACES, number * 5)}
        cursor.execute(MELDINGEN, {**numbers, "things": THINGS, "matters": MATTERS})
        cursor.execute("SELECT setval(pg_get_serial_sequence('meldingen_melding', 'id'), %s)", [number])
        cursor.execute(STEPS, {})
        cursor.execute(PHOTOS, {})
        cursor.execute("VACUUM ANALYZE")


def _fill_in_defaults(cursor: Any, model: type[models.Model]) -> None:
    """Let the database give every column the default of its field, so that statements name only what differs."""
    for field in model._meta.concrete_fields:
        value = None if callable(field.default) or field.primary_key else field.get_default()
        if value is not None:
            cursor.execute(f'ALTER TABLE {model._meta.db_table} ALTER "{field.column}" SET DEFAULT %s', [value])


def _staff() -> None:
    """A Gebiedsteam in each gebied, a behandelaar of one afdeling, and one of all of them."""
    for gebied in Gebied.objects.all():
        gebied.inleiding = "Hier werken bewoners, ondernemers en het Gebiedsteam samen. " * 4
        gebied.save()
        for place, rol in enumerate(list(Rol)[:4]):
            Teamlid.objects.create(gebied=gebied, rol=rol, naam=f"Teamlid {place}", telefoon="14 072", volgorde=place)
    for email in (COORDINATOR, BEHANDELAAR):
        gebruiker = Gebruiker.objects.create(email=email, naam="Medewerker", is_medewerker=True)
        afdelingen = Afdeling.objects.order_by("slug")
        for afdeling in afdelingen if email == COORDINATOR else afdelingen.filter(slug="reiniging"):
            Behandelaar.objects.create(gebruiker=gebruiker, afdeling=afdeling)


def _places(cursor: Any, number: int) -> None:
    """A table of points within the buurten, as many in each as people live there."""
    chance = random.Random(SEED)
    generator = np.random.default_rng(SEED)
    buurten = list(Buurt.objects.current())
    weights = [buurt.inwoners + 50 for buurt in buurten]
    cursor.execute(
        "CREATE TEMP TABLE bench_place "
        "(n int, lat float, lon float, cel bigint, straat text, buurt_id int, wijk_id int)"
    )
    drawn = chance.choices(range(len(buurten)), weights, k=number)
    n = 0
    with cursor.copy("COPY bench_place FROM STDIN") as copy:
        for index, buurt in enumerate(buurten):
            border = shape(buurt.grens)
            shapely.prepare(border)
            wanted = drawn.count(index)
            while wanted:
                lons = generator.uniform(buurt.west, buurt.east, 2 * wanted + 10)
                lats = generator.uniform(buurt.south, buurt.north, 2 * wanted + 10)
                inside = shapely.contains_xy(border, lons, lats)
                for lat, lon in list(zip(lats[inside], lons[inside], strict=True))[:wanted]:
                    n += 1
                    wanted -= 1
                    straat = STREETS[n % len(STREETS)]
                    copy.write_row(
                        (n, float(lat), float(lon), cel(float(lat), float(lon)), straat, buurt.pk, buurt.wijk_id)
                    )
    cursor.execute("CREATE UNIQUE INDEX ON bench_place (n)")
    cursor.execute("ANALYZE bench_place")
