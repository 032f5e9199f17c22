"""The Celery application: `celery -A alkmaar_portal worker`."""

import os
import time
from pathlib import Path
from threading import Thread

from celery import Celery
from celery.signals import beat_embedded_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")

app = Celery("alkmaar_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def make_folders_of_file_broker(**_: object) -> None:
    """The broker of files (embedded) expects its folders to be there."""
    for option, folder in app.conf.broker_transport_options.items():
        if option in ("data_folder_in", "data_folder_out", "control_folder"):
            Path(folder).mkdir(parents=True, exist_ok=True)


@beat_embedded_init.connect
def end_beat_with_its_worker(**_: object) -> None:
    """A worker that is killed leaves its embedded beat behind, ticking for nobody: so beat looks after its parent."""
    worker = os.getppid()

    def watch() -> None:
        while os.getppid() == worker:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, name="end-beat-with-its-worker", daemon=True).start()
