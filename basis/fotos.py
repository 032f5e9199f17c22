"""Photos that people send: made safe and small, kept besloten, and public only as a released copy.

Of one photo there are at most four files under MEDIA_ROOT, all JPEG, with a name nobody can guess:

    besloten/<folder>/<year>/<uuid>.jpg  and  <uuid>_klein.jpg    from `store` until `delete`
    openbaar/<folder>/<year>/<uuid>.jpg  and  <uuid>_klein.jpg    from `release` until `hide`

A row keeps the first name; `public_name` and `thumbnail_name` give the others. A file and its row can't be written in
one step, so the order decides what a crash in between leaves:

    store     before the row is written    (left over: a file without a row, which `purge_orphans` removes)
    release   before the row says so       (left over: the same)
    hide      before the row says so       (left over: a row that promises a copy; hide it again)
    delete    after the row is gone, with transaction.on_commit    (left over: a file without a row)

The web process never decodes a photo: `prepare` gives it to a process of its own (`basis.foto_conversion`).
"""

import hashlib
import logging
import subprocess
import sys
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from basis import foto_conversion
from basis.foto_conversion import Vlak
from basis.metrics import FOTOS
from basis.regels import RuleViolation

logger = logging.getLogger(__name__)

WAIT_SECONDS = 15
"""How long `prepare` waits at most. It is only reached on an overloaded machine: CPU_SECONDS ends a hostile photo."""

BESLOTEN = "besloten/"
OPENBAAR = "openbaar/"
SMALL = "_klein"


class FotoRefused(RuleViolation):
    """This file is not taken as a photo; `str()` of it says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="foto")


class FotoStorageError(OSError):
    """The photo may be fine, but we can't handle it now (disk full, out of memory …); answer 503 with `str()` of it."""

    def __init__(self) -> None:
        super().__init__(_("We kunnen uw foto nu niet bewaren. Probeer het later nog eens, of ga verder zonder foto."))


@dataclass(frozen=True, slots=True)
class PreparedFoto:
    """A photo that is safe to keep and to show: JPEG, upright, sRGB, without metadata.

    `content` is at most 1600 pixels long, `thumbnail` at most 480; `width` and `height` are those of `content`, in
    pixels. `sha256` is the hexadecimal digest of `content`: it proves that a stored file is still whole, and the same
    upload gives the same digest again (with the same version of Pillow).
    """

    content: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    width: int
    height: int
    sha256: str


def check_number(number: int) -> None:
    """Raise RuleViolation when more photos would go along than may."""
    if number > settings.FOTO_MAX_NUMBER:
        raise RuleViolation(
            _("U kunt hoogstens %(max)d foto’s meesturen. Haal er een weg.") % {"max": settings.FOTO_MAX_NUMBER},
            field="foto",
        )


def prepare(upload: File) -> PreparedFoto:
    """A safe photo made of `upload`: a JPEG, PNG, WebP or HEIC by its content, whatever its name says.

    Raises FotoRefused for everything else, and for a photo of more than settings.FOTO_MAX_BYTES or of more than 50
    megapixels. Raises FotoStorageError when this machine is to blame. It takes about a quarter of a second for a
    photo of 12 megapixels, and never more than WAIT_SECONDS.
    """
    try:
        prepared = _converted(_read(upload))
    except (FotoRefused, FotoStorageError) as error:
        FOTOS.labels("refused" if isinstance(error, FotoRefused) else "failed").inc()
        raise
    FOTOS.labels("taken").inc()
    return prepared


def _read(upload: File) -> bytes:
    """What is in `upload`, of which never more than the limit is read."""
    limit = settings.FOTO_MAX_BYTES
    upload.seek(0)
    content = upload.read(limit + 1) if upload.size <= limit else None
    if content is None or len(content) > limit:
        megabytes = limit // 1024**2
        raise FotoRefused(_("Deze foto is groter dan %(mb)d MB. Kies een kleinere foto.") % {"mb": megabytes})
    if len(content) < upload.size:  # The disk was full when it came in (`basis.uploads`).
        raise FotoStorageError
    if not content:
        raise FotoRefused(_("Dit bestand is leeg. Kies een andere foto."))
    return content


