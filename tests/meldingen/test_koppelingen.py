"""Keys of other systems: made, renewed and revoked by a beheerder, and readable once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from basis.models import Spoorregel
from gebruikers.models import Gebruiker
from meldingen import actions
from meldingen.actions.koppelen import EXAMPLE_SLEUTEL
from meldingen.models import Koppeling
from tests.factories import GebruikerFactory, KoppelingFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db
LIST = "admin:meldingen_koppeling_changelist"


@pytest.fixture
def beheerder(client: Client) -> Gebruiker:
    gebruiker = GebruikerFactory(beheerder=True)
    sign_in(client, gebruiker)
    return gebruiker


def shown_sleutel(response: Any) -> str:
    """The key that a page shows, which nobody may keep."""
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    sleutel: str = response.context["koppeling"].sleutel
    assert len(sleutel) >= 43
    assert f"<code>{sleutel}</code>" in response.content.decode()
    return sleutel


def add(client: Client, naam: str = "FixMyStreet") -> str:
    data = {"naam": naam, "email": "app@voorbeeld.example", "limiet_per_uur": 100}
    return shown_sleutel(client.post(reverse("admin:meldingen_koppeling_add"), data))


def do(client: Client, action: str, *rows: Koppeling) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(LIST), data, follow=True)


def test_a_key_is_shown_once_and_kept_as_a_hash(client: Client, beheerder: Gebruiker) -> None:
    sleutel = add(client)
    koppeling = Koppeling.objects.get()
    assert Koppeling.objects.with_sleutel(sleutel) == koppeling
    assert koppeling.sleutel_begin == sleutel[:8]
    assert sleutel not in str(Koppeling.objects.values())
    assert sleutel not in str(Spoorregel.objects.values())
    for page in (reverse(LIST), reverse("admin:meldingen_koppeling_change", args=[koppeling.pk])):
        content = client.get(page).content.decode()
        assert sleutel not in content
        assert sleutel[:8] in content
    assert sleutel not in str(client.cookies)
    assert add(client, "Andere app") != sleutel


def test_what_is_kept_of_a_system_changes_and_its_key_stays(client: Client, beheerder: Gebruiker) -> None:
    koppeling = KoppelingFactory(sleutel="x")
    page = reverse("admin:meldingen_koppeling_change", args=[koppeling.pk])
    data = {"naam": "Nieuwe naam", "email": "nieuw@voorbeeld.example", "limiet_per_uur": 5}
    assert client.post(page, data).status_code == 302
    found = Koppeling.objects.with_sleutel("x")
    assert found is not None
    assert (found.naam, found.limiet_per_uur) == ("Nieuwe naam", 5)
    assert client.post(page, {**data, "limiet_per_uur": 0}).status_code == 422
    assert client.post(reverse("admin:meldingen_koppeling_delete", args=[koppeling.pk])).status_code == 403


def test_a_new_key_ends_the_old_one(client: Client, beheerder: Gebruiker) -> None:
    koppeling = KoppelingFactory(sleutel="oud")
    sleutel = shown_sleutel(do(client, "renew", koppeling))
    assert Koppeling.objects.with_sleutel("oud") is None
    assert Koppeling.objects.with_sleutel(sleutel) == koppeling


def test_keys_are_renewed_one_at_a_time(client: Client, beheerder: Gebruiker) -> None:
    two = [KoppelingFactory(sleutel=sleutel) for sleutel in ("a", "b")]
    assert "Kies één koppeling" in do(client, "renew", *two).content.decode()
    assert [Koppeling.objects.with_sleutel(sleutel) for sleutel in ("a", "b")] == two


def test_a_revoked_key_works_no_longer_and_a_new_one_can_be_made(client: Client, beheerder: Gebruiker) -> None:
    koppeling = KoppelingFactory(sleutel="oud")
    do(client, "revoke", koppeling)
    assert Koppeling.objects.with_sleutel("oud") is None
    revoked_at = Koppeling.objects.get().revoked_at
    do(client, "revoke", koppeling)
    assert Koppeling.objects.get().revoked_at == revoked_at
    assert Koppeling.objects.with_sleutel(shown_sleutel(do(client, "renew", koppeling))) == koppeling


@pytest.mark.parametrize(
    "attempt",
    [
        lambda by: actions.add_koppeling(koppeling=KoppelingFactory.build(), by=by),
        lambda by: actions.change_koppeling(koppeling=KoppelingFactory(), by=by),
        lambda by: actions.renew_sleutel(koppeling=KoppelingFactory(), by=by),
        lambda by: actions.revoke_sleutel(koppeling=KoppelingFactory(), by=by),
    ],
)
def test_keys_are_for_beheerders(attempt: Any) -> None:
    for by in (GebruikerFactory(medewerker=True), GebruikerFactory(beheerder=True, is_active=False)):
        with pytest.raises(PermissionDenied):
            attempt(by)


def test_use_is_noted_once_a_day(django_assert_num_queries: Any) -> None:
    koppeling, today = KoppelingFactory(), timezone.localdate()
    actions.note_use(koppeling=koppeling, today=today)
    koppeling.refresh_from_db()
    assert koppeling.last_used_on == today
    with django_assert_num_queries(0):
        actions.note_use(koppeling=koppeling, today=today)


def test_the_example_key_is_for_the_embedded_portal_alone(settings: Settings) -> None:
    koppeling = actions.ensure_example_koppeling()
    assert actions.ensure_example_koppeling() == koppeling == Koppeling.objects.with_sleutel(EXAMPLE_SLEUTEL)
    assert EXAMPLE_SLEUTEL in Client().get("/open311/").content.decode()
    settings.EMBEDDED = False
    assert EXAMPLE_SLEUTEL not in Client().get("/open311/").content.decode()
    with pytest.raises(PermissionDenied):
        actions.ensure_example_koppeling()
