"""Maps: clusters, points and borders, by mouse, keyboard and finger, and when something of it is missing."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from gebieden.models import Wijk
from meldingen.models import Categorie
from meldingen.rules import Status
from tests.factories import MeldingFactory, many_meldingen
from tests.pdok_server import pdok

__all__ = ["pdok"]
pytestmark = [pytest.mark.browser, pytest.mark.look, pytest.mark.django_db(transaction=True)]

POINT = "Straatverlichting kapot, in behandeling"
CLUSTER = "12 meldingen, inzoomen"
BROKEN = "De kaart kan de meldingen nu niet ophalen. De lijst met meldingen klopt wel."


@pytest.fixture
def meldingen(pdok):
    """Twelve close together in De Mare, one on its own in De Rijp, and one there that is solved."""
    call_command("importeer_gebieden", verbosity=0)
    call_command("laad_categorieen", verbosity=0)
    categorie = Categorie.objects.get(slug="straatverlichting-kapot")
    de_mare, de_rijp = Wijk.objects.get(slug="de-mare"), Wijk.objects.get(slug="graft-de-rijp")
    cluster = MeldingFactory(categorie=categorie, wijk=de_mare, lat=52.6590, lon=4.7671)
    many_meldingen(11, cluster)
    place = {"wijk": de_rijp, "lat": 52.5567, "lon": 4.8461}
    MeldingFactory(categorie=categorie, **place, status=Status.OPGELOST)
    return MeldingFactory(categorie=categorie, **place, status=Status.IN_BEHANDELING)


def tab_to(page, target, most=60):
    """Press Tab until `target` has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("not reached with Tab")


def boxes(locator):
    """Left, top, right and bottom of each element."""
    sides = "({left, top, right, bottom}) => [left, top, right, bottom]"
    return locator.evaluate_all(f"all => all.map(one => one.getBoundingClientRect()).map({sides})")


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(one, frame):
    return one[0] >= frame[0] and one[1] >= frame[1] and one[2] <= frame[2] and one[3] <= frame[3]


def test_the_map_by_keyboard(meldingen, page, accessible):
    page.goto("/meldingen/")
    kaart = page.get_by_role("region", name="Kaart van de meldingen")
    point, cluster = kaart.get_by_role("button", name=POINT), kaart.get_by_role("button", name=CLUSTER)
    count = page.get_by_role("status").filter(has_text="de kaart")
    expect(count).to_have_text("13 meldingen op de kaart")
    accessible(page)

    # A point opens a small dialog, which gives the focus back.
    kaart.focus()
    tab_to(page, point)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=POINT)
    expect(dialog.get_by_role("link", name="Bekijk deze melding")).to_be_focused()
    expect(dialog).to_contain_text("In behandeling")
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(point).to_be_focused()

    # A cluster zooms in; what lies beyond the edge then covers no button. Arrow keys move the map on from there.
    cluster.focus()
    page.keyboard.press("Space")
    expect(count).to_have_text("12 meldingen op de kaart")
    accessible(page)
    with page.expect_response(lambda response: "kaart.json" in response.url):
        kaart.press("ArrowRight")


def test_the_map_shows_what_the_list_shows(meldingen, page):
    page.goto("/meldingen/")
    count = page.get_by_role("status").filter(has_text="kaart")
    page.get_by_label("Wijk").select_option("Graft-De Rijp")
    # A choice that was not sent yet changes neither of them.
    expect(count).to_have_text("13 meldingen op de kaart")
    page.get_by_role("button", name="Toon").click()
    expect(page.get_by_text("1 melding gevonden.")).to_be_visible()
    expect(count).to_have_text("1 melding op de kaart")
    # De Mare is out of sight: the map shows the wijk that was chosen.
    expect(page.locator(".kaart-naam:visible")).to_have_text(["Graft-De Rijp"])
    page.goto("/meldingen/?wijk=graft-de-rijp&categorie=onzin")
    expect(page.locator(".kaart-vlak").first).to_be_attached()
    expect(page.locator(".kaart-punt, .kaart-cluster")).to_have_count(0)


def test_the_map_stays_within_reach_of_a_long_list(meldingen, page, phone):
    page.goto("/meldingen/")
    expect(page.get_by_role("link", name="Naar de kaart")).to_be_hidden()
    page.locator(".list-item").last.scroll_into_view_if_needed()
    assert page.evaluate("window.scrollY") > 0
    expect(page.get_by_role("button", name="Inzoomen", exact=True)).to_be_in_viewport()

    phone.goto("/meldingen/")
    kaart = phone.get_by_role("region", name="Kaart van de meldingen")
    expect(kaart).not_to_be_in_viewport()
    phone.get_by_role("link", name="Naar de kaart").click()
    expect(kaart).to_be_in_viewport()


