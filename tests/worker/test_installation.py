"""A whole installation as docker-compose.yml describes it, behind its proxy: the main journey, the logs, the figures,
a backup put back in a fresh place.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.factories import PASSWORD, jpeg
from tests.gebruikers.conftest import totp_code
from tests.servers import installed_nginx, own_redis
from tests.worker.conftest import Sink, wait_until
from tests.worker.installation import VISITOR, Answer, Installation, Visitor

# With a Redis of its own it can run beside the other tests with servers.
pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("installation")]

# What a resident types, and a medewerker: none of it may stand in any log.
MELDER = "fatima.elidrissi@voorbeeld.example"
NAAM = "Fatima El Idrissi"
TELEFOON = "0612345678"
OMSCHRIJVING = "De lamp bij de Waag brandt al een week niet."
PLEK = "naast de vishandel"
TOELICHTING = "De lamp is vervangen door Stadswerk."
MEDEWERKER = "piet.behandelaar@voorbeeld.example"
BEHEERDER = "anna.beheerder@voorbeeld.example"

MEDEWERKERS = f"""
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from gebruikers.models import Gebruiker
from meldingen.models import Behandelaar, Categorie
gebruiker = Gebruiker(email={MEDEWERKER!r}, naam="Piet", is_medewerker=True)
gebruiker.set_password({PASSWORD!r})
gebruiker.save()
afdeling = Categorie.objects.get(slug="straatverlichting-kapot").afdeling
Behandelaar.objects.create(gebruiker=gebruiker, afdeling=afdeling)
secret = generate_totp_secret()
TOTP.activate(gebruiker, secret)
print(secret)
"""


@dataclass
class KeepingSink(Sink):
    """A mail server that keeps what it takes."""

    texts: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = message.get_body(("plain",))
        assert part
        self.texts.append((envelope.rcpt_tos[0], f"{message['Subject']}\n{part.get_content()}"))
        return await super().handle_DATA(server, session, envelope)

    def text(self, to: str, word: str) -> str:
        """The newest message to `to` with `word` in it, or nothing yet."""
        return next((text for address, text in reversed(self.texts) if address == to and word in text), "")


@dataclass
class Journey:
    """What happened on the way."""

    nummer: str
    sent: Answer
    secrets: list[str]


@pytest.fixture(scope="module")
def mail_server() -> Iterator[KeepingSink]:
    made = KeepingSink()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, mail_server: KeepingSink) -> Iterator[Installation]:
    if not installed_nginx():
        pytest.skip("needs nginx: install it, or name one in TEST_NGINX")
    with own_redis() as broker:
        made = Installation(tmp_path_factory.mktemp("installation"), broker.address, mail_server.port)
        try:
            made.up()
            yield made
        finally:
            made.down()


def send_melding(melder: Visitor, **changed: str) -> Answer:
    fields = {
        "categorie": "straatverlichting-kapot",
        "omschrijving": OMSCHRIJVING,
        "lat": "52.6318",
        "lon": "4.7502",
        "plek": PLEK,
        "naam": NAAM,
        "email": MELDER,
        "telefoon": TELEFOON,
    }
    return melder.fill_in(melder.get("/meldingen/nieuw/"), photo=jpeg(), **{**fields, **changed})


@pytest.fixture(scope="module")
def journey(installation: Installation, mail_server: KeepingSink) -> Journey:
    """From a melding with a photo to its answer, each through the proxy; fails where something is not as it should."""
    secret = installation.run("web", "python", "manage.py", "shell", "--command", MEDEWERKERS).split()[-1]
    melder = installation.visitor()
    sent = send_melding(melder)
    assert "Uw melding is verstuurd" in sent.text, sent.text
    nummer = re.search(r"/meldingen/(\d{8})/", sent.url)
    assert nummer
    wait_until(lambda: mail_server.text(MELDER, "/via/"), "the confirmation has come by mail")
    token = re.search(rf"{installation.url}/via/(\S+)/", mail_server.text(MELDER, "/via/"))
    assert token
    assert OMSCHRIJVING in installation.visitor().get(f"/via/{token[1]}/").text

    werk = installation.visitor()
    page = werk.fill_in(werk.get("/inloggen/medewerkers/"), login=MEDEWERKER, password=PASSWORD)
    code = totp_code(secret)
    page = werk.fill_in(page, code=code)
    assert "Meldingen van" in page.text, page.text
    page = werk.fill_in(werk.get(f"/behandelen/{nummer[1]}/"), action="tekst/", besluit="openbaar")
    page = werk.fill_in(werk.get(f"/behandelen/{nummer[1]}/status/"), status="opgelost", toelichting=TOELICHTING)
    assert "De melder krijgt bericht." in page.text, page.text
    wait_until(lambda: mail_server.text(MELDER, TOELICHTING), "the answer has come by mail")
    assert "Opgelost" in mail_server.text(MELDER, TOELICHTING).splitlines()[0]

    buur = installation.visitor()
    assert f"/meldingen/{nummer[1]}/" in buur.get("/gebieden/centrum/").text
    seen = buur.get(f"/meldingen/{nummer[1]}/").text
    assert TOELICHTING in seen
    assert OMSCHRIJVING in seen
    assert NAAM not in seen
    return Journey(nummer[1], sent, [token[1], secret, code, PASSWORD])


def test_the_main_journey(journey: Journey, installation: Installation) -> None:
    """Walked by the fixture; meanwhile nothing was written but where the file says that something may be."""
    kept = {path.relative_to(installation.app).parts[0] for path in installation.app.rglob("*")}
    image = {line.removeprefix("!").split("/")[0] for line in _allowed()}
    assert kept == image | {"var"}
    assert {path.name for path in (installation.app / "var").iterdir()} == {"static"}
    assert list((installation.root / "media").rglob("*_klein.jpg"))


def _allowed() -> list[str]:
    ignore = (Path(__file__).resolve().parent.parent.parent / ".dockerignore").read_text("utf-8")
    return [line for line in ignore.splitlines() if line.startswith("!")]


def test_no_question_of_the_portal_holds_a_process_for_ever(installation: Installation) -> None:
    """The role that migrates may take its time."""
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    found = {}
    for secret in ("database_url", "owner_database_url"):
        with psycopg.connect((installation.secrets / secret).read_text("utf-8").strip()) as role:
            found[secret] = [role.execute(f"SHOW {name}").fetchone() for name in names]
    assert found == {"database_url": [("20s",), ("50s",), ("1min",)], "owner_database_url": [("0",)] * 3}


def test_every_health_check_says_yes_and_knows_to_say_no(installation: Installation) -> None:
    for service in ("web", "worker", "beat"):
        wait_until(lambda service=service: installation.is_healthy(service), f"{service} is healthy")
    installation.query("ALTER TABLE django_migrations RENAME TO away")
    try:
        assert not installation.is_healthy("web")
    finally:
        installation.query("ALTER TABLE away RENAME TO django_migrations")


def test_one_request_can_be_followed_from_proxy_to_mail(journey: Journey, installation: Installation) -> None:
    web = [line for line in installation.lines("web") if line.get("view") == "melding_nieuw"]
    sent = next(line for line in web if (line["method"], line["status"]) == ("POST", 302))
    assert re.fullmatch(r"[0-9a-f]{32}", sent["request_id"])
    (seen,) = [line for line in installation.lines("proxy") if line["request_id"] == sent["request_id"]]
    assert (seen["method"], seen["area"], seen["status"]) == ("POST", "/meldingen", 302)

    def mailed() -> list[dict[str, Any]]:
        return [line for line in installation.lines("worker") if line.get("request_id") == sent["request_id"]]

    wait_until(mailed, "the worker has told of the mail")
    assert re.fullmatch(r"bericht \d+ \(melding_ontvangen\) is sent", mailed()[0]["event"])
    assert mailed()[0]["task"] == "berichten.tasks.drain_outbox"
    assert mailed()[0]["task_id"]


def test_no_log_holds_what_people_typed_or_what_opens_a_door(
    journey: Journey, installation: Installation, mail_server: KeepingSink
) -> None:
    """Not after a whole journey, nor after all that can go wrong."""
    before = len(installation.lines("web"))
    # The mail server quotes the address that it refuses.
    mail_server.refuse = {"weg@voorbeeld.example"}
    visitor = installation.visitor()
    send_melding(visitor, email="weg@voorbeeld.example")
    # The database refuses, so that pages fail with everything in hand, in their address or in a form.
    token = journey.secrets[0]
    installation.query(f"REVOKE SELECT, INSERT ON meldingen_melding FROM {installation.name}")
    assert send_melding(visitor).status == 500
    assert visitor.get(f"/via/{token}/").status == 500
    installation.query(f"GRANT SELECT, INSERT ON meldingen_melding TO {installation.name}")
    # Wrong in every way: a name that is not ours, a header that is none, a token, a password link, a query.
    for request in (
        f"GET /{NAAM} HTTP/1.1\r\nHost: {MELDER}\r\n\r\n",
        f"GET /hulp/ HTTP/1.1\r\nHost: {MELDER}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: web\r\nX-{NAAM}: {MELDER}\r\n\r\n",
        f"GET /zoeken/?q={MELDER} HTTP/1.1\r\nHost: localhost\r\n{MELDER}\r\n\r\n",
    ):
        for port in (installation.web, installation.proxy.http):
            with socket.create_connection(("127.0.0.1", port), 10, (VISITOR, 0)) as raw:
                raw.sendall(request.encode())
                raw.recv(1)
    for path in (f"/via/{token}x/", f"/wachtwoord/nieuw/a1-{token[:6].lower()}-{token[6:12].lower()}/"):
        visitor.get(path, Referer=f"{installation.url}/via/{token}/")
    visitor.get(f"/zoeken/?q={MELDER}", **{"User-Agent": MELDER})
    link = installation.run("web", "python", "manage.py", "maak_beheerder", BEHEERDER)
    key = re.search(r"/wachtwoord/nieuw/(\S+)/", link)
    assert key
    visitor.get(f"/wachtwoord/nieuw/{key[1]}/")
    wait_until(lambda: "could not be sent" in installation.log("worker"), "the worker tells of the refusal")

    faults = {line["logger"] for line in installation.lines("web")[before:] if line["level"] == "ERROR"}
    assert {"django.request", "django.security.DisallowedHost"} <= faults
    typed = [MELDER, NAAM, TELEFOON, OMSCHRIJVING, PLEK, TOELICHTING, MEDEWERKER, BEHEERDER, "weg@", VISITOR]
    for service in ("web", "worker", "beat", "proxy"):
        lines = installation.log(service).splitlines()
        for words in [*typed, *journey.secrets, key[1], journey.nummer]:
            assert [line for line in lines if words in line] == [], service
    for service in ("web", "worker", "beat"):
        plain = [line for line in installation.log(service).splitlines() if line and not line.startswith("{")]
        assert [line for line in plain if "[INFO]" not in line] == [], "all but gunicorn's first words is JSON"


def test_the_figures_are_for_who_asks_the_web_service_with_the_token(
    journey: Journey, installation: Installation
) -> None:
    shown = {"Authorization": f"Bearer {installation.metrics_token}"}
    inside = Visitor(f"http://127.0.0.1:{installation.web}")
    assert inside.get("/metrics", Host="web").status == 404
    answer = inside.get("/metrics", Host="web", **shown)
    assert answer.status == 200
    # Counted in whichever of the two processes.
    for figure in (
        'portal_requests_total{method="POST",status="302",view="melding_nieuw"}',
        'portal_fotos_total{outcome="taken"}',
        'portal_task_done_timestamp_seconds{task="berichten.tasks.drain_outbox"}',
    ):
        assert re.search(rf"^{re.escape(figure)} [1-9]", answer.text, re.MULTILINE), answer.text
    for path in ("/metrics", "//metrics", "/%6detrics", "/x/../metrics", "/health/ready/", "/health//ready/"):
        answer = installation.visitor().get(path, **shown)
        assert (answer.status, "portal_" in answer.text, "broker" in answer.text) == (404, False, False), path
    assert installation.visitor().get("/health/live/").status == 200


def test_the_headers_stand_there_once(journey: Journey, installation: Installation) -> None:
    answer = installation.visitor().get("/meldingen/nieuw/", **{"Accept-Encoding": "gzip"})
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "X-Request-ID"):
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert answer.headers["Content-Encoding"] == "gzip"
    with closing(HTTPConnection("127.0.0.1", installation.proxy.http, timeout=10)) as plain:
        plain.request("GET", "/hulp/", headers={"Host": "localhost"})
        answer = plain.getresponse()
        assert (answer.status, answer.headers["Location"]) == (308, "https://localhost/hulp/")


def test_a_backup_is_put_back_in_a_fresh_place(journey: Journey, installation: Installation) -> None:
    """Every row of every table and every photo, and a portal starts on it."""
    name = installation.run("backup").strip()
    rows, numbers, photos = contents_of(installation), sequences_of(installation), installation.photos()
    assert rows["meldingen_melding"][0] >= 1
    assert photos
    # What comes after the backup is not in it.
    installation.query("DELETE FROM meldingen_foto")

    installation.stop("web")
    installation.move_to_a_fresh_place()
    installation.run("backup", "sh", str(installation.app / "deploy/restore.sh"), name)
    assert installation.photos() == photos
    assert contents_of(installation) == rows
    # Who was given a number after the backup still has a link to it.
    assert sequences_of(installation) == {name: value + 1_000_000 for name, value in numbers.items()}
    for naam, digest in installation.query("SELECT naam, sha256 FROM meldingen_foto"):
        assert photos[naam] == digest
    installation.run("migrate")
    installation.start("web")
    wait_until(lambda: installation.is_healthy("web"), "the web service is healthy")
    # With a parameter, for the page as such may still be kept in the cache.
    page = installation.visitor().get(f"/meldingen/{journey.nummer}/?na=herstel")
    assert TOELICHTING in page.text
    # The role of the portal may write here too.
    assert "Uw melding is verstuurd" in send_melding(installation.visitor()).text

    refused = installation.attempt("backup", "sh", str(installation.app / "deploy/restore.sh"), name)
    assert refused.returncode == 1
    assert b"nothing was done" in refused.stderr


def contents_of(installation: Installation) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of all that is in them."""
    tables = installation.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    found = {}
    for (table,) in tables:
        ((number, digest),) = installation.query(
            f"SELECT count(*), md5(coalesce(string_agg(row::text, chr(10) ORDER BY row::text), '')) FROM {table} row"
        )
        found[table] = (number, digest)
    return found


def sequences_of(installation: Installation) -> dict[str, int]:
    """The last number that each sequence gave."""
    return dict(installation.query("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences"))
