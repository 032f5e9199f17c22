"""Addresses of PDOK: what we ask, what we make of the answer, and what happens when there is none."""

import math
import threading
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from gebieden.pdok import FAILURES, MAX_QUERY, PAUSE_SECONDS, Adres, PdokUnavailable, find, reverse, suggest
from tests.pdok_server import ADDRESSES, Mood, PdokServer, address

NEVER_READY: list[Mood] = ["silent", "trickle"]
WRONG: list[Mood] = ["html", "broken", "other", "huge", "error", "busy", "redirect"]


@pytest.fixture(autouse=True)
def surroundings(settings: Settings) -> None:
    """An answer is waited for however busy the machine is; the cache keeps the time of the test."""
    settings.PDOK_TIMEOUT_SECONDS = 20
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pdok"}}
    cache.clear()


class TestAnswers:
    def test_find_gives_all_of_an_address(self, pdok: PdokServer) -> None:
        assert find("Waagplein 2") == [
            Adres(
                label="Waagplein 2, 1811JP Alkmaar",
                lat=52.6318,
                lon=4.7502,
                straat="Waagplein",
                postcode="1811JP",
                woonplaats="Alkmaar",
                gemeente="Alkmaar",
            )
        ]

    def test_suggest_gives_streets_too(self, pdok: PdokServer) -> None:
        assert [adres.label for adres in suggest("curaçao")] == [
            "Curaçaostraat 10, 1825DA Alkmaar",
            "Curaçaostraat 12, 1825DA Alkmaar",
            "Curaçaostraat, Alkmaar",
        ]

    def test_a_municipality_is_no_address(self, pdok: PdokServer) -> None:
        assert "Gemeente Alkmaar" not in [adres.label for adres in suggest("Alkmaar")]

    def test_at_most_eight_suggestions(self, pdok: PdokServer) -> None:
        pdok.docs = [address("Laat", number, "1811EK", "Alkmaar", 52.63, 4.75) for number in range(1, 30)]
        assert len(suggest("laat")) == 8
        assert len(find("laat")) == 10

    @pytest.mark.parametrize("text", ["1811jp", "1811 JP", "  Waagplein,  2 "])
    def test_as_people_type_it(self, pdok: PdokServer, text: str) -> None:
        assert [adres.straat for adres in find(text)] == ["Waagplein"]

    @pytest.mark.parametrize("ask", [suggest, find])
    def test_only_in_alkmaar(self, pdok: PdokServer, ask: Any) -> None:
        assert ask("Bovenweg 100") == []
        assert pdok.requests[-1][1]["fq"] == "gemeentenaam:Alkmaar"

    def test_reverse_gives_the_nearest_in_any_municipality(self, pdok: PdokServer) -> None:
        nearest = reverse(52.65899, 4.7671)
        assert nearest is not None
        assert nearest.label == "Curaçaostraat 10, 1825DA Alkmaar"
        outside = reverse(52.6598, 4.7860)
        assert outside is not None
        assert outside.gemeente == "Dijk en Waard"

    def test_reverse_far_from_everything_gives_nothing(self, pdok: PdokServer) -> None:
        assert reverse(52.53, 4.90) is None

    @pytest.mark.parametrize(
        "lat, lon", [(math.nan, 4.75), (52.6, math.inf), (91.0, 4.75), (52.6, -181.0), (10**400, 4.75)]
    )
    def test_what_is_no_place_is_not_asked(self, pdok: PdokServer, lat: float, lon: float) -> None:
        assert reverse(lat, lon) is None
        assert pdok.requests == []

    @pytest.mark.parametrize("text", ["", "   ", "?!", "\x00", "()"])
    def test_what_holds_no_words_is_not_asked(self, pdok: PdokServer, text: str) -> None:
        assert suggest(text) == []
        assert pdok.requests == []

    def test_signs_of_the_query_language_do_not_get_through(self, pdok: PdokServer) -> None:
        suggest('gemeentenaam:Amsterdam (dam OR "plein") + [a TO z] ~ * \\ & | ^ {x} _ 日本')
        assert pdok.requests[-1][1]["q"] == "gemeentenaam amsterdam dam or plein a to z x 日本"

    def test_a_very_long_text_is_cut(self, pdok: PdokServer) -> None:
        suggest("a" * 5000)
        assert pdok.requests[-1][1]["q"] == "a" * MAX_QUERY


