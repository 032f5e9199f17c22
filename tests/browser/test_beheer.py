"""The admin works under the policy for content: its pages run nothing inline, and its own scripts run."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gebruikers.models import Afdeling
from meldingen.models import Categorie
from tests.factories import GebruikerFactory, MeldingFactory
from tests.inloggen import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def beheer(page: Page, client: Client, live_server: LiveServer) -> Page:
    """A beheerder, signed in; what the policy forbids fails the test (`findings`)."""
    call_command("laad_categorieen", verbosity=0)
    MeldingFactory()
    sign_in(client, GebruikerFactory(medewerker=True, is_beheerder=True))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


def test_every_page_of_the_admin_keeps_the_policy(beheer: Page) -> None:
    beheer.goto("/beheer/")
    expect(beheer.get_by_role("heading", level=1)).to_be_visible()
    for model in admin.site._registry:
        answer = beheer.goto(f"/beheer/{model._meta.app_label}/{model._meta.model_name}/")
        assert answer
        assert answer.status == 200, model
    # The widest form, with choices of every kind.
    beheer.goto(f"/beheer/meldingen/categorie/{Categorie.objects.first().pk}/change/")
    expect(beheer.locator("[name=_save]")).to_be_visible()


def test_its_scripts_run_and_a_row_is_saved(beheer: Page) -> None:
    beheer.goto("/beheer/gebruikers/afdeling/add/")
    beheer.locator("#id_naam").press_sequentially("Groen en water")
    # Filled in by a script of the admin.
    expect(beheer.locator("#id_slug")).to_have_value("groen-en-water")
    beheer.locator("[name=_save]").click()
    expect(beheer.locator(".messagelist .success")).to_be_visible()
    assert Afdeling.objects.get(naam="Groen en water").slug == "groen-en-water"
