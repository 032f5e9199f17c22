"""Health, for whoever keeps the portal running: does the process live, and can it serve?

Neither page says anything about people. The broker and the age of the mail queue are told without deciding:
without a broker the portal serves as before, and mail waits in its table.
"""

import logging
import socket
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from berichten.models import Bericht

logger = logging.getLogger(__name__)

REDIS_PORT = 6379


@require_safe
@cache_control(no_store=True)
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@cache_control(no_store=True)
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and storage are in order, else 503; the body says what is and what is not."""
    database = _database_answers()
    checks = {"database": database, "migrations": database and _is_migrated(), "storage": _storage_is_writable()}
    is_ready = all(checks.values())
    report = {
        "ready": is_ready,
        **checks,
        "broker": _broker_answers(),
        "oldest_waiting_bericht_seconds": _oldest_waiting_seconds() if checks["migrations"] else None,
    }
    return JsonResponse(report, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        logger.exception("the database does not answer")
        return False
    return True


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    """Every migration that the installed code brings; read once, for code does not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _is_migrated() -> bool:
    """Whether the database knows every migration of this code; newer ones do no harm (a release is under way)."""
    missing = _migrations_of_this_code() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        logger.error("not migrated: %s", ", ".join(sorted(".".join(migration) for migration in missing)))
    return not missing


def _storage_is_writable() -> bool:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ready?")
    except OSError:
        logger.exception("the storage is not writable")
        return False
    return True


def _broker_answers() -> bool | None:
    """Whether something listens where the broker should be; a second at most. The broker of files is a folder.

    None where the address is not that of one host, so that there is nothing to ask: a socket, several sentinels.
    """
    try:
        address = urlsplit(settings.CELERY_BROKER_URL)
        host, port = address.hostname, address.port or REDIS_PORT
    except ValueError:
        return None
    if address.scheme == "filesystem":
        return Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).is_dir()
    if not host or ";" in settings.CELERY_BROKER_URL:
        return None
    try:
        socket.create_connection((host, port), timeout=1).close()
    except (OSError, UnicodeError):
        return False
    return True


def _oldest_waiting_seconds() -> int | None:
    age = Bericht.objects.oldest_waiting_age()
    return None if age is None else int(age.total_seconds())


urlpatterns = [
    path("live/", live, name="health_live"),
    path("ready/", ready, name="health_ready"),
]
