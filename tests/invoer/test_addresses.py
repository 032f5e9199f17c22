"""Whatever stands in an address, a header or a cookie: the page, or a refusal with a sentence, and nothing stored."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from alkmaar_portal.wsgi import application
from tests.invoer.forms import MULTIPART, URLENCODED, as_bytes, urlencoded
from tests.invoer.judge import DONE, REFUSED, check_answer
from tests.invoer.pages import ADMIN, REACHED
from tests.invoer.scene import Scene, tries
from tests.invoer.values import values

pytestmark = [pytest.mark.heavy, pytest.mark.django_db, pytest.mark.usefixtures("quick_fotos", "world")]

#: What the lists of the admin read without naming it, and what nobody should be able to ask them.
OF_LISTS = ["q", "p", "o", "all", "e", "_popup", "_to_field", "_changelist_filters", "pk__in", "naam__regex", "id__gt"]


@pytest.mark.parametrize("name", REACHED)
def test_whatever_is_asked(name: str, visitor: Callable[[str], Client], names_read: set[str]) -> None:
    scene = Scene(name, visitor)
    lists = OF_LISTS + [f"{field}__exact" for field in names_read] if name in ADMIN else []
    names = sorted(names_read | {"zomaar"}) + lists

    @tries(0.08)
    @given(st.lists(st.tuples(st.sampled_from(names), values), min_size=1, max_size=len(names)))
    def ask(pairs: list[tuple[str, Any]]) -> None:
        get(scene, scene.address, QUERY_STRING=urlencoded(pairs)[:100_000].decode())

    ask()

    parts = re.split("([/.-])", scene.address)
    changeable = [place for place, part in enumerate(parts) if len(part) > 1]

    @tries(0.06)
    @given(st.sampled_from(changeable), values.map(as_bytes))
    def ask_elsewhere(place: int, value: bytes) -> None:
        get(scene, "".join([*parts[:place], quote_from_bytes(value[:5000]), *parts[place + 1 :]]))

    if changeable:
        ask_elsewhere()


def get(scene: Scene, path: str, statuses: set[int] = DONE | REFUSED, **extra: Any) -> Any:
    """Ask for a page; nothing but a look at contact data is stored, and a part of it is never an answer."""
    with scene.watched() as watch:
        # PDOK is not there in these tests: a question for addresses may get 503.
        response = scene.client.generic("GET", path, **extra)
        if not (response.status_code == 503 and path.startswith("/adressen.json")):
            check_answer(response, statuses)
        watch.check_nothing_stored()
    return response


HEADERS = [
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE"),
    *("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_REFERER"),
    *("HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_X_REQUESTED_WITH", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "REMOTE_ADDR"),
    *("CONTENT_TYPE", "HTTP_HOST", "HTTP_X_CSRFTOKEN", "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_FORWARDED"),
]
#: One page of each kind.
KINDS = ["home", "melding_nieuw", "grenzen", "meldingen_kaart", "account_login", "behandelen", "admin:index"]
#: A header is bytes, without line ends and NUL: no server passes those on.
header_values = values.map(lambda value: re.sub(r"[\r\n\0]", "", as_bytes(value)[:8000].decode("latin-1")))


@pytest.mark.parametrize("proxies", [0, 2])
@pytest.mark.parametrize("name", KINDS)
def test_whatever_stands_in_a_header(
    name: str, proxies: int, visitor: Callable[[str], Client], settings: Settings
) -> None:
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    scene = Scene(name, visitor)

    @tries(0.2)
    @given(st.dictionaries(st.sampled_from(HEADERS), header_values, min_size=1, max_size=3))
    def ask(headers: dict[str, str]) -> None:
        get(scene, scene.address, **headers)

    ask()


COOKIES = ["sessionid", "csrftoken", "messages", "x"]
#: A cookie may hold NUL all the same, written as a number.
cookie_values = header_values | st.sampled_from(
    ['"a\\000bcdefgh"', '"\\355\\240\\200aaaaaaaa"', "x" * 32, "é" * 32, '"', "=;=", "a" * 4000, "[[1", "W10:1:x"]
)


@pytest.mark.parametrize("name", KINDS)
def test_whatever_stands_in_a_cookie(name: str, visitor: Callable[[str], Client]) -> None:
    scene = Scene(name, visitor)

    @tries(0.2)
    @given(st.dictionaries(st.sampled_from(COOKIES), cookie_values, min_size=1))
    def ask(cookies: dict[str, str]) -> None:
        sent = "; ".join(f"{key}={value}" for key, value in cookies.items())
        # Who comes with a cookie that is none comes without one.
        get(scene, scene.address, HTTP_COOKIE=sent)

    ask()


BODIES = [
    (MULTIPART, b""),
    (MULTIPART, b"zomaar"),
    (MULTIPART, b"--grens\r\nContent-Disposition: form-data; name=naam\r\n\r\nbegin"),
    (MULTIPART, b"--grens\r\nContent-Disposition: form-data; name*=hex''41; filename*=foo''41\r\n\r\nx\r\n--grens--"),
    (MULTIPART, b"--grens\r\nContent-Disposition: form-data; name*=utf-7''+2AA-\r\n\r\nx\r\n--grens--"),
    (MULTIPART, b"--grens\r\n" + b"x" * 20_000 + b": y\r\n\r\n\r\n--grens--"),
    (MULTIPART, b"--grens\r\nContent-Disposition: form-data; name=naam\r\n\r\na\0b\r\n--grens--"),
    ("multipart/form-data", b"naam=x"),
    ("multipart/form-data; boundary=" + "x" * 300, b"naam=x"),
    ("multipart/form-data; boundary=\u00e9", b"naam=x"),
    (MULTIPART + "; charset=utf-7", b"--grens\r\nContent-Disposition: form-data; name=naam\r\n\r\n+2AA-\r\n--grens--"),
    (URLENCODED + "; charset=utf-16", b"naam=x"),
    (URLENCODED, b"%%%=&&&=%FF;%00=%ED%A0%80&=&naam=%"),
    (URLENCODED, b"naam=x&" * 1100),
    (URLENCODED, b"\xff\xfe\0"),
    ("application/json", b'{"naam": "\\ud800"'),
    ("text/plain; charset=utf-7", b"naam=x"),
    ("", b"naam=x"),
    ("zomaar", b"naam=x"),
]


@pytest.mark.parametrize("name", ["melding_nieuw", "account_request_login_code", "behandelen_status", "home"])
def test_bodies_that_are_no_form(name: str, visitor: Callable[[str], Client]) -> None:
    scene = Scene(name, visitor)
    for kind, body in BODIES:
        with scene.watched() as watch:
            check_answer(scene.client.generic("POST", scene.address, body, kind), REFUSED)
            watch.check_nothing_stored()


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "unicode_escape", "latin-1"])
def test_addresses_are_in_utf_8(charset: str, client: Client) -> None:
    response = client.get("/zoeken/?q=a", headers={"content-type": f"text/plain; charset={charset}"})
    check_answer(response, {400})
    assert client.get("/zoeken/?q=a", headers={"content-type": "text/plain; charset=UTF-8"}).status_code == 200


@pytest.mark.parametrize(
    "kind",
    ["text/plain; charset=hex", "a; charset=undefined", "a; charset=rot13", "a; b*=zomaar''x", "a; charset*=idna''x"],
)
def test_a_header_that_fails_before_any_middleware(kind: str) -> None:
    environ = {"CONTENT_TYPE": kind, "QUERY_STRING": "q=a", "SERVER_NAME": "localhost", "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    told: list[str] = []
    body = application({**environ, "PATH_INFO": "/hulp/"}, lambda status, headers: told.append(status))
    body.close()
    assert told == ["200 OK"]
