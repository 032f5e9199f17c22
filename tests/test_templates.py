"""What holds for every template: nothing inline, nothing unescaped, and the frame stands without a session."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import Settings

from gebruikers.models import Gebruiker
from tests.factories import BehandelaarFactory, GebiedFactory, GebruikerFactory, TeamlidFactory

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    file
    for folder in [ROOT / "templates", *(ROOT / app / "templates" for app in settings.OWN_APPS)]
    for file in folder.rglob("*")
    if file.suffix in {".html", ".txt"}
)

FORBIDDEN = {
    "a script with a body": re.compile(r"<script\b[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe(seq)?\b|\bautoescape\s+off\b"),
}
# Mail programs read no style sheets.
ALLOWED_IN_MAIL = {"a style element", "a style attribute"}


def frame(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(render_to_string("base.html", {"section": "gebieden"}, request))
    response["X-Session-Touched"] = str(request.session.accessed)
    return response


urlpatterns = [path("frame/", frame), path("", include("alkmaar_portal.urls"))]


def offences(source: str) -> list[str]:
    source = re.sub(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}", "", source, flags=re.DOTALL)
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_template_is_clean_and_compiles(file: Path) -> None:
    in_mail = file.parent.name == "berichten"
    found = [what for what in offences(file.read_text()) if not (in_mail and what in ALLOWED_IN_MAIL)]
    assert found == []
    get_template(str(file.relative_to(ROOT)).partition("templates/")[2])


def test_every_included_template_exists() -> None:
    for file in TEMPLATES:
        for name in re.findall(r"\{% (?:include|extends) \"([^\"]+)\"", file.read_text()):
            get_template(name)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<script>alert(1)</script>", "a script with a body"),
        ('<script type="module"> import "x" </script>', "a script with a body"),
        ("<style>p {}</style>", "a style element"),
        ('<p style="color: red">', "a style attribute"),
        ('<button onclick="go()">', "an event handler"),
        ('<a href="javascript:go()">', "a javascript address"),
        ("{{ text|safe }}", "unescaped output"),
        ("{{ texts|safeseq }}", "unescaped output"),
        ("{% autoescape off %}{{ text }}{% endautoescape %}", "unescaped output"),
    ],
)
def test_an_offence_is_seen(source: str, what: str) -> None:
    assert offences(source) == [what]


def test_what_is_allowed_is_no_offence() -> None:
    assert offences('<script type="module" src="x.js"></script><p class="style">{{ online }} {# |safe #}</p>') == []


def test_a_table_that_becomes_blocks_keeps_its_roles() -> None:
    """`display: block` takes the meaning of a table's elements away, unless each names its role."""
    tables = [file.read_text() for file in TEMPLATES if "table--stack" in file.read_text()]
    assert tables
    for source in tables:
        elements = re.findall(r"<(?:table|thead|tbody|tr|th|td)\b[^>]*>", source)
        assert [element for element in elements if " role=" not in element] == []


@pytest.mark.parametrize("words", [r"\b[Hh]ebt\b", r" - {{ block\.super }}", r'"(Home|Voorpagina|E-mail|Telefoon)"'])
def test_one_word_for_one_thing(words: str) -> None:
    """We write: heeft, a dash before the name of the portal, startpagina, e-mailadres, telefoonnummer."""
    found = [str(file.relative_to(ROOT)) for file in TEMPLATES if re.search(words, file.read_text())]
    assert found == []


@pytest.mark.urls(__name__)
class TestFrame:
    def test_visitor_needs_no_session_and_no_csrf_token(self, client: Client) -> None:
        response = client.get("/frame/")
        assert response["X-Session-Touched"] == "False"
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.text
        assert "Inloggen" in response.text

    def test_caches_are_told_that_every_page_depends_on_the_cookie(self, client: Client) -> None:
        assert "Cookie" in client.get("/frame/")["Vary"]
        missing = client.get("/bestaat-niet/")
        assert missing.status_code == 404
        assert "Cookie" in missing["Vary"]
        assert "Vary" not in client.get("/health/live/")

    def test_the_session_cookie_may_have_another_name(self, rf: RequestFactory, settings: Settings) -> None:
        settings.SESSION_COOKIE_NAME = "portaal"
        request = rf.get("/frame/")
        request.user = Gebruiker(naam="Sanne")
        request.COOKIES["portaal"] = "any"
        assert "Sanne" in render_to_string("base.html", {}, request)

    def test_active_section_is_marked_once(self, client: Client) -> None:
        text = client.get("/frame/").text
        assert re.findall(r'<a href="([^"]+)" aria-current="true"', text) == ["/gebieden/"]

    @pytest.mark.parametrize(
        ("role", "seen"),
        [
            ("bewoner", []),
            ("medewerker", []),
            ("behandelaar", ["/behandelen/"]),
            ("teamlid", ["/gebieden/noord/bewerken/"]),
            ("beheerder", ["/beheer/"]),
        ],
    )
    @pytest.mark.django_db
    def test_links_by_role(self, rf: RequestFactory, role: str, seen: list[str]) -> None:
        user = GebruikerFactory(naam="Sanne <b>", medewerker=role != "bewoner", is_beheerder=role == "beheerder")
        noord = GebiedFactory(slug="noord")
        if role == "behandelaar":
            BehandelaarFactory(gebruiker=user)
        if role == "teamlid":
            TeamlidFactory(gebied=noord, gebruiker=user)
        request = rf.get("/frame/")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "any"
        request.user = user
        text = render_to_string("base.html", {}, request)
        assert "Sanne &lt;b&gt;" in text
        assert "csrfmiddlewaretoken" in text
        assert ">Inloggen<" not in text
        found = re.findall(r'href="(/behandelen/|/beheer/|/gebieden/\w+/bewerken/)"', text)
        assert found == seen

    def test_cookie_of_nobody_shows_sign_in(self, rf: RequestFactory) -> None:
        request = rf.get("/frame/")
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "any"
        request.user = AnonymousUser()
        assert ">Inloggen<" in render_to_string("base.html", {}, request)

    @pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429"])
    def test_error_page_stands_without_a_request(self, name: str) -> None:
        text = get_template(f"{name}.html").render()
        assert text.count("<h1>") == 1
        assert 'href="/"' in text