def test_without_scripts_the_list_stands_alone(meldingen, without_javascript):
    without_javascript.goto("/meldingen/")
    expect(without_javascript.get_by_text("13 meldingen gevonden.")).to_be_visible()
    expect(without_javascript.get_by_text("Hier staat een kaart")).to_be_hidden()
    without_javascript.goto("/gebieden/noord/")
    expect(without_javascript.get_by_role("link", name="Bekijk de meldingen in een lijst")).to_be_visible()


def test_names_and_markers_leave_each_other_free(meldingen, page):
    noord = Wijk.objects.get(slug="de-mare")
    MeldingFactory(wijk=noord, lat=noord.gebied.label_lat, lon=noord.gebied.label_lon)
    page.goto("/meldingen/")
    expect(page.get_by_role("status").filter(has_text="14 meldingen op de kaart")).to_be_visible()
    names = boxes(page.locator(".kaart-naam:visible"))
    markers = boxes(page.locator(".leaflet-marker-pane > *"))
    assert len(names) == 5
    assert not [(name, marker) for name in names for marker in markers if overlap(name, marker)]


def test_without_tiles_a_place_is_seen_between_its_borders(meldingen, page):
    page.goto(f"/meldingen/{meldingen.nummer}/")
    kaart = page.locator(".kaart")
    expect(page.locator(".kaart-naam", has_text="De Rijp").first).to_be_visible()
    expect(kaart).not_to_have_class(re.compile("kaart--dichtbij"))
    # Whoever goes closer all the same keeps the name of where it is in view.
    for _ in range(4):
        page.get_by_role("button", name="Inzoomen").click()
    expect(kaart).to_have_class(re.compile("kaart--dichtbij"))
    frame = boxes(kaart)[0]
    assert [name for name in boxes(page.locator(".kaart-naam:visible")) if inside(name, frame)]


def test_a_point_leads_to_its_page_and_an_area_to_its_own(meldingen, page):
    page.goto("/meldingen/")
    page.get_by_role("button", name=POINT).click()
    page.get_by_role("link", name="Bekijk deze melding").click()
    page.wait_for_url(f"**/meldingen/{meldingen.nummer}/")
    expect(page.get_by_role("img", name="Speld op de plek van de melding")).to_be_visible()

    page.goto("/gebieden/noord/")
    expect(page.get_by_role("link", name="Daalmeer/Koedijk")).to_have_count(2)
    # Other gebieden are there, calm and without a link.
    expect(page.locator(".kaart-vlak--rustig").first).to_be_attached()
    expect(page.locator(".kaart-vlak--rustig.leaflet-interactive")).to_have_count(0)
    expect(page.locator("path[role='link']")).to_have_count(2)
    page.locator("path[role='link'][aria-label='De Mare']").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wijk De Mare")


def test_without_tiles_points_or_leaflet_the_rest_stays(meldingen, page, findings):
    # No test reaches the tiles: that is how it looks without a connection.
    page.route("**/meldingen/kaart.json?*", lambda route: route.fulfill(status=500))
    page.goto("/meldingen/")
    expect(page.locator("path[role='link']")).to_have_count(5)
    expect(page.get_by_text(BROKEN)).to_be_visible()
    expect(page.locator(".leaflet-tile:visible")).to_have_count(0)
    assert all("kaart.json" in finding for finding in findings)
    findings.clear()

    page.route("**/leaflet.js", lambda route: route.abort())
    page.goto("/meldingen/")
    expect(page.get_by_role("link", name="Bekijk de meldingen in een lijst")).to_be_visible()


def test_one_finger_scrolls_past_a_map(meldingen, phone):
    phone.goto("/")
    kaart = phone.get_by_role("region", name="Kaart van Alkmaar")
    expect(kaart.get_by_role("button").first).to_be_visible()
    kaart.scroll_into_view_if_needed()
    before = phone.evaluate("window.scrollY")
    box = kaart.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = phone.context.new_cdp_session(phone)
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 8):
        point = {"x": x, "y": y - 20 * step}
        fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    expect(phone.get_by_text("Gebruik twee vingers om de kaart te verschuiven.")).to_be_visible()
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("before => window.scrollY > before", arg=before)
