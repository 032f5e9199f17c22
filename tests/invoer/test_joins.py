"""Every address of the portal joins the tests of bad input; one that does not is named here."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.invoer.forms import Form, forms_of, send
from tests.invoer.judge import content, files, rows, watched
from tests.invoer.pages import NAMES, PAGES, REACHED, VALID, page, path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_fotos")]


def test_every_address_is_reached() -> None:
    missing = sorted(set(NAMES) - set(REACHED))
    assert not missing, f"Say in PAGES of tests/invoer/pages.py who comes to {missing}, and with which arguments."
    assert not sorted(PAGES.keys() - set(NAMES)), "these addresses of PAGES are gone"
