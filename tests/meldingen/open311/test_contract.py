"""The contract: names, shapes, statuses and headers, in both formats."""

from datetime import timedelta

import pytest
import time_machine
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from berichten.models import Bericht
from meldingen.models import Melding
from meldingen.rules import Status
from tests.factories import CategorieFactory, FotoFactory, MeldingFactory
from tests.meldingen.open311.conftest import SLEUTEL, WAAGPLEIN, rows

pytestmark = pytest.mark.django_db

REQUEST = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]
SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
UPDATE = ["update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"]


def refused(open311, content, status):
    """Whether the answer is an error of this status, in its shape."""
    found = rows(content)
    assert open311.status == status, found
    assert found
    for error in found:
        assert list(error) == ["code", "description"]
        assert str(error["code"]) == str(status)
        assert error["description"]
    if open311.extension == "xml":
        assert (content.tag, content[0].tag) == ("errors", "error")
    return True


class TestDiscoveryAndServices:
    def test_discovery(self, open311):
        found = open311.get("discovery")
        names = ["changeset", "contact", "key_service", "endpoints"]
        endpoint = ["specification", "url", "changeset", "type", "formats"]
        if open311.extension == "json":
            assert list(found) == names
            assert list(found["endpoints"][0]) == endpoint
            assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
            assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
        else:
            assert found.tag == "discovery"
            assert [child.tag for child in found] == names
            assert [child.tag for child in found.find("endpoints/endpoint")] == endpoint
            assert found.findtext("endpoints/endpoint/formats/format") == "text/xml"

    def test_services(self, open311, lamp):
        CategorieFactory(openbaar=False)
        CategorieFactory(actief=False)
        content = open311.get("services", jurisdiction_id="whatever")
        found = rows(content)
        assert [list(service) for service in found] == [SERVICE]
        assert found[0]["service_code"] == "lamp"
        assert found[0]["service_name"] == "Lamp kapot"
        assert found[0]["group"] == "Licht"
        assert found[0]["type"] == "realtime"
        assert str(found[0]["metadata"]).lower() == "true"
        if open311.extension == "xml":
            assert (content.tag, content[0].tag) == ("services", "service")

    def test_definition(self, open311, lamp):
        lamp.gevaar = "Losse draden? Bel 112."
        lamp.save()
        found = open311.get("services/lamp")
        names = ["variable", "code", "datatype", "required", "datatype_description", "description", "values"]
        if open311.extension == "json":
            assert found["service_code"] == "lamp"
            attributes = found["attributes"]
            assert [attribute["order"] for attribute in attributes] == [1, 2, 3]
            assert all(set(names) < set(attribute) for attribute in attributes)
        else:
            assert found.tag == "service_definition"
            assert found.findtext("service_code") == "lamp"
            attributes = rows(found.find("attributes"))
        number = next(attribute for attribute in attributes if attribute["code"] == "fixmystreet_id")
        assert number["automated"] == "server_set"
        assert str(number["required"]).lower() == "false"

    def test_what_is_no_service_is_404(self, open311, lamp):
        hidden, old = CategorieFactory(openbaar=False), CategorieFactory(actief=False)
        for code in ("x", hidden.slug, old.slug, "%00", "a.b", "la mp"):
            assert refused(open311, open311.get(f"services/{code}"), 404)


