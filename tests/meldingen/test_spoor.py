"""What a look at a reporter's data leaves in the spoor."""

import pytest
from django.urls import reverse

from basis.models import Spoorregel
from tests.factories import BehandelaarFactory, MeldingFactory
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def behandelaar():
    return BehandelaarFactory()


@pytest.fixture
def melding(behandelaar):
    return MeldingFactory(afdeling=behandelaar.afdeling, telefoon="06 12345678", tekst_besluit="openbaar")


@pytest.fixture
def staff(client, behandelaar):
    sign_in(client, behandelaar.gebruiker)
    return client


def page_of(melding):
    return reverse("behandelen_melding", args=[melding.nummer])


def looks():
    lines = Spoorregel.objects.order_by("pk")
    return [(line.handeling, line.door_id, line.about_kind, line.about_number, line.address) for line in lines]


def test_each_look_leaves_a_line(staff, behandelaar, melding):
    line = ("melding.contact_bekeken", behandelaar.gebruiker.pk, "melding", melding.nummer, "127.0.0.1")
    staff.get(page_of(melding))
    assert looks() == [line]
    staff.get(page_of(melding))
    assert looks() == [line, line]


def test_also_where_the_page_comes_back_with_an_error(staff, melding):
    address = reverse("behandelen_tekst", args=[melding.nummer])
    response = staff.post(address, {"versie": 99, "besluit": "openbaar"})
    assert response.status_code == 422
    assert "06 12345678" in response.content.decode()
    assert len(looks()) == 1


def test_nothing_seen_leaves_no_line(staff, client_of_somebody_else, behandelaar, melding):
    elsewhere = MeldingFactory(telefoon="06 12345678")
    without = MeldingFactory(afdeling=behandelaar.afdeling)
    staff.head(page_of(melding))
    assert staff.get(page_of(without)).status_code == 200
    assert staff.get(page_of(elsewhere)).status_code == 404
    assert client_of_somebody_else.get(page_of(melding)).status_code == 302
    for name in ("behandelen_status", "behandelen_categorie", "behandelen_afdeling"):
        assert staff.get(reverse(name, args=[melding.nummer])).status_code == 200
    for address in (reverse("behandelen"), melding.get_absolute_url()):
        assert "06 12345678" not in staff.get(address).content.decode()
    assert looks() == []


def test_what_cannot_be_written_down_is_not_shown(staff, melding, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(Spoorregel, "save", fail)
    staff.raise_request_exception = False
    response = staff.get(page_of(melding))
    assert response.status_code == 500
    assert "06 12345678" not in response.content.decode()
