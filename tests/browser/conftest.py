"""Journeys: a real Chromium against the portal served by this process, with nothing beyond this machine.

A journey fails by itself on an error of JavaScript, on anything that the Content Security Policy forbids, on a file
that is not there, and on a request to a host that the portal has no business with.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as portal
from django.core import mail
from django.core.mail import EmailMessage
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, Route
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from berichten.models import Bericht
from berichten.tasks import drain_outbox
from tests.servers import free_port, installed_chromium

# Playwright's own, so that a context can be asked for with another one.
WIDE = {"width": 1280, "height": 720}
NARROW = {"width": 320, "height": 640}
OUTSIDE = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])")
# Chromium's own calls home; the last one keeps names from being looked up at all.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of this machine instead of one that Playwright would download."""
    executable = installed_chromium()
    if executable is None:
        pytest.skip("needs Chromium or Chrome: install it, or name one in TEST_CHROMIUM")
    # Playwright's loop runs in the thread of the test, which uses Django's synchronous ORM all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Root has no sandbox for its processes.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    return {**browser_type_launch_args, "executable_path": executable, "args": flags}


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """The portal, on a port that the system does not hand out by itself; each process of pytest has its own."""
    server = LiveServer(f"127.0.0.1:{free_port()}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: LiveServer) -> dict[str, Any]:
    """A Dutch visitor at a desk."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "nl-NL",
        "timezone_id": "Europe/Amsterdam",
        "reduced_motion": "reduce",
    }


@pytest.fixture(autouse=True)
def address_of_the_portal(settings: Settings, live_server: LiveServer) -> None:
    """Links in mail lead to the server of the test."""
    settings.PORTAL_URL = live_server.url


@pytest.fixture
def findings() -> Iterator[list[str]]:
    """What went wrong inside the browser; the test fails on what is left in it. Who expects something removes it."""
    found: list[str] = []
    yield found
    assert found == [], "\n".join(found)


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], findings: list[str]) -> Callable[..., BrowserContext]:
    """Make a context that is watched, one for each person in a journey."""

    def note_console(message: ConsoleMessage) -> None:
        # What could not be loaded is noted below, with its status and without the map's background.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            findings.append(f"console: {message.text} ({message.location.get('url')})")

    def note_response(response: Response) -> None:
        # A page may well answer 404 or 403; what it is built from may not.
        if response.status >= 400 and response.request.resource_type != "document":
            findings.append(f"{response.status}: {response.url}")

    def refuse(route: Route) -> None:
        if not (portal.TILES_ORIGIN and route.request.url.startswith(portal.TILES_ORIGIN)):
            findings.append(f"asked another host: {route.request.url}")
        route.abort()

    def make(**arguments: Any) -> BrowserContext:
        context = new_context(**arguments)
        context.route(OUTSIDE, refuse)
        context.on("console", note_console)
        context.on("weberror", lambda error: findings.append(f"script: {error.error}"))
        context.on("response", note_response)
        return context

    return make


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a small phone: 320 pixels wide, touched instead of clicked."""
    return new_context(viewport=NARROW, has_touch=True, is_mobile=True).new_page()


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "320"])
def page_at_each_width(request: pytest.FixtureRequest, page: Page) -> Page:
    """A page, once at a desk and once at the narrowest that must work (WCAG 1.4.10)."""
    page.set_viewport_size(request.param)
    return page


@pytest.fixture
def without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in which no script runs."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """A check of a page: axe finds nothing, and nothing has to be scrolled sideways."""

    def check(page: Page) -> None:
        # What is asked before the style sheets came would be about a page that nobody sees.
        page.wait_for_load_state("load")
        # Off by itself in axe: targets of at least 24 pixels (WCAG 2.5.8).
        options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        violations = Axe().run(page, options=options).response["violations"]
        report = [
            f"{violation['id']}: {violation['help']}\n    {' '.join(node['target'])}\n    {node['html'][:200]}"
            for violation in violations
            for node in violation["nodes"]
        ]
        assert report == [], f"{page.url} at {page.viewport_size}:\n" + "\n".join(report)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert page.viewport_size
        assert width <= page.viewport_size["width"], f"{page.url} is {width} pixels wide at {page.viewport_size}"

    return check


class Mailbox:
    """The mail that has left, once the outbox is drained as the worker does."""

    def messages(self, to: str | None = None) -> list[EmailMessage]:
        """All messages, oldest first, or those to one address."""
        while Bericht.objects.due().exists():
            drain_outbox()
        return [message for message in mail.outbox if to is None or message.to == [to]]

    def last(self, to: str) -> EmailMessage:
        """The newest message to an address."""
        messages = self.messages(to)
        assert messages, f"no mail to {to}; there is mail to {[message.to for message in mail.outbox]}"
        return messages[-1]

    def link(self, to: str) -> str:
        """The first address of the portal in the newest message to somebody."""
        body = str(self.last(to).body)
        found = re.search(rf"{re.escape(portal.PORTAL_URL)}/\S*", body)
        assert found, f"no link in:\n{body}"
        return found.group().rstrip(".,)>")


@pytest.fixture
def mailbox() -> Mailbox:
    """The mail of everybody in a journey."""
    return Mailbox()
