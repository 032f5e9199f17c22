"""The services of docker-compose.yml as processes of this machine: their commands, their environment, and the files
that get into the image. What a container has and this machine has not is replaced in one place, `Installation.here`.
"""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from hashlib import sha256
from http.client import HTTPResponse, HTTPSConnection
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPSHandler, ProxyHandler, Request, build_opener
from uuid import uuid4

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from psycopg import sql

from tests.servers import free_port, installed_nginx
from tests.worker.conftest import DEADLINE_SECONDS, ROOT, kill, wait_until

PROGRAMS = Path(sys.executable).parent
MINUTES = 5 * 60


def compose_config(**variables: str) -> dict[str, Any]:
    """docker-compose.yml as Docker reads it; raises CalledProcessError when it does not."""
    result = subprocess.run(
        [PROGRAMS / "docker-compose", "--env-file", os.devnull, "--profile", "*", "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables},
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    # What is printed can be read again, and is therefore escaped.
    found: dict[str, Any] = json.loads(result.stdout.replace(b"$$", b"$"))
    return found


def image_environment() -> dict[str, str]:
    """What the Dockerfile sets for every process; the PATH is this machine's."""
    block = re.search(r"^ENV (.*?[^\\])$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert block
    pairs = dict(pair.split("=", 1) for pair in block[1].replace("\\\n", " ").split())
    return {**pairs, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}


def copy_of_the_image(target: Path) -> None:
    """The files that .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def self_made_certificate(folder: Path) -> None:
    """certificate.pem and key.pem for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@dataclass
class Proxy:
    """The proxy's own files, on ports and in a folder of this machine."""

    root: Path
    site: str
    web: int
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    own: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.here = {
            "/etc/nginx/mime.types": "/etc/nginx/mime.types",
            "/etc/nginx/": f"{self.root}/nginx/",
            "/usr/share/portal/errors": f"{ROOT}/static/errors",
            "/tmp/": f"{self.root}/nginx/",
            "/var/cache/nginx/": f"{self.root}/nginx/",
            "http://web:8000": f"http://127.0.0.1:{self.web}",
            "listen 8080": f"listen 127.0.0.1:{self.http}",
            "listen 8443": f"listen 127.0.0.1:{self.https}",
            "127.0.0.1:8081": f"127.0.0.1:{self.own}",
            # Started as root it would serve as somebody else, who may not enter the folder of the tests.
            "daemon off;": "daemon off; user root;" if os.geteuid() == 0 else "daemon off;",
        }
        folder = self.root / "nginx"
        if not (folder / "tls").exists():
            self_made_certificate(folder / "tls")
        for name, source in {"nginx.conf": "nginx.conf", "portal.conf": "portal.conf", "site.conf": self.site}.items():
            text = (ROOT / "deploy" / "nginx" / source).read_text("utf-8")
            (folder / name).write_text(replaced(text, self.here), "utf-8")

    def command(self, asked: list[str]) -> list[str]:
        """The command of the service, with the program and the file of this machine."""
        program = installed_nginx()
        assert program
        rest = [replaced(part, self.here) for part in asked[1:]]
        return [program, "-p", f"{self.root}/nginx", "-e", "stderr", "-c", f"{self.root}/nginx/nginx.conf", *rest]


def replaced(text: str, places: dict[str, str]) -> str:
    """`text` with every key of `places` replaced, the longest first, and nothing replaced twice."""
    keys = sorted(places, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, keys)), lambda found: places[found[0]], text)


@dataclass
class Installation:
    """One installation below `root`, on the PostgreSQL of the tests, a Redis and a mail server."""

    root: Path
    redis: str
    smtp: int
    name: str = field(default_factory=lambda: f"portal_{uuid4().hex[:12]}")
    web: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = self.root / "portal"
        self.secrets = self.root / "secrets"
        self.proxy = Proxy(self.root, "tls.conf", self.web)
        self.compose = compose_config(
            PORTAL_HOST="localhost",
            MAIL_FROM="portaal@voorbeeld.example",
            SECURITY_CONTACT="mailto:beveiliging@voorbeeld.example",
            SECRETS_DIR=str(self.secrets),
        )
        self.url = f"https://localhost:{self.proxy.https}"
        self.metrics_token = uuid4().hex
        # What a container has, and what that is here.
        self.here = {
            "/srv/portal": str(self.app),
            "/srv/media": str(self.root / "media"),
            "/run/secrets": str(self.secrets),
            "/backups": str(self.root / "backups"),
            "/backup.sh": str(self.app / "deploy/backup.sh"),
            "/restore.sh": str(self.app / "deploy/restore.sh"),
            "/tmp": str(self.root / "tmp"),
            "https://localhost": self.url,
            "redis://redis:6379": self.redis,
            "rechten portal": f"rechten {self.name}",
        }
        # What no file says: where gunicorn listens here, that nothing outside this machine is asked, and that whoever
        # runs the tests may be root, of which Celery warns.
        self.besides = {
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.web}",
            "HEALTH_ADDRESS": f"127.0.0.1:{self.web}",
            "PDOK_URL": "http://127.0.0.1:9/",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }
        for folder in ("media", "tmp", "backups", "secrets"):
            (self.root / folder).mkdir()
        self._write_secrets(self.name)
        copy_of_the_image(self.app)
        self._build()

    def _write_secrets(self, database: str) -> None:
        server = connection.settings_dict
        host = f"{str(server['HOST']).replace('/', '%2F')}:{server['PORT'] or 5432}"
        contents = {
            "secret_key": uuid4().hex * 2,
            "database_url": f"postgres://{self.name}:{uuid4().hex}@{host}/{database}",
            "owner_database_url": f"postgres://{self.name}_owner:{uuid4().hex}@{host}/{database}",
            "email_url": f"smtp://127.0.0.1:{self.smtp}",
            "metrics_token": self.metrics_token,
        }
        for name, content in contents.items():
            (self.secrets / name).write_text(content + "\n", "utf-8")

    def _build(self) -> None:
        """What the Dockerfile does after copying: the static files, without any secret."""
        step = re.search(r"^RUN (ENV_FILE=.*?) *\\\n *&& ", (ROOT / "Dockerfile").read_text("utf-8"), re.M | re.S)
        assert step
        command = replaced(step[1], {"/venv/bin/python": sys.executable, "/srv/portal": str(self.app)})
        environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, shell=True, cwd=self.app, env=environment, timeout=MINUTES, check=True)

    def environment(self, service: str) -> dict[str, str]:
        """That of a process of `service`."""
        asked = {**image_environment(), **self.compose["services"][service].get("environment", {})}
        return {**{name: replaced(value, self.here) for name, value in asked.items()}, **self.besides}

    def command(self, service: str) -> list[str]:
        """That of `service`."""
        asked = self.compose["services"][service]["command"]
        return self.proxy.command(asked) if service == "proxy" else [replaced(part, self.here) for part in asked]

    def run(self, service: str, *command: str) -> str:
        """What `docker compose run --rm SERVICE COMMAND` prints; without a command that of the service."""
        result = self.attempt(service, *command)
        assert result.returncode == 0, result.stderr.decode() + result.stdout.decode()
        return result.stdout.decode()

    def attempt(self, service: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        """The same, which may fail."""
        return subprocess.run(
            list(command) or self.command(service),
            cwd=self.app,
            env=self.environment(service),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=MINUTES,
            check=False,
        )

    def photos(self) -> dict[str, str]:
        """The digest of every file of photos, by its name."""
        media = self.root / "media"
        files = [path for path in media.rglob("*") if path.is_file()]
        return {str(path.relative_to(media)): sha256(path.read_bytes()).hexdigest() for path in files}

    def move_to_a_fresh_place(self) -> None:
        """Point the services at an empty database of the same owner, and at an empty folder for photos."""
        for name in ("database_url", "owner_database_url"):
            secret = self.secrets / name
            secret.write_text(
                replaced(secret.read_text("utf-8"), {f"/{self.name}\n": f"/{self.name}_fresh\n"}), "utf-8"
            )
        with closing(self.admin()) as admin:
            names = [sql.Identifier(name) for name in (f"{self.name}_fresh", f"{self.name}_owner")]
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        (self.root / "media").rename(self.root / "media-before")
        (self.root / "media").mkdir()

    def is_healthy(self, service: str) -> bool:
        """Whether the health check of `service` says so."""
        check = self.compose["services"][service].get("healthcheck", {}).get("test")
        if not check:
            (words,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
            check = ["CMD", *json.loads(words)]
        command = [replaced(part, self.here) for part in check[1:]]
        if check[0] == "CMD-SHELL":
            command = ["sh", "-c", *command]
        return (
            subprocess.run(
                command, cwd=self.app, env=self.environment(service), capture_output=True, check=False
            ).returncode
            == 0
        )

    def make_database(self) -> None:
        """Database and roles, as the image of PostgreSQL makes them on an empty volume."""
        server = connection.settings_dict
        places = {"PGHOST": server["HOST"], "PGPORT": server["PORT"] or 5432, "PGPASSWORD": server["PASSWORD"] or ""}
        environment = {
            **self.environment("db"),
            **{name: str(value) for name, value in places.items()},
            "POSTGRES_USER": str(server["USER"]),
        }
        subprocess.run(["sh", self.app / "deploy/roles.sh"], env=environment, timeout=DEADLINE_SECONDS, check=True)

    def admin(self) -> psycopg.Connection[Any]:
        """A connection as whoever runs the tests, not to the database of the portal."""
        server = connection.settings_dict
        return psycopg.connect(
            host=str(server["HOST"]),
            port=server["PORT"] or None,
            user=str(server["USER"]),
            password=str(server["PASSWORD"]) or None,
            dbname="postgres",
            autocommit=True,
        )

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a question to the database, as its owner."""
        address = (self.secrets / "owner_database_url").read_text("utf-8").strip()
        with psycopg.connect(address, autocommit=True) as owner:
            cursor = owner.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def start(self, service: str) -> None:
        """Start the process of `service`, with a log of its own."""
        with (self.root / f"{service}.log").open("ab") as log:
            self.processes[service] = subprocess.Popen(
                self.command(service),
                cwd=self.app,
                env=self.environment(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def up(self) -> None:
        """Everything, in the order that the file asks for."""
        self.make_database()
        self.run("migrate")
        self.run("web", "python", "manage.py", "importeer_gebieden")
        self.run("web", "python", "manage.py", "laad_categorieen")
        for service in ("web", "worker", "beat", "proxy"):
            self.start(service)
        wait_until(lambda: self.is_healthy("web"), "the web service is healthy")
        wait_until(lambda: is_served(self.proxy.https), "the proxy listens")

    def stop(self, service: str) -> None:
        """End a service as a power cut would."""
        kill(self.processes.pop(service))

    def down(self) -> None:
        """End what was started, and leave nothing on the shared server."""
        for service in list(self.processes):
            self.stop(service)
        with closing(self.admin()) as admin:
            for (database,) in admin.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.name]
            ).fetchall():
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
            for role in (self.name, f"{self.name}_owner"):
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    def log(self, service: str) -> str:
        """What `service` said so far."""
        with suppress(FileNotFoundError):
            return (self.root / f"{service}.log").read_text("utf-8")
        return ""

    def lines(self, service: str) -> list[dict[str, Any]]:
        """The JSON lines of its log."""
        return [json.loads(line) for line in self.log(service).splitlines() if line.startswith("{")]

    def visitor(self) -> "Visitor":
        """Somebody with a browser of their own, who knows the self-made certificate."""
        return Visitor(self.url, self.root / "nginx/tls/certificate.pem")


def is_served(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


#: From where visitors come: not the address of the services, so that it can be told apart in a log.
VISITOR = "127.0.0.2"


class FromElsewhere(HTTPSHandler):
    """HTTPS from the address `VISITOR`."""

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(HTTPSConnection, source_address=(VISITOR, 0)), req, context=self._context)  # type: ignore[attr-defined]


class Answer:
    """Status, headers, address and text of an answer, errors included."""

    def __init__(self, response: HTTPResponse | HTTPError) -> None:
        self.status: int = response.status or 0
        self.headers: Message = response.headers
        self.url: str = response.url
        self.content = response.read()

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor:
    """A browser without scripts: keeps cookies, follows redirects, says where a form was sent from."""

    def __init__(self, base: str, certificate: Path | None = None) -> None:
        context = ssl.create_default_context(cafile=certificate)
        self.base = base
        self.opener = build_opener(ProxyHandler({}), FromElsewhere(context=context), HTTPCookieProcessor(CookieJar()))

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page of the site, by its path exactly as it stands there."""
        return self._open(Request(self.base + path, headers=headers))

    def post(self, path: str, fields: dict[str, str], photo: bytes | None = None, **headers: str) -> Answer:
        """Send a form as a browser does that shows the page at `path`."""
        boundary = uuid4().hex
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        if photo is not None:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="foto"; filename="foto.jpg"\r\n'
            body += f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + photo + b"\r\n"
        address = urljoin(self.base, path)
        sent = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Referer": address,
            "Origin": "{0.scheme}://{0.netloc}".format(urlsplit(address)),
            **headers,
        }
        return self._open(Request(address, body + f"--{boundary}--\r\n".encode(), sent))

    def fill_in(self, page: Answer, action: str = "", photo: bytes | None = None, **fields: str) -> Answer:
        """Send the form of `page` with its hidden fields, to its own address or to `action`."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return self.post(urljoin(page.url, action), {**hidden, **fields}, photo)

    def _open(self, request: Request) -> Answer:
        try:
            with self.opener.open(request, timeout=DEADLINE_SECONDS) as response:
                return Answer(response)
        except HTTPError as error:
            with error:
                return Answer(error)
