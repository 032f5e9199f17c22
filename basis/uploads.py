"""Files on their way in."""

import logging
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

logger = logging.getLogger(__name__)


class NamelessFileUploadHandler(FileUploadHandler):
    """Lets what is too large for memory pass through a file that has no name.

    So nothing of it stays behind when the process is killed: a photo may tell where somebody lives, until we have taken
    that out. And where the disk is full, the rest of the form comes through: the file is then empty, and shorter than
    its `size` says.
    """

    file: IO[bytes]
    is_whole = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with a further file."""
        super().new_file(*args, **kwargs)
        self.is_whole = True
        try:
            self.file = TemporaryFile(buffering=0, dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  (closed with the request)
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, as long as there is room."""
        if not self.is_whole:
            return
        try:
            if self.file.write(raw_data) != len(raw_data):
                raise OSError("written in part")
        except OSError as error:
            self._give_up(error)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, to be read from its beginning."""
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """Let go of what came of a file whose sender hung up."""
        if hasattr(self, "file"):
            self.file.close()

    def _give_up(self, error: OSError) -> None:
        logger.error("An upload can't be kept: %s", error.strerror or error)
        self.is_whole = False
        self.file = BytesIO()
