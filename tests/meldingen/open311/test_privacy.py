"""Nothing personal leaves through Open311: every answer of every endpoint, with a melding full of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from django.views.debug import SafeExceptionReporterFilter

from meldingen.models import Melding
from meldingen.open311 import urls
from tests.factories import BehandelaarFactory, CategorieFactory, FotoFactory, MeldingFactory
from tests.meldingen.open311.conftest import SLEUTEL, WAAGPLEIN

pytestmark = pytest.mark.django_db

#: What the sender tells, each with a word by which it is found.
PERSONAL = {
    "first_name": "verzwegenevoornaam",
    "last_name": "verzwegeneachternaam",
    "email": "verzwegen@voorbeeld.example",
    "phone": "0600000001",
    "device_id": "verzwegentoestel",
    "account_id": "verzwegenaccount",
    "address_string": "verzwegenstraat 12",
    "description": "verzwegene woorden.",
    "attribute[plek]": "achter het verzwegene hek",
    "attribute[fixmystreet_id]": "verzwegennummer",
    "attribute[anders]": "verzwegen anders",
    "media_url": "https://verzwegen.example/1.jpg",
}
FORMATS = ("xml", "json", "html")
SECRET = re.compile("verzwegen|0600000001|behandelaar van|" + SLEUTEL, re.IGNORECASE)


def answers(nummers: list[str], codes: list[str]) -> list[Any]:
    """Every answer that anybody can read, in both formats."""
    paths = ["discovery", "services", "requests", "servicerequestupdates", "nee", f"requests/{'0' * 8}"]
    paths += [f"services/{code}" for code in codes]
    paths += [f"{kind}/{nummer}" for kind in ("requests", "tokens") for nummer in nummers]
    paths += [
        f"{name}{question}"
        for name in ("requests", "servicerequestupdates")
        for question in (
            "?start_date=2000-01-01T00:00:00Z",
            "?status=x&page=x&service_code=x",
            f"?service_request_id={','.join(nummers)}",
        )
    ]
    asked = [path.partition("?") for path in paths]
    addresses = [f"/open311/v2/{name}.{extension}{mark}{query}" for name, mark, query in asked for extension in FORMATS]
    return [Client().get(address) for address in [*addresses, "/open311/"]]


def test_every_endpoint_is_walked():
    names = {pattern.name for pattern in urls.urlpatterns}
    walked = {
        get_resolver().resolve(f"/open311/{rest}").url_name
        for rest in (
            *(
                "",
                "v2/",
                "v2/discovery.xml",
                "v2/services.xml",
                "v2/services/x.xml",
                "v2/requests.xml",
                "v2/requests/1.xml",
            ),
            *("v2/tokens/1.xml", "v2/servicerequestupdates.xml", "v2/nee.xml"),
        )
    }
    assert names == walked


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_personal_is_in_any_answer(buurt, koppeling, lamp, closed):
    post = {"api_key": SLEUTEL, "service_code": "lamp", **WAAGPLEIN}
    sent = Client().post("/open311/v2/requests.json", {**post, **PERSONAL})
    again = Client().post("/open311/v2/requests.xml", {**post, **PERSONAL})
    nummer = sent.json()[0]["service_request_id"]
    update = {
        **{name: value for name, value in PERSONAL.items() if "[" not in name},
        **{
            "api_key": SLEUTEL,
            "service_request_id": nummer,
            "update_id": "verzwegen-1",
            "updated_datetime": "2026-01-01",
        },
    }
    if closed:
        Melding.objects.update(status="opgelost", closed_at=timezone.now())
        Melding.objects.get().stappen.create(van="gemeld", naar="opgelost")
        update["status"] = "REOPEN"
    added = Client().post("/open311/v2/servicerequestupdates.json", update)
    assert (sent.status_code, again.status_code, added.status_code) == (200, 200, 200)
    melding = Melding.objects.get()
    colleague = BehandelaarFactory(afdeling=melding.afdeling, gebruiker__naam="Behandelaar van Dienst").gebruiker
    melding.stappen.create(van="gemeld", naar="in_behandeling", door=colleague, toelichting="We komen morgen.")
    FotoFactory(melding=melding, besluit="besloten", naam="besloten/meldingen/2026/verzwegen.jpg")
    hidden = MeldingFactory(
        categorie=CategorieFactory(naam="verzwegene categorie", slug="verzwegen", openbaar=False), naam="verzwegen"
    )
    refusals = [
        Client().post(f"/open311/v2/{name}.{extension}", {**PERSONAL, **fields})
        for name in ("requests", "servicerequestupdates")
        for extension in ("xml", "json")
        for fields in ({}, {"api_key": "x"}, {"api_key": SLEUTEL, "service_code": "lamp"}, post, update)
    ]
    found = [sent, again, added, *refusals, *answers([nummer, hidden.nummer], ["lamp", "iets"])]
    assert "We komen morgen." in " ".join(answer.content.decode() for answer in found)
    for answer in found:
        assert not SECRET.search(answer.content.decode()), answer.request["PATH_INFO"]
        assert not answer.cookies


def test_what_is_not_public_looks_as_what_is_not_there(buurt, koppeling):
    hidden = MeldingFactory(categorie=CategorieFactory(slug="verborgen", openbaar=False))
    hidden.stappen.create(van="gemeld", naar="in_behandeling")
    for there, not_there in (
        (f"requests/{hidden.nummer}", "requests/00000000"),
        (f"tokens/{hidden.nummer}", "tokens/00000000"),
    ):
        for extension in ("xml", "json"):
            answer, other = (Client().get(f"/open311/v2/{path}.{extension}") for path in (there, not_there))
            assert (answer.status_code, answer.content) == (other.status_code, other.content)
    for path in ("requests", "servicerequestupdates"):
        assert Client().get(f"/open311/v2/{path}.json?start_date=2000-01-01").json() == []


def test_a_key_is_neither_logged_nor_shown_nor_reported_of_a_fault(buurt, koppeling, lamp, monkeypatch, caplog):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise ValueError

    monkeypatch.setattr("meldingen.open311.views._take_in", fails)
    client = Client(raise_request_exception=False)
    with caplog.at_level(0):
        response = client.post("/open311/v2/requests.xml", {"api_key": SLEUTEL, **PERSONAL})
    assert response.status_code == 500
    assert not SECRET.search(caplog.text)
    assert not SECRET.search(response.content.decode())
    # What Django would mail or hand to a collector of faults.
    request = next(record.request for record in caplog.records if hasattr(record, "request"))
    reported = SafeExceptionReporterFilter().get_post_parameters(request)
    assert "api_key" in reported
    assert not SECRET.search(str(dict(reported)))
