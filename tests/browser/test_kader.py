"""What frames every page: the menu of who is signed in, and what the portal has to say after a form."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import GebruikerFactory
from tests.inloggen import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bewoner(page: Page, client, live_server) -> Page:
    """A page of a resident who is signed in."""
    sign_in(client, GebruikerFactory(naam="Sanne"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto("/hulp/")
    return page


def test_the_account_menu_closes_as_menus_do(bewoner):
    name, first = bewoner.get_by_text("Sanne"), bewoner.get_by_role("link", name="Mijn gegevens")
    name.click()
    expect(first).to_be_visible()
    first.focus()
    bewoner.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(bewoner.locator("summary", has_text="Sanne")).to_be_focused()

    bewoner.keyboard.press("Enter")
    expect(first).to_be_visible()
    bewoner.keyboard.press("Tab")
    expect(first).to_be_focused()
    bewoner.keyboard.press("Shift+Tab")
    expect(first).to_be_visible()
    bewoner.keyboard.press("Shift+Tab")
    expect(first).to_be_hidden()

    name.click()
    expect(first).to_be_visible()
    bewoner.get_by_role("heading", level=1).click()
    expect(first).to_be_hidden()


def test_what_was_done_is_where_the_reader_is(bewoner):
    bewoner.goto("/account/")
    bewoner.get_by_label("Naam").fill("Sanne de Wit")
    bewoner.get_by_role("button", name="Bewaar mijn naam").click()
    said = bewoner.get_by_role("status").filter(has_text="bewaard")
    expect(said).to_be_focused()
    assert bewoner.evaluate("window.scrollY") == 0


@pytest.mark.parametrize("path", ["/", "/meldingen/", "/meldingen/nieuw/", "/zoeken/?q=niets", "/inloggen/"])
def test_letters_of_twice_the_size_make_no_page_wider_than_a_phone(page, path):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