class TestStandIn:
    """The stand-in keeps to the contract, so that what passes here would pass at PDOK."""

    @pytest.mark.parametrize(
        "service, parameters, status",
        [
            ("suggest", {"q": "laat"}, 200),
            ("suggest", {}, 400),
            ("suggest", {"q": ""}, 400),
            ("suggest", {"q": "laat", "limit": "3"}, 400),
            ("suggest", {"q": "laat", "rows": "51"}, 400),
            ("reverse", {"lat": "52.6", "lon": "4.7", "type": "adres", "rows": "1"}, 200),
            ("reverse", {"lat": "52.6"}, 400),
            ("reverse", {"lat": "52.6", "lon": "4.7", "q": "x"}, 400),
            ("lookup", {"id": ADDRESSES[0]["id"]}, 200),
            ("nearest", {}, 404),
        ],
    )
    def test_status(self, service: str, parameters: dict[str, str], status: int) -> None:
        server = PdokServer()
        assert server.answer(service, list(parameters.items()))[0] == status
        server._server.server_close()

    def test_a_suggestion_has_no_point_unless_asked_for(self) -> None:
        server = PdokServer()
        [doc] = server.answer("suggest", [("q", "waagplein")])[1]["response"]["docs"]
        assert doc.keys() == {"id", "weergavenaam", "type", "score"}
        server._server.server_close()


class TestStrangeDocuments:
    GOOD = address("Laat", 120, "1811EK", "Alkmaar", 52.63, 4.75)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"centroide_ll": None},
            {"centroide_ll": "POINT(NaN NaN)"},
            {"centroide_ll": "POINT(1.2.3 4)"},
            {"centroide_ll": "POINT(4.75)"},
            {"centroide_ll": "POINT(4.75 152.63)"},
            {"centroide_ll": ["POINT(4.75 52.63)"]},
            {"centroide_ll": "POINT(4.75 52.63) "},
            {"weergavenaam": ""},
            {"weergavenaam": 3},
            {"type": "perceel"},
            {"type": None},
        ],
    )
    def test_one_without_what_we_need_is_passed_over(self, pdok: PdokServer, wrong: dict[str, Any]) -> None:
        pdok.answer = lambda service, parameters: (  # type: ignore[method-assign]
            200,
            {"response": {"docs": [{**self.GOOD, **wrong}, "laat", None, [], self.GOOD]}},
        )
        assert [adres.lat for adres in find("laat")] == [52.63]

    def test_missing_texts_are_empty(self, pdok: PdokServer) -> None:
        bare = {name: self.GOOD[name] for name in ("weergavenaam", "type", "centroide_ll")}
        pdok.answer = lambda service, parameters: (200, {"response": {"docs": [bare | {"postcode": 1811}]}})  # type: ignore[method-assign]
        assert find("laat") == [Adres("Laat 120, 1811EK Alkmaar", 52.63, 4.75)]


