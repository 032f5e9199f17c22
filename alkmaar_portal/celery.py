"""The Celery application: `celery -A alkmaar_portal worker`."""

import os
import shutil
import tempfile
import time
import warnings
from threading import Thread

from celery import Celery
from celery.signals import beat_embedded_init, celeryd_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")

app = Celery("alkmaar_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def prepare_embedded_worker(**_: object) -> None:
    """Start `bin/start`'s worker with an empty broker: whatever the last one left half done, the table knows it.

    The broker of files takes each message by way of the temporary folder: that too lies beside the queue, on the same
    disk. And who tries the portal out as root on a machine of their own need not be warned of it at each start.
    """
    if not settings.EMBEDDED:
        return
    shutil.rmtree(settings.BROKER_DIR, ignore_errors=True)
    for folder in ("queue", "control", "taken"):
        (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(settings.BROKER_DIR / "taken")
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")


@beat_embedded_init.connect
def end_beat_with_its_worker(**_: object) -> None:
    """A worker that is killed leaves its embedded beat behind, ticking for nobody: so beat looks after its parent."""
    worker = os.getppid()

    def watch() -> None:
        while os.getppid() == worker:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, name="end-beat-with-its-worker", daemon=True).start()
