import errno
import io
import os
import random
import signal
import struct
import subprocess
import sys
import zlib
from datetime import timedelta
from pathlib import Path

import pillow_heif
import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from basis import foto_conversion, fotos
from basis.fotos import FotoRefused, FotoStorageError, PreparedFoto
from basis.regels import RuleViolation

pillow_heif.register_heif_opener()

FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
RED, GREEN, BLUE, YELLOW = (200, 20, 20), (20, 160, 20), (20, 20, 200), (210, 200, 20)
MARKER = b"GEHEIM-4711"


def corners_image(width: int = 64, height: int = 48) -> Image.Image:
    """Red, green, blue and yellow quarters, clockwise from the top left."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (width // 2, height // 2, width, height))
    image.paste(YELLOW, (0, height // 2, width // 2, height))
    return image


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def prepared(content: bytes) -> PreparedFoto:
    return fotos.prepare(upload(content))


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def name_of_colour(pixel: tuple[int, int, int]) -> str:
    colours = {"R": RED, "G": GREEN, "B": BLUE, "Y": YELLOW, "W": (255, 255, 255), "K": (0, 0, 0)}
    return min(colours, key=lambda name: sum(abs(a - b) for a, b in zip(colours[name], pixel, strict=True)))


def corners(content: bytes) -> str:
    """The colours near the corners, clockwise from the top left."""
    image = opened(content)
    right, bottom = image.width - 6, image.height - 6
    return "".join(name_of_colour(image.getpixel(at)) for at in [(5, 5), (right, 5), (right, bottom), (5, bottom)])


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def black_and_white_png(width: int, height: int, data: bytes | None = None) -> bytes:
    """A whole PNG of 1 bit a pixel, made without holding the image; `data` replaces what is in it."""
    if data is None:
        compressor = zlib.compressobj(1)
        row = bytes(1 + (width + 7) // 8)
        data = b"".join(compressor.compress(row) for _ in range(height)) + compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


# What is accepted


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_becomes_a_jpeg(format: str) -> None:
    foto = prepared(encoded(corners_image(), format))
    assert opened(foto.content).format == opened(foto.thumbnail).format == "JPEG"
    assert (foto.width, foto.height) == opened(foto.content).size == (64, 48)
    assert corners(foto.content) == corners(foto.thumbnail) == "RGBY"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", ["foto.gif", "foto.php", "foto", "../../foto.svg"])
def test_the_content_counts_and_never_the_name(format: str, name: str) -> None:
    assert fotos.prepare(upload(encoded(corners_image(), format), name)).width == 64


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [(1, "RGBY"), (2, "GRYB"), (3, "BYRG"), (4, "YBGR"), (5, "RYBG"), (6, "YRGB"), (7, "BGRY"), (8, "GBYR")],
)
def test_photos_are_put_upright(format: str, orientation: int, upright: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    foto = foto_conversion.convert(encoded(corners_image(), format, exif=exif.tobytes()))
    assert corners(foto.content) == corners(foto.small) == upright
    assert (foto.width, foto.height) == ((64, 48) if orientation < 5 else (48, 64))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"Exif\0\0rubbish", b"Exif\0\0MM", b"Exif\0\0II*\0\xff\xff\xff\xff", b""])
def test_a_broken_exif_does_not_make_a_broken_photo(format: str, exif: bytes) -> None:
    assert corners(foto_conversion.convert(encoded(corners_image(), format, exif=exif)).content) == "RGBY"


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 1000), (1600, 400), (480, 120)),
        ((1000, 4000), (400, 1600), (120, 480)),
        ((300, 200), (300, 200), (300, 200)),
        ((9000, 2), (1600, 1), (480, 1)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_photos_are_made_smaller_and_never_larger(
    format: str, size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    foto = foto_conversion.convert(encoded(corners_image(*size), format))
    assert opened(foto.content).size == (foto.width, foto.height) == large
    assert opened(foto.small).size == small


def test_a_large_photo_becomes_small() -> None:
    coarse = Image.frombytes("RGB", (120, 90), random.Random(1).randbytes(120 * 90 * 3))
    photo = encoded(coarse.resize((4000, 3000), Image.Resampling.BICUBIC), quality=92)
    foto = foto_conversion.convert(photo)
    assert len(photo) > 1_000_000
    assert len(foto.content) < 400_000
    assert len(foto.small) < 60_000


def with_transparency(mode: str) -> bytes:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    if mode == "P":
        return encoded(clear.convert("RGB").convert("P"), "PNG", transparency=0)
    if mode == "RGB":
        return encoded(clear.convert("RGB"), "PNG", transparency=(0, 0, 0))
    return encoded(clear.convert(mode), "PNG")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    assert corners(foto_conversion.convert(with_transparency(mode)).content) == "WWWW"


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        pytest.param(encoded(Image.new("CMYK", (20, 20), (0, 255, 255, 55))), RED, id="CMYK"),
        pytest.param(encoded(Image.new("RGB", (20, 20), (0, 0, 255)).convert("P"), "PNG"), (0, 0, 255), id="palette"),
        pytest.param(encoded(Image.new("L", (20, 20), 128)), (128, 128, 128), id="grey"),
        pytest.param(encoded(Image.new("1", (20, 20), 1), "PNG"), (255, 255, 255), id="1 bit"),
        pytest.param(encoded(Image.new("I;16", (20, 20), 128 * 256), "PNG"), (128, 128, 128), id="16 bits"),
        pytest.param(encoded(corners_image(), "MPO", save_all=True, append_images=[corners_image()]), RED, id="MPO"),
        pytest.param(encoded(corners_image(), progressive=True), RED, id="progressive"),
    ],
)
def test_other_kinds_of_pixels(content: bytes, colour: tuple[int, int, int]) -> None:
    pixel = opened(prepared(content).content).getpixel((5, 5))
    assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 30


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_of_an_animation_the_first_image_is_taken(format: str) -> None:
    first, second = Image.new("RGB", (20, 20), RED), Image.new("RGB", (20, 20), BLUE)
    animation = encoded(first, format, save_all=True, append_images=[second], duration=100)
    assert corners(foto_conversion.convert(animation).content) == "RRRR"


def test_colours_are_those_of_srgb() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"  # red means green in this profile
    foto = foto_conversion.convert(encoded(corners_image(), icc_profile=bytes(profile)))
    assert corners(foto.content) == "GRBY"


@pytest.mark.parametrize(
    "profile", [b"rubbish" * 50, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_does_not_fit_leaves_the_colours(profile: bytes) -> None:
    assert corners(foto_conversion.convert(encoded(corners_image(), icc_profile=profile)).content) == "RGBY"


def test_the_digest_is_that_of_the_photo_and_the_same_again() -> None:
    first, second = prepared(encoded(corners_image())), prepared(encoded(corners_image()))
    assert first == second
    assert len(first.sha256) == 64
    assert prepared(encoded(corners_image(66))).sha256 != first.sha256


def test_an_upload_that_was_read_before_is_read_from_its_start() -> None:
    file = upload(encoded(corners_image()))
    file.read()
    assert fotos.prepare(file).width == 64


# What is taken off


def with_metadata(format: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = MARKER.decode()  # ImageDescription
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 37.0, 54.0), 29: MARKER.decode()})  # GPS
    exif.get_ifd(0x8769)[0x927C] = MARKER  # MakerNote
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARKER
    options: dict[str, object] = {"exif": exif, "icc_profile": profile}
    if format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", MARKER.decode())
        text.add_itxt("XML:com.adobe.xmp", f"<x>{MARKER.decode()}</x>")
        options["pnginfo"] = text
    else:
        options["xmp"] = b"<x>" + MARKER + b"</x>"
    if format == "JPEG":
        options["comment"] = MARKER
    return encoded(corners_image(), format, **options) + MARKER


@pytest.mark.parametrize("format", FORMATS)
def test_all_metadata_are_taken_off(format: str) -> None:
    content = with_metadata(format)
    assert content.count(MARKER) >= 4
    foto = prepared(content)
    for jpeg in (foto.content, foto.thumbnail):
        assert MARKER not in jpeg
        assert not opened(jpeg).getexif()
        assert set(opened(jpeg).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_a_polyglot_loses_its_second_meaning() -> None:
    payload = b"<script>alert('" + MARKER + b"')</script>"
    foto = prepared(
        encoded(corners_image(), comment=b"*/=1;" + payload) + b"<html>" + payload + b"PK\x03\x04" + payload
    )
    for jpeg in (foto.content, foto.thumbnail):
        assert MARKER not in jpeg
        assert b"<script" not in jpeg


# What is refused

SENTENCE_UNREADABLE = "Dit bestand kunnen we niet lezen als foto. Kies een foto van het type JPEG, PNG, WebP of HEIC."
SENTENCE_PIXELS = "Deze foto heeft meer dan 50 miljoen beeldpunten. Kies een kleinere foto."


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\0", id="one byte"),
        pytest.param(random.Random(2).randbytes(5000), id="random"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', id="SVG"),
        pytest.param(b"<html><script>alert(1)</script>", id="HTML"),
        pytest.param(b"%PDF-1.7\n1 0 obj\n", id="PDF"),
        pytest.param(encoded(corners_image(), "GIF"), id="GIF"),
        pytest.param(encoded(corners_image(), "BMP"), id="BMP"),
        pytest.param(encoded(corners_image(), "TIFF"), id="TIFF"),
        pytest.param(encoded(corners_image(), "ICO"), id="ICO"),
        pytest.param(encoded(corners_image(), "PPM"), id="PPM"),
        pytest.param(b"GIF89a" + encoded(corners_image()), id="GIF and JPEG"),
        pytest.param(b"\0\0\0\x20ftypisom\0\0\0\1isomavc1" + bytes(100), id="MP4"),
        pytest.param(b"\0\0\0\x20ftypheic\0\0\0\0mif1heic" + bytes(100), id="no more than the start of a HEIC"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), id="WAV"),
        pytest.param(b"\xff\xd8\xff" + bytes(100), id="no more than the start of a JPEG"),
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    with pytest.raises(FotoRefused) as refused:
        prepared(content)
    assert str(refused.value) == SENTENCE_UNREADABLE
    assert refused.value.field == "foto"
    assert isinstance(refused.value, RuleViolation)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_a_photo_that_broke_off_is_refused(format: str, part: float) -> None:
    noise = Image.frombytes("RGB", (200, 200), random.Random(3).randbytes(120_000))
    content = encoded(noise, format)
    with pytest.raises(FotoRefused, match="niet lezen als foto"):
        prepared(content[: int(len(content) * part)])


def test_nothing_is_refused() -> None:
    with pytest.raises(FotoRefused, match="Dit bestand is leeg"):
        prepared(b"")


class Counted(ContentFile):
    """A file that counts the bytes taken from it, and may tell another size than it has."""

    def __init__(self, content: bytes, size: int | None = None) -> None:
        super().__init__(content)
        self.size = len(content) if size is None else size
        self.taken = 0

    def read(self, number: int = -1) -> bytes:
        content = self.file.read(number)
        self.taken += len(content)
        return content


@pytest.mark.parametrize(("told", "taken"), [(None, 0), (10, 10 * 1024**2 + 1)])
def test_too_many_bytes_are_refused_and_not_even_read(told: int | None, taken: int) -> None:
    file = Counted(encoded(corners_image()) + bytes(11 * 1024**2), told)
    with pytest.raises(FotoRefused, match=r"^Deze foto is groter dan 10 MB\. Kies een kleinere foto\.$"):
        fotos.prepare(file)
    assert file.taken == taken


def test_just_small_enough() -> None:
    photo = encoded(corners_image())
    assert prepared(photo + bytes(10 * 1024**2 - len(photo))).width == 64


def bombs() -> dict[str, bytes]:
    """Files of at most some kilobytes that promise more than 50 megapixels."""
    jpeg = bytearray(encoded(corners_image()))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 65000, 65000)
    webp = bytearray(encoded(corners_image(), "WEBP", lossless=True))
    assert webp[12:16] == b"VP8L"
    webp[21:25] = struct.pack("<I", 16382 | 16382 << 14)
    heic = bytearray(encoded(corners_image(64, 64), "HEIF"))
    for at in range(len(heic)):
        if heic[at : at + 4] == b"ispe":
            heic[at + 8 : at + 16] = struct.pack(">II", 20000, 20000)
    return {
        "huge PNG without data": black_and_white_png(60000, 60000, zlib.compress(b"")),
        "huge PNG with its data": black_and_white_png(20000, 20000),
        "PNG of just over the limit": black_and_white_png(8000, 6251),
        "JPEG": bytes(jpeg),
        "WebP": bytes(webp),
        "HEIC": bytes(heic),
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused(name: str) -> None:
    assert len(bombs()[name]) < 300_000
    with pytest.raises(FotoRefused) as refused:
        prepared(bombs()[name])
    assert str(refused.value) == SENTENCE_PIXELS


MEASURE = """
import sys
from pathlib import Path
from basis.foto_conversion import TooManyPixels, convert