class TestOutOfOrder:
    @pytest.mark.parametrize("mood", WRONG)
    def test_every_wrong_answer_is_the_same_to_who_asks(self, pdok: PdokServer, mood: Mood) -> None:
        pdok.mood = mood
        for ask in (lambda: suggest("laat"), lambda: find("laat"), lambda: reverse(52.63, 4.75)):
            with pytest.raises(PdokUnavailable):
                ask()
        assert len(pdok.requests) == 3

    @pytest.mark.parametrize("mood", NEVER_READY)
    def test_who_never_finishes_is_given_up(self, pdok: PdokServer, settings: Settings, mood: Mood) -> None:
        settings.PDOK_TIMEOUT_SECONDS = 0.1
        pdok.mood = mood
        with pytest.raises(PdokUnavailable):
            suggest("laat")
        waiting = [thread for thread in threading.enumerate() if thread.name == "pdok"]
        for thread in waiting:
            thread.join(20)
        assert not any(thread.is_alive() for thread in waiting)

    def test_too_slow(self, pdok: PdokServer, settings: Settings) -> None:
        settings.PDOK_TIMEOUT_SECONDS = 0.1
        pdok.delay = 30
        with pytest.raises(PdokUnavailable):
            suggest("laat")

    @pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:9/v3_1", "http://127.0.0.1:99999/"])
    def test_nobody_there(self, settings: Settings, url: str) -> None:
        settings.PDOK_URL = url
        with pytest.raises(PdokUnavailable):
            suggest("laat")

    def test_a_name_that_is_not_found_in_time(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        found = threading.Event()

        def never(*args: object, **kwargs: object) -> None:
            found.wait()
            raise OSError

        monkeypatch.setattr("socket.getaddrinfo", never)
        settings.PDOK_URL = "http://pdok.example/"
        settings.PDOK_TIMEOUT_SECONDS = 0.1
        with pytest.raises(PdokUnavailable):
            suggest("laat")
        found.set()


class TestCache:
    def test_the_same_question_is_asked_once_a_day(self, pdok: PdokServer) -> None:
        with time_machine.travel("2026-11-21 12:00", tick=False) as now:
            first = suggest("Waagplein 2")
            assert suggest("  waagplein   2") == first
            assert len(pdok.requests) == 1
            now.shift(24 * 60 * 60 + 1)
            assert suggest("Waagplein 2") == first
            assert len(pdok.requests) == 2

    def test_nothing_found_is_an_answer_too(self, pdok: PdokServer) -> None:
        assert find("Nergensstraat") == find("nergensstraat") == []
        assert len(pdok.requests) == 1

    def test_neighbouring_points_share_an_answer(self, pdok: PdokServer) -> None:
        assert reverse(52.631801, 4.750199) == reverse(52.631799, 4.750201)
        assert len(pdok.requests) == 1

    def test_what_people_look_for_cannot_be_read_from_the_keys(self, pdok: PdokServer) -> None:
        suggest("Waagplein 2")
        reverse(52.6318, 4.7502)
        keys = [key.lower() for key in cache._cache]
        assert keys
        assert not [key for key in keys if "waagplein" in key or "52." in key]

    def test_a_known_answer_is_given_while_pdok_is_out(self, pdok: PdokServer) -> None:
        known = suggest("Waagplein 2")
        pdok.mood = "error"
        for number in range(FAILURES):
            with pytest.raises(PdokUnavailable):
                suggest(f"Laat {number}")
        assert suggest("Waagplein 2") == known

    def test_a_failure_is_not_kept(self, pdok: PdokServer) -> None:
        pdok.mood = "error"
        with pytest.raises(PdokUnavailable):
            suggest("Waagplein 2")
        pdok.mood = "right"
        assert len(suggest("Waagplein 2")) == 1


class TestBreaker:
    def fail(self, pdok: PdokServer, mood: Mood = "error") -> None:
        pdok.mood = mood
        with pytest.raises(PdokUnavailable):
            suggest(f"laat {len(pdok.requests)}")

    def test_after_three_failures_nothing_is_asked_for_half_a_minute(self, pdok: PdokServer) -> None:
        with time_machine.travel("2026-11-21 12:00", tick=False) as now:
            for _number in range(FAILURES):
                self.fail(pdok)
            asked = len(pdok.requests)
            assert asked == FAILURES
            self.fail(pdok, "right")
            now.shift(PAUSE_SECONDS - 1)
            self.fail(pdok, "right")
            assert len(pdok.requests) == asked
            now.shift(2)
            assert len(suggest("Waagplein 2")) == 1

    def test_the_first_failure_after_the_pause_starts_the_next(self, pdok: PdokServer) -> None:
        with time_machine.travel("2026-11-21 12:00", tick=False) as now:
            for _number in range(FAILURES):
                self.fail(pdok)
            now.shift(PAUSE_SECONDS + 1)
            self.fail(pdok)
            asked = len(pdok.requests)
            self.fail(pdok, "right")
            assert len(pdok.requests) == asked == FAILURES + 1

    def test_an_answer_in_between_starts_the_count_anew(self, pdok: PdokServer) -> None:
        for _number in range(FAILURES - 1):
            self.fail(pdok)
        pdok.mood = "right"
        suggest("Waagplein 2")
        for _number in range(FAILURES - 1):
            self.fail(pdok)
        pdok.mood = "right"
        assert len(suggest("Laat 120")) == 1

    def test_a_question_that_pdok_refuses_is_not_its_failure(self, pdok: PdokServer) -> None:
        for _number in range(FAILURES + 1):
            self.fail(pdok, "refuse")
        pdok.mood = "right"
        assert len(suggest("Waagplein 2")) == 1
