"""The journeys' own machinery sees what it has to see: a check that cannot fail proves nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect
from pytest_django import Settings

from gebruikers.models import Afdeling

pytestmark = [pytest.mark.browser, pytest.mark.look]


@pytest.fixture(autouse=True)
def pages_with_faults(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.browser.machinery"


def test_a_sound_page_is_sound(page_at_each_width: Page, accessible: Callable[[Page], None]) -> None:
    page_at_each_width.goto("/goed/")
    accessible(page_at_each_width)


def test_a_page_may_answer_that_it_is_not_there(page: Page) -> None:
    page.goto("/niet-gevonden/")
    expect(page.get_by_role("heading")).to_have_text("Niet gevonden")


@pytest.mark.parametrize(
    ("address", "finding"),
    [
        ("/stijl/", "Content Security Policy"),
        ("/script/", "stuk"),
        ("/bestand/", "404: "),
    ],
)
def test_a_fault_on_a_page_is_found(address: str, finding: str, page: Page, findings: list[str]) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(findings) == 1
    assert finding in findings.pop()


def test_another_host_is_never_reached(page: Page, findings: list[str]) -> None:
    page.goto("/ander/")
    page.get_by_role("link").click()
    page.wait_for_load_state("networkidle")
    assert findings == ["asked another host: https://www.voorbeeld.example/"]
    findings.clear()
    with pytest.raises(Error):
        page.goto("https://service.pdok.nl/")
    assert findings == []


def test_axe_and_the_width_are_checked(phone: Page, accessible: Callable[[Page], None]) -> None:
    phone.goto("/breed/")
    with pytest.raises(AssertionError, match="image-alt"):
        accessible(phone)
    phone.evaluate("document.querySelector('img').alt = 'Een lijn'")
    with pytest.raises(AssertionError, match="is 908 pixels wide"):
        accessible(phone)


def test_no_script_runs_where_scripts_are_off(without_javascript: Page) -> None:
    without_javascript.goto("/script/")
    expect(without_javascript.get_by_role("heading")).to_have_text("Script")


@pytest.mark.django_db(transaction=True)
def test_the_server_and_the_test_share_one_database(page: Page) -> None:
    """The live server's threads see what the test wrote, on SQLite as on PostgreSQL."""
    Afdeling.objects.create(naam="Groen", slug="groen")
    page.goto("/afdelingen/")
    expect(page.get_by_role("listitem")).to_have_text(["Groen"])