def peak():
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

*honest, bomb = (Path(name).read_bytes() for name in sys.argv[1:])
for photo in honest:
    convert(photo)
before = peak()
try:
    convert(bomb)
except TooManyPixels:
    print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_before_any_memory_is_taken_for_it(name: str, tmp_path: Path) -> None:
    for format in FORMATS:
        (tmp_path / format).write_bytes(encoded(corners_image(), format))
    (tmp_path / "bomb").write_bytes(bombs()[name])
    command = [sys.executable, "-c", MEASURE, *(str(tmp_path / file) for file in [*FORMATS, "bomb"])]
    grown = subprocess.run(command, cwd=django_settings.BASE_DIR, capture_output=True, check=True).stdout
    assert int(grown) < 5000  # kB; decoded it would be 50,000 at least


def test_fifty_megapixels_are_accepted() -> None:
    assert prepared(black_and_white_png(10000, 5000)).width == 1600


# A decoder that fails in other ways


def endless_jpeg() -> bytes:
    """A small progressive JPEG whose last scan comes 20,000 times, over 49 megapixels."""
    content = encoded(Image.new("L", (7000, 7000)), progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + scan * 20_000 + content[-2:]


@pytest.fixture
def other_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Put another program in the place of the one that converts."""

    def put(source: str) -> None:
        (tmp_path / "program.py").write_text(source)
        monkeypatch.setattr(foto_conversion, "__file__", str(tmp_path / "program.py"))

    return put


def test_endless_work_is_ended(other_program, caplog: pytest.LogCaptureFixture) -> None:
    program = Path(foto_conversion.__file__).read_text()
    assert "\nCPU_SECONDS = 6\n" in program
    other_program(program.replace("\nCPU_SECONDS = 6\n", "\nCPU_SECONDS = 1\n"))
    content = endless_jpeg()
    assert len(content) < django_settings.FOTO_MAX_BYTES
    with pytest.raises(FotoRefused, match="Het lukt niet om deze foto te verwerken"):
        prepared(content)
    assert caplog.messages == [f"A photo ended its conversion with signal {signal.SIGKILL}"]


def test_a_large_jpeg_takes_little_memory(other_program) -> None:
    program = Path(foto_conversion.__file__).read_text()
    other_program(program.replace("\nMEMORY_BYTES = 1024**3\n", "\nMEMORY_BYTES = 150 * 1024**2\n"))
    photo = encoded(Image.new("RGB", (10000, 4900), RED))  # 196 MB when all of it is decoded
    assert prepared(photo).width == 1600


def test_a_grab_for_memory_is_ended(other_program) -> None:
    program = Path(foto_conversion.__file__).read_text()
    assert "\nMEMORY_BYTES = 1024**3\n" in program
    other_program(program.replace("\nMEMORY_BYTES = 1024**3\n", "\nMEMORY_BYTES = 120 * 1024**2\n"))
    assert prepared(encoded(corners_image())).width == 64
    with pytest.raises(FotoRefused):
        prepared(black_and_white_png(10000, 5000))


def test_a_crash_of_the_decoder_is_a_refusal(other_program) -> None:
    other_program("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(FotoRefused, match="Het lukt niet om deze foto te verwerken"):
        prepared(encoded(corners_image()))


def test_who_waits_too_long_is_refused(other_program, monkeypatch: pytest.MonkeyPatch) -> None:
    other_program("import signal; signal.pause()")
    monkeypatch.setattr(fotos, "WAIT_SECONDS", 0.1)
    with pytest.raises(FotoRefused, match="Het lukt niet om deze foto te verwerken"):
        prepared(encoded(corners_image()))


def test_a_broken_installation_is_not_the_fault_of_the_photo(other_program, monkeypatch: pytest.MonkeyPatch) -> None:
    other_program("import no_such_module")
    with pytest.raises(FotoStorageError, match="Probeer het later nog eens"):
        prepared(encoded(corners_image()))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(FotoStorageError, match="Probeer het later nog eens"):
        prepared(encoded(corners_image()))


def test_the_process_that_converts_knows_no_secrets(other_program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    other_program(
        f"import os, sys; sys.exit({foto_conversion.EXIT_UNREADABLE} if 'SECRET_KEY' not in os.environ else 1)"
    )
    with pytest.raises(FotoRefused):
        prepared(encoded(corners_image()))


def test_the_web_process_stays_without_pillow() -> None:
    code = (
        "from django.conf import settings; settings.configure(); import basis.fotos, sys; print('PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# Whatever comes


HONEST = [encoded(corners_image(), format) for format in FORMATS] + [with_metadata(format) for format in FORMATS]


LONG = "TEST_LANG" in os.environ


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An honest photo of which bytes were changed, taken out, doubled or cut off."""
    content = bytearray(draw(st.sampled_from(HONEST)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content) - 1))
        kind = draw(st.sampled_from(["change", "take out", "double", "cut off"]))
        length = draw(st.integers(1, 16))
        if kind == "change":
            content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif kind == "take out" and len(content) > at + length:
            del content[at : at + length]
        elif kind == "double":
            content[at:at] = content[at : at + length]
        elif kind == "cut off" and at:
            del content[at:]
    return bytes(content)


