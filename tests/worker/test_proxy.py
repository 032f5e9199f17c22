"""What the proxy hands on, and what it says when there is nobody to hand it to; the portal is a stub here."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from select import select
from time import monotonic

import pytest

from tests.servers import free_port, installed_nginx
from tests.worker.conftest import DEADLINE_SECONDS, ROOT, kill, wait_until
from tests.worker.installation import VISITOR, Proxy, Visitor, compose_config, is_served

OURS = "127.0.0.1"
MEGABYTE = 1024 * 1024

Start = Callable[..., Proxy]


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that came in; a style sheet may be kept for a second."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        if self.path.startswith("/static/"):
            self.send_header("Cache-Control", "max-age=1, public")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def start(tmp_path: Path, echo: ThreadingHTTPServer) -> Iterator[Start]:
    """Start the proxy of docker-compose.yml with one of its sites; `changed` edits that file as its words ask for."""
    if not installed_nginx():
        pytest.skip("needs nginx: install it, or name one in TEST_NGINX")
    processes = []

    def run(site: str, **changed: str) -> Proxy:
        proxy = Proxy(tmp_path, site, echo.server_port)
        file = tmp_path / "nginx/site.conf"
        file.write_text(file.read_text("utf-8").replace("192.0.2.10", changed.get("outer", "192.0.2.10")), "utf-8")
        service = compose_config(PORTAL_HOST="x", MAIL_FROM="x", SECURITY_CONTACT="x")["services"]["proxy"]
        with (tmp_path / "proxy.log").open("ab") as log:
            command = proxy.command(service["command"])
            processes.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
        wait_until(lambda: is_served(proxy.own), "the proxy is there")
        return proxy

    yield run
    for process in processes:
        kill(process)


def handed_on(proxy: Proxy, **headers: str) -> dict[str, str]:
    """The headers that arrive at the portal when somebody asks for a page over plain HTTP with these."""
    with closing(HTTPConnection("127.0.0.1", proxy.http, timeout=10)) as visitor:
        visitor.request("GET", "/hulp/?q=1", headers=headers)
        found: dict[str, str] = json.loads(visitor.getresponse().read())
    return found


def logged(tmp_path: Path) -> list[dict[str, object]]:
    """The proxy's log."""
    return [json.loads(line) for line in (tmp_path / "proxy.log").read_text("utf-8").splitlines()]


def test_nothing_that_a_visitor_says_of_themselves_is_believed(start: Start, tmp_path: Path) -> None:
    proxy = start("tls.conf")
    visitor = Visitor(f"https://localhost:{proxy.https}", tmp_path / "nginx/tls/certificate.pem")
    claimed = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2", "X-Forwarded-Proto": "http", "X-Request-ID": "my-own-name"}
    seen = json.loads(visitor.get("/", **claimed).text)
    assert seen["X-Forwarded-For"] == VISITOR
    assert seen["X-Forwarded-Proto"] == "https"
    assert re.fullmatch(r"[0-9a-f]{32}", seen["X-Request-ID"])
    assert seen["Host"] == f"localhost:{proxy.https}"


@pytest.mark.parametrize(
    ("outer", "address", "scheme", "name"),
    [(OURS, "192.0.2.2", "https", "of-the-outer-proxy"), ("192.0.2.10", OURS, "http", None)],
    ids=["from the municipality's own proxy", "past it"],
)
def test_behind_another_proxy_its_headers_count_and_only_its(
    start: Start, outer: str, address: str, scheme: str, name: str | None
) -> None:
    proxy = start("behind_proxy.conf", outer=outer)
    seen = handed_on(
        proxy,
        **{
            "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
            "X-Forwarded-Proto": "https",
            "X-Request-ID": "of-the-outer-proxy",
        },
    )
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == (address, scheme)
    assert seen["X-Request-ID"] == name if name else re.fullmatch(r"[0-9a-f]{32}", seen["X-Request-ID"])


def test_the_log_names_the_area_of_a_page_and_nothing_else(start: Start, tmp_path: Path) -> None:
    proxy = start("behind_proxy.conf", outer=OURS)
    paths = {"/via/een-geheim/": "/via", "/zoeken/?q=een-geheim": "/zoeken", "/": "/", "/Een-Geheim/": "/"}
    for path in paths:
        with closing(HTTPConnection("127.0.0.1", proxy.http, timeout=10)) as visitor:
            headers = {"X-Forwarded-For": "192.0.2.77", "Referer": "/een-geheim/", "User-Agent": "een-geheim"}
            visitor.request("GET", path, headers=headers)
            visitor.getresponse().read()
    wait_until(lambda: len(logged(tmp_path)) == len(paths), "every request is in the log")
    assert [line["area"] for line in logged(tmp_path)] == list(paths.values())
    said = (tmp_path / "proxy.log").read_text("utf-8").lower()
    assert "geheim" not in said
    assert "192.0.2.77" not in said
    assert "127.0.0.1" not in said


