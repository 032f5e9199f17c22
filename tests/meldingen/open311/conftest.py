"""A place, a system with a key, and a client of a few lines that does what known clients do."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from meldingen.models import Koppeling
from tests.factories import BuurtFactory, CategorieFactory, KoppelingFactory
from tests.pdok_server import pdok

__all__ = ["pdok"]

SLEUTEL = "sleutel-van-het-systeem-in-de-tests"
WAAGPLEIN = {"lat": "52.6318", "long": "4.7502"}


class Open311:
    """Asks and sends in one format, and reads answers as clients do; `status` and `response` are of the last one."""

    def __init__(self, extension: str) -> None:
        self.extension, self.client = extension, Client(enforce_csrf_checks=True)

    def get(self, name: str, **parameters: Any) -> Any:
        return self._read(self.client.get(f"/open311/v2/{name}.{self.extension}", parameters))

    def post(self, name: str, **fields: Any) -> Any:
        return self._read(self.client.post(f"/open311/v2/{name}.{self.extension}", fields))

    def send(self, **fields: Any) -> Any:
        """A melding at the Waagplein, with a key; `fields` add to it, and take away what is None."""
        whole = {"api_key": SLEUTEL, **WAAGPLEIN, "description": "De lamp brandt niet.", **fields}
        return self.post("requests", **{name: value for name, value in whole.items() if value is not None})

    def _read(self, response: Any) -> Any:
        self.response, self.status = response, response.status_code
        if self.extension == "json":
            assert response["Content-Type"] == "application/json; charset=utf-8"
            return json.loads(response.content)
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        assert response.content.startswith(b"<?xml version=")
        return ET.fromstring(response.content)


def rows(content: Any) -> list[dict[str, Any]]:
    """The rows of a list in either format; an empty element counts as none."""
    if isinstance(content, ET.Element):
        return [{child.tag: child.text for child in row} for row in content]
    assert isinstance(content, list)
    return content


@pytest.fixture(params=["xml", "json"])
def open311(request: Any, db: None) -> Open311:
    """A client, for each of the formats."""
    return Open311(request.param)


@pytest.fixture
def buurt(db: None) -> Any:
    """The one buurt of this municipality, around the Waagplein."""
    return BuurtFactory(label_lat=52.6318, label_lon=4.7502)


@pytest.fixture
def koppeling(db: None) -> Koppeling:
    """The system whose key is SLEUTEL."""
    return KoppelingFactory(sleutel=SLEUTEL)


@pytest.fixture
def lamp(db: None) -> Any:
    """A category in use."""
    return CategorieFactory(slug="lamp", naam="Lamp kapot", voorbeelden="brandt niet, knippert", groep__naam="Licht")
