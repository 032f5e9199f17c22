"""Who handles what: a page asks once, an action asks anew."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.models import Behandelaar
from tests.factories import BehandelaarFactory, GebruikerFactory, MeldingFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


def test_an_action_sees_that_somebody_handles_it_no_longer() -> None:
    melding = MeldingFactory()
    by = BehandelaarFactory(afdeling=melding.afdeling).gebruiker
    melding = actions.decide_tekst(melding_id=melding.pk, versie=melding.versie, besluit="besloten", by=by)
    Behandelaar.objects.all().delete()
    with pytest.raises(PermissionDenied):
        actions.decide_tekst(melding_id=melding.pk, versie=melding.versie, besluit="openbaar", by=by)


@pytest.mark.parametrize("withdrawn", [{"is_active": False}, {"is_medewerker": False}])
def test_an_action_sees_that_an_account_was_switched_off(withdrawn: dict[str, bool]) -> None:
    melding = MeldingFactory()
    by = BehandelaarFactory(afdeling=melding.afdeling).gebruiker
    Gebruiker.objects.update(**withdrawn)
    with pytest.raises(PermissionDenied):
        actions.decide_tekst(melding_id=melding.pk, versie=melding.versie, besluit="openbaar", by=by)


def test_a_page_asks_once(client: Client) -> None:
    melding = MeldingFactory()
    sign_in(client, BehandelaarFactory(afdeling=melding.afdeling).gebruiker)
    addresses = [
        reverse("behandelen"),
        reverse("behandelen_melding", args=[melding.nummer]),
        melding.get_absolute_url(),
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked = [query["sql"] for query in queries if f'FROM "{Behandelaar._meta.db_table}"' in query["sql"]]
        assert len(asked) == 1, address


def test_residents_are_not_looked_up() -> None:
    bewoner = GebruikerFactory()
    with CaptureQueriesContext(connection) as queries:
        assert Behandelaar.objects.afdelingen_of(bewoner) == frozenset()
    assert len(queries) == 0
