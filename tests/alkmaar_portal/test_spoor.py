"""The page of the spoor, and who looked at contact data where."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from basis import spoor
from basis.models import Spoorregel
from berichten.models import Bericht
from gebieden.models import AreaImport
from gebruikers.models import Gebruiker
from gebruikers.rules import Handeling
from meldingen.models import Melding, Routeregel, Vernietiging
from meldingen.rules import Handeling as MeldingHandeling
from meldingen.rules import Status
from tests.factories import (
    BehandelaarFactory,
    BuurtFactory,
    FotoFactory,
    GebruikerFactory,
    KoppelingFactory,
    MeldingFactory,
    OrganisatieFactory,
    TeamlidFactory,
    TekstblokFactory,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db

LIST = "/beheer/basis/spoorregel/"


@pytest.fixture
def beheerder(client: Client) -> Gebruiker:
    gebruiker = GebruikerFactory(beheerder=True, naam="Bea Beheer")
    sign_in(client, gebruiker)
    return gebruiker


def acts() -> list[str]:
    """What the spoor holds, oldest first."""
    return list(Spoorregel.objects.order_by("pk").values_list("handeling", flat=True))


@transaction.atomic
def did(by: Gebruiker, melding: Melding) -> None:
    spoor.record(
        MeldingHandeling.STATUS_GEWIJZIGD, by=by, about=melding, van=Status.GEMELD, naar=Status.IN_BEHANDELING, mag=True
    )


def rows(client: Client, query: str = "") -> list[str]:
    """What stands in the list, row by row, without the look that asking for it leaves."""
    result = client.get(f"{LIST}{query}").context["cl"].result_list
    return [f"{line.handeling} {line.about_number}" for line in result if line.handeling != "spoor.bekeken"]


def test_the_page_is_for_beheerders(client: Client) -> None:
    assert client.get(LIST).status_code == 302
    sign_in(client, BehandelaarFactory().gebruiker)
    assert client.get(LIST).status_code == 403
    assert acts() == []


def test_the_page_tells_in_words(client: Client, beheerder: Gebruiker) -> None:
    vera = GebruikerFactory(medewerker=True, naam="Vera Verlichting")
    did(vera, MeldingFactory(nummer="12345678"))
    text = client.get(LIST).text
    for words in (
        "Vera Verlichting",
        "status gewijzigd",
        "melding 12345678",
        "van: gemeld",
        "in_behandeling",
        "mag: ja",
    ):
        assert words in text


def test_looking_leaves_a_line_too(client: Client, beheerder: Gebruiker) -> None:
    client.head(LIST)
    assert acts() == []
    client.get(LIST)
    client.get(LIST, {"handeling": "spoor.bekeken"})
    assert acts() == ["spoor.bekeken"] * 2
    assert set(Spoorregel.objects.values_list("door_id", flat=True)) == {beheerder.pk}


def test_lines_are_found_by_number_person_act_and_row(client: Client, beheerder: Gebruiker) -> None:
    vera, otto = GebruikerFactory.create_batch(2, medewerker=True)
    did(vera, MeldingFactory(nummer="11112222"))
    did(otto, MeldingFactory(nummer="33334444"))
    both = ["melding.status_gewijzigd 33334444", "melding.status_gewijzigd 11112222"]
    assert rows(client) == both
    assert rows(client, "?q=11112222") == both[1:]
    assert rows(client, "?q=1111+2222") == both[1:]
    assert rows(client, f"?door_id={otto.pk}") == both[:1]
    assert rows(client, "?handeling=melding.status_gewijzigd") == both
    assert rows(client, "?handeling=gebruiker.bekeken") == []
    assert rows(client, "?about_kind=melding&about_number=33334444") == both[:1]
    assert rows(client, "?moment__gte=2020-01-01+00:00:00%2B01:00&moment__lt=2020-02-01+00:00:00%2B01:00") == []


def test_a_long_spoor_asks_no_more(client: Client, beheerder: Gebruiker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alkmaar_portal.admin.COUNTED_LINES", 150)
    melding = MeldingFactory()
    people = GebruikerFactory.create_batch(3, medewerker=True)
    did(people[0], melding)

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return [query["sql"] for query in queries]

    few = asked()
    for number in range(200):
        did(people[number % 3], melding)
    many = asked()
    assert len(many) == len(few)
    counts = [sql for sql in many if "COUNT(" in sql]
    assert len(counts) == 1
    assert "LIMIT 150" in counts[0]
    assert client.get(LIST).context["cl"].result_count == 150


def test_the_lines_can_be_kept_as_a_file(client: Client, beheerder: Gebruiker) -> None:
    formula = GebruikerFactory(medewerker=True, naam="=HYPERLINK(1)")
    did(formula, MeldingFactory(nummer="11112222"))
    did(beheerder, MeldingFactory(nummer="33334444"))
    chosen = Spoorregel.objects.get(about_number="11112222").pk
    data = {"action": "export", "select_across": "1", "_selected_action": [chosen]}
    response = client.post(f"{LIST}?q=11112222", data)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(StringIO(response.getvalue().decode())))
    assert [(row["nummer"], row["naam"], row["account"]) for row in found] == [
        ("11112222", "'=HYPERLINK(1)", str(formula.pk))
    ]
    assert acts()[-1] == "spoor.geexporteerd"


def test_the_history_of_a_row_is_the_spoor(client: Client, beheerder: Gebruiker) -> None:
    response = client.get(reverse("admin:gebruikers_gebruiker_history", args=[beheerder.pk]))
    assert response["Location"] == f"{LIST}?about_kind=gebruiker&about_number={beheerder.pk}"


def test_the_admin_keeps_no_second_log(client: Client, beheerder: Gebruiker) -> None:
    """Django's would hold names and addresses without a term."""
    client.post("/beheer/gebruikers/afdeling/add/", {"naam": "Groen", "slug": "groen", "email": ""})
    behandelaar = BehandelaarFactory()
    client.post(reverse("admin:gebruikers_gebruiker_change", args=[behandelaar.gebruiker.pk]), {"naam": "Anders"})
    client.post(reverse("admin:meldingen_behandelaar_delete", args=[behandelaar.pk]), {"post": "yes"})
    assert [act for act in acts() if "bekeken" not in act] == [
        "afdeling.bewaard",
        "gebruiker.gewijzigd",
        "behandelaar.ontslagen",
    ]
    assert not LogEntry.objects.exists()


