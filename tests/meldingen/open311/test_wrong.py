"""Whatever anybody sends, to whatever address: 200, 400, 403 or 404 in the asked format, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tests.factories import BuurtFactory, CategorieFactory, FotoFactory, KoppelingFactory, MeldingFactory
from tests.meldingen.open311.conftest import SLEUTEL

NUMMER = "47110382"
NAMES = [
    *("service_request_id", "service_code", "status", "start_date", "end_date", "page", "page_size", "jurisdiction_id"),
    *("api_key", "lat", "long", "address_string", "address_id", "email", "device_id", "deviceid", "account_id"),
    *("first_name", "last_name", "phone", "description", "media_url", "update_id", "updated_datetime"),
    *("attribute[fixmystreet_id]", "attribute[fixmystreet_id][]", "attribute[]", "attribute[x][y]", "attribute[plek]"),
]
GOOD = [
    *(NUMMER, "lamp", "open", "closed", "OPEN", "REOPEN", "1", "100", SLEUTEL, "52.6318", "4.7502", "4711"),
    *("2026-01-01T00:00:00Z", "2026-11-26T09:30:00+01:00", "jo@voorbeeld.example", "https://elders.example/1.jpg"),
]
BAD = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        ",",
        ",,",
        "nan",
        "inf",
        "-0",
        "1e400",
        "9" * 400,
        "x" * 5000,
        "١٢",
        "\u202e",
        "\ufffe",
    ),
    *("0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "' OR 1=1 --", "<b>&amp;"),
    *("%00", "%ff", "../../etc/passwd", "{{7*7}}", "javascript:alert(1)", "http://[::1", "\r\nX-Header: 1"),
    *("\ud7ff", "\u202e", "\ufffe"),
]
VALUES = st.one_of(st.sampled_from(GOOD), st.sampled_from(BAD), st.text(max_size=40), st.floats().map(str))
FIELDS = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=20)), st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=8
)
PARTS = st.one_of(st.sampled_from([NUMMER, "lamp", "..", "%00", "nee"]), st.text(min_size=1, max_size=20).map(quote))
PATHS = st.one_of(
    st.sampled_from(["discovery", "services", "requests", "servicerequestupdates"]),
    st.builds("/".join, st.tuples(st.sampled_from(["services", "requests", "tokens", "nee"]), PARTS)),
    PARTS,
)
EXTENSIONS = st.sampled_from(["xml", "json", "json", "xml", "html", "JSON", "", "xml.json", "%00"])


def check(response: Any, path: str) -> None:
    """Whether this is an answer that clients understand."""
    assert response.status_code in {200, 400, 403, 404, 413}, (path, response.status_code)
    as_json = path.lower().endswith(".json")
    assert response["Content-Type"].startswith("application/json" if as_json else "text/xml"), path
    if as_json:
        content = json.loads(response.content)
        names = [sorted(error) for error in content] if response.status_code != 200 else []
    else:
        root = ET.fromstring(response.content)
        assert (root.tag == "errors") is (response.status_code != 200)
        names = [sorted(child.tag for child in error) for error in root] if root.tag == "errors" else []
    assert all(error == ["code", "description"] for error in names)


class TestGenerated(HypothesisTestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        BuurtFactory(label_lat=52.6318, label_lon=4.7502)
        lamp = CategorieFactory(slug="lamp")
        KoppelingFactory(sleutel=SLEUTEL, limiet_per_uur=1_000_000)
        melding = MeldingFactory(nummer=NUMMER, categorie=lamp, omschrijving="\x01\x1f<>", tekst_besluit="openbaar")
        FotoFactory(melding=melding, besluit="openbaar")

    @given(path=PATHS, extension=EXTENSIONS, fields=FIELDS)
    def test_questions(self, path: str, extension: str, fields: dict[str, Any]) -> None:
        address = f"/open311/v2/{path}.{extension}"
        # Here all come from one address, more than the limit allows.
        cache.clear()
        check(Client().get(address, fields), address)

    @given(
        name=st.sampled_from(["requests", "servicerequestupdates", "services", "nee"]),
        extension=EXTENSIONS,
        fields=FIELDS,
        with_key=st.sampled_from([True, True, True, False]),
        located=st.booleans(),
    )
    def test_what_is_sent(
        self, name: str, extension: str, fields: dict[str, Any], with_key: bool, located: bool
    ) -> None:
        whole = {
            **({"api_key": SLEUTEL, "service_code": "lamp", "service_request_id": NUMMER} if with_key else {}),
            **({"lat": "52.6318", "long": "4.7502"} if located else {}),
            **fields,
        }
        address = f"/open311/v2/{name}.{extension}"
        check(Client().post(address, whole), address)


@pytest.mark.django_db
class TestBodies:
    BODIES = [
        (b"", "application/x-www-form-urlencoded"),
        (b"a=%ff&b=%00&=&&&", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(1001)), "application/x-www-form-urlencoded"),
        (b"description=" + b"x" * 1_100_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary="),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n', "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"; filename="../x"\r\n\r\nx',
            "multipart/form-data; boundary=b",
        ),
        (b"--\xff\r\n", "multipart/form-data; boundary=\xff"),
        (b'{"api_key": "x"}', "application/json"),
        (b"<x/>", "text/xml"),
        (b"api_key=x", "application/x-www-form-urlencoded; charset=hex"),
        (b"api_key=x", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"api_key=x", "application/x-www-form-urlencoded; charset=iso-8859-1"),
        (b"api_key=x", "nonsense"),
    ]

    @pytest.mark.parametrize(("body", "content_type"), BODIES, ids=lambda value: str(value)[:40])
    @pytest.mark.parametrize("extension", ["xml", "json"])
    def test_any_body_gets_an_answer(self, koppeling, body, content_type, extension):
        for name in ("requests", "servicerequestupdates", "services", "nee"):
            address = f"/open311/v2/{name}.{extension}"
            response = Client().generic("POST", address, body, content_type=content_type)
            check(response, address)
            assert response.status_code != 200

    @pytest.mark.parametrize("charset", ["utf-7", "utf-16", "nonsense"])
    def test_a_question_in_a_strange_encoding_gets_an_answer(self, db, charset):
        for extension in ("xml", "json"):
            address = f"/open311/v2/requests.{extension}"
            response = Client().get(f"{address}?page=1", headers={"Content-Type": f"text/plain; charset={charset}"})
            check(response, address)
            # A name that is no encoding says nothing.
            assert response.status_code == (200 if charset == "nonsense" else 400)

    def test_more_parameters_than_anybody_needs(self, db):
        query = "&".join(f"a{number}=1" for number in range(1001))
        address = "/open311/v2/requests.json"
        check(Client().get(f"{address}?{query}"), address)