def ask(proxy: Proxy, path: str, body: bytes | None = None) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection("127.0.0.1", proxy.http, timeout=30)) as visitor:
        visitor.request("GET" if body is None else "POST", path, body=body)
        answer = visitor.getresponse()
        return answer, answer.read()


def test_while_the_portal_is_away_a_page_says_so(start: Start, echo: ThreadingHTTPServer, tmp_path: Path) -> None:
    proxy = start("behind_proxy.conf")
    _, kept = ask(proxy, "/static/css/tokens.css")
    asked_at = monotonic()
    echo.shutdown()
    echo.server_close()
    wait_until(lambda: monotonic() > asked_at + 2, "what was kept is past its time")
    answer, page = ask(proxy, "/via/een-geheim/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert page == (ROOT / "static/errors/503.html").read_bytes()
    # In the clothes of the portal, for they are kept.
    assert ask(proxy, "/static/css/tokens.css")[1] == kept
    # And the words of the proxy itself, which quote whole addresses, are not in any log.
    assert "geheim" not in (tmp_path / "proxy.log").read_text("utf-8")


def test_without_room_for_an_upload_a_page_says_so(start: Start, tmp_path: Path) -> None:
    proxy = start("behind_proxy.conf")
    shutil.rmtree(tmp_path / "nginx/body")
    answer, page = ask(proxy, "/meldingen/nieuw/", b"x" * MEGABYTE)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert page == (ROOT / "static/errors/503.html").read_bytes()


def test_one_address_sends_fifty_forms_at_once(start: Start) -> None:
    """The next one is told at once, by a page; who comes from elsewhere is not held up, nor who only reads."""
    proxy = start("behind_proxy.conf")
    with ExitStack() as stack:
        slow = []
        for _ in range(51):
            visitor = stack.enter_context(closing(HTTPConnection("127.0.0.1", proxy.http, timeout=30)))
            visitor.putrequest("POST", "/meldingen/nieuw/")
            visitor.putheader("Content-Length", str(MEGABYTE))
            visitor.endheaders(b"x")
            slow.append(visitor)
        answered, _, _ = select([visitor.sock for visitor in slow], [], [], DEADLINE_SECONDS)
        (refused,) = [visitor for visitor in slow if visitor.sock in answered]
        answer = refused.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert answer.read() == (ROOT / "static/errors/503.html").read_bytes()
        assert ask(proxy, "/hulp/")[0].status == 200
        other = HTTPConnection("127.0.0.1", proxy.http, timeout=30, source_address=(VISITOR, 0))
        stack.enter_context(closing(other))
        other.request("POST", "/meldingen/nieuw/", body=b"x")
        assert other.getresponse().status == 200


def test_uploads_wait_on_disk() -> None:
    """In memory, a few of them would take the room of all others."""
    proxy = compose_config(PORTAL_HOST="x", MAIL_FROM="x", SECURITY_CONTACT="x")["services"]["proxy"]
    place = re.search(r"client_body_temp_path (\S+);", (ROOT / "deploy/nginx/nginx.conf").read_text("utf-8"))
    assert place
    volumes = [volume["target"] for volume in proxy["volumes"] if volume["type"] == "volume"]
    assert [target for target in volumes if place[1].startswith(f"{target}/")]


def test_a_form_may_be_as_large_as_three_photos_and_no_larger(start: Start) -> None:
    proxy = start("behind_proxy.conf")
    assert ask(proxy, "/meldingen/nieuw/", b"x" * 31 * MEGABYTE)[0].status == 200
    with closing(HTTPConnection("127.0.0.1", proxy.http, timeout=30)) as visitor:
        # Told by its head alone: nobody has to send it first.
        visitor.putrequest("POST", "/meldingen/nieuw/")
        visitor.putheader("Content-Length", str(33 * MEGABYTE))
        visitor.endheaders()
        answer = visitor.getresponse()
        assert answer.status == 413
        assert answer.read() == (ROOT / "static/errors/413.html").read_bytes()
