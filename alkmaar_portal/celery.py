"""The Celery application: `celery -A alkmaar_portal worker`."""

import logging
import os
import shutil
import tempfile
import time
import warnings
from threading import Thread

from celery import Celery, Task
from celery.signals import beat_embedded_init, celeryd_init, setup_logging, task_success
from django.conf import settings
from django.utils.log import configure_logging
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")

app = Celery("alkmaar_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)

# A worker that loses Redis while tasks wait for their turn in it would give them back, over the connection that it just
# lost, and end with that (Kombu 5.7). Nobody misses them: the next tick of beat asks for the same work.
redis.Channel.do_restore = False

#: Done every two seconds: it is for the figures, not for the log.
QUIET_TASKS = frozenset({"berichten.tasks.drain_outbox"})


@setup_logging.connect
def log_as_the_settings_say(**_: object) -> None:
    """Keep Celery from making a log of its own, which it does unless somebody else does."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@task_success.connect
def note_success(sender: Task, **_: object) -> None:
    """Tell the metrics that a task was done, and the log when it is one of the night."""
    # Here, because it needs the settings, which this module comes before.
    from basis.metrics import note_task_done

    if sender.name not in QUIET_TASKS:
        logger.info("%s is done", sender.name)
    note_task_done(sender.name)


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
