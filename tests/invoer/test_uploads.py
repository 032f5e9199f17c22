"""Files that are too large, too many, or something else than they say."""

import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from select import select
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from meldingen.models import Foto, Melding
from tests.factories import jpeg
from tests.invoer.forms import BOUNDARY, MULTIPART, URLENCODED, Upload, multipart
from tests.invoer.judge import check_answer, content, files, says
from tests.invoer.scene import Scene
from tests.servers import free_port

NEW = "melding_nieuw"
PAYLOAD = b"<script>alert(4711)</script>"
MEGABYTE = 1024**2


@pytest.fixture
def scene(visitor: Callable[[str], Client]) -> Scene:
    return Scene(NEW, visitor)


def post(scene: Scene, *uploads: Upload) -> Any:
    (form,) = scene.forms
    pairs = [*scene.valid(form), *(("foto", upload) for upload in uploads)]
    return scene.client.generic("POST", scene.address, multipart(pairs), MULTIPART)


class Endless:
    """A body of which nobody may read more than a part."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "read all at once"
        self.read_bytes += size
        return b"x" * size

    readline = read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (NEW, "U kunt hoogstens 3 bestanden meesturen, elk van hoogstens 10 MB."),
        ("account_login", "Hier kunt u alleen tekst versturen, van hoogstens 1 MB."),
        ("behandelen_status", "Hier kunt u alleen tekst versturen, van hoogstens 1 MB."),
        ("admin:meldingen_groep_add", "Hier kunt u alleen tekst versturen, van hoogstens 1 MB."),
    ],
)
@pytest.mark.parametrize("kind", [MULTIPART, URLENCODED, "application/json"])
def test_200_megabytes_are_refused_unread(
    name: str, sentence: str, kind: str, visitor: Callable[[str], Client]
) -> None:
    scene, body = Scene(name, visitor), Endless()
    with scene.watched() as watch:
        extra = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(200 * MEGABYTE), "wsgi.input": body}
        response = scene.client.generic("POST", scene.address, **extra)
        assert response.status_code == 413
        assert any(sentence in said for said in says(response))
        assert body.read_bytes == 0
        watch.check_nothing_stored()


@pytest.mark.django_db
def test_a_body_of_unknown_length_is_refused_unread(scene: Scene) -> None:
    body = Endless()
    response = scene.client.generic(
        "POST", scene.address, **{"CONTENT_TYPE": MULTIPART, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": body}
    )
    check_answer(response, {411})
    assert body.read_bytes == 0


@pytest.mark.django_db
def test_where_the_limits_lie(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    # Too large for one field and small enough for all: said at the field, and the rest of the form is not lost.
    response = post(scene, Upload(jpeg() + bytes(11 * MEGABYTE)), Upload(jpeg("red")))
    assert response.status_code == 422
    assert "Deze foto is groter dan 10 MB" in content(response)
    assert Foto.objects.filter(melding=None).count() == 2
    # Three of the largest are just let in.
    response = post(scene, *[Upload(jpeg(colour) + bytes(10 * MEGABYTE - 2000)) for colour in ("red", "green", "blue")])
    assert response.status_code == 302
    response = post(scene, *[Upload(bytes(11 * MEGABYTE)) for _ in range(3)])
    check_answer(response, {413})


@pytest.mark.django_db
def test_too_many_files_and_too_much_text(scene: Scene) -> None:
    response = post(scene, *[Upload(b"x", name) for name in [b"a.jpg"] * 11])
    assert response.status_code == 413
    assert "hoogstens 3 bestanden" in content(response)
    (form,) = scene.forms
    too_long = multipart([*scene.valid(form), ("plek", "x" * (MEGABYTE + 1))])
    check_answer(scene.client.generic("POST", scene.address, too_long, MULTIPART), {413})
    assert files() <= scene.files_before


def with_exif(number: int) -> bytes:
    """A JPEG with thousands of tags."""
    exif = Image.Exif()
    for tag in range(1000, 1000 + number):
        exif[tag] = PAYLOAD.decode()
    output = BytesIO()
    Image.new("RGB", (32, 24), "red").save(output, "JPEG", exif=exif.tobytes()[:65000])
    return output.getvalue()


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that promises so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


RED = Image.new("RGB", (32, 24), "red")
#: A photo that is something else too, or nearly none.
MAY_PASS = {
    "JPEG and ZIP": jpeg() + b"PK\x03\x04" + PAYLOAD,
    "JPEG and HTML": jpeg() + b"<html>" + PAYLOAD,
    "JPEG and JavaScript": saved(RED, "JPEG", comment=b"*/=1;" + PAYLOAD),
    "JPEG and PDF": jpeg() + b"%PDF-1.7\n" + PAYLOAD,
    "thousands of tags": with_exif(3000),
    "CMYK": saved(RED.convert("CMYK"), "JPEG"),
    "animated WebP": saved(RED, "WEBP", save_all=True, append_images=[Image.new("RGB", (32, 24), "blue")]),
    "animated PNG": saved(RED, "PNG", save_all=True, append_images=[Image.new("RGB", (32, 24), "blue")]),
    "PNG with text": saved(RED, "PNG") + PAYLOAD,
}
NO_PHOTO = {
    "nothing": b"",
    "SVG with script": b'<svg xmlns="http://www.w3.org/2000/svg">' + PAYLOAD + b"</svg>",
    "GIF and JavaScript": b"GIF89a/*" + jpeg() + b"*/=1;" + PAYLOAD,
    "PDF and JPEG": b"%PDF-1.7\n" + PAYLOAD + jpeg(),
    "HTML": b"<!doctype html>" + PAYLOAD,
    "half a JPEG": saved(Image.effect_noise((200, 200), 90), "JPEG")[:5000],
    "bomb": bomb(60000, 60000),
    "bomb with the header of a JPEG": b"\xff\xd8\xff\xe0" + bomb(60000, 60000),
}
NAMES = [b"foto.jpg", b"foto.svg", b"foto.php", b"../../foto.html"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAY_PASS)
def test_what_is_a_photo_becomes_nothing_but_a_photo(kind: str, scene: Scene, client: Client) -> None:
    name = NAMES[list(MAY_PASS).index(kind) % len(NAMES)]
    response = post(scene, Upload(MAY_PASS[kind], name, b"Content-Type: text/html"))
    assert response.status_code == 302, says(response)
    foto = Melding.objects.latest("pk").fotos.get()
    with default_storage.open(foto.naam) as file:
        stored = file.read()
    assert Image.open(BytesIO(stored)).format == "JPEG"
    assert PAYLOAD not in stored
    assert foto.naam.endswith(".jpg")
    served = scene.client.get(f"/meldingen/foto/{foto.uuid}.jpg")
    assert b"".join(served.streaming_content) == stored
    assert served["Content-Type"] == "image/jpeg"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/meldingen/foto/{foto.uuid}.jpg").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NO_PHOTO)
def test_what_is_no_photo_is_refused(kind: str, scene: Scene) -> None:
    with scene.watched() as watch:
        response = post(scene, Upload(NO_PHOTO[kind], NAMES[list(NO_PHOTO).index(kind) % len(NAMES)]))
        assert response.status_code == 422
        check_answer(response)
        watch.check_nothing_stored()
        assert files() == scene.files_before


# The server itself, without a proxy before it

GUNICORN = ["--workers=1", "--threads=4", "--no-control-socket", "--log-level=warning"]
CHUNK = b"x" * 65536


class Server:
    """A gunicorn of our own: what it answers, and what it takes of memory and disk."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, tmp: Path) -> None:
        self.process, self.port, self.tmp = process, port, tmp

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=120)

    def _processes(self) -> list[Path]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [Path("/proc", pid) for pid in [str(self.process.pid), *children]]

    def memory(self) -> int:
        """The most that any of its processes ever held (VmHWM), in bytes."""
        status = [(process / "status").read_text() for process in self._processes()]
        return max(int(text.split("VmHWM:")[1].split()[0]) * 1024 for text in status)

    def on_disk(self) -> int:
        """What lies in its folders, in bytes, with what is open there under no name any more."""
        total = sum(path.stat().st_size for path in self.tmp.rglob("*") if path.is_file())
        for descriptor in (one for process in self._processes() for one in (process / "fd").iterdir()):
            with suppress(FileNotFoundError):
                if str(descriptor.readlink()).startswith(str(self.tmp)) and not descriptor.stat().st_nlink:
                    total += descriptor.stat().st_size
        return total


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    port, var = free_port(), tmp_path / "var"
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", *GUNICORN, "alkmaar_portal.wsgi:application"],
        cwd=portal.BASE_DIR,
        env={"EMBEDDED": "true", "SECRET_KEY": "x", "ENV_FILE": "/dev/null", "VAR_DIR": str(var)}
        | {"TMPDIR": str(tmp_path / "tmp"), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"},
    )
    here = Server(process, port, tmp_path)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                here.connect().close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, "the server did not start"
                time.sleep(0.1)
        yield here
    finally:
        process.terminate()
        process.wait(30)