class TestReading:
    def test_one_is_a_list_of_one_with_every_name(self, open311):
        melding = MeldingFactory(straat="Waagplein", status=Status.IN_BEHANDELING)
        content = open311.get(f"requests/{melding.nummer}")
        (found,) = rows(content)
        assert list(found) == REQUEST
        assert found["service_request_id"] == melding.nummer
        assert found["status"] == "open"
        assert found["address"] == f"Waagplein, {melding.wijk.naam}"
        assert float(found["lat"]) == melding.lat
        assert float(found["long"]) == melding.lon
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert parse_datetime(found[name]).utcoffset() is not None
        if open311.extension == "xml":
            assert (content.tag, content[0].tag) == ("service_requests", "request")

    def test_words_and_photos_only_when_released(self, open311):
        melding = MeldingFactory(omschrijving="Mijn woorden.")
        FotoFactory(melding=melding, besluit="besloten")
        (found,) = rows(open311.get(f"requests/{melding.nummer}"))
        assert found["description"] is None
        assert found["media_url"] is None
        assert "zodra een behandelaar" in found["service_notice"]
        Melding.objects.update(tekst_besluit="openbaar")
        foto = FotoFactory(melding=melding, besluit="openbaar")
        (found,) = rows(open311.get(f"requests/{melding.nummer}"))
        assert found["description"] == "Mijn woorden."
        assert found["media_url"] == f"http://localhost:8000/meldingen/foto/{foto.uuid}.jpg"
        assert found["service_notice"] is None

    def test_the_last_public_step_is_told(self, open311):
        melding = MeldingFactory(status=Status.OPGELOST)
        later = timezone.now() + timedelta(minutes=5)
        melding.stappen.create(van="gemeld", naar="opgelost", toelichting="De lamp is vervangen.", at=later)
        after = later + timedelta(minutes=1)
        melding.stappen.create(van="opgelost", naar="opgelost", toelichting="Geheim.", openbaar=False, at=after)
        (found,) = rows(open311.get(f"requests/{melding.nummer}"))
        assert (found["status"], found["status_notes"]) == ("closed", "De lamp is vervangen.")
        assert parse_datetime(found["updated_datetime"]) == later.replace(microsecond=0)

    def test_any_text_is_valid_in_both_formats(self, open311):
        melding = MeldingFactory(omschrijving="a\x00\x0b\x1b\ufffe<&>]]>\"'\r\n\u2028😀é".replace("\x00", ""))
        Melding.objects.update(tekst_besluit="openbaar")
        (found,) = rows(open311.get(f"requests/{melding.nummer}"))
        assert "<&>]]>\"'" in found["description"]
        assert "😀é" in found["description"]

    def test_what_is_not_there_is_404(self, open311):
        hidden = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        for number in ("00000000", hidden.nummer, "x", "%00", "1.2", "１２３４５６７８"):
            assert refused(open311, open311.get(f"requests/{number}"), 404)
            assert refused(open311, open311.get(f"tokens/{number}"), 404)

    def test_a_number_is_its_own_token(self, open311):
        melding = MeldingFactory()
        (found,) = rows(open311.get(f"tokens/{melding.nummer}"))
        assert found == {"service_request_id": melding.nummer, "token": melding.nummer}


