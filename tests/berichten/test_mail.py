"""Every mail template of the portal, rendered with its example, and what no value in it can do."""

import html
import json
import re
import smtplib
from collections.abc import Callable
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from berichten import mail
from berichten.models import Bericht
from tests.berichten.conftest import HERE

Make = Callable[..., Bericht]

FOLDERS = [Path(django_settings.TEMPLATES[0]["DIRS"][0]) / "berichten", HERE / "templates" / "berichten"]
TEMPLATES = sorted(path.stem for folder in FOLDERS for path in folder.glob("[!_]*.txt"))
HOSTILE = '<script>alert(1)</script> & "tekst"\r\nBcc: ander@voorbeeld.example\r\n\r\nTweede\x00 alinea\x1e'


def example(template: str) -> dict[str, Any]:
    """What stands in `voorbeelden/<template>.json`: the context as an action hands it over."""
    file = HERE / "voorbeelden" / f"{template}.json"
    assert file.exists(), f"show what {template} looks like: make {file.relative_to(HERE.parent)}"
    context: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return context


def composed(template: str, **changed: Any) -> tuple[EmailMultiAlternatives, str]:
    """The mail, and its HTML part."""
    message = mail.compose(
        Bericht(key="x", to="jan@voorbeeld.example", template=template, context={**example(template), **changed})
    )
    [part] = message.alternatives
    assert part.mimetype == "text/html"
    return message, str(part.content)


class Page(HTMLParser):
    """Which links, elements and attributes an HTML part has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[str] = []
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links |= {value or "" for name, value in attrs if name == "href"}


def test_there_is_something_to_look_at() -> None:
    assert "proef" in TEMPLATES


def test_every_message_has_both_parts() -> None:
    for folder in FOLDERS:
        texts = {path.stem for path in folder.glob("[!_]*.txt")}
        pages = {path.stem for path in folder.glob("[!_]*.html")} - {"postvak", "postvak_bericht"}
        assert texts == pages


@pytest.mark.parametrize("template", TEMPLATES)
class TestEveryMessage:
    def test_the_subject_is_one_short_line(self, template: str) -> None:
        message, _ = composed(template)
        assert 5 <= len(message.subject) <= 78
        assert message.subject == message.subject.strip()
        assert message.subject.isprintable()

    def test_the_text_is_text(self, template: str) -> None:
        message, _ = composed(template)
        assert html.unescape(message.body) == message.body
        assert not re.search(r"<[a-z/!]", message.body)
        assert "{{" not in message.body
        assert "{%" not in message.body
        assert "\n\n\n" not in message.body

    def test_the_style_is_one_block_in_the_head(self, template: str) -> None:
        _, page = composed(template)
        parsed = Page(page)
        assert parsed.elements.count("style") == 1
        assert page.index("<style>") < page.index("</head>")
        assert "style" not in parsed.attributes
        assert not [name for name in parsed.attributes if name.startswith("on")]
        assert not {"table", "script", "img", "link", "form"} & set(parsed.elements)
        assert "prefers-color-scheme: dark" in page

    def test_both_parts_have_the_same_absolute_links(self, template: str) -> None:
        message, page = composed(template)
        in_text = {link.rstrip(".,") for link in re.findall(r"https?://\S+", message.body)}
        in_page = Page(page).links - {"tel:14072"}
        assert in_text == in_page
        assert all(link.startswith(f"{django_settings.PORTAL_URL}/") for link in in_text)

    def test_every_value_of_the_example_is_used(self, template: str) -> None:
        """An example that lags behind its template would prove nothing."""
        message, page = composed(template)
        for name, value in example(template).items():
            if isinstance(value, str) and value:
                assert value.splitlines()[0] in message.body + message.subject, name
                assert html.escape(value.splitlines()[0]) in page, name

    def test_both_parts_say_who_sends_it_and_why(self, template: str) -> None:
        message, page = composed(template)
        for part in (message.body, page):
            assert "gemeente Alkmaar" in part
            assert "14 072" in part
            assert "omdat uw e-mailadres" in part

    def test_values_stay_values(self, template: str) -> None:
        """Nothing that people type becomes a header, a second subject line or an element of the page."""
        hostile = {name: HOSTILE for name, value in example(template).items() if isinstance(value, str)}
        message, page = composed(template, **hostile)
        sent: Message = message.message()
        assert "Bcc" not in sent
        assert sent.get_all("To") == ["jan@voorbeeld.example"]
        assert message.subject.isprintable()
        assert not message.body.startswith("Bcc")
        assert "script" not in Page(page).elements
        assert "\x00" not in message.body
        assert "\x1e" not in message.body


def test_a_value_with_line_breaks_stays_whole_where_it_belongs() -> None:
    message, _ = composed("proef", wie="Jan\r\nBcc: ander@voorbeeld.example", tekst="Een.\nTwee.\r\n\r\nDrie.")
    assert message.subject == "Proef Jan Bcc: ander@voorbeeld.example"
    assert "Een.\nTwee.\n\nDrie.\n" in message.body
    assert "Hallo Jan\nBcc: ander@voorbeeld.example,\n" in message.body


def test_what_people_type_is_not_escaped_in_text_and_is_in_html() -> None:
    message, page = composed("proef", wie="Jan & <b>Piet</b>")
    assert "Hallo Jan & <b>Piet</b>," in message.body
    assert "Hallo Jan &amp; &lt;b&gt;Piet&lt;/b&gt;," in page


def test_the_headers_tell_machines_what_it_is() -> None:
    bericht = Bericht(key="x", to="jan@voorbeeld.example", template="proef", context=example("proef"))
    first, second = (mail.compose(bericht).message() for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == bericht.message_id
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["From"] == django_settings.DEFAULT_FROM_EMAIL


def test_a_date_header_has_the_time_of_the_netherlands(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = composed("proef")[0].message()
    assert str(sent["Date"])[-5:] in ("+0100", "+0200")


def test_links_follow_the_address_of_the_portal(settings: Settings) -> None:
    settings.PORTAL_URL = "https://samen.voorbeeld.example/"
    message, page = composed("proef")
    assert "https://samen.voorbeeld.example/\n" in message.body
    assert "https://samen.voorbeeld.example/" in Page(page).links


@pytest.mark.parametrize("address", ["jan@voorbeeld.example\nBcc: ander@voorbeeld.example", "a@b.example, c@d.example"])
def test_an_address_is_one_address(address: str, make_bericht: Make) -> None:
    message = mail.compose(make_bericht(to=address))
    with pytest.raises(ValueError, match=r"newline|Invalid address"):
        smtp_recipients(message)


def smtp_recipients(message: EmailMultiAlternatives) -> None:
    """What Django's SMTP backend does before it hands anything to the server."""
    from django.core.mail.message import sanitize_address

    message.message()
    for address in message.recipients():
        sanitize_address(address, "utf-8")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            smtplib.SMTPRecipientsRefused({"jan@voorbeeld.example": (550, b"5.1.1 <jan@voorbeeld.example> unknown")}),
            "SMTPRecipientsRefused 550 5.1.1",
        ),
        (smtplib.SMTPDataError(451, b"4.3.0 jan@voorbeeld.example"), "SMTPDataError 451 4.3.0"),
        (smtplib.SMTPDataError(451, "later"), "SMTPDataError 451"),
        (ValueError("jan@voorbeeld.example"), "ValueError"),
    ],
)
def test_an_error_is_told_without_the_address(error: Exception, words: str) -> None:
    assert mail.describe(error) == words