@settings(max_examples=80 if LONG else 20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged() | st.binary(max_size=200))
def test_whatever_comes_is_a_photo_or_a_refusal(content: bytes) -> None:
    try:
        foto = prepared(content)
    except FotoRefused:
        return
    assert opened(foto.content).size == (foto.width, foto.height)
    assert max(opened(foto.thumbnail).size) <= 480
    assert MARKER not in foto.content + foto.thumbnail


# Files


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


FOTO = PreparedFoto(content=b"large" * 1000, thumbnail=b"small" * 100, width=1600, height=1200, sha256="0" * 64)


def files(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def test_a_stored_photo_is_besloten_with_a_name_nobody_can_guess(media: Path) -> None:
    name, other = fotos.store(FOTO, folder="meldingen"), fotos.store(FOTO, folder="meldingen")
    kind, folder, year, file = name.split("/")
    assert (kind, folder, len(year), len(file)) == ("besloten", "meldingen", 4, 32 + len(".jpg"))
    assert name != other
    assert files(media) == sorted([name, other, fotos.thumbnail_name(name), fotos.thumbnail_name(other)])
    assert (media / name).read_bytes() == FOTO.content
    assert (media / fotos.thumbnail_name(name)).read_bytes() == FOTO.thumbnail
    assert fotos.thumbnail_name(name) == name.replace(".jpg", "_klein.jpg")


def test_release_hide_and_delete_may_each_come_twice(media: Path) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    private = [name, fotos.thumbnail_name(name)]

    public = fotos.release(name)
    assert public == fotos.public_name(name) == name.replace("besloten/", "openbaar/")
    assert fotos.release(name) == public
    assert files(media) == sorted([*private, public, fotos.thumbnail_name(public)])
    assert (media / public).read_bytes() == FOTO.content
    assert (media / fotos.thumbnail_name(public)).read_bytes() == FOTO.thumbnail

    fotos.hide(name)
    fotos.hide(name)
    assert files(media) == sorted(private)

    fotos.release(name)
    fotos.delete(name)
    fotos.delete(name)
    assert files(media) == []


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_files_have_the_permissions_of_the_settings(media: Path, settings, umask: int) -> None:
    settings.FILE_UPLOAD_PERMISSIONS = 0o640
    before = os.umask(umask)
    try:
        fotos.release(fotos.store(FOTO, folder="meldingen"))
    finally:
        os.umask(before)
    assert {oct((media / file).stat().st_mode & 0o777) for file in files(media)} == {"0o640"}


def test_only_a_stored_photo_can_be_released(media: Path) -> None:
    for name in ("openbaar/meldingen/2026/a.jpg", "../settings.py", ""):
        for function in (fotos.release, fotos.hide, fotos.delete):
            with pytest.raises(ValueError, match="not the name of a stored photo"):
                function(name)


def test_a_photo_that_is_gone_can_not_be_released(media: Path) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    (media / fotos.thumbnail_name(name)).unlink()
    with pytest.raises(FotoStorageError):
        fotos.release(name)
    assert files(media) == [name]


@pytest.fixture
def disk_full(monkeypatch: pytest.MonkeyPatch):
    """Let the disk be full in the middle of a write, after a number of good ones."""

    def fill(after: int) -> None:
        good = [True] * after
        real_save = FileSystemStorage._save

        def save(storage: FileSystemStorage, name: str, content: ContentFile) -> str:
            if good:
                good.pop()
                return real_save(storage, name, content)
            real_save(storage, name, ContentFile(content.read()[:10]))
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", save)

    return fill


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_leaves_nothing_behind(media: Path, disk_full, after: int) -> None:
    disk_full(after)
    with pytest.raises(FotoStorageError) as error:
        fotos.store(FOTO, folder="meldingen")
    assert (
        str(error.value) == "We kunnen uw foto nu niet bewaren. Probeer het later nog eens, of ga verder zonder foto."
    )
    assert files(media) == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_makes_nothing_public(media: Path, disk_full, after: int) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    disk_full(after)
    with pytest.raises(FotoStorageError):
        fotos.release(name)
    assert files(media) == sorted([name, fotos.thumbnail_name(name)])


def test_a_full_disk_takes_nothing_back(media: Path, disk_full) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    fotos.release(name)
    before = files(media)
    disk_full(0)
    assert fotos.release(name) == fotos.public_name(name)
    assert files(media) == before


def test_a_place_that_can_not_be_written(media: Path) -> None:
    media.write_text("a file where the folder should be")
    with pytest.raises(FotoStorageError):
        fotos.store(FOTO, folder="meldingen")


def test_a_copy_that_can_not_be_removed_is_told(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    fotos.release(name)

    def refuse(storage: FileSystemStorage, name: str) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FileSystemStorage, "delete", refuse)
    for function in (fotos.hide, fotos.delete):
        with pytest.raises(FotoStorageError):
            function(name)


def test_a_crash_while_writing_leaves_no_half_photo(media: Path, monkeypatch: pytest.MonkeyPatch, disk_full) -> None:
    name = fotos.store(FOTO, folder="meldingen")
    disk_full(0)
    with monkeypatch.context() as dead:  # Who was killed cleans up nothing.
        dead.setattr(FileSystemStorage, "delete", lambda storage, name: None)
        with pytest.raises(FotoStorageError):
            fotos.release(name)
    assert len(files(media)) == 3
    assert not (media / fotos.public_name(name)).exists()
    assert fotos.purge_orphans("meldingen", known={name}, older_than=timedelta(0)) == 1
    assert files(media) == sorted([name, fotos.thumbnail_name(name)])


def age(media: Path, days: float) -> None:
    for file in files(media):
        stat = (media / file).stat()
        os.utime(media / file, (stat.st_atime, stat.st_mtime - days * 24 * 60 * 60))


def test_files_without_a_row_are_removed_when_they_are_old(media: Path) -> None:
    known, released, hidden, unknown = (fotos.store(FOTO, folder="meldingen") for _ in range(4))
    elsewhere = fotos.store(FOTO, folder="initiatieven")
    for name in (released, hidden, unknown):
        fotos.release(name)
    age(media, 2)
    new = fotos.store(FOTO, folder="meldingen")

    rows = {known, released, fotos.public_name(released), hidden}
    assert fotos.purge_orphans("meldingen", known=rows, older_than=timedelta(days=1)) == 6
    kept = [known, released, fotos.public_name(released), hidden, elsewhere, new]
    assert files(media) == sorted([*kept, *(fotos.thumbnail_name(name) for name in kept)])
    assert fotos.purge_orphans("meldingen", known=rows, older_than=timedelta(days=1)) == 0


def test_where_nothing_was_ever_stored_nothing_is_removed(media: Path) -> None:
    assert fotos.purge_orphans("meldingen", known=set(), older_than=timedelta(0)) == 0