def _converted(content: bytes, vlakken: Sequence[Vlak] = ()) -> PreparedFoto:
    """`content`, black in each of `vlakken`; by a process that inherits no secrets, with limits on time and memory."""
    # Named by its file: with `-I` a process sees the installed packages, and neither the environment nor this folder.
    command = [sys.executable, "-I", "-B", foto_conversion.__file__]
    command += [",".join(f"{number:.3f}" for number in vlak) for vlak in vlakken]
    too_heavy = _("Het lukt niet om deze foto te verwerken. Kies een andere foto, of maak er een schermafdruk van.")
    try:
        done = subprocess.run(  # noqa: S603 (nothing in the command comes from outside)
            command, input=content, capture_output=True, env={}, timeout=WAIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise FotoRefused(too_heavy) from None
    except OSError as error:
        logger.error("The process that converts photos does not start: %s", error)
        raise FotoStorageError from error
    if done.returncode == foto_conversion.EXIT_TOO_MANY_PIXELS:
        megapixels = foto_conversion.MAX_PIXELS // 10**6
        raise FotoRefused(
            _("Deze foto heeft meer dan %(mp)d miljoen beeldpunten. Kies een kleinere foto.") % {"mp": megapixels}
        )
    if done.returncode == foto_conversion.EXIT_UNREADABLE:
        raise FotoRefused(
            _("Dit bestand kunnen we niet lezen als foto. Kies een foto van het type JPEG, PNG, WebP of HEIC.")
        )
    if done.returncode < 0:  # Ended by a signal: a limit, or a decoder that crashed.
        logger.warning("A photo ended its conversion with signal %d", -done.returncode)
        raise FotoRefused(too_heavy)
    if done.returncode:
        logger.error("Photos can't be converted: %s", done.stderr.decode(errors="replace")[-1000:])
        raise FotoStorageError
    header = foto_conversion.HEADER
    width, height, length, length_small = header.unpack_from(done.stdout)
    large = done.stdout[header.size : header.size + length]
    small = done.stdout[header.size + length : header.size + length + length_small]
    return PreparedFoto(large, small, width, height, hashlib.sha256(large).hexdigest())


def store(prepared: PreparedFoto, *, folder: str) -> str:
    """Keep `prepared` besloten and return its name, for the row. `folder` is the app whose photo it is: "meldingen".

    Raises FotoStorageError; then nothing of it is left.
    """
    name = f"{BESLOTEN}{folder}/{timezone.localdate().year}/{uuid4().hex}.jpg"
    try:
        with _storage_errors():
            _write(name, prepared.content)
            _write(thumbnail_name(name), prepared.thumbnail)
    except FotoStorageError:
        with suppress(FotoStorageError):
            delete(name)
        raise
    return name


def release(name: str, vlakken: Sequence[Vlak] = ()) -> str:
    """Make a copy of `name` that is public, black in each of `vlakken`, and return the name of it.

    Once more changes nothing, except that what is to be black is made black again: of a copy that is there already
    nobody knows what it shows. Raises FotoStorageError; then nothing of it is public.
    """
    public = public_name(name)
    try:
        with _storage_errors():
            if vlakken:
                _release_blacked_out(name, public, vlakken)
                return public
            for source, target in ((name, public), (thumbnail_name(name), thumbnail_name(public))):
                if not default_storage.exists(target):
                    with default_storage.open(source) as file:
                        _write(target, file.read())
    except FotoStorageError:
        with suppress(FotoStorageError):
            hide(name)
        raise
    return public


def _release_blacked_out(name: str, public: str, vlakken: Sequence[Vlak]) -> None:
    """Write the public copies of `name` with `vlakken` filled; raises OSError, also where it cannot be converted."""
    with default_storage.open(name) as file:
        content = file.read()
    try:
        blacked = _converted(content, vlakken)
    except FotoRefused as error:  # It was converted once: now this machine is to blame.
        raise FotoStorageError from error
    _write(public, blacked.content)
    _write(thumbnail_name(public), blacked.thumbnail)


def hide(name: str) -> None:
    """Remove the public copy of `name`, if there is one. Raises FotoStorageError: then it may still be public."""
    public = public_name(name)
    with _storage_errors():
        default_storage.delete(public)
        default_storage.delete(thumbnail_name(public))


def delete(name: str) -> None:
    """Remove everything of `name`, its public copy first; what is gone already is fine. Raises FotoStorageError."""
    hide(name)
    with _storage_errors():
        default_storage.delete(name)
        default_storage.delete(thumbnail_name(name))


def public_name(name: str) -> str:
    """The name of the public copy of `name`, whether it is released or not."""
    if not name.startswith(BESLOTEN):
        raise ValueError("not the name of a stored photo")
    return OPENBAAR + name.removeprefix(BESLOTEN)


def thumbnail_name(name: str) -> str:
    """The name of the small version (at most 480 pixels) of a stored or a released photo."""
    return f"{name.removesuffix('.jpg')}{SMALL}.jpg"


def purge_orphans(folder: str, *, known: Container[str], older_than: timedelta) -> int:
    """Remove files of `folder` that no row knows, and return how many; for the task of the night.

    `known` holds the name of every row, and for a released photo its `public_name` too. `older_than` leaves the time
    between a file and its row; a day is ample. Raises FotoStorageError.
    """
    removed = 0
    with _storage_errors():
        for file in [*_files(f"{BESLOTEN}{folder}"), *_files(f"{OPENBAAR}{folder}")]:
            if file.replace(f"{SMALL}.jpg", ".jpg") not in known and _modified(file) < timezone.now() - older_than:
                default_storage.delete(file)
                removed += 1
    return removed


def _files(folder: str) -> Iterator[str]:
    """The name of every file below `folder`."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for inner in folders:
        yield from _files(str(PurePosixPath(folder, inner)))
    yield from (str(PurePosixPath(folder, file)) for file in files)


def _modified(file: str) -> datetime:
    """When `file` was written; now, when somebody has just removed it."""
    try:
        return default_storage.get_modified_time(file)
    except FileNotFoundError:
        return timezone.now()


def _write(name: str, content: bytes) -> None:
    """Write `content` to `name`, whole or not at all: under another name first, then renamed. Raises OSError."""
    part = f"{name}.{uuid4().hex}.deel"
    try:
        default_storage.save(part, ContentFile(content))
        Path(default_storage.path(part)).replace(default_storage.path(name))
    except BaseException:
        with suppress(OSError):
            default_storage.delete(part)
        raise


@contextmanager
def _storage_errors() -> Iterator[None]:
    """What the disk says no to becomes a FotoStorageError; the log gets the reason, without a name of a file."""
    try:
        yield
    except OSError as error:
        logger.error("Photos can't be kept: %s", error.strerror or type(error).__name__)
        raise FotoStorageError from error