class TestListing:
    @staticmethod
    def numbers(content):
        return [row["service_request_id"] for row in rows(content)]

    def test_by_default_the_last_ninety_days_newest_first(self, open311):
        now = timezone.now()
        ages = [0, 89, 91]
        made = [MeldingFactory(created_at=now - timedelta(days=age)) for age in ages]
        MeldingFactory(categorie=CategorieFactory(openbaar=False))
        assert self.numbers(open311.get("requests")) == [made[0].nummer, made[1].nummer]
        before = (now - timedelta(days=90)).isoformat()
        assert self.numbers(open311.get("requests", end_date=before)) == [made[2].nummer]
        assert len(self.numbers(open311.get("requests", start_date="2000-01-01T00:00:00Z"))) == 3

    def test_filters(self, open311, lamp):
        solved = MeldingFactory(status=Status.OPGELOST)
        dark, other = MeldingFactory(categorie=lamp), MeldingFactory()
        assert self.numbers(open311.get("requests", status="closed")) == [solved.nummer]
        assert set(self.numbers(open311.get("requests", status="open,closed"))) == {
            melding.nummer for melding in (solved, dark, other)
        }
        assert set(self.numbers(open311.get("requests", status="OPEN"))) == {dark.nummer, other.nummer}
        assert self.numbers(open311.get("requests", service_code="lamp")) == [dark.nummer]
        both = f"lamp, {solved.categorie.slug}"
        assert set(self.numbers(open311.get("requests", service_code=both))) == {dark.nummer, solved.nummer}
        assert self.numbers(open311.get("requests", service_code="lamp", status="closed")) == []
        assert refused(open311, open311.get("requests", service_code="lamp,nee"), 404)

    def test_numbers_override_every_other_filter(self, open311):
        old = MeldingFactory(created_at=timezone.now() - timedelta(days=400))
        new, _other = MeldingFactory(), MeldingFactory()
        hidden = MeldingFactory(categorie=CategorieFactory(openbaar=False))
        asked = f"{old.nummer},{new.nummer},{hidden.nummer},x"
        content = open311.get(
            "requests", service_request_id=asked, status="closed", service_code="nee", start_date="x", page="-1"
        )
        assert self.numbers(content) == [new.nummer, old.nummer]

    def test_what_is_empty_counts_as_absent(self, open311):
        melding = MeldingFactory()
        empty = dict.fromkeys(["service_request_id", "service_code", "status", "start_date", "end_date", "page"], "")
        assert self.numbers(open311.get("requests", **empty, page_size="", jurisdiction_id="")) == [melding.nummer]

    def test_paging(self, open311):
        made = [MeldingFactory(created_at=timezone.now() - timedelta(hours=age)).nummer for age in range(5)]
        pages = [self.numbers(open311.get("requests", page_size=2, page=page)) for page in (1, 2, 3, 4)]
        assert pages == [made[:2], made[2:4], made[4:], []]
        assert self.numbers(open311.get("requests", page_size=2)) == made[:2]

    def test_moments_in_every_way_of_writing(self, open311):
        MeldingFactory(created_at=timezone.datetime(2026, 1, 1, 11, 30, tzinfo=timezone.timezone.utc))
        for start, found in {
            "2026-01-01T11:30:00Z": 1,
            "2026-01-01T11:30:01Z": 0,
            "2026-01-01T12:30:00+01:00": 1,
            "2026-01-01T12:30:00 01:00": 1,
            "2026-01-01T12:31:00+0100": 0,
            "2026-01-01T06:30:00.000-05:00": 1,
            "2026-01-01T12:30": 1,
            "2026-01-01T12:31": 0,
            "2026-01-01": 1,
            "2026-01-02": 0,
        }.items():
            assert len(rows(open311.get("requests", start_date=start, end_date="2026-02-01T00:00:00Z"))) == found, start

    @pytest.mark.parametrize(
        "wrong",
        [
            *({"start_date": text} for text in ("x", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "12:00")),
            *({"end_date": text} for text in ("9999-12-31T23:59:59-01:00", "2026-W01-1", "2026-01-01T00:00:00+99:99")),
            *({"page": text} for text in ("0", "-1", "1.5", "x", "99999999999999999999", "\x00")),
            *({"page_size": text} for text in ("0", "1001", "x")),
            *({"status": text} for text in ("opened", "open,x", "\x00")),
            {"service_code": "\x00"},
            {"service_request_id": "\x00"},
            {"service_request_id": ",".join(map(str, range(1001)))},
        ],
        ids=str,
    )
    def test_what_is_not_understood_is_400(self, open311, wrong):
        assert refused(open311, open311.get("requests", **wrong), 400)

    def test_a_list_asks_no_more_with_more_rows(self, open311, django_assert_num_queries):
        for number in (1, 5):
            for melding in MeldingFactory.create_batch(number):
                FotoFactory(melding=melding, besluit="openbaar")
            with django_assert_num_queries(4):
                open311.get("requests")


