"""Where a request comes from, as far as that can be trusted."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from basis.origin import Origin, client_address, current, remember_origin


def request(forwarded: str | None, remote: str = "10.0.0.9") -> HttpRequest:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        (1, "9.9.9.9, bogus", "10.0.0.9"),
        (2, "9.9.9.9, 1.1.1.1, 10.0.0.8", "1.1.1.1"),
        (2, "1.1.1.1, 10.0.0.8", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),
        (3, "1.1.1.1, 10.0.0.8", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "2001:0DB8:0::1", "2001:db8::1"),
    ],
)
def test_the_entry_of_the_outermost_proxy_counts(
    settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_address(request(forwarded)) == address


def test_a_socket_has_no_address(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    assert client_address(request(None, remote="")) == ""


def test_the_origin_lasts_as_long_as_its_request(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    seen: list[Origin] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current())
        return HttpResponse()

    asked = request("1.1.1.1")
    asked.META["HTTP_X_REQUEST_ID"] = "van-de-proxy-1"
    answer = remember_origin(view)(asked)
    assert seen == [Origin("1.1.1.1", "van-de-proxy-1")]
    assert answer["X-Request-ID"] == "van-de-proxy-1"
    assert current() == Origin()


@pytest.mark.parametrize("claimed", ["", "kort", "x" * 65, "met spatie er in", "regel\neinde-erin", "é" * 10])
@pytest.mark.parametrize("proxies", [0, 1])
def test_an_id_that_is_none_is_replaced(settings: Settings, claimed: str, proxies: int) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    asked = request("1.1.1.1")
    asked.META["HTTP_X_REQUEST_ID"] = claimed
    answer = remember_origin(lambda _: HttpResponse())(asked)
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


def test_without_a_proxy_nobody_names_a_request(settings: Settings, client: Client) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    answer = client.get("/health/live/", headers={"X-Request-ID": "van-de-bezoeker"})
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
