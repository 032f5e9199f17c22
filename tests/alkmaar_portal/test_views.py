"""The joining pages: home, the areas, search, and what explains the portal."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from basis.intake import is_storable
from gebieden.models import Gebied
from gebieden.pdok import Adres, PdokUnavailable
from meldingen.models import Melding
from meldingen.rules import Status
from tests.factories import (
    BuurtFactory,
    CategorieFactory,
    GebiedFactory,
    GebruikerFactory,
    MeldingFactory,
    TeamlidFactory,
    WijkFactory,
    many_meldingen,
)
from tests.inloggen import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def dorp():
    return BuurtFactory(naam="Voorbeelddorp", dorp=True)


@pytest.fixture
def melding(dorp):
    return MeldingFactory(wijk=dorp.wijk, buurt=dorp, straat="Waagplein")


def areas(dorp):
    return [dorp.wijk.gebied, dorp.wijk, dorp]


class TestAreaPages:
    def test_each_shows_what_was_reported_there_and_its_figures(self, client, dorp, melding):
        elsewhere = MeldingFactory(straat="Verweg")
        for area in areas(dorp):
            page = client.get(area.get_absolute_url())
            assert list(page.context["latest"]) == [melding]
            assert elsewhere.straat not in page.content.decode()
            assert [figure["number"] for figure in page.context["figures"]] == ["1", "0", "1", "0"]
            assert "1.000 mensen" in page.content.decode()

    def test_figures_count_what_was_solved_in_time(self, client, dorp):
        for days in (-3, 0, 3):
            MeldingFactory(
                wijk=dorp.wijk,
                buurt=dorp,
                status=Status.OPGELOST,
                beloofd_op=timezone.localdate() + timedelta(days=days),
            )
        page = client.get(dorp.get_absolute_url()).content.decode()
        assert "opgelost in 30 dagen, 67% op tijd" in page

    def test_what_is_not_public_is_not_counted(self, client, dorp):
        MeldingFactory(wijk=dorp.wijk, buurt=dorp, categorie=CategorieFactory(openbaar=False))
        page = client.get(dorp.wijk.get_absolute_url())
        assert list(page.context["latest"]) == []
        assert {figure["number"] for figure in page.context["figures"]} == {"0"}

    def test_empty_pages_say_so(self, client, dorp):
        for area in areas(dorp):
            page = client.get(area.get_absolute_url())
            assert page.status_code == 200
            assert "Hier is nog niets gemeld." in page.content.decode()

    def test_a_wijk_is_told_from_a_gebied_of_the_same_name(self, client):
        wijk = WijkFactory(naam="Zuid", gebied__naam="Zuid")
        dorp = BuurtFactory(naam="Zuid", wijk=wijk, dorp=True)
        headings = [re.search("<h1>(.+)</h1>", client.get(area.get_absolute_url()).text)[1] for area in areas(dorp)]
        assert headings == ["Alkmaar Zuid", "Wijk Zuid", "Zuid"]
        page = client.get(dorp.get_absolute_url())
        assert [crumb["label"] for crumb in page.context["crumbs"]] == ["Gebieden", *headings]
        gebied_page = client.get(wijk.gebied.get_absolute_url())
        assert [chip.heading for chip in gebied_page.context["chips"]] == ["Wijk Zuid", "Zuid"]

    def test_list_and_map_lead_to_the_meldingen_of_the_area(self, client, dorp, melding):
        MeldingFactory(straat="Verweg")
        gebied = dorp.wijk.gebied
        wanted = [f"/meldingen/?gebied={gebied.slug}", *[f"/meldingen/?wijk={dorp.wijk.slug}"] * 2]
        for area, address in zip(areas(dorp), wanted, strict=True):
            # Beside the latest ones, below the map for who sees none, and for the map's own windows.
            assert client.get(area.get_absolute_url()).text.count(f'"{address}"') == 3
            assert list(client.get(address).context["page_obj"]) == [melding]

    def test_the_map_shows_the_meldingen_of_the_area_alone(self, client, dorp, melding):
        MeldingFactory(lat=melding.lat, lon=melding.lon)
        for area in areas(dorp):
            page = client.get(area.get_absolute_url()).text
            address = unescape(re.search('data-bron="([^"]+)"', page)[1])
            found = client.get(f"{address}&bbox=4.6,52.5,5.0,52.7&zoom=18").json()["features"]
            assert [feature["properties"].get("nummer") for feature in found] == [melding.nummer]

    def test_figures_say_what_is_not_on_the_map(self, client, dorp, melding):
        MeldingFactory(wijk=dorp.wijk, lat=None, lon=None)
        page = client.get(dorp.wijk.get_absolute_url())
        assert {"number": "2", "label": "nu open, 1 zonder speld op de kaart"} in page.context["figures"]

    def test_the_team_is_shown_with_how_to_reach_it(self, client, dorp):
        lid = TeamlidFactory(gebied=dorp.wijk.gebied, email="team@voorbeeld.example", telefoon="14 072")
        for area in areas(dorp):
            page = client.get(area.get_absolute_url()).content.decode()
            assert lid.get_rol_display() in page
            assert "mailto:team@voorbeeld.example" in page
            assert "tel:14072" in page

    def test_only_the_own_team_gets_the_way_to_edit(self, client, dorp):
        gebied = dorp.wijk.gebied
        edit = reverse("gebied_bewerken", args=[gebied.slug])
        own, other = GebruikerFactory(medewerker=True), GebruikerFactory(medewerker=True)
        TeamlidFactory(gebied=gebied, gebruiker=own)
        TeamlidFactory(gebruiker=other)
        for who, shown in ((None, False), (other, False), (own, True)):
            if who:
                sign_in(client, who)
            assert (edit in client.get(gebied.get_absolute_url()).content.decode()) is shown

    @pytest.mark.parametrize("path", ["/gebieden/x/", "/gebieden/x/y/", "/gebieden/x/y/z/"])
    def test_an_unknown_area_is_404(self, client, dorp, path):
        assert client.get(path).status_code == 404

    def test_an_area_under_another_one_is_404(self, client, dorp):
        other = WijkFactory()
        assert client.get(reverse("wijk", args=[other.gebied.slug, dorp.wijk.slug])).status_code == 404
        assert client.get(reverse("dorp", args=[other.gebied.slug, other.slug, dorp.slug])).status_code == 404

    def test_a_buurt_that_is_no_dorp_has_no_page(self, client):
        buurt = BuurtFactory()
        address = reverse("dorp", args=[buurt.wijk.gebied.slug, buurt.wijk.slug, buurt.slug])
        assert client.get(address).status_code == 404

    def test_an_anonymous_visitor_gets_no_cookie(self, client, dorp):
        for path in ["/", "/gebieden/", "/meldingen/", *(area.get_absolute_url() for area in areas(dorp))]:
            assert not client.get(path).cookies, path


WARNING = "Adressen kunnen we nu niet opzoeken. Zoek op de naam van uw wijk of dorp, of probeer het straks nog eens."


class TestSearch:
    @pytest.fixture
    def pdok(self, monkeypatch):
        answers = {"find": []}

        def find(text):
            if answers["find"] is None:
                raise PdokUnavailable
            return answers["find"]

        monkeypatch.setattr("alkmaar_portal.zoeken.pdok.find", find)
        return answers

    def search(self, client, text):
        return client.get(reverse("zoeken"), {"q": text})

    def test_by_area(self, client, pdok):
        wijk = WijkFactory(naam="Graft-De Rijp")
        page = self.search(client, "graft de rijp")
        assert page.context["found"].areas == [wijk]
        assert wijk.get_absolute_url() in page.content.decode()

    def test_areas_of_the_same_name_say_what_they_are(self, client, pdok):
        wijk = WijkFactory(naam="Zuid", gebied__naam="Zuid")
        BuurtFactory(naam="Zuid", wijk=wijk, dorp=True)
        BuurtFactory(naam="Zuid-Oost", wijk=wijk)
        page = self.search(client, "zuid").text
        assert re.findall(r">(Zuid[^<]*)</a>", page) == [
            "Zuid (gebied)",
            "Zuid (wijk)",
            "Zuid (dorp)",
            "Zuid-Oost (buurt)",
        ]

    def test_by_address_leads_to_its_wijk_and_to_a_melding_there(self, client, pdok):
        buurt = BuurtFactory()
        pdok["find"] = [
            Adres("Langestraat 97, Alkmaar", buurt.label_lat, buurt.label_lon, straat="Langestraat"),
            Adres("Ver weg 1, Elders", 51.0, 4.0),
        ]
        page = self.search(client, "langestraat 97").content.decode()
        assert buurt.wijk.get_absolute_url() in page
        assert "/meldingen/nieuw/?adres=Langestraat" in page
        assert "Elders" not in page

    def test_when_pdok_is_silent_the_rest_is_found(self, client, pdok):
        pdok["find"] = None
        gebied = GebiedFactory(naam="Noord")
        page = self.search(client, "noord")
        assert page.context["found"].areas == [gebied]
        # Said only to who may have meant an address, and without blaming how it was written.
        assert WARNING not in page.text
        melding = MeldingFactory(straat="Gladde Laan")
        assert WARNING not in self.search(client, melding.nummer_leesbaar).text
        assert WARNING not in self.search(client, "gladde").text
        for address in ("1811 AB", "Gladde Laan 5", "Nergensstraat"):
            text = self.search(client, address).text
            assert WARNING in text
            assert "We vonden niets" not in text
            assert "Alle gebieden, wijken en dorpen" in text

    def test_meldingen_by_number_and_public_words_only(self, client, pdok):
        melding = MeldingFactory(omschrijving="Een paarse olifant op de stoep.", adres="Geheimstraat 1", straat="Laat")
        assert self.search(client, melding.nummer_leesbaar).context["found"].meldingen == [melding]
        assert self.search(client, "laat").context["found"].meldingen == [melding]
        for hidden in ("olifant", "geheimstraat"):
            assert self.search(client, hidden).context["found"].meldingen == []
        Melding.objects.update(tekst_besluit="openbaar")
        assert self.search(client, "OLIFANT").context["found"].meldingen == [melding]

    def test_nothing_found_says_what_to_do(self, client, pdok):
        page = self.search(client, "<b>niets</b>").content.decode()
        assert "We vonden niets voor ‘&lt;b&gt;niets&lt;/b&gt;’" in page

    def test_the_title_says_what_was_searched_for(self, client, pdok):
        assert "<title>Zoeken – Samen" in self.search(client, " ").text
        assert "<title>Zoeken: &lt;lamp&gt; – Samen" in self.search(client, "<lamp>").text

    def test_an_empty_search_explains(self, client):
        assert "Zoek op uw adres of postcode" in client.get(reverse("zoeken")).content.decode()


class TestAnySearch(HypothesisTestCase):
    @given(st.text())
    def test_no_text_breaks_search(self, text):
        cache.clear()  # nobody types as fast as this test
        assert self.client.get(reverse("zoeken"), {"q": text}).status_code == (200 if is_storable(text) else 400)


@pytest.mark.parametrize(
    "name", ["home", "gebieden", "initiatieven", "agendas", "hulp", "toegankelijkheid", "privacy", "zoeken"]
)
def test_pages_for_everybody(client, name):
    TeamlidFactory(email="team@voorbeeld.example")
    assert client.get(reverse(name)).status_code == 200
    assert client.post(reverse(name)).status_code == 405


def test_the_privacy_page_names_the_terms_of_the_settings(client, settings):
    settings.BERICHT_CONTENT_DAYS, settings.BERICHT_PROOF_DAYS = 21, 400
    page = client.get(reverse("privacy")).content.decode()
    assert "ongeveer 21 dagen" in page
    assert "ongeveer 400 dagen" in page
    # Of who asked to follow and did not confirm.
    assert "ongeveer 7 dagen" in page


@pytest.mark.parametrize(("page", "title"), [(1, "Meldingen – Samen"), (2, "Meldingen, pagina 2 – Samen")])
def test_a_further_page_says_so_in_its_title(client, melding, page, title):
    many_meldingen(60, melding)
    found = re.search("<title>(.+?)</title>", client.get(f"/meldingen/?pagina={page}").text, re.DOTALL)
    assert " ".join(found[1].split()).startswith(title)


def test_home_before_the_areas_are_loaded(client):
    assert not Gebied.objects.exists()
    assert "De gebieden zijn nog niet ingelezen." in client.get("/").content.decode()