class TestSending:
    def test_a_melding_comes_in(self, open311, buurt, koppeling, lamp):
        content = open311.send(service_code="lamp", first_name="Jo", last_name="Jansen", email="jo@voorbeeld.example")
        assert open311.status == 200
        (answer,) = rows(content)
        assert list(answer) == ["service_request_id", "service_notice", "account_id"]
        melding = Melding.objects.get()
        assert answer["service_request_id"] == melding.nummer
        assert (melding.kanaal, melding.categorie, melding.buurt.wijk) == ("open311", lamp, melding.wijk)
        assert (melding.lat, melding.lon) == (52.6318, 4.7502)
        assert (melding.naam, melding.email) == ("Jo Jansen", "jo@voorbeeld.example")
        koppeling.refresh_from_db()
        assert koppeling.last_used_on == timezone.localdate()
        if open311.extension == "xml":
            assert (content.tag, content[0].tag) == ("service_requests", "request")

    def test_what_a_client_of_three_lines_does(self, buurt, koppeling, lamp):
        answer = Client().post("/open311/v2/requests.json", {"api_key": SLEUTEL, "service_code": "lamp", **WAAGPLEIN})
        number = answer.json()[0]["service_request_id"]
        assert Client().get(f"/open311/v2/requests/{number}.json").json()[0]["service_request_id"] == number

    @pytest.mark.parametrize("key", [None, "", "fout", "\x00", "é", SLEUTEL + " x"])
    def test_without_a_good_key_403(self, open311, buurt, koppeling, lamp, key):
        assert refused(open311, open311.send(service_code="lamp", api_key=key), 403)
        assert refused(open311, open311.post("servicerequestupdates", **({"api_key": key} if key else {})), 403)
        assert not Melding.objects.exists()

    def test_a_revoked_key_opens_nothing(self, open311, buurt, koppeling, lamp):
        koppeling.revoked_at = timezone.now()
        koppeling.save()
        assert refused(open311, open311.send(service_code="lamp"), 403)

    def test_a_key_in_the_address_counts_for_nothing(self, open311, buurt, koppeling, lamp):
        path = f"/open311/v2/requests.{open311.extension}?api_key={SLEUTEL}"
        response = Client().post(path, {"service_code": "lamp", **WAAGPLEIN})
        assert response.status_code == 403

    def test_an_unknown_service_is_404(self, open311, koppeling):
        for code in ("nee", CategorieFactory(openbaar=False).slug, CategorieFactory(actief=False).slug, "\x00"):
            assert refused(open311, open311.send(service_code=code), 404)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"service_code": None},
            {"lat": None},
            {"long": ""},
            {"lat": None, "long": None},
            {"lat": "nan"},
            {"long": "inf"},
            {"lat": "1e999"},
            {"lat": "52,6"},
            {"lat": "52.0", "long": "4.0"},
            {"lat": "-91", "long": "500"},
            {"description": "x" * 4001},
            {"description": "\x00"},
            {"email": "geen adres"},
            {"phone": "0" * 21},
            {"first_name": "x" * 61},
            {"media_url": "javascript:alert(1)"},
            {"media_url": ["https://voorbeeld.example/1.jpg"] * 11},
            {"attribute[fixmystreet_id]": "x" * 101},
            {"attribute[plek][]": "\x00"},
        ],
        ids=str,
    )
    def test_what_is_not_understood_is_400(self, open311, buurt, koppeling, lamp, wrong):
        assert refused(open311, open311.send(**{"service_code": "lamp", **wrong}), 400)
        assert not Melding.objects.exists()

    @pytest.mark.parametrize("error", [OperationalError("the connection is lost"), InterfaceError("closed")])
    def test_without_a_database_it_is_503_with_when_to_come_back(self, open311, error, monkeypatch):
        def fail(*_arguments: object) -> None:
            raise error

        monkeypatch.setattr("meldingen.models.Koppeling.objects.with_sleutel", fail)
        monkeypatch.setattr("meldingen.models.Categorie.objects.public", fail)
        assert refused(open311, open311.get("requests"), 503)
        assert refused(open311, open311.send(service_code="lamp"), 503)
        assert (open311.response["Retry-After"], open311.response["Cache-Control"]) == ("60", "no-store")

    def test_a_mailbox_that_got_enough_confirmations_gets_no_more(self, open311, buurt, koppeling, lamp, settings):
        settings.LIMIETEN = {**settings.LIMIETEN, "bevestiging": {"mailbox": 1, "seconds": 3600}}
        for description in ("De lamp brandt niet.", "Nog een lamp.", "En nog een lamp."):
            open311.send(service_code="lamp", description=description, email="wil@bewoner.example")
            assert open311.status == 200
        assert (Melding.objects.count(), Bericht.objects.count()) == (3, 1)

    def test_who_reads_too_fast_gets_429_with_when_to_come_back(self, open311, settings):
        settings.LIMIETEN = {**settings.LIMIETEN, "lezen": {"visitor": 2, "seconds": 3600}}
        for _time in range(2):
            open311.get("services")
            assert open311.status == 200
        assert refused(open311, open311.get("requests"), 429)
        assert 0 < int(open311.response["Retry-After"]) <= 3600
        assert open311.response["Access-Control-Allow-Origin"] == "*"

    def test_the_limit_of_a_key_is_429_with_when_to_come_back(self, open311, buurt, koppeling, lamp):
        koppeling.limiet_per_uur = 1
        koppeling.save()
        open311.send(service_code="lamp")
        assert open311.status == 200
        assert refused(open311, open311.send(service_code="lamp", description="Nog een."), 429)
        assert 0 < int(open311.response["Retry-After"]) <= 3600
        assert Melding.objects.count() == 1

    def test_no_hour_has_more_in_it_than_the_limit(self, open311, buurt, koppeling, lamp):
        koppeling.limiet_per_uur = 1
        koppeling.save()
        with time_machine.travel("2026-11-21 14:59:00 +0100", tick=False) as clock:
            open311.send(service_code="lamp")
            assert open311.status == 200
            # A new hour on the clock is no new hour.
            clock.shift(120)
            open311.send(service_code="lamp", description="Nog een.")
            assert (open311.status, open311.response["Retry-After"]) == (429, str(3600 - 120))
            clock.shift(3600 - 120)
            open311.send(service_code="lamp", description="Nog een.")
            assert open311.status == 200


