"""How the web service runs; its number of processes is WEB_CONCURRENCY, which gunicorn reads by itself."""

import os
from pathlib import Path
from typing import Any

bind = "0.0.0.0:8000"
# Whoever waits for PDOK or for the conversion of a photo holds up a thread, not a process.
worker_class = "gthread"
threads = 4
# Loaded once, so that the processes share their memory.
preload_app = True
# Three photos of 15 seconds each, the longest that a form may take, with some room.
timeout = 60
graceful_timeout = 30
# A new process now and then, should one grow. Not often: each leaves a file of figures behind.
max_requests = 100_000
max_requests_jitter = 10_000
# The heartbeat of each process is a file; a disk in memory never makes it wait.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Begin with an empty folder for the figures of our processes: what lies there is of processes that are gone."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file in Path(folder).glob("*.db"):
            file.unlink()
