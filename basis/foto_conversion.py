"""Turn the bytes of one photo into a plain JPEG; runs as a process of its own, see `basis.fotos.prepare`.

As a program it reads the photo from standard input and writes `HEADER`, the JPEG and its small version to standard
output; its arguments are rectangles to black out. It knows nothing of Django and gets no environment: what a hostile
photo does to a decoder (a crash, endless work, a grab for memory) ends here, and there is nothing to steal.

Pillow is imported inside the functions, because the web process reads this module too, for its constants.
"""

import resource
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000
"""A photo of more pixels is refused by its header. The largest of usual phones, 8160 × 6120, just fits."""
LONGEST_SIDE = 1600
LONGEST_SIDE_SMALL = 480
QUALITY = 80
QUALITY_SMALL = 75

CPU_SECONDS = 6
"""Processor time for one photo. 50 megapixels of HEIC, the slowest that is honest, take 1.6 s."""
MEMORY_BYTES = 1024**3
"""Address space for one photo. 50 megapixels of WebP, the largest that is honest, take 865 MB, a usual photo 60 MB."""

HEADER = struct.Struct(">4I")
"""What precedes the two JPEGs: width and height of the large one, then the number of bytes of each."""
EXIT_UNREADABLE = 3
EXIT_TOO_MANY_PIXELS = 4


class Vlak(NamedTuple):
    """A rectangle on an upright photo, in percents of its width and height from its left upper corner."""

    links: float
    boven: float
    breedte: float
    hoogte: float


class Unreadable(Exception):
    """These bytes are no whole JPEG, PNG, WebP or HEIC."""


class TooManyPixels(Exception):
    """The header promises more than `MAX_PIXELS`."""


@dataclass(frozen=True, slots=True)
class Converted:
    """Two JPEGs of one photo, upright, in sRGB on white, without any metadata; width and height in pixels."""

    width: int
    height: int
    content: bytes
    small: bytes


def convert(content: bytes, vlakken: Sequence[Vlak] = ()) -> Converted:
    """The photo in `content`, black in each of `vlakken`; of an animation its first image.

    Raises TooManyPixels before anything is decoded, and Unreadable for whatever else is wrong with it.
    """
    try:
        image = _open(content)
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixels
        image = _plain(_upright(_shrunk(image)))
        _black_out(image, vlakken)
        large, small = _jpeg(image, LONGEST_SIDE, QUALITY), _jpeg(image, LONGEST_SIDE_SMALL, QUALITY_SMALL)
    except TooManyPixels:
        raise
    except Exception as error:  # On hostile bytes decoders raise nearly anything: SyntaxError, struct.error, EOFError …
        raise Unreadable from error
    return Converted(image.width, image.height, large, small)


def _open(content: bytes) -> "Image.Image":
    """The image in `content`, not decoded yet; its first bytes choose the decoder, no other gets to see it."""
    from PIL import Image

    formats = ["JPEG", "PNG"]
    if content[4:8] == b"ftyp":
        import pillow_heif

        # One thread, so that a second of processor time is the same on every machine.
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
        formats = ["HEIF"]
    elif content.startswith(b"RIFF"):
        from PIL import WebPImagePlugin  # noqa: F401 (registers itself)

        formats = ["WEBP"]
    try:
        return Image.open(BytesIO(content), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None


def _shrunk(image: "Image.Image") -> "Image.Image":
    """`image` decoded, at most `LONGEST_SIDE` long, in a mode that `_plain` knows."""
    from PIL import Image

    # A JPEG can be decoded at 1/2, 1/4 or 1/8: the smallest of these that leaves a quarter more than is needed.
    scale = LONGEST_SIDE * 1.25 / max(image.size)
    if scale < 1:
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    if image.mode == "P" or (image.has_transparency_data and image.mode != "RGBA"):
        image = image.convert("RGBA")
    elif image.mode.startswith("I"):
        image = image.point(lambda grey: grey / 256).convert("L")  # 16 bits; `convert` alone makes most of it white
    elif image.mode not in ("RGBA", "RGB", "L", "CMYK"):
        image = image.convert("L")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return image


def _upright(image: "Image.Image") -> "Image.Image":
    """`image` turned as its EXIF says, as it lies where that can't be read. (A HEIC is turned by its decoder.)"""
    from PIL import ExifTags, Image

    orientation = 1
    with suppress(Exception):  # Some programs write a broken EXIF into a photo that is fine.
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    return image if turn is None else image.transpose(turn)


def _plain(image: "Image.Image") -> "Image.Image":
    """A new RGB image with `image` on white, in sRGB; new, because metadata travel along with an old one."""
    from PIL import Image, ImageCms

    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        on_white = Image.new("RGB", image.size, "white")
        on_white.paste(image, mask=image.getchannel("A"))
        image = on_white
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):  # A profile that does not fit: the colours stay as they are.
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _black_out(image: "Image.Image", vlakken: Sequence[Vlak]) -> None:
    """Fill each of `vlakken` in `image`, to the next whole pixel on the outside: nothing of its edge is left."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    for vlak in vlakken:
        left, top = floor(vlak.links * image.width / 100), floor(vlak.boven * image.height / 100)
        right = ceil((vlak.links + vlak.breedte) * image.width / 100)
        bottom = ceil((vlak.boven + vlak.hoogte) * image.height / 100)
        draw.rectangle((left, top, right, bottom), fill="black")


def _jpeg(image: "Image.Image", longest_side: int, quality: int) -> bytes:
    """`image` as a JPEG of at most `longest_side` pixels; Pillow's `quality`, 0 to 95."""
    from PIL import Image

    copy = image.copy()
    copy.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    output = BytesIO()
    copy.save(output, "JPEG", quality=quality, optimize=True, progressive=True)
    return output.getvalue()


def _vlak(text: str) -> Vlak:
    """The rectangle that an argument of the program names: its four numbers with commas."""
    return Vlak(*(float(number) for number in text.split(",")))


def main() -> int:
    """Convert standard input to standard output; the exit code tells why not. Each argument is one to black out."""
    # Outside of `convert`: a broken installation must not be taken for a broken photo.
    import pillow_heif  # noqa: F401
    from PIL import Image, ImageCms  # noqa: F401

    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(limit, (value, value))
    try:
        converted = convert(sys.stdin.buffer.read(), [_vlak(text) for text in sys.argv[1:]])
    except TooManyPixels:
        return EXIT_TOO_MANY_PIXELS
    except Unreadable:
        return EXIT_UNREADABLE
    header = HEADER.pack(converted.width, converted.height, len(converted.content), len(converted.small))
    sys.stdout.buffer.write(header + converted.content + converted.small)
    return 0


if __name__ == "__main__":
    sys.exit(main())