# --- Looks at contact data. --------------------------------------------------------------------------------------

NAMES = ("Mien Melder", "mien@melder.example", "06 12345678", "Rita Resident", "rita@bewoner.example")
LOOKS = {MeldingHandeling.CONTACT_BEKEKEN, Handeling.BEKEKEN, Handeling.LIJST_BEKEKEN}


@pytest.fixture
def everything(client: Client) -> dict[str, Any]:
    """Something at every address, with contact data of a reporter and of a resident; one medewerker may see it all."""
    rita = GebruikerFactory(naam="Rita Resident", email="rita@bewoner.example")
    behandelaar = BehandelaarFactory(gebruiker__is_beheerder=True)
    sign_in(client, behandelaar.gebruiker)
    dorp = BuurtFactory(dorp=True)
    melding = MeldingFactory(
        afdeling=behandelaar.afdeling,
        wijk=dorp.wijk,
        buurt=dorp,
        naam="Mien Melder",
        email="mien@melder.example",
        telefoon="06 12345678",
        melder=rita,
    )
    Bericht.objects.create(key="a", to="mien@melder.example", template="melding_ontvangen", context={"naam": NAMES[0]})
    Bericht.objects.create(key="b", to="rita@bewoner.example", template="inlogcode", context={}, status="mislukt")
    did(behandelaar.gebruiker, melding)
    AreaImport.objects.create(bron="proef")
    KoppelingFactory()
    OrganisatieFactory()
    TekstblokFactory()
    Routeregel.objects.create(categorie=melding.categorie, afdeling=behandelaar.afdeling)
    Vernietiging.objects.create(op=timezone.localdate(), doel="contact", uitkomst="opgelost", termijn_dagen=90)
    teamlid = TeamlidFactory(gebied=dorp.wijk.gebied, gebruiker=behandelaar.gebruiker)
    return {
        "nummer": melding.nummer,
        "uuid": FotoFactory(melding=melding, stored=True).uuid,
        "slug": dorp.wijk.gebied.slug,
        "gebied": dorp.wijk.gebied.slug,
        "wijk": dorp.wijk.slug,
        "dorp": dorp.slug,
        "buurt": dorp.slug,
        "pk": teamlid.pk,
        "teamlid": teamlid.pk,
    }


#: The models that the admin shows, by how it names their pages.
ROWS = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}


def addresses(
    patterns: list[URLPattern | URLResolver], prefix: str, known: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Every address of the portal that has a name, with what stands behind it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, namespace, known)
            continue
        if not pattern.name:
            continue
        wanted = set(pattern.pattern.regex.groupindex) - pattern.default_args.keys()
        values = dict(known)
        if "object_id" in wanted and pattern.name.rpartition("_")[0] in ROWS:
            row = ROWS[pattern.name.rpartition("_")[0]]._default_manager.order_by("pk").first()
            assert row is not None, f"make one in `everything`, so that {pattern.name} can be looked at"
            values["object_id"] = row.pk
        if wanted <= values.keys():
            yield pattern.name, reverse(f"{prefix}{pattern.name}", kwargs={name: values[name] for name in wanted})


def test_every_page_that_shows_contact_data_leaves_a_line(client: Client, everything: dict[str, Any]) -> None:
    """New pages join by themselves: whatever address shows it."""
    showed, silent, seen = set(), set(), set()
    for name, address in addresses(get_resolver().url_patterns, "", everything):
        before = Spoorregel.objects.count()
        response = client.get(address)
        content = response.getvalue() if response.streaming else response.content
        new = set(Spoorregel.objects.order_by("pk")[before:].values_list("handeling", flat=True))
        seen.add(name)
        if any(text.encode() in content for text in NAMES):
            (showed if new & LOOKS else silent).add(name)
        else:
            assert not new & LOOKS, f"{name} showed nothing"
    assert silent == set()
    assert showed == {"behandelen_melding", "gebruikers_gebruiker_changelist", "gebruikers_gebruiker_change"}
    # That the walk went everywhere.
    assert {"home", "dorp", "melding", "behandelen", "behandelen_status", "basis_spoorregel_changelist"} <= seen
    assert len(seen) > 60