def stream(server: Server, head: bytes, chunks: Iterator[bytes]) -> tuple[bytes, int, int]:
    """Send a request bit by bit until it is answered: the answer, the bytes that went, and the most found on disk."""
    sent = most = 0
    answer = b""
    with server.connect() as connection, suppress(ConnectionError):
        connection.sendall(head)
        for chunk in chunks:
            if select([connection], [], [], 0)[0]:
                break
            # Who does not want any more closes the connection; what was said before that can still be read.
            with suppress(ConnectionError):
                connection.sendall(chunk)
            sent += len(chunk)
            most = max(most, server.on_disk())
        while part := connection.recv(65536):
            answer += part
    return answer, sent, most


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {MULTIPART}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


START_OF_FILE = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="foto"; filename="a.jpg"\r\n\r\n'


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_server_holds_against_200_megabytes(server: Server) -> None:
    # A first page loads what every page needs.
    answer, _sent, _most = stream(server, head("/meldingen/nieuw/", "Content-Length: 0"), iter([b""]))
    assert b" 403 " in answer.split(b"\r\n")[0]
    memory, disk = server.memory(), server.on_disk()
    total = 200 * MEGABYTE

    def whole() -> Iterator[bytes]:
        yield START_OF_FILE
        for _ in range(total // len(CHUNK)):
            yield CHUNK

    def chunked() -> Iterator[bytes]:
        for chunk in whole():
            yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"

    for what, status, body in (
        (f"Content-Length: {total}", b" 413 ", whole()),
        ("Transfer-Encoding: chunked", b" 411 ", chunked()),
    ):
        answer, sent, most = stream(server, head("/meldingen/nieuw/", what), body)
        assert status in answer.split(b"\r\n")[0], answer[:200]
        assert b"<h1>Dit is te groot</h1>" in answer
        assert sent < 5 * MEGABYTE
        assert most - disk < MEGABYTE
    # What lies within the limit is read, to the disk, and is gone afterwards.
    allowed = [START_OF_FILE, *[CHUNK] * 320, b"\r\n--" + BOUNDARY + b"--\r\n"]
    length = sum(map(len, allowed))
    answer, _sent, most = stream(server, head("/meldingen/nieuw/", f"Content-Length: {length}"), iter(allowed))
    assert most - disk > 10 * MEGABYTE
    assert b" 403 " in answer.split(b"\r\n")[0]
    assert server.memory() - memory < 30 * MEGABYTE
    assert server.on_disk() - disk < MEGABYTE
