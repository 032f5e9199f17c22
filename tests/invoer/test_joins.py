"""Every address of the portal joins the tests of bad input; one that does not is named here."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import resolve

from tests.invoer.pages import ADMIN, NAMES, PAGES, REACHED
from tests.invoer.scene import Scene

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]


def test_every_address_is_reached() -> None:
    missing = sorted(set(NAMES) - set(REACHED))
    assert not missing, f"Say in PAGES of tests/invoer/pages.py who comes to {missing}, and with which arguments."
    assert not sorted(PAGES.keys() - set(NAMES)), "these addresses of PAGES are gone"


#: What takes a POST without a form on any page that leads there, and why that is as it should be.
NO_FORM = {
    "admin:index": "shows the same page as for GET",
    "admin:app_list": "shows the same page as for GET",
    "admin:login": "leads to the sign-in of the portal",
    "admin:password_change": "leads to the page of the portal",
    **{
        name: "refuses in the format of the address; tests/meldingen/open311/test_wrong.py sends whatever"
        for name in PAGES
        if name.startswith("open311_") and name not in ("open311_requests", "open311_updates", "open311_unknown")
    },
    **{name: "shows the same page as for GET" for name in ADMIN if name.endswith("_history")},
}


def test_whatever_takes_a_form_is_sent_one(visitor: Callable[[str], Client]) -> None:
    sent_to, takes = set(), set()
    for name in REACHED:
        scene = Scene(name, visitor)
        sent_to |= {resolve(form.action.split("?")[0]).view_name for form in scene.forms if form.method == "post"}
        with scene.watched():
            if scene.client.post(scene.address).status_code not in (403, 404, 405):
                takes.add(name)
    missing = sorted(takes - sent_to - NO_FORM.keys())
    assert not missing, (
        f"{missing} take a POST, but no page of PAGES (tests/invoer/pages.py) shows a form that leads there. "
        "Name a visitor who sees it, or say in NO_FORM why there is none."
    )
    assert not sorted(NO_FORM.keys() - takes), "these take no POST any more"
