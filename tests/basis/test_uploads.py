"""Uploads too large for memory: without a name on the disk, and not the end of a form where the disk is full."""

import errno
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from basis import fotos, uploads
from basis.fotos import FotoStorageError

LARGE = bytes(range(256)) * 4096 * 3


@pytest.fixture
def request_(settings: Settings, tmp_path: Path) -> HttpRequest:
    """A form with two large files, not read yet."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    data: dict[str, Any] = {"words": "typed", "foto": [SimpleUploadedFile(name, LARGE) for name in ("1.jpg", "2.jpg")]}
    return RequestFactory().post("/", data)


def test_a_large_file_comes_through_and_has_no_name(request_: HttpRequest, tmp_path: Path) -> None:
    one, two = request_.FILES.getlist("foto")
    assert list(tmp_path.iterdir()) == []
    assert (one.name, one.size, one.read() == LARGE) == ("1.jpg", len(LARGE), True)
    assert (two.name, two.size, two.read() == LARGE) == ("2.jpg", len(LARGE), True)
    assert isinstance(one, UploadedFile) and one.file.fileno(), "it lies on the disk, not in memory"


@pytest.mark.parametrize("written", [None, 0, 700], ids=["no file", "nothing", "half a piece"])
def test_a_full_disk_loses_the_file_alone(
    request_: HttpRequest, written: int | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(**options: object) -> Any:
        if written is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        file = tempfile.TemporaryFile(**options)  # noqa: SIM115

        class Full:
            def write(self, data: bytes) -> int:
                if not written:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return file.write(data[:written])

        return Full()

    monkeypatch.setattr(uploads, "TemporaryFile", full)
    lost = request_.FILES.getlist("foto")
    assert request_.POST["words"] == "typed"
    assert [upload.size for upload in lost] == [len(LARGE)] * 2
    for upload in lost:
        with pytest.raises(FotoStorageError):
            fotos.prepare(upload)
    assert len(caplog.messages) == 2 and "An upload can't be kept" in caplog.text
