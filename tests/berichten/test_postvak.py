import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from berichten import postvak, tasks
from berichten.models import Bericht, Status
from berichten.outbox import enqueue
from tests.berichten.conftest import CONTEXT

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def empty_postvak(settings: Settings, tmp_path: Path) -> None:
    settings.POSTVAK_DIR = tmp_path / "postvak"
    settings.EMAIL_BACKEND = "berichten.postvak.PostvakBackend"


def deliver(subject: str = "Proef", text: str = "Hallo", html: str = "", to: str = "jan@voorbeeld.example") -> str:
    """Put one message in the mailbox; gives its name."""
    message = EmailMultiAlternatives(subject, text, to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    get_connection().send_messages([message])
    return postvak.names()[0]


def test_the_outbox_ends_in_the_mailbox(db: None, client: Client) -> None:
    enqueue(key="proef:1", to="jan@voorbeeld.example", template="proef", context=CONTEXT)
    tasks.drain_outbox()
    assert Bericht.objects.get().status == Status.VERSTUURD
    [name] = postvak.names()
    page = client.get(f"/postvak/{name}/").content.decode()
    assert "Proef Jan" in page
    assert f'<a href="{CONTEXT["url"]}"' in page


def test_a_message_is_read_as_it_was_sent() -> None:
    text = "Eén regel.\n\nEn een héél lange: " + "x" * 1200
    bericht = postvak.PostvakBericht.read(deliver("Café ‘De Waag’", text, "<p>Eén</p>"))
    assert (bericht.subject, bericht.to) == ("Café ‘De Waag’", "jan@voorbeeld.example")
    assert bericht.text.strip() == text
    assert bericht.html.strip() == "<p>Eén</p>"


def test_a_reader_never_sees_half_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        deliver()
    assert postvak.names() == []


def test_the_mailbox_keeps_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postvak, "KEPT", 3)
    names = [deliver(f"Bericht {number}") for number in range(5)]
    assert postvak.names() == names[:1:-1]


# --- The pages


def test_an_empty_mailbox_says_what_will_come(client: Client) -> None:
    page = client.get(reverse("postvak"))
    assert page.status_code == 200
    assert "Nog geen berichten" in page.content.decode()


def test_the_list_shows_the_newest_first_in_pages(client: Client) -> None:
    for number in range(27):
        deliver(f"Bericht {number}.")
    first, second, nonsense = (
        client.get(f"/postvak/{query}").content.decode() for query in ("", "?pagina=2", "?pagina=x")
    )
    assert re.findall(r"Bericht (\d+)\.", first) == [str(number) for number in range(26, 1, -1)]
    assert re.findall(r"Bericht (\d+)\.", second) == ["1", "0"]
    assert re.findall(r"Bericht (\d+)\.", nonsense) == re.findall(r"Bericht (\d+)\.", first)
    assert 'href="?pagina=2"' in first


def test_links_in_text_can_be_clicked_and_nothing_else_comes_alive(client: Client) -> None:
    link = "http://localhost:8000/via/abc:1-x_y/?a=1&b=2"
    name = deliver(
        HOSTILE, f"{HOSTILE}\n\nKlik: {link}\njavascript:alert(1)", to=f'"{HOSTILE}" <jan@voorbeeld.example>'
    )
    for page in (client.get("/postvak/"), client.get(f"/postvak/{name}/")):
        assert HOSTILE not in page.content.decode()
    page = client.get(f"/postvak/{name}/").content.decode()
    assert f'<a href="{link.replace("&", "&amp;")}"' in page
    assert 'href="javascript' not in page


def test_a_message_without_html_offers_none(client: Client) -> None:
    name = deliver()
    assert "opgemaakt" not in client.get(f"/postvak/{name}/").content.decode()
    assert client.get(f"/postvak/{name}/opgemaakt/").status_code == 404


def test_the_html_part_may_use_its_own_style_and_nothing_else(client: Client) -> None:
    style = "p { color: red; }\n"
    html = f"<head><style>{style}</style></head><p>Hallo</p><style>p {{ color: blue }}</style>{HOSTILE}"
    page = client.get(f"/postvak/{deliver(html=html)}/opgemaakt/")
    assert page.content.decode().strip() == html
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    directives = dict(part.strip().split(" ", 1) for part in f"{page['Content-Security-Policy']} -".split(";"))
    assert directives == {
        "default-src": "'none'",
        "style-src": f"'sha256-{allowed}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "sandbox": "-",
    }


@pytest.mark.parametrize("name", ["bestaat-niet", "..", "%2e%2e%2fportal", "x.eml"])
@pytest.mark.parametrize("part", ["", "opgemaakt/"])
def test_what_is_not_there_is_not_found(client: Client, name: str, part: str) -> None:
    assert client.get(f"/postvak/{name}/{part}").status_code == 404


def test_elsewhere_there_is_no_mailbox(client: Client, settings: Settings) -> None:
    name = deliver(html="<p>Hallo</p>")
    settings.EMBEDDED = False
    for path in ("", f"{name}/", f"{name}/opgemaakt/"):
        assert client.get(f"/postvak/{path}").status_code == 404


def test_the_mailbox_is_for_reading_and_not_for_caches(client: Client) -> None:
    name = deliver(html="<p>Hallo</p>")
    for path in ("", f"{name}/", f"{name}/opgemaakt/"):
        assert client.post(f"/postvak/{path}").status_code == 405
        assert "no-store" in client.get(f"/postvak/{path}")["Cache-Control"]
