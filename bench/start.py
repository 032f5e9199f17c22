"""How long `bin/start` takes until the portal answers: the first time with packages at hand, and the second time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.servers import free_port

LIMIT_SECONDS = 180


def measured() -> dict[str, float]:
    """Seconds of the first and the second start, in a copy of the project that has nothing but kept packages."""
    with tempfile.TemporaryDirectory(
        prefix="bench-start-", dir=Path("var").resolve(), ignore_cleanup_errors=True
    ) as folder:
        copy = Path(folder) / "portal"
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
        ).stdout
        for name in filter(None, files.decode().split("\0")):
            if Path(name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(name, copy / name)
        for cache in ("uv", "pip"):
            if (Path("var/cache") / cache).is_dir():
                shutil.copytree(Path("var/cache") / cache, copy / "var/cache" / cache)
        return {"first": _seconds(copy), "second": _seconds(copy)}


def _seconds(copy: Path) -> float:
    """Start the portal in `copy`, wait for its first page, and stop it."""
    port = free_port()
    began = time.monotonic()
    portal = subprocess.Popen(
        ["bin/start"],
        cwd=copy,
        env={**os.environ, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.monotonic() - began < LIMIT_SECONDS and portal.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LIMIT_SECONDS):
                    return time.monotonic() - began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise SystemExit("bin/start did not bring up the portal.")
    finally:
        if portal.poll() is None:
            os.killpg(portal.pid, signal.SIGINT)
        portal.wait(30)