class TestEveryAnswer:
    def test_headers(self, open311):
        open311.get("requests")
        assert open311.response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in open311.response
        assert open311.response["Cache-Control"] == "public, max-age=60"
        assert open311.response["X-Robots-Tag"] == "noindex"
        assert not open311.response.cookies
        open311.post("requests")
        assert "Access-Control-Allow-Origin" not in open311.response
        assert open311.response["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["nee", "requests/1/2", "", "services/lamp/x", "requests"])
    def test_an_unknown_address_is_404_in_the_asked_format(self, open311, path):
        if path:
            for method in (open311.get, open311.post):
                if path != "requests":
                    assert refused(open311, method(path), 404)
        for address in (
            "/open311/v2/requests.html",
            "/open311/v2/requests",
            "/open311/v2/requests.",
            "/open311/v2/x",
            "/open311/v2/%0A",
        ):
            response = Client().get(address)
            assert (response.status_code, response["Content-Type"]) == (404, "text/xml; charset=utf-8"), address

    def test_the_address_by_itself_leads_to_the_page_for_developers(self, client):
        assert client.get("/open311/v2/").headers["Location"] == "/open311/"
        assert client.get("/open311/").status_code == 200

    @pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "post"])
    def test_another_method_is_400(self, open311, method):
        content = open311._read(getattr(open311.client, method)(f"/open311/v2/services.{open311.extension}"))
        assert refused(open311, content, 400)
        assert open311.response["Allow"] == "GET, HEAD"

    def test_head_is_an_answer_without_a_body(self, open311):
        response = open311.client.head(f"/open311/v2/services.{open311.extension}")
        assert (response.status_code, response.content) == (200, b"")
