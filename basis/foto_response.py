"""Handing out a photo, so that it is a picture and nothing else."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from basis import fotos


def foto_response(naam: str, uuid: UUID, *, is_public: bool, klein: bool) -> FileResponse:
    """The photo stored as `naam`: its public copy where `is_public`, small with `klein`; raises Http404.

    Whether the visitor may see it is for the caller to decide.
    """
    name = fotos.public_name(naam) if is_public else naam
    try:
        file = default_storage.open(fotos.thumbnail_name(name) if klein else name)
    except FileNotFoundError as error:
        # A crash can leave a row that promises a copy (`basis.fotos`): to the visitor it is not there.
        raise Http404 from error
    response = FileResponse(file, filename=f"foto-{uuid}.jpg", content_type="image/jpeg")
    # Opened by itself it is a picture and nothing else, whatever a browser makes of its bytes.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Short for everybody too: who released a photo can take it back.
    response["Cache-Control"] = "public, max-age=300" if is_public else "private, no-store"
    return response
